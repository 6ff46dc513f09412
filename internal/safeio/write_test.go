package safeio

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteReplacesAllFilesOfAGroup(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a, b := put(t, dir, "a", "old a"), put(t, dir, "b", "old b")
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new a"), change(t, b, "")))
	wantContent(t, a, "new a")
	wantContent(t, b, "")
	wantNoTemp(t, dir)
}

func TestWriteRefusesAFileThatChangedSinceItWasRead(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a, b := put(t, dir, "a", "old a"), put(t, dir, "b", "old b")
	group := []Change{change(t, a, "new a"), change(t, b, "new b")}
	put(t, dir, "b", "theirs")
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, group...), Changed)
	wantContent(t, a, "old a")
	wantContent(t, b, "theirs")

	must(t, os.Remove(b))
	r := begin(t, s, Options{Roots: []string{dir}})
	wantKind(t, r.Write(t.Context(), group), Changed)
	wantContent(t, a, "old a")
}

// A file may change after the group's first files were renamed.
func TestWriteTakesTheGroupBackWhenALaterFileChanged(t *testing.T) {
	for _, inPlace := range []bool{false, true} {
		for _, last := range []string{"b", "c"} {
			t.Run(fmt.Sprintf("in place %v, file %s", inPlace, last), func(t *testing.T) {
				dir := t.TempDir()
				s := openStore(t, t.TempDir())
				a, b, c := put(t, dir, "a", "old a"), put(t, dir, "b", "old b"), put(t, dir, "c", "old c")
				if inPlace {
					must(t, os.Link(a, filepath.Join(dir, "a2")))
				}
				s.step = func(step string) {
					if filepath.Base(step) == last && strings.HasPrefix(step, "before ") {
						wantContent(t, a, "new")
						put(t, dir, last, "theirs")
					}
				}
				err := writeOne(t, s, Options{Roots: []string{dir}, InPlace: inPlace},
					change(t, a, "new"), change(t, b, "new"), change(t, c, "new"))
				wantKind(t, err, Changed)
				want := map[string]string{a: "old a", b: "old b", c: "old c"}
				want[filepath.Join(dir, last)] = "theirs"
				for path, text := range want {
					wantContent(t, path, text)
				}
				wantNoTemp(t, dir)
				if _, err := s.Undo(t.Context(), dir, UndoOptions{}); !IsKind(err, NothingToUndo) {
					t.Errorf("undo of a group that was taken back: %v", err)
				}
			})
		}
	}
}

func TestWriteKeepsAModeThatChangedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	s.step = func(step string) {
		if strings.HasPrefix(step, "before ") {
			must(t, os.Chmod(a, 0o400))
		}
	}
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")), Changed)
	wantContent(t, a, "old")
}

func TestWriteOutsideTheRootsIsRefused(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, other, "a", "old")
	wantKind(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "new")), OutsideRoots)
	wantKind(t, writeOne(t, s, Options{}, change(t, a, "new")), OutsideRoots)
	must(t, writeOne(t, s, Options{Roots: []string{a}}, change(t, a, "new")))
}

func TestWriteRefusesTwoNamesOfOneFile(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a := put(t, dir, "a", "old")
	must(t, os.Symlink("a", filepath.Join(dir, "link")))
	must(t, os.Link(a, filepath.Join(dir, "hard")))
	for _, other := range []string{"a", "link", "hard"} {
		err := writeOne(t, s, Options{Roots: []string{dir}, InPlace: true}, change(t, a, "new"), change(t, filepath.Join(dir, other), "new"))
		wantKind(t, err, Duplicate)
	}
	wantContent(t, a, "old")
}

func TestWriteOfTheSameBytesTouchesNothing(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	s := openStore(t, state)
	a := put(t, dir, "a", "same")
	before, err := os.Stat(a)
	must(t, err)
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "same")))
	after, err := os.Stat(a)
	must(t, err)
	if !os.SameFile(before, after) {
		t.Error("the file was replaced")
	}
	runs, err := s.runs()
	if must(t, err); len(runs) != 0 {
		t.Errorf("a run that wrote nothing left %d journals", len(runs))
	}
}

func TestWriteStopsBetweenGroupsWhenCancelled(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a, b := put(t, dir, "a", "old"), put(t, dir, "b", "old")
	r := begin(t, s, Options{Roots: []string{dir}})
	ctx, cancel := context.WithCancel(t.Context())
	s.step = func(string) { cancel() } // in the middle of the first group
	must(t, r.Write(ctx, []Change{change(t, a, "new")}))
	if err := r.Write(ctx, []Change{change(t, b, "new")}); err != context.Canceled {
		t.Errorf("second group: %v, want context.Canceled", err)
	}
	must(t, r.Close())
	wantContent(t, a, "new")
	wantContent(t, b, "old")
}

func TestBeginAsksForRecovery(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), 0)
	must(t, err)
	defer s.Close()
	_, err = s.Begin(Options{})
	wantKind(t, err, Pending)
}

// nine makes the group of the benchmark and of the kill test.
func nine(t testing.TB, dir string, text func(i int) string) (paths []string) {
	for i := range 9 {
		paths = append(paths, put(t, dir, fmt.Sprintf("%d.conf", i), text(i)))
	}
	return paths
}

func BenchmarkWriteNine(b *testing.B) {
	dir := b.TempDir()
	text := [2][]byte{[]byte(strings.Repeat("port: 4222\n", 200)), []byte(strings.Repeat("port: 4223\n", 200))}
	sums := [2]Digest{Sum(text[0]), Sum(text[1])}
	paths := nine(b, dir, func(int) string { return string(text[0]) })
	s := openStore(b, b.TempDir())
	r := begin(b, s, Options{Roots: []string{dir}})
	group := make([]Change, len(paths))
	for n := 0; b.Loop(); n++ {
		for i, p := range paths {
			group[i] = Change{Path: p, Before: sums[n%2], New: text[(n+1)%2]}
		}
		if err := r.Write(b.Context(), group); err != nil {
			b.Fatal(err)
		}
	}
	must(b, r.Close())
}
