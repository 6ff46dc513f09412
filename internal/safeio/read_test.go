package safeio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadGivesBytesDigestAndMeta(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"", "port: 4222\n", strings.Repeat("x", 100_000)} {
		path := put(t, dir, "a.conf", want)
		f, err := Read(path, Limits{MaxSize: 100_000})
		must(t, err)
		if string(f.Data) != want || f.Digest() != Sum([]byte(want)) || f.Meta.Size != int64(len(want)) {
			t.Errorf("read %d bytes of size %d, want %d", len(f.Data), f.Meta.Size, len(want))
		}
		fi, err := os.Stat(path)
		must(t, err)
		if f.Meta.Mode != fi.Mode() || !f.Meta.ModTime.Equal(fi.ModTime()) {
			t.Errorf("meta %+v, want mode %v and time %v", f.Meta, fi.Mode(), fi.ModTime())
		}
	}
}

func TestReadRefusesMoreThanTheLimit(t *testing.T) {
	path := put(t, t.TempDir(), "big.conf", "12345")
	_, err := Read(path, Limits{MaxSize: 4})
	wantKind(t, err, TooLarge)
	if msg := err.Error(); !strings.Contains(msg, path) || !strings.Contains(msg, "--max-size") {
		t.Errorf("error %q names not the path and what to do", msg)
	}
}

func TestReadErrorsSayWhatThePathIs(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir, Limits{})
	wantKind(t, err, NotRegular)
	_, err = Read(filepath.Join(dir, "absent"), Limits{})
	wantKind(t, err, Unreadable)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

func TestDigestText(t *testing.T) {
	d := Sum([]byte("x"))
	text, err := d.MarshalText()
	must(t, err)
	var back Digest
	must(t, back.UnmarshalText(text))
	if back != d {
		t.Errorf("got %v, want %v", back, d)
	}
	if back.UnmarshalText(text[1:]) == nil {
		t.Error("a short digest was taken")
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		path, root string
		want       bool
	}{
		{"/a/b", "/a", true}, {"/a", "/a", true}, {"/a/b/c", "/a", true}, {"/a", "/", true},
		{"/ab", "/a", false}, {"/a", "/a/b", false}, {"/b", "/a", false}, {"/a/..b", "/a", true},
	} {
		if got := within(filepath.FromSlash(c.path), filepath.FromSlash(c.root)); got != c.want {
			t.Errorf("within(%q, %q) = %v", c.path, c.root, got)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	path := put(b, b.TempDir(), "a.conf", strings.Repeat("port: 4222\n", 200))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(path, Limits{MaxSize: 1 << 24}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadPeer reads the same file with os.ReadFile alone.
func BenchmarkReadPeer(b *testing.B) {
	path := put(b, b.TempDir(), "a.conf", strings.Repeat("port: 4222\n", 200))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := os.ReadFile(path); err != nil {
			b.Fatal(err)
		}
	}
}
