package safeio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Result says how a group stands.
type Result string

const (
	Done      Result = "done"       // every file is new
	TakenBack Result = "taken back" // every file has its old content
	Refused   Result = "refused"    // left as it is, see Left
	Unsettled Result = "unsettled"  // neither; Err says why, Recover will try again
)

// Outcome is what Recover or Undo did with one group.
type Outcome struct {
	Run    uint64    // number of the run that wrote the group
	Time   time.Time // when that run began
	Group  int       // counts from 1 within the run
	Files  []string  // absolute paths, as the caller of Write named them
	Result Result
	// Left names the files that somebody changed since, which were left alone.
	Left []*Error
	Err  error // why Unsettled, or Refused for another reason
	// Journal is the file that holds the old contents.
	Journal string
}

// Recover settles the groups of runs that were cut off (killed, power lost):
// where every file is new it says so, else every file gets its old content
// back; temporary files go. A file that somebody changed since, so that it is
// neither old nor new, is left alone and listed in Left.
//
// The outcomes list the groups that were cut off, none in most cases. The
// error is of kind JournalFailed: a journal that cannot be read is left as it
// is, the others are settled.
func (s *Store) Recover(ctx context.Context) ([]Outcome, error) {
	var outcomes []Outcome
	var errs []error
	var left []uint64
	for i, seq := range s.cutOff {
		if ctx.Err() != nil {
			s.cutOff = append(left, s.cutOff[i:]...)
			return outcomes, context.Cause(ctx)
		}
		got, settled, err := s.recoverRun(seq)
		outcomes = append(outcomes, got...)
		errs = append(errs, err)
		if !settled {
			left = append(left, seq)
		}
	}
	s.cutOff, s.recovered = left, true
	return outcomes, errors.Join(errs...)
}

func (s *Store) recoverRun(seq uint64) (outcomes []Outcome, settled bool, err error) {
	path := s.path(storedRun{seq, true})
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, false, journalError(path, err)
	}
	defer f.Close()
	log, err := readJournal(f, path)
	if err != nil {
		return nil, false, err
	}
	// Cut off a record that is not whole, so that ours can follow.
	if err := f.Truncate(log.end); err != nil {
		return nil, false, journalError(path, err)
	}
	j := &journal{f: f, size: log.end}
	settled = true
	for i := len(log.groups) - 1; i >= 0; i-- {
		g := log.groups[i]
		if g.result != "" {
			continue
		}
		o := s.outcome(seq, log, i)
		targets, err := g.load(f, path)
		if err == nil {
			o.Result, o.Left, err = settle(targets, g.back)
		}
		if err == nil {
			err = j.append(record{Op: opEnd, Group: o.Group, Result: o.Result})
		}
		if err != nil {
			o.Result, o.Err, settled = Unsettled, err, false
		}
		outcomes = append(outcomes, o)
	}
	if !settled {
		return outcomes, false, nil
	}
	if err := j.sync(); err != nil {
		return outcomes, false, err
	}
	f.Close() // Windows renames no open files
	if err := s.close(seq); err != nil {
		return outcomes, false, err
	}
	for i := range outcomes {
		outcomes[i].Journal = s.path(storedRun{seq, false})
	}
	return outcomes, true, nil
}

func (s *Store) outcome(seq uint64, log *runLog, i int) Outcome {
	o := Outcome{Run: seq, Time: log.head.Time, Group: i + 1, Journal: s.path(storedRun{seq, true})}
	for _, e := range log.groups[i].files {
		o.Files = append(o.Files, string(e.Path))
	}
	return o
}

// settle brings a group that was cut off into one of two states, all new
// (Done) or all old (TakenBack), and removes its temporary files. With back it
// is TakenBack. An error means that the group is in neither state.
func settle(targets []*target, back bool) (Result, []*Error, error) {
	var left []*Error
	states := make([]fileState, len(targets))
	seen := make(map[fileState]bool)
	for i, t := range targets {
		if err := t.removeTemp(); err != nil {
			return "", nil, err
		}
		var err error
		if states[i], err = t.look(); err != nil {
			return "", nil, err
		}
		seen[states[i]] = true
		if states[i] == foreign {
			left = append(left, t.editedSince())
		}
	}
	// Files are renamed in order. If one is new and none is old, all had been
	// renamed, and what is neither was edited afterwards.
	if !back && seen[isNew] && !seen[isOld] && !seen[isTornFile] {
		return Done, left, nil
	}
	var restored []*target
	for i := len(targets) - 1; i >= 0; i-- {
		if states[i] != isNew && states[i] != isTornFile {
			continue
		}
		t := targets[i].reverse()
		if err := t.inspect(); err != nil {
			return "", nil, err
		}
		if err := t.stage(); err != nil {
			return "", nil, errors.Join(err, t.removeTemp())
		}
		if err := t.commit(); err != nil {
			return "", nil, errors.Join(err, t.removeTemp())
		}
		restored = append(restored, t)
	}
	return TakenBack, left, syncDirs(restored)
}

// fileState is what look finds, measured by the journal.
type fileState int

const (
	isOld fileState = iota
	isNew
	isTornFile // cut off while it was written in place
	foreign    // changed by somebody else, or gone
)

// look compares the file with the journal and remembers the digest it has now.
func (t *target) look() (fileState, error) {
	f, err := openTarget(string(t.Real), os.O_RDONLY)
	if isLinkError(err) || isGone(err) {
		return foreign, nil
	}
	if err != nil {
		return 0, openError(t.name, err)
	}
	defer f.Close()
	m, err := metaOfFile(f)
	if err != nil {
		return 0, openError(t.name, err)
	}
	if !m.Mode.IsRegular() {
		return foreign, nil
	}
	data, err := readOpen(f, m.Size)
	if err != nil {
		return 0, openError(t.name, err)
	}
	t.now = Sum(data)
	switch {
	case t.now == t.Before:
		return isOld, nil
	case t.now == t.After:
		return isNew, nil
	case t.InPlace && isTorn(data, t.Old, t.New):
		return isTornFile, nil
	}
	return foreign, nil
}

// reverse is the target that gives the file its old content again, from the
// state that look found. It uses the temporary name that the journal has.
func (t *target) reverse() *target {
	e := t.entry
	e.Before, e.After, e.Old, e.New = t.now, t.Before, nil, nil
	return &target{entry: e, name: t.name, data: t.Old}
}

// removeTemp removes the temporary file, which may not exist.
func (t *target) removeTemp() error {
	if t.InPlace || !strings.HasPrefix(filepath.Base(string(t.Temp)), TempPrefix) {
		return nil
	}
	err := os.Remove(string(t.Temp))
	if err == nil || isGone(err) {
		return nil
	}
	return &Error{Kind: WriteFailed, Path: string(t.Temp), Why: "this temporary file cannot be removed", Do: "remove it", Err: err}
}

func (t *target) editedSince() *Error {
	why := "changed since natsfix wrote it"
	if _, err := os.Lstat(string(t.Real)); errors.Is(err, fs.ErrNotExist) {
		why = "removed since natsfix wrote it"
	}
	return &Error{Kind: Changed, Path: t.name, Why: fmt.Sprintf("%s; left alone", why), Do: "the journal has its content from before"}
}
