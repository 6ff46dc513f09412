package safeio

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func results(outcomes []Outcome) string {
	var b strings.Builder
	for _, o := range outcomes {
		fmt.Fprintf(&b, "%d.%d %s; ", o.Run, o.Group, o.Result)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func wantUndo(t *testing.T, s *Store, dir, want string) []Outcome {
	t.Helper()
	dry, err := s.Undo(t.Context(), dir, UndoOptions{DryRun: true})
	must(t, err)
	outcomes, err := s.Undo(t.Context(), dir, UndoOptions{})
	must(t, err)
	if got := results(outcomes); got != want || results(dry) != want {
		t.Fatalf("undo: %s (dry run: %s), want %s", got, results(dry), want)
	}
	return outcomes
}

func TestUndoTakesBackOneRunAfterTheOther(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	opts := Options{Roots: []string{dir}}
	a, b := put(t, dir, "a", "1"), put(t, dir, "b", "1")
	must(t, writeOne(t, s, opts, change(t, a, "2"), change(t, b, "2")))
	r := begin(t, s, opts)
	must(t, r.Write(t.Context(), []Change{change(t, a, "3")}))
	must(t, r.Write(t.Context(), []Change{change(t, a, "4")}))
	must(t, r.Close())

	wantUndo(t, s, dir, "2.2 taken back; 2.1 taken back")
	wantContent(t, a, "2")
	wantUndo(t, s, dir, "1.1 taken back")
	wantContent(t, a, "1")
	wantContent(t, b, "1")
	_, err := s.Undo(t.Context(), dir, UndoOptions{})
	wantKind(t, err, NothingToUndo)
}

func TestUndoRefusesAGroupThatChangedAndTakesBackTheOthers(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	opts := Options{Roots: []string{dir}}
	a, b, c := put(t, dir, "a", "1"), put(t, dir, "b", "1"), put(t, dir, "c", "1")
	must(t, writeOne(t, s, opts, change(t, c, "2")))
	r := begin(t, s, opts)
	must(t, r.Write(t.Context(), []Change{change(t, a, "2"), change(t, b, "2")}))
	must(t, r.Write(t.Context(), []Change{change(t, c, "3")}))
	must(t, r.Close())
	put(t, dir, "b", "theirs")

	got := wantUndo(t, s, dir, "2.2 taken back; 2.1 refused")
	if left := got[1].Left; len(left) != 1 || left[0].Kind != Changed || left[0].Path != b {
		t.Errorf("left: %v", left)
	}
	wantContent(t, a, "2")
	wantContent(t, b, "theirs")
	wantContent(t, c, "2")
	// What is left of the run is tried again, then comes the run before.
	wantUndo(t, s, dir, "2.1 refused; 1.1 taken back")
	wantContent(t, c, "1")
}

func TestUndoStopsAtARunThatIsRefusedAltogether(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	opts := Options{Roots: []string{dir}}
	a, b := put(t, dir, "a", "1"), put(t, dir, "b", "1")
	must(t, writeOne(t, s, opts, change(t, a, "2")))
	must(t, writeOne(t, s, opts, change(t, b, "2")))
	must(t, os.Remove(b))
	wantUndo(t, s, dir, "2.1 refused")
	wantContent(t, a, "2")
}

func TestUndoLooksOnlyAtRunsThatWroteUnderTheDirectory(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	must(t, os.Mkdir(one, 0o700))
	must(t, os.Mkdir(two, 0o700))
	s := openStore(t, t.TempDir())
	opts := Options{Roots: []string{dir}}
	a, b := put(t, one, "a", "1"), put(t, two, "b", "1")
	must(t, writeOne(t, s, opts, change(t, a, "2")))
	must(t, writeOne(t, s, opts, change(t, b, "2")))
	wantUndo(t, s, one, "1.1 taken back")
	wantContent(t, a, "1")
	wantContent(t, b, "2")
}

func TestUndoIsRecoveredWhenItIsCutOff(t *testing.T) {
	for n := 1; ; n++ {
		dir, state := t.TempDir(), t.TempDir()
		s := openStore(t, state)
		a, b := put(t, dir, "a", "1"), put(t, dir, "b", "1")
		must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "2"), change(t, b, "2")))
		if !crashAt(t, s, n, func() { wantUndo(t, s, dir, "1.1 taken back") }) {
			break
		}
		o := recoverOne(t, state)
		want := map[Result]string{TakenBack: "2", Done: "1"}[o.Result]
		wantContent(t, a, want)
		wantContent(t, b, want)
		s = openStore(t, state)
		if want == "2" {
			wantUndo(t, s, dir, "1.1 taken back")
		} else if _, err := s.Undo(t.Context(), dir, UndoOptions{}); !IsKind(err, NothingToUndo) {
			t.Errorf("step %d: undo again: %v", n, err)
		}
		wantContent(t, a, "1")
		wantNoTemp(t, dir)
	}
}

func TestUndoStopsBetweenGroupsWhenCancelled(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, t.TempDir())
	a, b := put(t, dir, "a", "1"), put(t, dir, "b", "1")
	r := begin(t, s, Options{Roots: []string{dir}})
	must(t, r.Write(t.Context(), []Change{change(t, a, "2")}))
	must(t, r.Write(t.Context(), []Change{change(t, b, "2")}))
	must(t, r.Close())
	ctx, cancel := context.WithCancel(t.Context())
	s.step = func(string) { cancel() }
	outcomes, err := s.Undo(ctx, dir, UndoOptions{})
	if err != context.Canceled || results(outcomes) != "1.2 taken back" {
		t.Fatalf("%v, %s", err, results(outcomes))
	}
	s.step = nil
	wantUndo(t, s, dir, "1.1 taken back")
	wantContent(t, a, "1")
	wantContent(t, b, "1")
}

func TestOldJournalsAreRemovedButNotPendingOnes(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	s := openStore(t, state)
	journals := filepath.Join(state, "journal")
	line, err := encodeRecord(record{Op: opRun, Version: journalVersion})
	must(t, err)
	for i := range 60 {
		put(t, journals, fmt.Sprintf("%08d.done", i+2), string(line))
	}
	put(t, journals, "00000001.open", string(line))
	old := time.Now().Add(-keepAge - time.Hour)
	must(t, os.Chtimes(filepath.Join(journals, "00000061.done"), old, old))
	a := put(t, dir, "a", "1")
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "2")))
	runs, err := s.runs()
	must(t, err)
	if first, last := runs[0], runs[len(runs)-1]; len(runs) != 50 || !first.open || last.seq != 62 || runs[1].seq != 13 {
		t.Errorf("%d journals, from %v and %v to %v", len(runs), first, runs[1], last)
	}
	wantUndo(t, s, dir, "62.1 taken back")
}

func TestASecondStoreIsKeptOutUntilTheFirstOneCloses(t *testing.T) {
	state := t.TempDir()
	first := openStore(t, state)
	_, err := Open(t.Context(), state, 0)
	wantKind(t, err, Locked)
	if !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("%v does not say who holds the lock", err)
	}
	time.AfterFunc(30*time.Millisecond, func() { first.Close() })
	second, err := Open(t.Context(), state, time.Minute)
	must(t, err)
	defer second.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, state, time.Minute); err != context.Canceled {
		t.Errorf("a cancelled wait: %v", err)
	}
}
