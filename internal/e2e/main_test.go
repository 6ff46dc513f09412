// Package e2e proves rewrites with running servers: natsfix's own command line
// fixes a directory of configuration files, and the official servers that run
// them, before and after, must do what the rules say. Everything runs in this
// process, on 127.0.0.1 and in directories that are removed.
package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, as main does for the
// program. Else it runs the tests, and fails if they leave a goroutine, a
// process or a file behind.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	code, err := inPrivate(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// inPrivate runs the tests with directories for temporary files and for
// natsfix's journal that nobody else has, and says what they left behind.
func inPrivate(run func() int) (code int, err error) {
	root, err := os.MkdirTemp("", "natsfix-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(root)
	temp, state := filepath.Join(root, "tmp"), filepath.Join(root, "state")
	for name, dir := range map[string]string{"TMPDIR": temp, "XDG_STATE_HOME": state} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return 0, err
		}
		if err := os.Setenv(name, dir); err != nil {
			return 0, err
		}
	}
	code = run()
	var left []string
	for end := time.Now().Add(patience / 3); ; time.Sleep(10 * time.Millisecond) {
		left = slices.Concat(goroutines(), children(), entries(temp))
		if len(left) == 0 || time.Now().After(end) {
			break
		}
	}
	if len(left) > 0 {
		return code, fmt.Errorf("the tests leave behind:\n%s", strings.Join(left, "\n"))
	}
	return code, nil
}

// goroutines returns the stacks that run code of servers, clients or natsfix,
// except this one. Two workers of the linked packages live as long as the
// process.
func goroutines() []string {
	buf := make([]byte, 8<<20)
	var list []string
	for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "e2e.goroutines(") || strings.Contains(stack, "server.init.") {
			continue
		}
		if strings.Contains(stack, "github.com/nats-io/") || strings.Contains(stack, "natsfix/internal/") {
			list = append(list, stack)
		}
	}
	return list
}

// children returns the processes that this one started and that still run,
// none where the system does not say.
func children() []string {
	var list []string
	paths, _ := filepath.Glob("/proc/self/task/*/children")
	for _, path := range paths {
		pids, _ := os.ReadFile(path)
		for _, pid := range strings.Fields(string(pids)) {
			list = append(list, "process "+pid)
		}
	}
	return list
}

// entries returns what is in a directory.
func entries(dir string) []string {
	var list []string
	found, _ := os.ReadDir(dir)
	for _, e := range found {
		list = append(list, filepath.Join(dir, e.Name()))
	}
	return list
}
