//go:build unix

package oracle

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNothingOfAScriptThatRunsAServerStaysBehind: the script ends, or is ended,
// while what it started would go on.
func TestNothingOfAScriptThatRunsAServerStaysBehind(t *testing.T) {
	for _, last := range []string{"exit 0", "wait"} {
		dir := t.TempDir()
		script, pid := filepath.Join(dir, "server"), filepath.Join(dir, "pid")
		text := "#!/bin/sh\nsleep 60 >/dev/null 2>&1 &\necho $! > " + pid + "\n" + last + "\n"
		if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if last == "wait" {
			go func() {
				for ctx.Err() == nil {
					if b, err := os.ReadFile(pid); err == nil && len(b) > 1 {
						cancel()
					}
					time.Sleep(5 * time.Millisecond)
				}
			}()
		}
		_, err := (&Binary{Path: script}).run(ctx, dir, nil)
		cancel()
		if (err != nil) != (last == "wait") {
			t.Errorf("%s: %v", last, err)
		}
		b, err := os.ReadFile(pid)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if !gone(n) {
			t.Errorf("%s: process %d still runs", last, n)
		}
	}
}

// gone waits until a process has ended: whoever inherits it may take a moment
// to fetch it, or never do so, and then it is a zombie that a signal still finds.
func gone(pid int) bool {
	for range 200 {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
