package oracle

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var harmless = Case{Root: "a", Files: map[string][]byte{"a": []byte("port: 4222\n")}}

func TestACrashCostsOneCase(t *testing.T) {
	dir := t.TempDir()
	j := newJudge(t, Options{Dir: dir, Args: []string{crashingChild}})
	for range 2 {
		v := ask(t, j, harmless)
		if v.NotJudged != "the official parser crashed: fatal error: stack overflow" {
			t.Errorf("%+v", v)
		}
	}
	assertEmpty(t, dir)
	j.opts.Args = []string{ChildArgument}
	if v := ask(t, j, harmless); !v.Accepted() {
		t.Errorf("the next child does not work: %+v", v)
	}
}

func TestAChildThatIsKilledIsReplaced(t *testing.T) {
	dir := t.TempDir()
	j := newJudge(t, Options{Dir: dir})
	ask(t, j, harmless)
	if err := j.idle[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if v := ask(t, j, harmless); !v.Accepted() {
		t.Errorf("%+v", v)
	}
	j.Close()
	assertEmpty(t, dir)
}

func TestAHangCostsOneCase(t *testing.T) {
	j := newJudge(t, Options{Args: []string{hangingChild}, Timeout: 50 * time.Millisecond})
	v := ask(t, j, harmless)
	if v.NotJudged != "the official parser did not come to an end within 50ms" {
		t.Errorf("%+v", v)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	j.opts.Timeout = time.Hour
	if _, err := j.Ask(ctx, harmless); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTooMuchMemoryCostsOneCase(t *testing.T) {
	j := newJudge(t, Options{Memory: 64 << 20})
	v := askText(t, j, "l: [\n"+strings.Repeat("{a {}}\n", 120_000)+"]\n")
	if v.NotJudged != "the official parser crashed: more than 64 MB of memory needed" {
		t.Errorf("got %q", v.NotJudged)
	}
	// A child that has judged before is suspected first.
	ask(t, j, harmless)
	v = askText(t, j, "l: [\n"+strings.Repeat("{a {}}\n", 120_000)+"]\n")
	if v.NotJudged != "the official parser crashed: more than 64 MB of memory needed" {
		t.Errorf("got %q", v.NotJudged)
	}
	if v := ask(t, j, harmless); !v.Accepted() {
		t.Errorf("%+v", v)
	}
}

func TestPrivateDirectoriesArePrivateAndRemoved(t *testing.T) {
	dir := t.TempDir()
	j := newJudge(t, Options{Dir: dir})
	ask(t, j, Case{Root: "a", Files: map[string][]byte{"a": []byte("include d/b\n"), "d/b": []byte("port: 4222\n")}})
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	document := filepath.Join(dir, entries[0].Name(), "case", "d", "b")
	if info, err := os.Stat(document); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	j.Close()
	assertEmpty(t, dir)
	if _, err := j.Ask(t.Context(), harmless); !errors.Is(err, errStopped) {
		t.Errorf("got %v", err)
	}
}

func TestChildrenCleanUpWhenTheParentDies(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, err := exec.Command(exe, dyingParent, dir).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "1" {
		t.Fatalf("%s %v", out, err)
	}
	for range 200 {
		if entries, _ := os.ReadDir(dir); len(entries) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the directory is still there")
}

func TestDirectoriesOfTheDeadAreRemovedByTheNext(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, err := exec.Command(exe, dyingTogether, dir).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "1" {
		t.Fatalf("%s %v", out, err)
	}
	dead, err := filepath.Glob(filepath.Join(dir, "natsfix-*"))
	if err != nil || len(dead) != 1 {
		t.Fatalf("%v %v", dead, err)
	}
	// What is no private directory stays, whatever its name.
	other := filepath.Join(dir, "natsfix-notes")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	living := newJudge(t, Options{Dir: dir})
	ask(t, living, harmless)
	if _, err := os.Stat(dead[0]); !os.IsNotExist(err) {
		t.Errorf("%s is still there", dead[0])
	}
	next, err := Start(t.Context(), Options{Dir: dir, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	ask(t, next, harmless)
	if v := ask(t, living, harmless); !v.Accepted() {
		t.Errorf("the next judge has removed the directory of one at work: %+v", v)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "natsfix-*"))
	if len(left) != 3 || !slices.Contains(left, other) {
		t.Errorf("%v", left)
	}
}

func TestPrivateDirectoriesAreMadeWhileOthersSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop := make(chan struct{})
	var sweeper sync.WaitGroup
	sweeper.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				sweep([]string{dir})
			}
		}
	})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				p, err := makePrivate([]string{dir})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := os.Stat(p.path); err != nil {
					t.Error(err)
				}
				p.remove()
			}
		})
	}
	wg.Wait()
	close(stop)
	sweeper.Wait()
	assertEmpty(t, dir)
}

func TestCasesDoNotSeeEachOther(t *testing.T) {
	j := newJudge(t, Options{Jobs: 2})
	ask(t, j, Case{Root: "a", Env: map[string]string{"X": "1"}, Files: files("a", "port: $X\ninclude b\n", "b", "debug: true\n")})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			v, err := j.Ask(context.Background(), Case{Root: "c", Files: files("c", "port: $X\n")})
			if err != nil || !strings.Contains(messages(v), "variable reference for 'X'") {
				t.Errorf("the variable of another case is seen: %+v %v", v, err)
			}
			v, err = j.Ask(context.Background(), Case{Root: "c", Files: files("c", "include b\n")})
			if err != nil || !strings.Contains(messages(v), "no such file") {
				t.Errorf("the file of another case is seen: %+v %v", v, err)
			}
		})
	}
	wg.Wait()
}

func TestAPathMayBeAFileInOneCaseAndADirectoryInTheNext(t *testing.T) {
	j := newJudge(t, Options{})
	for range 2 {
		for _, f := range []map[string][]byte{
			files("r", "include a\n", "a", "port: 1\n"),
			files("r", "include a/b\n", "a/b", "port: 1\n"),
		} {
			if v := ask(t, j, Case{Root: "r", Files: f}); !v.Accepted() {
				t.Errorf("%+v", v)
			}
		}
	}
}

func assertEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("%s holds %v (%v)", dir, entries, err)
	}
}
