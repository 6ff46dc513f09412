package safeio

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteAsideReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := put(t, dir, "a", "old")
	must(t, WriteAside(path, []byte("new"), 0o600))
	wantContent(t, path, "new")
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := os.Symlink(path, filepath.Join(dir, "link")); err == nil {
		must(t, WriteAside(filepath.Join(dir, "link"), []byte("beside"), 0o600))
		wantContent(t, path, "new")
		wantContent(t, filepath.Join(dir, "link"), "beside")
	}
	wantNoTemp(t, dir)
}

func TestWriteAsideLeavesNothingBehindWhereItFails(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "d"), 0o700))
	wantKind(t, WriteAside(filepath.Join(dir, "d"), nil, 0o600), NotRegular)
	wantKind(t, WriteAside(filepath.Join(dir, "no", "a"), nil, 0o600), WriteFailed)
	wantNoTemp(t, dir)
}
