package safeio

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync"
)

// Run writes groups. Its methods may be called by several goroutines; groups
// are written one after the other.
type Run struct {
	store *Store
	guard *Guard
	undo  bool

	mu      sync.Mutex
	seq     uint64
	log     *journal // nil until the first group
	groups  int
	pending bool // a group is neither written nor taken back
}

// Begin starts a run. Nothing is created on disk before its first Write.
// [Store.Recover] must have been called: else the error is of kind Pending.
func (s *Store) Begin(opts Options) (*Run, error) {
	if !s.recovered {
		return nil, &Error{Kind: Pending, Path: s.dir, Why: "earlier runs have not been looked after", Do: "recover first"}
	}
	guard, err := NewGuard(opts)
	if err != nil {
		return nil, err
	}
	return &Run{store: s, guard: guard}, nil
}

// Write writes a group in the order given: all files or none. A change whose
// new bytes are the old ones is checked but not written.
//
// If ctx is cancelled before, nothing is done and its cause is returned; a
// group that has begun is finished. Any other error is an [*Error]; the files
// then have their old content, except with kind Pending.
func (r *Run) Write(ctx context.Context, group []Change) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	targets, err := r.guard.targets(group)
	if err != nil {
		return err
	}
	return r.write(targets, nil)
}

func (r *Run) write(targets []*target, undoes *groupRef) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.guard.orInPlace(targets, func() error { return r.attempt(targets, undoes) })
}

func (r *Run) attempt(all []*target, undoes *groupRef) error {
	targets, err := inspect(all)
	if err != nil || len(targets) == 0 {
		return err
	}
	for _, t := range targets {
		t.Temp, t.New = "", nil
		if t.InPlace {
			t.New = t.data
		} else {
			t.Temp = textPath(filepath.Join(filepath.Dir(string(t.Real)), TempPrefix+rand.Text()+".tmp"))
		}
	}
	group, err := r.begin(targets, undoes)
	if err != nil {
		return err
	}
	if err := r.replace(targets); err != nil {
		return r.takeBack(group, targets, err)
	}
	r.store.at("written")
	// Should this record be lost, Recover finds all files new and says done.
	_ = r.log.append(record{Op: opEnd, Group: group, Result: Done})
	return nil
}

// begin puts the group into the journal, which the first group creates.
func (r *Run) begin(targets []*target, undoes *groupRef) (int, error) {
	s := r.store
	if r.log == nil {
		runs, err := s.runs()
		if err != nil {
			return 0, err
		}
		r.seq = 1
		if n := len(runs); n > 0 {
			r.seq = runs[n-1].seq + 1
		}
		head := record{Op: opRun, Version: journalVersion, Time: s.now().UTC(), Undo: r.undo}
		if r.log, err = createJournal(s.dir, s.path(storedRun{r.seq, true}), head); err != nil {
			return 0, err
		}
	}
	rec := record{Op: opBegin, Group: r.groups + 1, Undoes: undoes}
	for _, t := range targets {
		rec.Files = append(rec.Files, t.entry)
	}
	if err := r.log.append(rec); err != nil {
		return 0, err
	}
	r.groups++
	s.at("begun")
	return r.groups, nil
}

// replace brings temporary files and journal to disk, all at once so that the
// file system can join the work, and then renames in order.
func (r *Run) replace(targets []*target) error {
	errs := make([]error, len(targets)+1)
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i, t := range targets {
		slots <- struct{}{}
		wg.Go(func() {
			errs[i] = t.stage()
			<-slots
		})
	}
	errs[len(targets)] = r.log.sync()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for _, t := range targets {
		r.store.at("before " + string(t.Real))
		if err := t.commit(); err != nil {
			return err
		}
		r.store.at("after " + string(t.Real))
	}
	return syncDirs(targets)
}

// syncDirs syncs the directories in which targets were renamed.
func syncDirs(targets []*target) error {
	done := make(map[string]bool)
	for _, t := range targets {
		dir := filepath.Dir(string(t.Real))
		if t.InPlace || done[dir] {
			continue
		}
		done[dir] = true
		if err := syncDir(dir); err != nil {
			return t.writeFailed(err)
		}
	}
	return nil
}

// takeBack gives every file of a failed group its old content again and
// returns why the group failed. If even that fails, Recover has to do it.
func (r *Run) takeBack(group int, targets []*target, why error) error {
	// The record tells Recover that new files beside a changed one are not a
	// group that was written and edited afterwards.
	_ = r.log.append(record{Op: opBack, Group: group})
	r.store.at("back")
	if _, _, err := settle(targets, true); err != nil {
		r.pending = true
		return &Error{Kind: Pending, Path: targets[0].name, Err: errors.Join(why, err),
			Why: "its group could neither be written nor taken back", Do: "cure the cause and run natsfix again; the journal has the old content"}
	}
	_ = r.log.append(record{Op: opEnd, Group: group, Result: TakenBack})
	return why
}

// Close ends the run and removes journals that are too old for undo.
func (r *Run) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return nil
	}
	syncErr := r.log.sync()
	err := errors.Join(syncErr, r.log.f.Close())
	r.log, r.groups = nil, 0
	if syncErr != nil || r.pending {
		return err // stays open, for Recover
	}
	if err == nil {
		err = r.store.close(r.seq)
	}
	return errors.Join(err, r.store.prune())
}
