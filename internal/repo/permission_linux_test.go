package repo

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs do without the right of root to read everything. The identity
// for file access is the thread's own, so nothing else notices; the thread
// ends with the test.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	runtime.LockOSThread()
	if _, err := unix.SetfsuidRetUid(65534); err != nil {
		t.Skipf("root cannot give up its rights here: %v", err)
	}
	defer unix.SetfsuidRetUid(0)
	do()
}

func chmod(t *testing.T, name string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(name, 0o755) })
}

func TestUnreadableDirectoriesAreReportedAndTheRestGoesOn(t *testing.T) {
	isolate(t)
	write(t, "a.conf", "closed/b.conf", "listed/c.conf", "x/deep/d.conf", "x/e.conf", "no-config/f.conf", "no-config/.natsfix.yaml", "z.conf")
	chmod(t, "..", 0o755) // the tests' own directory is closed to others
	chmod(t, ".", 0o755)
	chmod(t, "closed", 0)
	chmod(t, "listed", 0o744)
	chmod(t, "x/deep", 0o311)
	chmod(t, "no-config/.natsfix.yaml", 0)
	for name, opts := range map[string]Options{"with configuration": options(), "without": {}} {
		var f *Found
		var err error
		asNobody(t, func() { f, err = Discover([]string{"."}, opts) })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, targets := []string{"closed", "listed", "no-config", "x/deep"}, []string{"a.conf", "x/e.conf", "z.conf"}
		if opts.Config == nil {
			want, targets = []string{"closed", "listed/c.conf", "x/deep"}, []string{"a.conf", "no-config/f.conf", "x/e.conf", "z.conf"}
		}
		wantNames(t, name, f.Targets, targets...)
		var got []string
		for _, u := range f.Unreadable {
			got = append(got, u.Path)
			if !errors.Is(&u, fs.ErrPermission) || !strings.Contains(u.Error(), "permission denied") {
				t.Errorf("%v", &u)
			}
		}
		wantNames(t, name, got, want...)
	}
}

func TestAGivenPathThatIsUnreadable(t *testing.T) {
	isolate(t)
	write(t, "closed/a.conf", "b.conf")
	chmod(t, "..", 0o755) // the tests' own directory is closed to others
	chmod(t, ".", 0o755)
	chmod(t, "closed", 0)
	asNobody(t, func() {
		f, err := Discover([]string{"closed", "b.conf"}, options())
		if err != nil {
			t.Error(err)
			return
		}
		wantNames(t, "targets", f.Targets, "b.conf")
		if len(f.Unreadable) != 1 || f.Unreadable[0].Path != "closed" {
			t.Errorf("%v", f.Unreadable)
		}
		var wrong *PathError
		if _, err := Discover([]string{"closed/a.conf"}, options()); !errors.As(err, &wrong) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("got %v", err)
		}
	})
}

func TestGitsWarningsAboutDirectoriesArePassedOn(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	commit(t, ".")
	g := NewGit(func(c Command) (string, error) {
		if c.Args[2] == "-s" {
			_, err := c.Stdout.Write([]byte("100644 0123 0\ta.conf\x00"))
			return "", err
		}
		return "warning: could not open directory 'x/': Permission denied\nhint: something\n", nil
	})
	f, err := Discover([]string{"."}, Options{Git: g})
	if err != nil || len(f.Unreadable) != 1 || f.Unreadable[0].Error() != ".: cannot be read: 'x/': Permission denied (permission denied)" {
		t.Errorf("%+v %v", f, err)
	}
	wantNames(t, "targets", f.Targets, "a.conf")
}

func TestDevicesAndPipesAreNotOpened(t *testing.T) {
	isolate(t)
	write(t, "a.conf")
	if err := unix.Mkfifo("pipe.conf", 0o644); err != nil {
		t.Skip(err)
	}
	symlink(t, "/dev/zero", "zero.conf")
	symlink(t, "pipe.conf", "link.conf")
	wantNames(t, "plain", discover(t, ".").Targets, "a.conf")
	git(t, ".", "init", "-q")
	wantNames(t, "checkout", discover(t, ".").Targets, "a.conf")
	var wrong *PathError
	if _, err := Discover([]string{"pipe.conf"}, options()); !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
}
