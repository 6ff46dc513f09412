package bulk

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// isolate keeps git away from the settings of whoever runs the tests, and
// returns a fresh directory, which becomes the current one.
func isolate(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": t.TempDir(),
		"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// repository makes one with a file a.conf in it.
func repository(t *testing.T, dir string) {
	t.Helper()
	git(t, ".", "init", "-q", "-b", "main", dir)
	write(t, filepath.Join(dir, "a.conf"), "OLD\n")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "first")
}

// upper is an Examine that turns OLD in a.conf into NEW.
func upper(_ context.Context, _ Source, tree *Tree) (*Plan, error) {
	text, err := tree.Read("a.conf")
	if err != nil || !bytes.Contains(text, []byte("OLD")) {
		return &Plan{}, nil
	}
	next := bytes.ReplaceAll(text, []byte("OLD"), []byte("NEW"))
	return &Plan{
		Counts:  Counts{Files: 1, Findings: 1, Changed: 1},
		Commits: []Planned{{Message: "change\n", Rules: []string{"r"}, Texts: map[string][]byte{"a.conf": next}}},
		Body:    []byte("body\n"),
	}, nil
}

func options(t *testing.T, dir string) Options {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	state, err := OpenState(filepath.Join(dir, "state.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	return Options{
		Branch: "new", Write: true, Remote: "origin", Jobs: 2, Flags: "f", State: state, Dir: dir, SummaryDir: filepath.Join(dir, "prs"),
		Wanted: func(name string) bool { return strings.HasSuffix(name, ".conf") }, Examine: upper,
	}
}

func runAll(t *testing.T, opts Options, operands ...string) []*Outcome {
	t.Helper()
	list, err := Sources(operands)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Run(t.Context(), list, opts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A run that was cut off at any stage goes on: before the branch, behind it,
// and with a state file whose last line is torn.
func TestRunGoesOnFromEveryStage(t *testing.T) {
	isolate(t)
	repository(t, "r")
	opts := options(t, "state")
	first := runAll(t, opts, "r")[0]
	if first.Status != StatusChanged || first.Stage != Branched {
		t.Fatalf("%+v", first)
	}
	e, _ := opts.State.Entry(first.Source.Key)
	made := e
	made.Stage, made.Markdown = Made, "body\n"
	for name, prepare := range map[string]func(){
		"no branch yet": func() { git(t, "r", "update-ref", "-d", "refs/heads/new") },
		"with branch":   func() {},
	} {
		if err := opts.State.Record(made); err != nil {
			t.Fatal(err)
		}
		prepare()
		os.RemoveAll(opts.SummaryDir)
		again := runAll(t, opts, "r")[0]
		if again.Status != StatusChanged || again.Stage != Branched || git(t, "r", "rev-parse", "new") != first.Head {
			t.Errorf("%s: %+v", name, again)
		}
		if _, err := os.Stat(filepath.Join(opts.SummaryDir, "r.md")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join("state", "state.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text)+`{"key":"x`)
	torn := options(t, "state")
	if again := runAll(t, torn, "r")[0]; again.Status != StatusChanged || again.Head != first.Head {
		t.Errorf("with a torn line: %+v", again)
	}
	if err := torn.State.Record(e); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadState(path); err != nil {
		t.Errorf("the torn line spoils the next one: %v", err)
	}
}

// Commits of somebody on top are kept, and so is a branch of somebody else.
func TestOthersBranchesAreLeftAlone(t *testing.T) {
	isolate(t)
	repository(t, "mine")
	repository(t, "theirs")
	git(t, "theirs", "branch", "new")
	opts := options(t, "state")
	out := runAll(t, opts, "mine", "theirs")
	if out[0].Status != StatusChanged || out[1].Status != StatusRefused {
		t.Fatalf("%+v %+v", out[0], out[1])
	}
	git(t, "mine", "checkout", "-q", "new")
	git(t, "mine", "commit", "-q", "--allow-empty", "-m", "more")
	head := git(t, "mine", "rev-parse", "new")
	git(t, "mine", "checkout", "-q", "main")
	if again := runAll(t, opts, "mine")[0]; again.Status != StatusChanged || git(t, "mine", "rev-parse", "new") != head {
		t.Errorf("%+v", again)
	}
	list, err := Undo(t.Context(), opts.State, "new", false)
	if err != nil || len(list) != 1 || list[0].Removed || list[0].Why == "" {
		t.Errorf("%+v %v", list, err)
	}
}

// Nothing that a visited repository names is run, nor read outside of it; the
// repository that is pushed to, on this machine, runs nothing either.
func TestAVisitedRepositoryRunsNothing(t *testing.T) {
	top := isolate(t)
	repository(t, "r")
	write(t, "secret.conf", "OLD secret\n")
	for name, to := range map[string]string{"out.conf": "../secret.conf", "abs.conf": filepath.Join(top, "secret.conf"), "in.conf": "a.conf", "loop.conf": "loop.conf", "dir": ".."} {
		if err := os.Symlink(to, filepath.Join("r", name)); runtime.GOOS == "windows" && err != nil {
			t.Skip("Windows lets only some users make links")
		} else if err != nil {
			t.Fatal(err)
		}
	}
	write(t, "r/.gitattributes", "* filter=evil diff=evil merge=evil\n")
	git(t, "r", "add", "-A")
	git(t, "r", "commit", "-q", "-m", "links")
	git(t, ".", "clone", "-q", "--bare", "r", "up.git")
	marker, program := filepath.Join(top, "ran"), filepath.Join(top, "program")
	write(t, program, "#!/bin/sh\necho \"$0 $*\" >> "+marker+"\ncat\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"r", "up.git"} {
		for _, key := range []string{"core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.external",
			"core.sshCommand", "core.askPass", "core.alternateRefsCommand", "gpg.program", "credential.helper", "remote.origin.receivepack",
			"remote.origin.uploadpack", "core.gitProxy", "uploadpack.packObjectsHook", "core.editor"} {
			git(t, dir, "config", key, program)
		}
		git(t, dir, "config", "core.hooksPath", filepath.Join(top, "hooks"))
		git(t, dir, "config", "commit.gpgSign", "true")
		git(t, dir, "config", "push.gpgSign", "true")
		git(t, dir, "config", "gc.auto", "1")
	}
	for _, hook := range []string{"reference-transaction", "pre-push", "pre-receive", "update", "post-receive", "post-update", "proc-receive", "pre-auto-gc", "pre-commit", "post-index-change"} {
		write(t, filepath.Join("hooks", hook), "")
		if err := os.Remove(filepath.Join("hooks", hook)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(program, filepath.Join("hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	git(t, "r", "config", "remote.origin.url", filepath.Join(top, "up.git"))
	git(t, "r", "config", "url.ext::"+program+".insteadOf", top)
	opts := options(t, "state")
	opts.Push = true
	opts.Examine = func(ctx context.Context, src Source, tree *Tree) (*Plan, error) {
		for name, want := range map[string]string{"in.conf": "OLD\n", "out.conf": "", "abs.conf": "", "loop.conf": "", "dir/secret.conf": "", "../secret.conf": "", "/etc/passwd": "", ".git/config": ""} {
			text, err := tree.Read(name)
			if string(text) != want || (err == nil) != (want != "") {
				t.Errorf("%s reads as %q, %v", name, text, err)
			}
		}
		if tree.File("in.conf") || !tree.File("a.conf") {
			t.Error("a link counts as a file")
		}
		err := filepath.WalkDir(tree.Root, func(path string, d fs.DirEntry, err error) error {
			if d.Type()&fs.ModeSymlink != 0 {
				t.Errorf("%s is a link", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return upper(ctx, src, tree)
	}
	out := runAll(t, opts, "r")[0]
	if out.Status != StatusChanged || out.Stage != Pushed {
		t.Errorf("%+v", out)
	}
	if ran, err := os.ReadFile(marker); err == nil {
		t.Errorf("programs were run:\n%s", ran)
	}
	if got := git(t, "up.git", "show", "new:a.conf"); got != "NEW" {
		t.Errorf("what was pushed holds %q", got)
	}
	git(t, "r", "config", "remote.origin.url", "ext::"+program)
	opts.Branch = "other"
	opts.State = options(t, "state2").State
	if out := runAll(t, opts, "r")[0]; out.Status != StatusError || !strings.Contains(out.Message, "not allowed") {
		t.Errorf("%+v", out)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("an address ran a program")
	}
	control := exec.Command("git", "update-ref", "refs/heads/control", "HEAD")
	control.Dir = "r"
	_ = control.Run()
	if _, err := os.Stat(marker); err != nil {
		t.Error("the test proves nothing: git update-ref ran no program")
	}
}

// A run that is interrupted skips the rest, and says so.
func TestAnInterruptedRunSkipsTheRest(t *testing.T) {
	isolate(t)
	for _, name := range []string{"a", "b", "c"} {
		repository(t, filepath.Join("src", name))
	}
	opts := options(t, "state")
	opts.Jobs = 1
	ctx, cancel := context.WithCancel(t.Context())
	opts.Examine = func(c context.Context, src Source, tree *Tree) (*Plan, error) {
		if strings.HasSuffix(src.Name, "b") {
			cancel()
			return nil, context.Canceled
		}
		return upper(c, src, tree)
	}
	list, err := Sources([]string{"src"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := Run(ctx, list, opts)
	if err != nil {
		t.Fatal(err)
	}
	var got []Status
	for _, o := range out {
		got = append(got, o.Status)
	}
	if want := []Status{StatusChanged, StatusSkipped, StatusSkipped}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if entries, err := os.ReadDir(filepath.Join("state", "tmp")); err == nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSourcesReadListsAndDirectories(t *testing.T) {
	isolate(t)
	for _, name := range []string{"src/one", "src/deep/two", "other/one"} {
		repository(t, name)
	}
	write(t, "list", "# comment\nsrc/one  # again\nother/one\n\nhttps://user:pass@example.com/org/three.git\ngone\n")
	list, err := Sources([]string{"src", "list"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	slugs := make(map[string]bool)
	for _, s := range list {
		names = append(names, s.Name)
		slugs[s.Slug] = true
		if strings.Contains(s.Name+s.Slug+s.Key, "pass") {
			t.Errorf("the password is in %+v", s)
		}
	}
	want := []string{"src/deep/two", "src/one", "other/one", "https://user:********@example.com/org/three.git", "gone"}
	if !slices.Equal(names, want) || len(slugs) != len(want) {
		t.Errorf("%q %v, want %q", names, slugs, want)
	}
	for _, bad := range []string{"nothing-here", "ext::sh"} {
		if _, err := Sources([]string{bad}); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestASourceIsTheSameWithAnotherToken(t *testing.T) {
	isolate(t)
	write(t, "list", "\xef\xbb\xbfhttps://x:one@example.com/r.git\r\nhttps://x:two@example.com/r.git\r\n")
	list, err := Sources([]string{"list"})
	if err != nil || len(list) != 1 || list[0].Name != "https://x:********@example.com/r.git" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWorkTreesOfOneRepositoryAreCorrectedOnce(t *testing.T) {
	isolate(t)
	repository(t, "src/main")
	git(t, "src/main", "worktree", "add", "-q", "../a-tree", "-b", "other")
	repository(t, "src/else")
	got := make(map[string]Status)
	notes := make(map[string]string)
	for _, o := range runAll(t, options(t, "state"), "src") {
		got[o.Source.Name], notes[o.Source.Name] = o.Status, strings.Join(o.Notes, ";")
	}
	want := map[string]Status{"src/main": StatusChanged, "src/else": StatusChanged, "src/a-tree": StatusUnchanged}
	if !maps.Equal(got, want) || !strings.Contains(notes["src/a-tree"], "src/main") {
		t.Errorf("%v %v, want %v", got, notes, want)
	}
	// Without the repository itself, one of the work trees stands for it.
	git(t, "src/main", "worktree", "add", "-q", "../b-tree", "-b", "another")
	opts := options(t, "alone")
	opts.Branch = "alone"
	out := runAll(t, opts, "src/a-tree", "src/b-tree")
	if out[0].Status != StatusChanged || out[1].Status != StatusUnchanged {
		t.Errorf("%+v %+v", out[0], out[1])
	}
}

// git tells where a repository is on lines of their own.
func TestANameMayHaveLineBreaks(t *testing.T) {
	isolate(t)
	repository(t, "a\nb")
	repository(t, "c\n")
	opts := options(t, "state")
	for _, o := range runAll(t, opts, ".") {
		if o.Status != StatusChanged {
			t.Errorf("%q: %s %s", o.Source.Name, o.Status, o.Message)
		}
	}
}

// What was moved cannot be found again, and is not said to be undone.
func TestUndoSaysThatARepositoryIsGone(t *testing.T) {
	isolate(t)
	repository(t, "a")
	opts := options(t, "state")
	runAll(t, opts, "a")
	if err := os.Rename("a", "b"); err != nil {
		t.Fatal(err)
	}
	list, err := Undo(t.Context(), opts.State, "new", false)
	if err != nil || len(list) != 1 || !list[0].Gone || list[0].Removed {
		t.Errorf("%+v %v", list, err)
	}
	git(t, "b", "rev-parse", "-q", "--verify", "new")
}

func TestADirectoryThatIsGoneIsSaidSo(t *testing.T) {
	isolate(t)
	write(t, "list", "gone\n")
	out := runAll(t, options(t, "state"), "list")
	if out[0].Status != StatusError || out[0].Message != "there is no such directory" {
		t.Errorf("%+v", out[0])
	}
}

// Runs over one list after the other share a directory for summaries.
func TestSummariesOfTwoListsDoNotOverwriteEachOther(t *testing.T) {
	isolate(t)
	repository(t, "one/r")
	repository(t, "two/r")
	opts := options(t, "state")
	first, second := runAll(t, opts, "one/r")[0], runAll(t, opts, "two/r")[0]
	if first.Summary == "" || second.Summary == "" || first.Summary == second.Summary {
		t.Fatalf("%q and %q", first.Summary, second.Summary)
	}
	for _, path := range []string{first.Summary, second.Summary} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestNamesThatLeadOutAreNotSound(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "a/b.conf": true, ".gitignore": true, "..a/b": true,
		"": false, "..": false, "../a": false, "a/../../b": false, "/a": false, ".git/config": false, "a/.GIT/x": false, "a//b": false, "./a": false,
	} {
		if sound(name) != want {
			t.Errorf("sound(%q) is %v", name, !want)
		}
	}
}
