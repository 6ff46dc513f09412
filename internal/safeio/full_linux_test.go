package safeio

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk is a file system of 64 KiB.
func smallDisk(t *testing.T) string {
	needRoot(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("cannot mount here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestAFullDiskLeavesEveryFileOld(t *testing.T) {
	for _, inPlace := range []bool{false, true} {
		dir := smallDisk(t)
		s := openStore(t, t.TempDir())
		a, b := put(t, dir, "a", "old a"), put(t, dir, "b", "old b")
		if inPlace {
			must(t, os.Link(a, filepath.Join(dir, "a2")))
			must(t, os.Link(b, filepath.Join(dir, "b2")))
		}
		opts := Options{Roots: []string{dir}, InPlace: inPlace}
		err := writeOne(t, s, opts, change(t, a, "new a"), change(t, b, strings.Repeat("b", 100_000)))
		wantKind(t, err, WriteFailed)
		if !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("error %q names not a file and the cause", err)
		}
		wantContent(t, a, "old a")
		wantContent(t, b, "old b")
		wantNoTemp(t, dir)
		must(t, writeOne(t, s, opts, change(t, a, "new a"), change(t, b, "new b")))
		wantContent(t, b, "new b")
	}
}

func TestAFullStateDirectoryStopsTheRunBeforeAnythingIsWritten(t *testing.T) {
	dir, state := t.TempDir(), smallDisk(t)
	s := openStore(t, state)
	a, b := put(t, dir, "a", strings.Repeat("a", 100_000)), put(t, dir, "b", "old b")
	r := begin(t, s, Options{Roots: []string{dir}})
	wantKind(t, r.Write(t.Context(), []Change{change(t, b, "new b"), change(t, a, "new a")}), JournalFailed)
	wantContent(t, b, "old b")
	// A journal with half a record takes no more of them.
	wantKind(t, r.Write(t.Context(), []Change{change(t, b, "new b")}), JournalFailed)
	wantContent(t, b, "old b")
	wantNoTemp(t, dir)
	wantKind(t, r.Close(), JournalFailed)
	must(t, s.Close())
	must(t, openStore(t, state).Close())
}
