package safeio

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestRecoverAfterACrashAtEveryStep ends a write at each of its steps in turn;
// afterwards the group is all old or all new, and undo knows which.
func TestRecoverAfterACrashAtEveryStep(t *testing.T) {
	for _, inPlace := range []bool{false, true} {
		taken, done := 0, 0
		for n := 1; ; n++ {
			dir, state := t.TempDir(), t.TempDir()
			s := openStore(t, state)
			paths := []string{put(t, dir, "a", "old"), put(t, dir, "b", "old"), put(t, dir, "c", "old")}
			if inPlace {
				must(t, os.Link(paths[1], filepath.Join(dir, "b2")))
			}
			crashed := crashAt(t, s, n, func() {
				must(t, writeOne(t, s, Options{Roots: []string{dir}, InPlace: inPlace},
					change(t, paths[0], "new"), change(t, paths[1], "newer"), change(t, paths[2], "n")))
			})
			if !crashed {
				if n < 8 {
					t.Fatalf("a write has only %d steps", n-1)
				}
				break
			}
			s, err := Open(t.Context(), state, 0)
			must(t, err)
			outcomes, err := s.Recover(t.Context())
			must(t, err)
			if len(outcomes) != 1 || len(outcomes[0].Left) != 0 {
				t.Fatalf("step %d: outcomes %+v", n, outcomes)
			}
			switch outcomes[0].Result {
			case TakenBack:
				taken++
				for _, p := range paths {
					wantContent(t, p, "old")
				}
			case Done:
				done++
				wantContent(t, paths[0], "new")
				wantContent(t, paths[1], "newer")
				wantContent(t, paths[2], "n")
				_, err := s.Undo(t.Context(), dir, UndoOptions{})
				must(t, err)
				wantContent(t, paths[1], "old")
			default:
				t.Fatalf("step %d: %+v", n, outcomes[0])
			}
			wantNoTemp(t, dir)
			must(t, s.Close())
			must(t, openStore(t, state).Close()) // nothing left to recover
		}
		if taken < 4 || done < 1 {
			t.Errorf("in place %v: %d groups taken back and %d done", inPlace, taken, done)
		}
	}
}

// crashed leaves a group of three of which the first n files are new.
func crashed(t *testing.T, n int) (dir, state string) {
	dir, state = t.TempDir(), t.TempDir()
	s := openStore(t, state)
	paths := []string{put(t, dir, "a", "old a"), put(t, dir, "b", "old b"), put(t, dir, "c", "old c")}
	group := []Change{change(t, paths[0], "new a"), change(t, paths[1], "new b"), change(t, paths[2], "new c")}
	// Steps: begun, then before and after each file.
	if !crashAt(t, s, 1+2*n, func() { must(t, writeOne(t, s, Options{Roots: []string{dir}}, group...)) }) && n < 3 {
		t.Fatal("no crash")
	}
	return dir, state
}

func recoverOne(t *testing.T, state string) Outcome {
	t.Helper()
	s, err := Open(t.Context(), state, 0)
	must(t, err)
	defer s.Close()
	outcomes, err := s.Recover(t.Context())
	must(t, err)
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes, want 1", len(outcomes))
	}
	return outcomes[0]
}

func TestRecoverLeavesAFileAloneThatSomebodyChanged(t *testing.T) {
	dir, state := crashed(t, 2)
	put(t, dir, "b", "theirs")
	o := recoverOne(t, state)
	if o.Result != TakenBack || len(o.Left) != 1 || filepath.Base(o.Left[0].Path) != "b" {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, filepath.Join(dir, "a"), "old a")
	wantContent(t, filepath.Join(dir, "b"), "theirs")
	wantContent(t, filepath.Join(dir, "c"), "old c")
	if _, err := os.Stat(o.Journal); err != nil {
		t.Errorf("the outcome names a journal that is not there: %v", err)
	}
}

func TestRecoverKeepsAWholeGroupThatWasEditedAfterwards(t *testing.T) {
	dir, state := crashed(t, 3)
	put(t, dir, "b", "theirs")
	o := recoverOne(t, state)
	if o.Result != Done || len(o.Left) != 1 {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, filepath.Join(dir, "a"), "new a")
	wantContent(t, filepath.Join(dir, "b"), "theirs")
}

// The last file of a group changed, so the group is about to be taken back;
// without the journal saying so it looks like one that was edited afterwards.
func TestRecoverFinishesTakingBack(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	s := openStore(t, state)
	a, b := put(t, dir, "a", "old a"), put(t, dir, "b", "old b")
	r := begin(t, s, Options{Roots: []string{dir}})
	s.step = func(step string) {
		switch step {
		case "before " + b:
			put(t, dir, "b", "theirs")
		case "back":
			panic(errCrash)
		}
	}
	func() {
		defer func() { _ = recover() }()
		_ = r.Write(t.Context(), []Change{change(t, a, "new a"), change(t, b, "new b")})
	}()
	wantContent(t, a, "new a")
	must(t, s.Close())
	if o := recoverOne(t, state); o.Result != TakenBack || len(o.Left) != 1 {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, a, "old a")
	wantContent(t, b, "theirs")
}

func TestRecoverLeavesARemovedFileAlone(t *testing.T) {
	dir, state := crashed(t, 1)
	must(t, os.Remove(filepath.Join(dir, "b")))
	o := recoverOne(t, state)
	if o.Result != TakenBack || len(o.Left) != 1 {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, filepath.Join(dir, "a"), "old a")
}

func TestRecoverAfterARecoveryThatWasCutOff(t *testing.T) {
	dir, state := crashed(t, 2)
	// The first recovery came as far as one file.
	put(t, dir, "b", "old b")
	if o := recoverOne(t, state); o.Result != TakenBack || len(o.Left) != 0 {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, filepath.Join(dir, "a"), "old a")
}

func TestRecoverIgnoresARecordThatWasCutOff(t *testing.T) {
	dir, state := crashed(t, 1)
	journal := filepath.Join(state, "journal", "00000001.open")
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`deadbeef {"op":"end","group":1,"res`)
	must(t, err)
	must(t, f.Close())
	if o := recoverOne(t, state); o.Result != TakenBack {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, filepath.Join(dir, "a"), "old a")
}

// Two runs in a row were cut off, the second one without recovering the first.
func TestRecoverTakesBackTheNewestRunFirst(t *testing.T) {
	dir, state := crashed(t, 1)
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	s, err := Open(t.Context(), state, 0)
	must(t, err)
	s.recovered = true
	crashAt(t, s, 3, func() {
		_ = writeOne(t, s, Options{Roots: []string{dir}}, change(t, a, "newer a"), change(t, b, "newer b"))
	})
	wantContent(t, a, "newer a")
	s, err = Open(t.Context(), state, 0)
	must(t, err)
	defer s.Close()
	outcomes, err := s.Recover(t.Context())
	if must(t, err); results(outcomes) != "2.1 taken back; 1.1 taken back" {
		t.Errorf("outcomes: %s", results(outcomes))
	}
	wantContent(t, a, "old a")
	wantContent(t, b, "old b")
}

func TestRecoverGoesOnWhereItWasCancelled(t *testing.T) {
	dir, state := crashed(t, 1)
	s, err := Open(t.Context(), state, 0)
	must(t, err)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Recover(ctx); err != context.Canceled {
		t.Fatalf("recover: %v, want context.Canceled", err)
	}
	wantContent(t, filepath.Join(dir, "a"), "new a")
	outcomes, err := s.Recover(t.Context())
	if must(t, err); results(outcomes) != "1.1 taken back" {
		t.Errorf("outcomes: %s", results(outcomes))
	}
}

func TestRecoverLeavesADamagedJournalAsItIs(t *testing.T) {
	dir, state := crashed(t, 1)
	journal := filepath.Join(state, "journal", "00000001.open")
	text := []byte(content(t, journal))
	text[12] ^= 1 // in the first record, with a whole one behind it
	must(t, os.WriteFile(journal, text, 0o600))
	s, err := Open(t.Context(), state, 0)
	must(t, err)
	defer s.Close()
	_, err = s.Recover(t.Context())
	wantKind(t, err, JournalFailed)
	wantContent(t, journal, string(text))
	// Other groups can be written all the same.
	must(t, writeOne(t, s, Options{Roots: []string{dir}}, change(t, filepath.Join(dir, "c"), "newer c")))
}

func TestRecoverRefusesAJournalOfAnotherVersion(t *testing.T) {
	state := t.TempDir()
	openStore(t, state).Close()
	line, err := encodeRecord(record{Op: opRun, Version: journalVersion + 1})
	must(t, err)
	journal := put(t, filepath.Join(state, "journal"), "00000001.open", string(line))
	s, err := Open(t.Context(), state, 0)
	must(t, err)
	defer s.Close()
	_, err = s.Recover(t.Context())
	wantKind(t, err, JournalFailed)
	wantContent(t, journal, string(line))
}

func TestIsTornTellsACutOffWriteFromAnEdit(t *testing.T) {
	oldText, newText := []byte("port: 4222\nhost: a\n"), []byte("port: 5333\nhost: b\nname: x\n")
	for n := range newText {
		if torn := append(append([]byte{}, newText[:n]...), oldText[min(n, len(oldText)):]...); !isTorn(torn, oldText, newText) {
			t.Errorf("%q is not taken for torn", torn)
		}
	}
	for _, edited := range []string{"", "port: 4222\n", "port: 6222\nhost: a\n", "\nport: 4222\nhost: a\n", string(newText) + "x"} {
		if isTorn([]byte(edited), oldText, newText) {
			t.Errorf("%q is taken for torn", edited)
		}
	}
}

func TestRecoverRestoresAFileTornInPlace(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	s := openStore(t, state)
	a := put(t, dir, "a", "old content")
	must(t, os.Link(a, filepath.Join(dir, "a2")))
	crashAt(t, s, 1, func() {
		_ = writeOne(t, s, Options{Roots: []string{dir}, InPlace: true}, change(t, a, "new and longer content"))
	})
	f, err := os.OpenFile(a, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("new a")
	must(t, err)
	must(t, f.Close())
	if o := recoverOne(t, state); o.Result != TakenBack || len(o.Left) != 0 {
		t.Errorf("outcome %+v", o)
	}
	wantContent(t, a, "old content")
}

func TestPathsThatAreNotUTF8SurviveTheJournal(t *testing.T) {
	for _, path := range []textPath{"/a/b", "/caf\xe9/100%/ü", "%41", "\xff\xfe"} {
		text, err := path.MarshalText()
		must(t, err)
		var back textPath
		must(t, back.UnmarshalText(text))
		if back != path {
			t.Errorf("%q came back as %q", path, back)
		}
	}
}
