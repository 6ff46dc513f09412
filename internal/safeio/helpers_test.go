package safeio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file and returns its path.
func put(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, []byte(content), 0o640))
	return path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func content(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}

func wantContent(t testing.TB, path, want string) {
	t.Helper()
	if got := content(t, path); got != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(path), got, want)
	}
}

func wantKind(t testing.TB, err error, k Kind) {
	t.Helper()
	if !IsKind(err, k) {
		t.Fatalf("error is %v, want one of kind %d", err, k)
	}
}

// wantNoTemp checks that no temporary file lies anywhere below dir.
func wantNoTemp(t testing.TB, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), TempPrefix) {
			t.Errorf("temporary file %s is left", path)
		}
		return err
	}))
}

// openStore opens a store and recovers, expecting nothing to recover.
func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	outcomes, err := s.Recover(t.Context())
	must(t, err)
	if len(outcomes) > 0 {
		t.Fatalf("unexpected recovery: %+v", outcomes)
	}
	return s
}

func begin(t testing.TB, s *Store, opts Options) *Run {
	t.Helper()
	r, err := s.Begin(opts)
	must(t, err)
	return r
}

// change reads path and returns the change that gives it new content.
func change(t testing.TB, path, content string) Change {
	t.Helper()
	f, err := Read(path, Limits{})
	must(t, err)
	return Change{Path: path, Before: f.Digest(), New: []byte(content)}
}

// writeOne writes one group in a run of its own.
func writeOne(t testing.TB, s *Store, opts Options, group ...Change) error {
	t.Helper()
	r := begin(t, s, opts)
	err := r.Write(t.Context(), group)
	must(t, r.Close())
	return err
}

// crash is what a test's step function panics with to end a write as SIGKILL would.
var errCrash = errors.New("crash")

// crashAt runs a write that ends, without any clean-up, at the n-th step. It
// reports whether the write came that far, and gives up the lock as a dead
// process does.
func crashAt(t testing.TB, s *Store, n int, write func()) (crashed bool) {
	t.Helper()
	s.step = func(string) {
		if n--; n == 0 {
			panic(errCrash)
		}
	}
	defer func() {
		s.step = nil
		if p := recover(); p == errCrash {
			crashed = true
			must(t, s.Close())
		} else if p != nil {
			panic(p)
		}
	}()
	write()
	return false
}
