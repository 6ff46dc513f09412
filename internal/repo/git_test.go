package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func realGit() *Git { return NewGit(Exec(context.Background())) }

func wantDirty(t *testing.T, paths []string, want map[string]State) {
	t.Helper()
	got, err := realGit().Dirty(paths)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Dirty(%q)\ngot  %q\nwant %q", paths, got, want)
	}
}

func TestDirtyIsUncommittedWork(t *testing.T) {
	top := isolate(t)
	write(t, "out.conf", "r/clean.conf", "r/changed.conf", "r/staged.conf", "r/both.conf", "r/x/deep.conf", "r/touched.conf", "r/assumed.conf", "r/skipped.conf", "r/deleted.conf")
	put(t, "r/.gitignore", "*.local.conf\n")
	commit(t, "r")
	for _, name := range []string{"changed", "staged", "both", "x/deep"} {
		put(t, "r/"+name+".conf", "new")
	}
	write(t, "r/new.conf", "r/added.conf", "r/intended.conf", "r/my.local.conf", "r/new/dir/n.conf")
	git(t, "r", "add", "staged.conf", "both.conf", "added.conf")
	git(t, "r", "add", "-N", "intended.conf")
	put(t, "r/both.conf", "newer")
	git(t, "r", "update-index", "--assume-unchanged", "assumed.conf")
	git(t, "r", "update-index", "--skip-worktree", "skipped.conf")
	if err := os.Chtimes("r/touched.conf", time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	os.Remove("r/deleted.conf")
	symlink(t, "r/changed.conf", "link.conf")
	symlink(t, "clean.conf", "r/new-link.conf")
	write(t, "r/.git/inside.conf")
	wantDirty(t, []string{"out.conf", "r/clean.conf", "r/changed.conf", "./r/changed.conf", top + "/r/staged.conf", "r/both.conf", "r/x/deep.conf", "r/touched.conf", "r/assumed.conf",
		"r/skipped.conf", "r/new.conf", "r/added.conf", "r/intended.conf", "r/my.local.conf", "r/new/dir/n.conf", "link.conf", "r/new-link.conf", "r/no-such.conf", "r/deleted.conf"},
		map[string]State{
			"r/changed.conf": Modified, "./r/changed.conf": Modified, top + "/r/staged.conf": Staged, "r/both.conf": Modified, "r/x/deep.conf": Modified, "r/assumed.conf": Hidden,
			"r/skipped.conf": Hidden, "r/new.conf": Untracked, "r/added.conf": Staged, "r/intended.conf": Modified, "r/new/dir/n.conf": Untracked, "link.conf": Modified, "r/deleted.conf": Modified,
		})
	wantDirty(t, nil, map[string]State{})
	t.Chdir("r/x")
	wantDirty(t, []string{"deep.conf", "../new.conf"}, map[string]State{"deep.conf": Modified, "../new.conf": Untracked})
}

func TestDirtyInAnEmptyRepository(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "b.conf")
	git(t, ".", "init", "-q")
	git(t, ".", "add", "a.conf")
	wantDirty(t, []string{"a.conf", "b.conf"}, map[string]State{"a.conf": Staged, "b.conf": Untracked})
}

func TestDirtyInAMerge(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	commit(t, ".")
	git(t, ".", "checkout", "-q", "-b", "other")
	put(t, "a.conf", "theirs")
	git(t, ".", "commit", "-q", "-am", "theirs")
	git(t, ".", "checkout", "-q", "main")
	put(t, "a.conf", "ours")
	git(t, ".", "commit", "-q", "-am", "ours")
	if _, err := Exec(context.Background())(Command{Dir: ".", Args: []string{"-c", "user.name=A", "-c", "user.email=a", "merge", "other"}, Stdout: io.Discard}); err == nil {
		t.Fatal("no conflict")
	}
	wantDirty(t, []string{"a.conf"}, map[string]State{"a.conf": Conflicted})
	wantNames(t, "unmerged files", discover(t, ".").Targets, "a.conf")
}

func TestDirtyInSeveralRepositories(t *testing.T) {
	isolate(t)
	write(t, "lib/l.conf", "r/a.conf", "s/b.conf")
	commit(t, "lib")
	commit(t, "r")
	commit(t, "s")
	git(t, "r", "submodule", "--quiet", "add", "../lib", "sub")
	git(t, "r", "commit", "-q", "-m", "sub")
	git(t, "r", "worktree", "add", "-q", "../tree")
	write(t, "r/nested/n.conf")
	commit(t, "r/nested")
	paths := []string{"r/a.conf", "r/sub/l.conf", "s/b.conf", "tree/a.conf", "r/nested/n.conf"}
	wantDirty(t, paths, map[string]State{})
	put(t, "r/sub/l.conf", "x")
	put(t, "tree/a.conf", "x")
	put(t, "r/nested/n.conf", "x")
	wantDirty(t, paths, map[string]State{"r/sub/l.conf": Modified, "tree/a.conf": Modified, "r/nested/n.conf": Modified})
	symlink(t, "../r", "s/link")
	g := realGit()
	for path, want := range map[string]string{"r/a.conf": "r", "r/sub/l.conf": "r/sub", "tree": "tree", "r/nested/no/such": "", "s/no.conf": "s", "s/link": "r", ".": "", "r": "r"} {
		if want != "" {
			want, _ = filepath.Abs(want)
		}
		if got := g.Root(path); got != want {
			t.Errorf("Root(%s) = %q, want %q", path, got, want)
		}
	}
}

func TestDirtyOddNames(t *testing.T) {
	isolate(t)
	odd := []string{"\"q\".conf", "-n.conf", ":(glob)**", "a b.conf", "caf\xe9.conf", "new\nline.conf", "star*.conf", "star1.conf", "ü/日本.conf", "1 .M N... 1 1 1 1 1 x"}
	write(t, odd...)
	commit(t, ".")
	wantDirty(t, odd, map[string]State{})
	want := map[string]State{}
	for _, name := range odd {
		if name != "star1.conf" {
			put(t, name, "new")
			want[name] = Modified
		}
	}
	wantDirty(t, odd, want)
	put(t, "star1.conf", "new")
	wantDirty(t, []string{"star*.conf"}, map[string]State{"star*.conf": Modified})
}

func TestDirtyOfManyFilesIsFewCalls(t *testing.T) {
	isolate(t)
	git(t, ".", "init", "-q")
	calls := 0
	run := Exec(context.Background())
	g := NewGit(func(c Command) (string, error) { calls++; return run(c) })
	for _, n := range []int{3, 1000, 6000} {
		var paths []string
		for i := range n {
			paths = append(paths, fmt.Sprintf("directory/file-%06d.conf", i))
		}
		if n == 1000 {
			write(t, paths...)
		} else {
			write(t, paths[0], paths[2])
		}
		calls = 0
		dirty, err := g.Dirty(paths)
		if err != nil || len(dirty) != min(n, 1000) && n != 3 || dirty[paths[2]] != Untracked || calls > 2*maxBatches+3 {
			t.Errorf("%d files: %d dirty, %d calls, %v", n, len(dirty), calls, err)
		}
	}
}

func TestBatchesHoldEveryPathOnce(t *testing.T) {
	long := strings.Repeat("x", maxArgs)
	for _, paths := range [][]string{{"a"}, {long}, {long, "a"}, {"a", long}, {"a", long, "b", "c"}} {
		b := batches(paths)
		if !slices.Equal(slices.Concat(b...), paths) || slices.ContainsFunc(b, func(b []string) bool { return len(b) == 0 }) {
			t.Errorf("%d paths became %d batches", len(paths), len(b))
		}
	}
	if b := batches(slices.Repeat([]string{long}, maxBatches+2)); len(b) != 1 || b[0] != nil {
		t.Errorf("%d batches for too many paths", len(b))
	}
}

// What git does not answer is never taken for clean.
func TestDirtyFailsIfGitFails(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	commit(t, ".")
	for _, verb := range []string{"ls-files", "config", "status"} {
		failure := &GitError{Dir: ".", Verb: verb, Code: 128, Text: "fatal: detected dubious ownership"}
		g := NewGit(func(c Command) (string, error) {
			if slices.Contains(c.Args, verb) {
				return "", failure
			}
			return "", nil
		})
		if d, err := g.Dirty([]string{"a.conf"}); !errors.Is(err, failure) || d != nil {
			t.Errorf("%s: %v %v", verb, d, err)
		}
	}
	if _, err := NewGit(func(Command) (string, error) { return "", ErrNoGit }).Dirty([]string{"a.conf"}); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := realGit().Dirty([]string{"a.conf"}); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerInPiecesIsPutTogether(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "b.conf")
	git(t, ".", "init", "-q")
	g := NewGit(func(c Command) (string, error) {
		if slices.Contains(c.Args, "status") {
			for _, b := range []byte("# branch\x00? a.conf\x001 .M N... 100644 100644 100644 0 0 b.conf\x00! c\x00") {
				c.Stdout.Write([]byte{b})
			}
		}
		return "", nil
	})
	got, err := g.Dirty([]string{"a.conf", "b.conf"})
	if err != nil || !reflect.DeepEqual(got, map[string]State{"a.conf": Untracked, "b.conf": Modified}) {
		t.Errorf("%v %v", got, err)
	}
}

func TestARepositoryRunsNothing(t *testing.T) {
	top := isolate(t)
	marker := filepath.Join(top, "ran")
	write(t, "lib/l.conf", "r/a.conf", "r/b.conf")
	put(t, "r/.gitattributes", "*.conf filter=evil diff=evil\n")
	commit(t, "lib")
	commit(t, "r")
	git(t, "r", "submodule", "--quiet", "add", "../lib", "sub")
	git(t, "r", "commit", "-q", "-m", "sub")
	program := filepath.Join(top, "program")
	put(t, program, "#!/bin/sh\necho \"$0 $*\" >> "+marker+"\ncat\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"r", "r/sub"} {
		for _, key := range []string{"core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
			"diff.external", "core.pager", "pager.status", "core.editor", "core.sshCommand", "core.askPass"} {
			git(t, dir, "config", key, program)
		}
		git(t, dir, "config", "filter.evil.required", "true")
		git(t, dir, "config", "core.hooksPath", filepath.Join(top, "hooks"))
	}
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman"} {
		symlinkProgram(t, program, filepath.Join(top, "hooks", hook))
	}
	os.Remove(marker)
	for _, name := range []string{"r/a.conf", "r/b.conf", "r/sub/l.conf"} { // so that git must compare contents
		put(t, name, strings.ToUpper(name)+"\n")
	}
	g := realGit()
	if _, err := Discover([]string{"r"}, Options{Git: g}); err != nil {
		t.Error(err)
	}
	paths := []string{"r/a.conf", "r/b.conf"}
	dirty, err := g.Dirty(append(paths, "r/sub/l.conf"))
	if err != nil || len(dirty) != 3 {
		t.Errorf("Dirty: %v %v", dirty, err)
	}
	changed, err := g.ChangedSince("HEAD", paths)
	if err != nil || len(changed) != 2 {
		t.Errorf("ChangedSince: %v %v", changed, err)
	}
	if _, err := g.ignored(filepath.Join(top, "r"), paths); err != nil {
		t.Error(err)
	}
	if ran, err := os.ReadFile(marker); err == nil {
		t.Errorf("git ran programs:\n%s", ran)
	}
	// The trap itself works: git as it comes runs them.
	control := exec.Command("git", "status", "--porcelain")
	control.Dir = "r"
	_ = control.Run() // the filter breaks off, as its program is none
	if _, err := os.Stat(marker); err != nil {
		t.Error("the test proves nothing: git status ran no program")
	}
}

func symlinkProgram(t *testing.T, program, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	symlink(t, program, name)
}

func TestAFilterThatCannotBeSwitchedOffIsAnError(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	commit(t, ".")
	git(t, ".", "config", "filter.a=b.clean", "false")
	if _, err := realGit().Dirty([]string{"a.conf"}); err == nil || !strings.Contains(err.Error(), `"filter.a=b.clean" cannot be switched off`) {
		t.Errorf("got %v", err)
	}
}

// Inside a hook, git's variables name the repository of the hook.
func TestVariablesOfAHookDoNotMislead(t *testing.T) {
	top := isolate(t)
	write(t, "r/a.conf", "s/b.conf")
	commit(t, "r")
	commit(t, "s")
	put(t, "s/b.conf", "new")
	t.Setenv("GIT_DIR", filepath.Join(top, "r/.git"))
	t.Setenv("GIT_WORK_TREE", filepath.Join(top, "r"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(top, "r/.git/index"))
	t.Setenv("GIT_ICASE_PATHSPECS", "1")
	wantDirty(t, []string{"r/a.conf", "s/b.conf"}, map[string]State{"s/b.conf": Modified})
	wantNames(t, "s", discover(t, "s").Targets, "s/b.conf")
}

func TestChangedSince(t *testing.T) {
	isolate(t)
	write(t, "r/a.conf", "r/b.conf", "r/c.conf", "r/d.conf", "r/e.conf", "out.conf")
	put(t, "r/.gitignore", "ignored.conf\n")
	commit(t, "r")
	put(t, "r/a.conf", "x")
	git(t, "r", "commit", "-q", "-am", "second")
	put(t, "r/b.conf", "x")
	git(t, "r", "add", "b.conf")
	put(t, "r/c.conf", "x")
	write(t, "r/new.conf", "r/ignored.conf")
	git(t, "r", "mv", "e.conf", "moved.conf")
	g := realGit()
	all := []string{"r/new.conf", "./r/a.conf", "r/b.conf", "r/c.conf", "r/d.conf", "r/ignored.conf", "r/moved.conf"}
	for ref, want := range map[string][]string{
		"HEAD~1": {"r/new.conf", "./r/a.conf", "r/b.conf", "r/c.conf", "r/moved.conf"},
		"main":   {"r/new.conf", "r/b.conf", "r/c.conf", "r/moved.conf"},
	} {
		got, err := g.ChangedSince(ref, all)
		if err != nil {
			t.Fatal(err)
		}
		wantNames(t, ref, got, want...)
	}
	for _, ref := range []string{"", "no-such", "--output=x", "HEAD:a.conf", "a.conf"} {
		if got, err := g.ChangedSince(ref, all); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("no commit %q", ref)) {
			t.Errorf("%q: %v %v", ref, got, err)
		}
	}
	if _, err := g.ChangedSince("HEAD", []string{"out.conf"}); err == nil || !strings.Contains(err.Error(), "out.conf: is in no git checkout") {
		t.Errorf("got %v", err)
	}
}

func TestABrokenCheckoutIsNamed(t *testing.T) {
	isolate(t)
	write(t, "r/a.conf")
	put(t, "r/.git", "gitdir: nowhere\n")
	var failed *GitError
	if d, err := realGit().Dirty([]string{"r/a.conf"}); d != nil || !errors.As(err, &failed) || failed.Verb != "ls-files" || failed.Code != 128 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v %v", d, err)
	}
	f := discover(t, "r")
	wantNames(t, "all files", f.Targets, "r/a.conf")
	if len(f.Notes) != 1 || !strings.Contains(f.Notes[0], "so all are taken: ") {
		t.Errorf("%q", f.Notes)
	}
}
