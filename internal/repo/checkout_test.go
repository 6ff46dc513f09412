package repo

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func openCheckout(t *testing.T, dir string) *Checkout {
	t.Helper()
	c, err := OpenCheckout(Exec(context.Background()), dir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func gitSays(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimRight(string(out), "\n")
}

var somebody = Identity{"A <a@example.com> 1700000000 +0100", "B <b@example.com> 1700000001 +0000"}

// Commits come one on top of the other, hold what was said and nothing else,
// and change neither a ref nor a file.
func TestCommitsHoldWhatWasSaid(t *testing.T) {
	isolate(t)
	names := []string{"a.conf", "dir/with space.conf", "quote\".conf", "ünïcode.conf", "*.conf"}
	for _, name := range names {
		put(t, filepath.Join("r", name), "old\n")
	}
	put(t, "r/run.sh", "#!/bin/sh\n")
	if err := os.Chmod("r/run.sh", 0o755); err != nil {
		t.Fatal(err)
	}
	commit(t, "r")
	c := openCheckout(t, "r")
	branch, base, err := c.Head()
	if err != nil || branch != "main" {
		t.Fatal(branch, err)
	}
	all := map[string][]byte{"run.sh": []byte("#!/bin/sh\nnew\n")}
	for _, name := range names {
		all[name] = []byte("new " + name + "\n")
	}
	made, err := c.Commits(base, somebody, []Commit{
		{Message: "one\n\nbody\n", Files: map[string][]byte{"a.conf": []byte("between, without end")}},
		{Message: "two\n", Files: all},
	})
	if err != nil || len(made) != 2 {
		t.Fatal(made, err)
	}
	if now := gitSays(t, "r", "rev-parse", "HEAD"); now != base || gitSays(t, "r", "status", "--porcelain") != "" {
		t.Error("something changed in the checkout")
	}
	if got := gitSays(t, "r", "rev-list", made[1]); got != made[1]+"\n"+made[0]+"\n"+base {
		t.Errorf("the history is %s", got)
	}
	if got := gitSays(t, "r", "log", "-1", "--format=%an <%ae> %at %cn %ct|%B", made[0]); got != "A <a@example.com> 1700000000 B 1700000001|one\n\nbody" {
		t.Errorf("the commit is %q", got)
	}
	if got := gitSays(t, "r", "show", made[0]+":a.conf"); got != "between, without end" {
		t.Errorf("%q", got)
	}
	if got := gitSays(t, "r", "-c", "core.quotePath=false", "diff", "--name-only", "-z", base, made[0]); got != "a.conf\x00" {
		t.Errorf("the first commit changes %q", got)
	}
	for name, text := range all {
		if got := gitSays(t, "r", "show", made[1]+":"+name) + "\n"; got != string(text) {
			t.Errorf("%s holds %q", name, got)
		}
	}
	if got := gitSays(t, "r", "ls-tree", made[1], "run.sh"); !strings.HasPrefix(got, "100755 ") {
		t.Errorf("the mode is lost: %s", got)
	}
	if _, err := c.Commits(base, somebody, []Commit{{Message: "x", Files: map[string][]byte{"new.conf": nil}}}); err == nil {
		t.Error("a file that is not there was made")
	}
}

// A branch is made once, and never over another one.
func TestCreateBranchTakesNoBranchOver(t *testing.T) {
	isolate(t)
	put(t, "r/a.conf", "a\n")
	commit(t, "r")
	c := openCheckout(t, "r")
	_, base, err := c.Head()
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.Commits(base, somebody, []Commit{{Message: "m", Files: map[string][]byte{"a.conf": []byte("b\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // again: as after a run that was cut off
		if err := c.CreateBranch("x/new", made[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.CreateBranch("x/new", base); !errors.Is(err, ErrBranchExists) {
		t.Errorf("another commit: %v", err)
	}
	if err := c.CreateBranch("x", base); err == nil || errors.Is(err, ErrBranchExists) {
		t.Errorf("a folder of branches: %v", err)
	}
	if got, err := c.Branch("x/new"); err != nil || got != made[0] {
		t.Errorf("%s, %v", got, err)
	}
	if in, err := c.Contains(made[0], base); err != nil || !in {
		t.Error(in, err)
	}
	if in, err := c.Contains(base, made[0]); err != nil || in {
		t.Error(in, err)
	}
	if out, err := c.CheckedOut("main"); err != nil || !out {
		t.Error(out, err)
	}
	if err := c.DeleteBranch("x/new", base); err == nil {
		t.Error("a branch at another commit was deleted")
	}
	if err := c.DeleteBranch("x/new", made[0]); err != nil {
		t.Error(err)
	}
	if got, err := c.Branch("x/new"); err != nil || got != "" {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{"", "-x", "a..b", "@{-1}", "a b", "x.lock", "HEAD"} {
		if CheckBranch(Exec(t.Context()), bad) == nil {
			t.Errorf("%q is taken for the name of a branch", bad)
		}
	}
}

// A broken repository inside of another one is not taken for the outer one.
func TestABrokenRepositoryIsNotTheOneAroundIt(t *testing.T) {
	isolate(t)
	put(t, "outer/a.conf", "a\n")
	commit(t, "outer")
	put(t, "outer/inner/.git/HEAD", "garbage\n")
	if _, err := OpenCheckout(Exec(t.Context()), "outer/inner", t.TempDir()); err == nil {
		t.Error("it was opened")
	}
}

func TestOpenCheckoutOfEveryKind(t *testing.T) {
	isolate(t)
	put(t, "r/a.conf", "a\n")
	commit(t, "r")
	git(t, ".", "clone", "-q", "--bare", "r", "bare")
	git(t, "r", "worktree", "add", "-q", "../wt")
	git(t, ".", "clone", "-q", "--shared", "r", "shared")
	git(t, ".", "clone", "-q", "--depth=1", "file://"+mustAbs(t, "r"), "shallow")
	for _, dir := range []string{"r", "bare", "wt", "shared", "shallow"} {
		c := openCheckout(t, dir)
		_, base, err := c.Head()
		if err != nil {
			t.Fatal(dir, err)
		}
		files, err := c.Files(base)
		if err != nil || len(files) != 1 || files[0].Path != "a.conf" || files[0].Size != 2 {
			t.Errorf("%s: %v %v", dir, files, err)
		}
		texts, err := c.Blobs(files)
		if err != nil || len(texts) != 1 || string(texts[0]) != "a\n" {
			t.Errorf("%s: %q %v", dir, texts, err)
		}
		made, err := c.Commits(base, somebody, []Commit{{Message: "m", Files: map[string][]byte{"a.conf": []byte(dir)}}})
		if err == nil {
			err = c.CreateBranch("from-"+dir, made[0])
		}
		if err != nil {
			t.Errorf("%s: %v", dir, err)
		} else if got := gitSays(t, dir, "show", "from-"+dir+":a.conf"); got != dir {
			t.Errorf("%s: %q", dir, got)
		}
	}
	put(t, "elsewhere/a.conf", "a\n")
	git(t, "r", "config", "core.worktree", mustAbs(t, "elsewhere"))
	if _, err := OpenCheckout(Exec(t.Context()), "r", t.TempDir()); err == nil {
		t.Error("a work tree elsewhere was taken")
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// Nothing that a repository names is run by what makes commits and branches.
func TestCommitsRunNothing(t *testing.T) {
	top := isolate(t)
	marker := filepath.Join(top, "marker")
	put(t, "r/a.conf", "a\n")
	put(t, "r/.gitattributes", "*.conf filter=evil diff=evil merge=evil working-tree-encoding=UTF-16 ident\n")
	git(t, ".", "init", "-q", "r")
	put(t, "r/.git/info/attributes", "* -working-tree-encoding\n")
	commit(t, "r")
	program := filepath.Join(top, "program")
	put(t, program, "#!/bin/sh\necho \"$0 $*\" >> "+marker+"\ncat\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
		"merge.evil.driver", "diff.external", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.alternateRefsCommand", "gpg.program",
		"credential.helper", "sequence.editor", "gpg.ssh.program", "uploadpack.packObjectsHook"} {
		git(t, "r", "config", key, program)
	}
	git(t, "r", "config", "core.hooksPath", filepath.Join(top, "hooks"))
	git(t, "r", "config", "commit.gpgSign", "true")
	git(t, "r", "config", "gc.auto", "1")
	for _, hook := range []string{"post-index-change", "reference-transaction", "post-checkout", "pre-commit", "commit-msg", "prepare-commit-msg", "post-commit",
		"post-rewrite", "pre-auto-gc", "fsmonitor-watchman"} {
		symlinkProgram(t, program, filepath.Join(top, "hooks", hook))
	}
	put(t, "r/a.conf", "b\n")
	c := openCheckout(t, "r")
	_, base, err := c.Head()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AnyStaged(); err != nil {
		t.Error(err)
	}
	made, err := c.Commits(base, somebody, []Commit{{Message: "m", Files: map[string][]byte{"a.conf": []byte("b\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		c.CreateBranch("new", base), c.Switch("new"), c.MoveBranch("new", made[0], base), c.InIndex(made[0], []string{"a.conf"}),
		c.Switch("main"), c.DeleteBranch("new", made[0]),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	files, err := c.Files(made[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Blobs(files); err != nil {
		t.Error(err)
	}
	index := openIndex(t, "r")
	index.Staged("r/a.conf")
	if _, _, err := index.Text("r/a.conf"); err != nil {
		t.Error(err)
	}
	if ran, err := os.ReadFile(marker); err == nil {
		t.Errorf("git ran programs:\n%s", ran)
	}
	control := exec.Command("git", "update-ref", "refs/heads/control", base)
	control.Dir = "r"
	_ = control.Run()
	if _, err := os.Stat(marker); err != nil {
		t.Error("the test proves nothing: git update-ref ran no program")
	}
}

func TestStagedIsWhatTheNextCommitChanges(t *testing.T) {
	isolate(t)
	for _, name := range []string{"same.conf", "staged.conf", "part.conf", "work.conf", "gone.conf"} {
		put(t, filepath.Join("r", name), "old\n")
	}
	commit(t, "r")
	for _, name := range []string{"staged.conf", "part.conf", "new.conf", "gone.conf"} {
		put(t, filepath.Join("r", name), "staged\n")
	}
	git(t, "r", "add", "-A")
	put(t, "r/part.conf", "later\n")
	put(t, "r/work.conf", "later\n")
	if err := os.Remove("r/gone.conf"); err != nil {
		t.Fatal(err)
	}
	put(t, "r/untracked.conf", "u\n")
	index := openIndex(t, "r")
	var staged []string
	for _, name := range []string{"same", "staged", "part", "work", "gone", "new", "untracked"} {
		if index.Staged("r/" + name + ".conf") {
			staged = append(staged, name)
		}
	}
	if got := strings.Join(staged, " "); got != "staged part gone new" {
		t.Errorf("%s are staged", got)
	}
	for name, want := range map[string]string{"same": "", "staged": "", "new": "", "untracked": "", "part": "staged\n", "gone": "staged\n", "work": "old\n"} {
		text, other, err := index.Text("r/" + name + ".conf")
		if err != nil || other != (want != "") || string(text) != want {
			t.Errorf("%s: %q %v %v", name, text, other, err)
		}
	}
	put(t, "out.conf", "x\n")
	if err := index.Open("out.conf"); err != nil || index.Staged("out.conf") {
		t.Errorf("outside of a checkout something is staged (%v)", err)
	}
}

// openIndex returns the index of the checkout that a path lies in.
func openIndex(t *testing.T, path string) *Index {
	t.Helper()
	index := realGit().Index(func(name string) int { return len(filepath.Ext(name)) })
	if err := index.Open(path); err != nil {
		t.Fatal(err)
	}
	return index
}

// Whatever stands in the work tree in the place of a staged file, or of a folder
// above it, the index has the file under its name.
func TestIndexHasWhatIsGoneFromTheWorkTree(t *testing.T) {
	isolate(t)
	put(t, "r/d/e/a.conf", "a\n")
	commit(t, "r")
	put(t, "r/d/e/b.conf", "b\n")
	put(t, "elsewhere/e/b.conf", "x\n")
	put(t, "elsewhere/e/a.conf", "a\n")
	git(t, "r", "add", "-A")
	for _, become := range []func(){
		func() {},
		func() { symlink(t, "../elsewhere", "r/d") },
		func() { put(t, "r/d", "a file\n") },
		func() { put(t, "r/d/e/b.conf/c", "in a folder\n") },
	} {
		if err := os.RemoveAll("r/d"); err != nil {
			t.Fatal(err)
		}
		become()
		for _, path := range []string{"r", "r/d", "r/d/e", "r/d/e/b.conf"} {
			opts := options()
			opts.Index = opts.Git.Index(func(name string) int { return len(filepath.Ext(name)) })
			found, err := Discover([]string{path}, opts)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			all := strings.Join(append(found.Targets, found.Context...), " ")
			if !strings.Contains(all, filepath.FromSlash("r/d/e/b.conf")) || !strings.Contains(all, filepath.FromSlash("r/d/e/a.conf")) {
				t.Errorf("%s: found %q and beside it %q", path, found.Targets, found.Context)
			}
			if text, ok, err := opts.Index.Text("r/d/e/b.conf"); string(text) != "b\n" || !ok || err != nil {
				t.Errorf("%s: %q %v %v", path, text, ok, err)
			}
		}
	}
}

// In a repository without a commit everything in the index is staged.
func TestStagedBeforeTheFirstCommit(t *testing.T) {
	isolate(t)
	put(t, "r/a.conf", "a\n")
	git(t, ".", "init", "-q", "r")
	git(t, "r", "add", "a.conf")
	if !openIndex(t, "r").Staged("r/a.conf") {
		t.Error("not staged")
	}
}

// git commit FILE gives its hooks another index.
func TestStagedInsideAHookMeansItsIndex(t *testing.T) {
	isolate(t)
	put(t, "r/a.conf", "a\n")
	put(t, "r/b.conf", "b\n")
	commit(t, "r")
	put(t, "r/a.conf", "A\n")
	put(t, "r/b.conf", "B\n")
	git(t, "r", "add", "-A")
	index := mustAbs(t, "r/.git/other")
	text, err := os.ReadFile("r/.git/index")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, text, 0o600); err != nil {
		t.Fatal(err)
	}
	git(t, "r", "reset", "-q", "b.conf")
	t.Chdir("r")
	for _, name := range []string{index, ".git/other"} {
		t.Setenv("GIT_INDEX_FILE", name)
		if index := openIndex(t, "."); !index.Staged("a.conf") || !index.Staged("b.conf") {
			t.Errorf("%s: not all is staged", name)
		}
	}
	t.Setenv("GIT_INDEX_FILE", "")
	if index := openIndex(t, "."); !index.Staged("a.conf") || index.Staged("b.conf") {
		t.Error("the index of the hook counts outside of it")
	}
}
