//go:build unix

package safeio

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestReadDoesNotBlockOnAFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	must(t, unix.Mkfifo(path, 0o600))
	done := make(chan error, 1)
	go func() {
		_, err := Read(path, Limits{})
		done <- err
	}()
	select {
	case err := <-done:
		wantKind(t, err, NotRegular)
	case <-time.After(10 * time.Second):
		t.Fatal("blocked")
	}
}

func TestReadRefusesSocketsAndDevices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	defer unix.Close(fd)
	must(t, unix.Bind(fd, &unix.SockaddrUnix{Name: path}))
	for _, p := range []string{path, "/dev/null"} {
		_, err := Read(p, Limits{})
		wantKind(t, err, NotRegular)
	}
}

func TestReadSaysWhichLinkIsBroken(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Symlink("absent", filepath.Join(dir, "dangling")))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	_, err := Read(filepath.Join(dir, "dangling"), Limits{})
	wantKind(t, err, DanglingLink)
	_, err = Read(filepath.Join(dir, "loop"), Limits{})
	wantKind(t, err, LinkLoop)
	put(t, dir, "file", "x")
	_, err = Read(filepath.Join(dir, "file", "below"), Limits{})
	wantKind(t, err, Unreadable)
}

// linked makes root/conf -> ../target/real, as a Kubernetes volume has it.
func linked(t *testing.T) (root, link, target string) {
	dir := t.TempDir()
	root = filepath.Join(dir, "root")
	must(t, os.MkdirAll(filepath.Join(root, "inside"), 0o700))
	must(t, os.Mkdir(filepath.Join(dir, "target"), 0o700))
	target = put(t, filepath.Join(dir, "target"), "real", "old")
	link = filepath.Join(root, "conf")
	must(t, os.Symlink("../target/real", link))
	return root, link, target
}

func TestWriteFollowsALinkInsideTheRoots(t *testing.T) {
	root, link, target := linked(t)
	s := openStore(t, t.TempDir())
	wantKind(t, writeOne(t, s, Options{Roots: []string{root}}, change(t, link, "new")), OutsideRoots)
	wantKind(t, writeOne(t, s, Options{Roots: []string{link}}, change(t, link, "new")), OutsideRoots)
	wantContent(t, target, "old")

	must(t, writeOne(t, s, Options{Roots: []string{root, filepath.Dir(target)}}, change(t, link, "new")))
	wantContent(t, target, "new")
	if to, err := os.Readlink(link); to != "../target/real" {
		t.Errorf("the link is now %q, %v", to, err)
	}
	wantUndo(t, s, root, "1.1 taken back") // by the name the user knows
	wantContent(t, target, "old")
}

func TestWriteRefusesBrokenLinks(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	must(t, os.Symlink("absent", filepath.Join(dir, "dangling")))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for name, kind := range map[string]Kind{"dangling": DanglingLink, "loop": LinkLoop} {
		err := writeOne(t, s, Options{Roots: []string{dir}}, Change{Path: filepath.Join(dir, name), New: []byte("new")})
		wantKind(t, err, kind)
	}
}

// A link that takes the file's place between check and rename is not followed.
func TestWriteDoesNotFollowALinkThatAppearsMeanwhile(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := openStore(t, t.TempDir())
	a, secret := put(t, dir, "a", "old"), put(t, other, "secret", "old")
	s.step = func(step string) {
		if step == "before "+a {
			must(t, os.Remove(a))
			must(t, os.Symlink(secret, a))
		}
	}
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")), Changed)
	wantContent(t, secret, "old")
}

func TestHardLinksAreRefusedUnlessInPlace(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a, b, c := put(t, dir, "a", "old and long"), filepath.Join(dir, "b"), put(t, dir, "c", "old")
	must(t, os.Link(a, b))
	group := []Change{change(t, c, "new"), change(t, a, "new")}
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, group...), HardLinked)
	wantContent(t, a, "old and long")
	wantContent(t, c, "old")

	must(t, writeOne(t, s, Options{Roots: []string{dir}, InPlace: true}, group...))
	for _, path := range []string{a, b, c} {
		wantContent(t, path, "new")
	}
	if n := nlink(t, a); n != 2 {
		t.Errorf("the file has %d names, want 2", n)
	}
	wantUndo(t, s, dir, "1.1 taken back")
	wantContent(t, b, "old and long")
	if n := nlink(t, a); n != 2 {
		t.Errorf("after undo the file has %d names, want 2", n)
	}
}

func TestUndoRefusesAFileThatGotAnotherName(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")))
	must(t, os.Link(a, filepath.Join(dir, "b")))
	wantKind(t, wantUndo(t, s, dir, "1.1 refused")[0].Err, HardLinked)
	outcomes, err := s.Undo(t.Context(), dir, UndoOptions{InPlace: true})
	if must(t, err); results(outcomes) != "1.1 taken back" {
		t.Errorf("in place: %s", results(outcomes))
	}
	wantContent(t, filepath.Join(dir, "b"), "old")
}

func nlink(t *testing.T, path string) uint64 {
	t.Helper()
	f, err := Read(path, Limits{})
	must(t, err)
	return f.Meta.Nlink
}

func TestModeIsKept(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	for _, mode := range []os.FileMode{0o600, 0o644, 0o666, 0o751, 0o640 | os.ModeSetuid | os.ModeSetgid | os.ModeSticky} {
		a := put(t, dir, "a", "old")
		must(t, os.Chmod(a, mode))
		for _, text := range []string{"new", "newer"} {
			must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, text)))
		}
		_, err := s.Undo(t.Context(), dir, UndoOptions{})
		must(t, err)
		wantContent(t, a, "new")
		fi, err := os.Stat(a)
		if must(t, err); fi.Mode() != mode {
			t.Errorf("mode %v became %v", mode, fi.Mode())
		}
		must(t, os.Remove(a))
	}
}

func TestJournalsAreForTheUserAlone(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	must(t, os.Chmod(state, 0o755))
	must(t, os.Mkdir(filepath.Join(state, "journal"), 0o755))
	s := openStore(t, state)
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, put(t, dir, "a", "secret"), "new")))
	for name, want := range map[string]os.FileMode{"": 0o700, "lock": 0o600, "00000001.done": 0o600} {
		fi, err := os.Stat(filepath.Join(state, "journal", name))
		if must(t, err); fi.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v", name, fi.Mode().Perm(), want)
		}
	}
}

func TestDefaultDirFollowsXDG(t *testing.T) {
	for _, c := range []struct{ xdg, want string }{
		{"/state", "/state/natsfix"},
		{"", "/home/me/.local/state/natsfix"},
		{"relative", "/home/me/.local/state/natsfix"},
	} {
		t.Setenv("HOME", "/home/me")
		t.Setenv("XDG_STATE_HOME", c.xdg)
		got, err := DefaultDir()
		if must(t, err); got != c.want {
			t.Errorf("XDG_STATE_HOME=%q: %s, want %s", c.xdg, got, c.want)
		}
	}
}
