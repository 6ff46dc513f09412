package safeio

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const nobody = 65534

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can change owners and act as another user")
	}
}

func TestOwnerIsKept(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	must(t, os.Chown(a, 1234, 4321))
	must(t, os.Chmod(a, 0o640|os.ModeSetuid))
	check := func(when string) {
		t.Helper()
		f, err := Read(a, Limits{})
		must(t, err)
		if f.Meta.UID != 1234 || f.Meta.GID != 4321 || f.Meta.Mode != 0o640|os.ModeSetuid {
			t.Errorf("%s: owner %d:%d, mode %v", when, f.Meta.UID, f.Meta.GID, f.Meta.Mode)
		}
	}
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")))
	check("written")
	wantUndo(t, s, dir, "1.1 taken back")
	check("taken back")
}

// asNobody writes or checks a file in a process without privileges and returns the kind of its error.
func asNobody(t *testing.T, do, root, path string, inPlace bool) Kind {
	t.Helper()
	state := filepath.Join(publicDir(t), "state")
	cmd := exec.Command("/proc/self/exe", state, root, path, fmt.Sprint(inPlace), "new")
	cmd.Env = append(os.Environ(), childEnv+"="+do)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if err != nil && !ok {
		t.Skipf("cannot act as another user here: %v", err)
	}
	if !ok {
		return 0
	}
	return Kind(exit.ExitCode())
}

// publicDir is a temporary directory that every user can reach and write.
func publicDir(t *testing.T) string {
	dir := t.TempDir()
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	must(t, os.Chmod(dir, 0o777))
	return dir
}

func TestFilesOfAnotherOwnerAreRefusedUnlessInPlace(t *testing.T) {
	needRoot(t)
	for _, owner := range [][2]int{{1234, nobody}, {nobody, 1234}, {1234, 1234}} {
		dir := publicDir(t)
		a := put(t, dir, "a", "old")
		must(t, os.Chmod(a, 0o666))
		must(t, os.Chown(a, owner[0], owner[1]))
		for _, do := range []string{"check", "write"} {
			if got := asNobody(t, do, dir, a, false); got != OtherOwner {
				t.Errorf("%s, owner %v: kind %d, want %d", do, owner, got, OtherOwner)
			}
		}
		wantContent(t, a, "old")
		if got := asNobody(t, "check", dir, a, true); got != 0 {
			t.Errorf("check, owner %v, in place: kind %d", owner, got)
		}
		wantContent(t, a, "old")
		if got := asNobody(t, "write", dir, a, true); got != 0 {
			t.Errorf("owner %v, in place: kind %d", owner, got)
		}
		wantContent(t, a, "new")
		f, err := Read(a, Limits{})
		if must(t, err); int(f.Meta.UID) != owner[0] || int(f.Meta.GID) != owner[1] {
			t.Errorf("owner %v became %d:%d", owner, f.Meta.UID, f.Meta.GID)
		}
		wantNoTemp(t, dir)
	}
}

func TestReadOnlyDirectoryIsRefusedUnlessInPlace(t *testing.T) {
	needRoot(t)
	dir := publicDir(t)
	a := put(t, dir, "a", "old")
	must(t, os.Chown(a, nobody, nobody))
	must(t, os.Chmod(dir, 0o555))
	if got := asNobody(t, "write", dir, a, false); got != ReadOnlyDir {
		t.Errorf("kind %d, want %d", got, ReadOnlyDir)
	}
	wantContent(t, a, "old")
	if got := asNobody(t, "write", dir, a, true); got != 0 {
		t.Errorf("in place: kind %d", got)
	}
	wantContent(t, a, "new")
}

func TestWriteAsideInAReadOnlyDirectoryIsRefused(t *testing.T) {
	needRoot(t)
	dir := publicDir(t)
	must(t, os.Chmod(dir, 0o555))
	if got := asNobody(t, "aside", dir, filepath.Join(dir, "a"), false); got != ReadOnlyDir {
		t.Errorf("kind %d, want %d", got, ReadOnlyDir)
	}
	wantNoTemp(t, dir)
}

func TestFilesWithoutPermissionAreErrors(t *testing.T) {
	needRoot(t)
	dir := publicDir(t)
	a := put(t, dir, "a", "old")
	must(t, os.Chmod(a, 0o600))
	if got := asNobody(t, "write", dir, a, false); got != Unreadable {
		t.Errorf("unreadable: kind %d", got)
	}
	must(t, os.Chmod(a, 0o644))
	if got := asNobody(t, "write", dir, a, true); got != WriteFailed {
		t.Errorf("in place without permission to write: kind %d", got)
	}
	wantContent(t, a, "old")
}

func TestAJournalOfAnotherUserIsRefused(t *testing.T) {
	needRoot(t)
	state := t.TempDir()
	must(t, os.Mkdir(filepath.Join(state, "journal"), 0o700))
	must(t, os.Chown(filepath.Join(state, "journal"), nobody, nobody))
	_, err := Open(t.Context(), state, 0)
	wantKind(t, err, JournalFailed)
}

func TestExtendedAttributesAndAccessListsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	// A POSIX access list: version 2, then tag, permissions and id of each entry.
	acl := "\x02\x00\x00\x00" +
		"\x01\x00\x06\x00\xff\xff\xff\xff" + "\x02\x00\x04\x00\xd2\x04\x00\x00" + "\x04\x00\x04\x00\xff\xff\xff\xff" +
		"\x10\x00\x04\x00\xff\xff\xff\xff" + "\x20\x00\x00\x00\xff\xff\xff\xff"
	want := map[string]string{"user.note": "kept", "user.empty": ""}
	for name, value := range map[string]string{"user.note": "kept", "user.empty": "", "system.posix_acl_access": acl} {
		err := unix.Setxattr(a, name, []byte(value), 0)
		if errors.Is(err, unix.ENOTSUP) {
			t.Logf("no %s here", name)
			delete(want, name)
			continue
		}
		must(t, err)
		want[name] = value
	}
	if len(want) == 0 {
		t.Skip("no extended attributes on this file system")
	}
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")))
	wantContent(t, a, "new")
	wantAttributes(t, a, want)
}

func wantAttributes(t *testing.T, path string, want map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	got, err := attributes(f)
	must(t, err)
	if _, labelled := want["security.selinux"]; !labelled {
		delete(got, "security.selinux")
	}
	if len(got) != len(want) {
		t.Errorf("attributes %q, want %q", got, want)
	}
	for name, value := range want {
		if v, ok := got[name]; !ok || string(v) != value {
			t.Errorf("%s is %q, want %q", name, v, value)
		}
	}
}

// A default access list of the directory must not open a file to readers that
// it did not have.
func TestAnInheritedAccessListIsNotTakenOn(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	must(t, os.Chmod(a, 0o600))
	acl := "\x02\x00\x00\x00" +
		"\x01\x00\x06\x00\xff\xff\xff\xff" + "\x02\x00\x04\x00\xd2\x04\x00\x00" + "\x04\x00\x04\x00\xff\xff\xff\xff" +
		"\x10\x00\x04\x00\xff\xff\xff\xff" + "\x20\x00\x04\x00\xff\xff\xff\xff"
	if err := unix.Setxattr(dir, "system.posix_acl_default", []byte(acl), 0); err != nil {
		t.Skipf("no access lists on this file system: %v", err)
	}
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")))
	wantAttributes(t, a, nil)
	fi, err := os.Stat(a)
	if must(t, err); fi.Mode() != 0o600 {
		t.Errorf("mode %v", fi.Mode())
	}
}

func TestBindMountsAreRefusedUnlessInPlace(t *testing.T) {
	needRoot(t)
	dir, other := t.TempDir(), t.TempDir()
	a, b, from := put(t, dir, "a", "old"), put(t, dir, "b", "under the mount"), put(t, other, "from", "old")
	if err := unix.Mount(from, b, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("cannot mount here: %v", err)
	}
	defer unix.Unmount(b, unix.MNT_DETACH)
	s := openStore(t, t.TempDir())
	group := []Change{change(t, a, "new"), change(t, b, "new")}
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, group...), MountPoint)
	wantContent(t, a, "old")
	wantContent(t, from, "old")
	must(t, writeOne(t, s, Options{Roots: []string{dir}, InPlace: true}, group...))
	wantContent(t, a, "new")
	wantContent(t, from, "new")
	wantUndo(t, s, dir, "1.1 taken back")
	wantContent(t, from, "old")
	wantNoTemp(t, dir)
}

// A file that only the rename finds to be immovable.
func TestAFileMountedOverMeanwhileIsWrittenInPlace(t *testing.T) {
	needRoot(t)
	dir, other := t.TempDir(), t.TempDir()
	a, b, from := put(t, dir, "a", "old"), put(t, dir, "b", "old"), put(t, other, "from", "old")
	must(t, os.Chmod(from, 0o640))
	s := openStore(t, t.TempDir())
	mounted := false
	s.step = func(step string) {
		if step == "begun" && !mounted {
			mounted = unix.Mount(from, b, "", unix.MS_BIND, "") == nil
		}
	}
	defer unix.Unmount(b, unix.MNT_DETACH)
	err := writeOne(t, s, Options{Roots: []string{dir}, InPlace: true}, change(t, a, "new"), change(t, b, "new"))
	if !mounted {
		t.Skip("cannot mount here")
	}
	must(t, err)
	wantContent(t, a, "new")
	wantContent(t, from, "new")
}
