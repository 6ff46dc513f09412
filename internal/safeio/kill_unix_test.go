//go:build unix

package safeio

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// versionOf returns the version of a file, and whether the file is whole.
func versionOf(t *testing.T, dir string, i int) (version int, whole bool) {
	text := content(t, filepath.Join(dir, fmt.Sprintf("%d.conf", i)))
	first, _, _ := strings.Cut(text, " ")
	version, err := strconv.Atoi(first)
	return version, err == nil && text == versionText(version, i)
}

// TestKilledWritersLeaveNoTornFileAndNoHalfGroup kills a process that writes
// groups of nine files at random moments. SAFEIO_KILLS sets how many times;
// by default as often as fits into some seconds.
func TestKilledWritersLeaveNoTornFileAndNoHalfGroup(t *testing.T) {
	kills, budget := 300, 3*time.Second
	if n, err := strconv.Atoi(os.Getenv("SAFEIO_KILLS")); err == nil {
		kills, budget = n, 24*time.Hour
	} else if testing.Short() {
		budget = time.Second
	}
	for _, inPlace := range []bool{false, true} {
		t.Run(fmt.Sprintf("in place %v", inPlace), func(t *testing.T) { killWriters(t, inPlace, kills, budget) })
	}
}

func killWriters(t *testing.T, inPlace bool, kills int, budget time.Duration) {
	dir, state := memoryDir(t), memoryDir(t)
	for i, path := range nine(t, dir, func(i int) string { return versionText(0, i) }) {
		if inPlace && i%3 == 1 {
			must(t, os.Link(path, path+".other-name"))
		}
	}
	exe, err := os.Executable()
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	count := make(map[Result]int)
	version, n := 0, 0
	for start := time.Now(); n < kills && time.Since(start) < budget; n++ {
		cmd := exec.Command(exe, state, dir, strconv.Itoa(version))
		cmd.Env = append(os.Environ(), childEnv+"=loop")
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "go\n" {
			t.Fatalf("child said %q, %v", line, err)
		}
		time.Sleep(time.Duration(random.IntN(10_000)) * time.Microsecond)
		must(t, cmd.Process.Kill())
		if err := cmd.Wait(); err.Error() != "signal: killed" {
			t.Fatalf("child ended by itself: %v", err)
		}
		for i := range 9 {
			if _, whole := versionOf(t, dir, i); !whole && !(inPlace && i%3 == 1) {
				t.Fatalf("kill %d: file %d is torn", n, i)
			}
		}
		s, err := Open(t.Context(), state, 0)
		must(t, err)
		outcomes, err := s.Recover(t.Context())
		must(t, err)
		must(t, s.Close())
		for _, o := range outcomes {
			count[o.Result]++
			if o.Err != nil || len(o.Left) > 0 {
				t.Fatalf("kill %d: outcome %+v", n, o)
			}
		}
		version, _ = versionOf(t, dir, 0)
		for i := range 9 {
			if v, whole := versionOf(t, dir, i); v != version || !whole {
				t.Fatalf("kill %d: after recovery file %d has version %d, file 0 has %d", n, i, v, version)
			}
		}
		wantNoTemp(t, dir)
	}
	t.Logf("%d kills, %d groups written, %d taken back, %d completed", n, version, count[TakenBack], count[Done])
	if n >= 50 && count[TakenBack] == 0 {
		t.Error("no kill hit a group in the middle")
	}
}

// memoryDir is a directory in memory where there is one: syncing to a disk
// would be most of the time, and few kills would hit anything else.
func memoryDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "safeio-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
