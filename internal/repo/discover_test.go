package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func wantNames(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestAPathThatCannotBeUsedEndsTheRun(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	symlink(t, "nowhere", "broken")
	symlink(t, "loop", "loop")
	for path, want := range map[string]string{
		"b.conf": "b.conf: does not exist", "a.conf/x": "a.conf/x: does not exist", "": `"": is no path`, "x\ny": `"x\ny": does not exist`,
		"broken": "broken: is a link to something that does not exist", "loop": "loop: cannot be read: too many levels", "/dev/null": "is neither a regular file nor a directory",
	} {
		f, err := Discover([]string{"a.conf", path}, options())
		var wrong *PathError
		if f != nil || !errors.As(err, &wrong) || wrong.Path != path || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %s", path, f, err, want)
		}
		if (strings.Contains(want, "not exist") || path == "") != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: errors.Is(%v, fs.ErrNotExist) is wrong", path, err)
		}
	}
}

func TestAPlainDirectoryIsWalked(t *testing.T) {
	top := isolate(t)
	write(t, "a.conf", "b.txt", "x/b.conf", "x/y/.c.conf", "x.conf/d.conf", "vendor/e.conf", "x/node_modules/f.conf", "x/CONF", "d.conf.bak")
	all := []string{"a.conf", "x.conf/d.conf", "x/b.conf", "x/y/.c.conf"}
	wantNames(t, ".", discover(t, ".").Targets, all...)
	wantNames(t, "./", discover(t, "./").Targets, "./a.conf", "./x.conf/d.conf", "./x/b.conf", "./x/y/.c.conf")
	wantNames(t, "x", discover(t, "x").Targets, "x/b.conf", "x/y/.c.conf")
	wantNames(t, "./x/", discover(t, "./x/").Targets, "./x/b.conf", "./x/y/.c.conf")
	wantNames(t, "x/..", discover(t, "x/../vendor").Targets, "x/../vendor/e.conf")
	wantNames(t, "absolute", discover(t, top+"/x").Targets, top+"/x/b.conf", top+"/x/y/.c.conf")
	wantNames(t, "any name", discover(t, "b.txt", "x/CONF").Targets, "b.txt", "x/CONF")
	wantNames(t, "a given one", discover(t, "vendor").Targets, "vendor/e.conf")
	wantNames(t, "none", discover(t).Targets)
}

func TestAFileIsFoundOnce(t *testing.T) {
	top := isolate(t)
	write(t, "a.conf", "x/b.conf", "x/plain")
	symlink(t, "a.conf", "0.conf")
	symlink(t, "../a.conf", "x/0.conf")
	symlink(t, "plain", "x/1.conf")
	symlink(t, "plain", "x/2.conf")
	wantNames(t, "links", discover(t, ".").Targets, "a.conf", "x/1.conf", "x/b.conf")
	wantNames(t, "several names", discover(t, "./a.conf", ".", "x", top, "a.conf", "0.conf").Targets, "./a.conf", "x/1.conf", "x/b.conf")
	if err := os.Link("a.conf", "x/hard.conf"); err != nil {
		t.Skipf("no hard links here: %v", err)
	}
	wantNames(t, "hard links", discover(t, ".").Targets, "a.conf", "x/1.conf", "x/b.conf")
	wantNames(t, "hard link as context", discover(t, "x/hard.conf").Context, "x/1.conf", "x/b.conf")
}

func TestAFileWithSeveralNamesIsFoundOnceWhereSomeAreGiven(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "other.conf")
	symlink(t, "a.conf", "link.conf")
	for _, name := range []string{"0.conf", "m.conf"} {
		if err := os.Link("a.conf", name); err != nil {
			t.Skipf("no hard links here: %v", err)
		}
	}
	o := options()
	o.Judge = func(string, []byte, bool) Verdict { return Verdict{Class: Ours} }
	for want, given := range map[string][][]string{
		"0.conf": {{"."}, {".", "0.conf"}},
		"a.conf": {{"a.conf", "."}, {"a.conf", ".", "0.conf"}, {".", "a.conf"}, {"link.conf", "."}, {".", "link.conf"}, {".", "a.conf", "m.conf"}},
		"m.conf": {{"m.conf", "."}, {".", "m.conf"}},
	} {
		for _, paths := range given {
			f, err := Discover(paths, o)
			if err != nil {
				t.Fatal(err)
			}
			wantNames(t, strings.Join(paths, " "), f.Targets, want, "other.conf")
		}
	}
}

// What happens between finding a name and reading the file is simulated by the
// judge of names.
func TestAFileThatGoesWhileFilesAreFoundIsNoTrouble(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "b.conf", "c.conf", "d/e.conf")
	o := options()
	o.Judge = func(string, []byte, bool) Verdict { return Verdict{Class: Ours} }
	o.Wanted = func(name string) int {
		switch filepath.Base(name) {
		case "b.conf":
			os.Remove("b.conf")
		case "c.conf":
			os.Remove("c.conf")
			os.Mkdir("c.conf", 0o700)
		}
		return 1000
	}
	f, err := Discover([]string{"."}, o)
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, "what is left", f.Targets, "a.conf", "d/e.conf")
	if len(f.Unreadable) > 0 {
		t.Errorf("reported: %v", f.Unreadable)
	}
}

func TestLinksDoNotLeadAnywhereElse(t *testing.T) {
	isolate(t)
	write(t, "out/o.conf", "in/a.conf", "in/sub/b.conf", "in/.git.conf/c.conf")
	symlink(t, "../out", "in/dir")
	symlink(t, "../out/o.conf", "in/out.conf")
	symlink(t, "sub", "in/sub.conf")
	symlink(t, "..", "in/sub/up")
	symlink(t, "loop.conf", "in/loop.conf")
	symlink(t, "nowhere", "in/broken.conf")
	symlink(t, "in", "way")
	f := discover(t, "in")
	wantNames(t, "in", f.Targets, "in/.git.conf/c.conf", "in/a.conf", "in/sub/b.conf")
	wantNames(t, "a given link", discover(t, "way").Targets, "way/.git.conf/c.conf", "way/a.conf", "way/sub/b.conf")
	var skipped []string
	for _, s := range f.Skipped {
		skipped = append(skipped, s.Error())
	}
	wantNames(t, "skipped", skipped, "in/broken.conf: is a link to something that does not exist", "in/loop.conf: is a link to something that does not exist",
		"in/out.conf: is a link that leads out of in; give the file itself")
}

func TestACheckoutIsAskedWhatItIgnores(t *testing.T) {
	top := isolate(t)
	write(t, "r/a.conf", "r/vendor/v.conf", "r/deleted.conf", "r/dir/was.conf", "r/x/b.conf", "elsewhere/was.conf")
	put(t, "r/.gitignore", "gen/\n*.local.conf\n")
	commit(t, "r")
	write(t, "r/new.conf", "r/gen/g.conf", "r/x/my.local.conf", "r/x/forced.local.conf", "r/nested/n.conf", "r/new/dir/m.conf")
	git(t, "r", "add", "-f", "x/forced.local.conf")
	commit(t, "r/nested")
	write(t, "r/nested/untracked.conf")
	os.Remove("r/deleted.conf")
	os.RemoveAll("r/dir")
	symlink(t, "../elsewhere", "r/dir")
	all := []string{"r/a.conf", "r/nested/n.conf", "r/nested/untracked.conf", "r/new.conf", "r/new/dir/m.conf", "r/vendor/v.conf", "r/x/b.conf", "r/x/forced.local.conf"}
	f := discover(t, "r")
	wantNames(t, "r", f.Targets, all...)
	if len(f.Notes)+len(f.Unreadable)+len(f.Skipped) > 0 {
		t.Errorf("%+v", f)
	}
	wantNames(t, "from above", discover(t, ".").Targets, append([]string{"elsewhere/was.conf"}, all...)...)
	wantNames(t, "r/x", discover(t, "r/x").Targets, "r/x/b.conf", "r/x/forced.local.conf")
	wantNames(t, "an ignored directory that is given", discover(t, "r/gen").Targets, "r/gen/g.conf")
	wantNames(t, "an ignored file that is given", discover(t, "r/x/my.local.conf").Targets, "r/x/my.local.conf")

	t.Chdir(top + "/r/x")
	wantNames(t, "from inside", discover(t, ".").Targets, "b.conf", "forced.local.conf")
	wantNames(t, "upwards", discover(t, "../new").Targets, "../new/dir/m.conf")
}

func TestSubmodulesAreWalked(t *testing.T) {
	isolate(t)
	write(t, "lib/l.conf", "r/a.conf")
	put(t, "lib/.gitignore", "gen.conf")
	commit(t, "lib")
	commit(t, "r")
	git(t, "r", "submodule", "--quiet", "add", "../lib", "sub")
	git(t, "r", "commit", "-q", "-m", "sub")
	write(t, "r/sub/gen.conf", "r/sub/new.conf")
	wantNames(t, "r", discover(t, "r").Targets, "r/a.conf", "r/sub/l.conf", "r/sub/new.conf")
	git(t, ".", "clone", "-q", "r", "empty") // without its submodule
	wantNames(t, "not initialised", discover(t, "empty").Targets, "empty/a.conf")
}

func TestExcludesHoldForWhatIsFound(t *testing.T) {
	isolate(t)
	for _, root := range []string{"plain", "checkout"} {
		write(t, root+"/a.conf", root+"/test/t.conf", root+"/x/a.gen.conf", root+"/x/test/t.conf", root+"/x/only.conf", root+"/bad/b.conf")
		put(t, root+"/.natsfix.yaml", "root: true\nexclude: [/test, '*.gen.conf', bad/]\n")
		put(t, root+"/x/.natsfix.yaml", "exclude: [only.conf]\n")
		put(t, root+"/bad/.natsfix.yaml", "no: such key\n")
		symlink(t, "../test/t.conf", root+"/x/link.conf")
		if root == "checkout" {
			commit(t, root)
		}
		f := discover(t, root)
		wantNames(t, root, f.Targets, root+"/a.conf", root+"/x/test/t.conf")
		if f.Excluded < 3 {
			t.Errorf("%s: %d excluded", root, f.Excluded)
		}
		wantNames(t, "given", discover(t, root+"/test/t.conf").Targets, root+"/test/t.conf")
	}
	put(t, "plain/x/.natsfix.yaml", "excludes: []\n")
	if _, err := Discover([]string{"plain"}, options()); err == nil || !strings.Contains(err.Error(), "plain/x/.natsfix.yaml:1:1: unknown key") {
		t.Errorf("got %v", err)
	}
}

func TestContextIsWhatStandsBesideTheTargets(t *testing.T) {
	top := isolate(t)
	write(t, "r/x/a.conf", "r/x/b.conf", "r/x/deep/c.conf", "r/y/d.conf", "r/not.txt")
	put(t, "r/.gitignore", "*.local.conf")
	commit(t, "r")
	write(t, "r/x/my.local.conf", "r/x/new.conf")
	wantNames(t, "same directory", discover(t, "r/x/a.conf").Context, "r/x/b.conf", "r/x/new.conf")
	wantNames(t, "a directory", discover(t, "r/x").Context)
	put(t, "r/.natsfix.yaml", "exclude: [y]\n")
	f := discover(t, "r/x/a.conf", "r/x/b.conf")
	wantNames(t, "targets", f.Targets, "r/x/a.conf", "r/x/b.conf")
	wantNames(t, "folder", f.Context, "r/x/deep/c.conf", "r/x/new.conf")
	wantNames(t, "folder of a directory", discover(t, "r/x/deep").Context, "r/x/a.conf", "r/x/b.conf", "r/x/new.conf")
	wantNames(t, "absolute", discover(t, top+"/r/x/deep").Context, top+"/r/x/a.conf", top+"/r/x/b.conf", top+"/r/x/new.conf")
	wantNames(t, "whole", discover(t, "r").Context)
	if f.Excluded != 0 {
		t.Errorf("context counts as excluded: %d", f.Excluded)
	}
	t.Chdir("r/x")
	wantNames(t, "from inside", discover(t, "deep").Context, "a.conf", "b.conf", "new.conf")
	t.Chdir("deep")
	wantNames(t, "from below", discover(t, "c.conf").Context, "../a.conf", "../b.conf", "../new.conf")
}

// What is wrong in context is nobody's fault here.
func TestTroubleInTheContextIsNotReported(t *testing.T) {
	isolate(t)
	put(t, ".natsfix.yaml", "root: true")
	write(t, "x/a.conf", "y/b.conf", "z/c.conf")
	put(t, "y/.natsfix.yaml", "no: such key")
	symlink(t, "nowhere", "z/broken.conf")
	f := discover(t, "x/a.conf")
	wantNames(t, "context", f.Context, "z/c.conf")
	if len(f.Skipped)+len(f.Unreadable)+len(f.Notes) > 0 {
		t.Errorf("%+v", f)
	}
}

func TestContextIsBounded(t *testing.T) {
	isolate(t)
	put(t, ".natsfix.yaml", "root: true")
	write(t, "x/target.conf")
	for i := range 5 {
		write(t, fmt.Sprintf("c%d.conf", i))
	}
	for limit, want := range map[int]int{1: 1, 4: 4, 5: 5} {
		opts := options()
		opts.MaxContext = limit
		f, err := Discover([]string{"x"}, opts)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Context) != want || (len(f.Notes) == 1) != (want < 5) {
			t.Errorf("%d: %q %q", limit, f.Context, f.Notes)
		}
	}
	opts := options()
	opts.NoContext = true
	if f, err := Discover([]string{"x"}, opts); err != nil || len(f.Context) > 0 {
		t.Errorf("%v %v", f, err)
	}
}

func TestOddNames(t *testing.T) {
	isolate(t)
	odd := []string{"\"q\".conf", "-n.conf", ":(glob).conf", "a b.conf", "caf\xe9.conf", "new\nline.conf", "star*.conf", "tab\t1.conf", "ü/日本.conf"}
	for _, name := range odd {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Skipf("the file system has no %q: %v", name, err)
		}
	}
	wantNames(t, "plain", discover(t, ".").Targets, odd...)
	git(t, ".", "init", "-q")
	wantNames(t, "untracked", discover(t, ".").Targets, odd...)
	git(t, ".", "add", "-A")
	wantNames(t, "tracked", discover(t, ".").Targets, odd...)
}

func TestWithoutGitEverythingIsTaken(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "gen.conf")
	put(t, ".gitignore", "gen.conf")
	commit(t, ".")
	opts := Options{Git: NewGit(func(Command) (string, error) { return "", ErrNoGit })}
	f, err := Discover([]string{"."}, opts)
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, "all", f.Targets, "a.conf", "gen.conf")
	if len(f.Notes) != 1 || !strings.Contains(f.Notes[0], "git is not installed") {
		t.Errorf("%q", f.Notes)
	}
	if f, err = Discover([]string{"."}, Options{}); err != nil || len(f.Targets) != 2 || len(f.Notes) > 0 {
		t.Errorf("%+v %v", f, err)
	}
}
