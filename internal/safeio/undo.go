package safeio

import (
	"context"
	"os"
	"path/filepath"
	"slices"
)

// UndoOptions say how to take a run back.
type UndoOptions struct {
	// InPlace overwrites files that cannot be replaced by rename, as in
	// [Options]. Files that were written in place are taken back in place anyway.
	InPlace bool
	// DryRun finds out what would be done and writes nothing.
	DryRun bool
}

// Undo takes back the last run that wrote a file under dir, whole groups, the
// last one first. A group of which a file changed since is Refused and the
// others go on. A second Undo takes back what is left of the run, if it can
// (after a cancelled ctx, say), else the run before. A run of which every
// group is refused stays the last one.
//
// If there is no run the error is of kind NothingToUndo. A cancelled ctx ends
// Undo between two groups, with its cause as the error.
func (s *Store) Undo(ctx context.Context, dir string, opts UndoOptions) ([]Outcome, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, openError(dir, err)
	}
	real, err := resolve(dir)
	if err != nil {
		return nil, err
	}
	run, err := s.Begin(Options{InPlace: opts.InPlace})
	if err != nil {
		return nil, err
	}
	run.undo = true
	u := &undo{store: s, run: run, dry: opts.DryRun, undone: make(map[groupRef]bool), virtual: make(map[textPath]Digest)}
	err = u.lastUnder(ctx, []string{abs, real})
	if closeErr := run.Close(); err == nil {
		err = closeErr
	}
	return u.outcomes, err
}

type undo struct {
	store    *Store
	run      *Run
	dry      bool
	undone   map[groupRef]bool
	virtual  map[textPath]Digest // dry: what files would hold by now
	outcomes []Outcome
}

func (u *undo) lastUnder(ctx context.Context, dirs []string) error {
	runs, err := u.store.runs()
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(runs) {
		last, err := u.takeRun(ctx, dirs, r)
		if err != nil || last {
			return err
		}
	}
	return &Error{Kind: NothingToUndo, Path: dirs[0], Why: "no run that wrote here can be taken back"}
}

// takeRun takes back the run if it wrote under one of dirs and is not taken back yet,
// and reports whether that was the run to undo.
func (u *undo) takeRun(ctx context.Context, dirs []string, r storedRun) (last bool, err error) {
	path := u.store.path(r)
	f, err := os.Open(path)
	if err != nil {
		return false, journalError(path, err)
	}
	defer f.Close()
	log, err := readJournal(f, path)
	if err != nil {
		return false, err
	}
	if log.head.Undo {
		// Newer than the run it took back, so seen before that.
		for _, g := range log.groups {
			if g.undoes != nil && g.result == Done {
				u.undone[*g.undoes] = true
			}
		}
		return false, nil
	}
	if !slices.ContainsFunc(dirs, log.wroteUnder) {
		return false, nil
	}
	tried, took, before := false, false, false
	for i, g := range slices.Backward(log.groups) {
		ref := groupRef{r.seq, i + 1}
		if g.result != Done || u.undone[ref] {
			before = before || u.undone[ref]
			continue
		}
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		targets, err := g.load(f, path)
		if err != nil {
			return false, err
		}
		tried = true
		o := u.store.outcome(r.seq, log, i)
		o.Journal = path
		u.takeGroup(&o, targets, ref)
		took = took || o.Result == TakenBack
		u.outcomes = append(u.outcomes, o)
	}
	return took || tried && !before, nil
}

func (log *runLog) wroteUnder(dir string) bool {
	for _, g := range log.groups {
		for _, e := range g.files {
			if g.result == Done && (within(string(e.Real), dir) || within(string(e.Path), dir)) {
				return true
			}
		}
	}
	return false
}

// takeGroup fills in what became of the group.
func (u *undo) takeGroup(o *Outcome, targets []*target, ref groupRef) {
	reversed := make([]*target, len(targets))
	for i, t := range targets {
		state, err := t.look()
		if digest, ok := u.virtual[t.Real]; ok {
			t.now, state = digest, foreign
			if digest == t.After {
				state = isNew
			}
		}
		if err != nil {
			o.Result, o.Err = Refused, err
			continue
		}
		if state != isNew {
			o.Result = Refused
			o.Left = append(o.Left, t.editedSince())
			continue
		}
		// Roots first: the reverse of the order in which they were written.
		reversed[len(targets)-1-i] = t.reverse()
	}
	if o.Result == Refused {
		return
	}
	o.Result = TakenBack
	err := u.write(reversed, ref)
	if err != nil {
		o.Result, o.Err = Refused, err
	}
	if IsKind(err, Pending) {
		o.Result = Unsettled
	}
}

func (u *undo) write(targets []*target, ref groupRef) error {
	if !u.dry {
		return u.run.write(targets, &ref)
	}
	later := false // the file would have been taken back to here by a later group
	for _, t := range targets {
		_, ok := u.virtual[t.Real]
		later = later || ok
		u.virtual[t.Real] = t.After
	}
	if later {
		return nil
	}
	return u.run.guard.orInPlace(targets, func() error {
		_, err := inspect(targets)
		return err
	})
}
