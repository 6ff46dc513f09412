package safeio

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Store is the state directory of one user, locked for this process. It holds
// the journals: DIR/journal/NNNNNNNN.open of a run that goes on or was cut
// off, NNNNNNNN.done of one that has ended. They contain old configurations,
// secrets included: the directory is 0700 and the files are 0600.
type Store struct {
	dir       string // of the journals
	lock      *os.File
	cutOff    []uint64 // runs that were open when the store was, newest first
	recovered bool
	now       func() time.Time
	step      func(string) // if not nil, called between the steps of a write
}

// How many ended runs are kept for undo: neither more than this many nor any
// older than this, but always the last one.
const (
	keepRuns = 50
	keepAge  = 30 * 24 * time.Hour
)

// Open creates dir if need be and locks it, waiting as long as wait or ctx
// allow for another process to end. The lock of a dead process does not count.
// Errors are of kind Locked or JournalFailed, or ctx's.
func Open(ctx context.Context, dir string, wait time.Duration) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, journalError(dir, err)
	}
	s := &Store{dir: filepath.Join(abs, "journal"), now: time.Now}
	_, statErr := os.Lstat(s.dir)
	if err := makePrivate(s.dir); err != nil {
		return nil, err
	}
	if statErr != nil {
		syncParents(s.dir)
	}
	path := filepath.Join(s.dir, "lock")
	s.lock, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, journalError(path, err)
	}
	if err := s.acquire(ctx, wait); err != nil {
		s.lock.Close()
		return nil, err
	}
	runs, err := s.runs()
	if err != nil {
		s.lock.Close()
		return nil, err
	}
	for _, r := range slices.Backward(runs) {
		if r.open {
			s.cutOff = append(s.cutOff, r.seq)
		}
	}
	return s, nil
}

// syncParents makes new directories survive a power cut. Not every parent lets
// itself be opened; those are not the ones that are new.
func syncParents(dir string) {
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		_ = syncDir(parent)
	}
}

func (s *Store) acquire(ctx context.Context, wait time.Duration) error {
	deadline := time.Now().Add(wait)
	for {
		ok, err := tryLock(s.lock)
		if err != nil {
			return journalError(s.lock.Name(), err)
		}
		if ok {
			break
		}
		if !time.Now().Before(deadline) {
			holder, _ := os.ReadFile(s.lock.Name())
			return &Error{Kind: Locked, Path: s.dir, Do: "wait for it to end",
				Why: strings.TrimSpace("another natsfix is writing " + string(holder))}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
	// Only for the message above; the lock itself is the system's.
	if s.lock.Truncate(0) == nil {
		fmt.Fprintf(s.lock, "(process %d)\n", os.Getpid())
	}
	return nil
}

// Close gives up the lock.
func (s *Store) Close() error { return s.lock.Close() }

// storedRun is a journal file.
type storedRun struct {
	seq  uint64
	open bool
}

func (s *Store) path(r storedRun) string {
	ext := ".done"
	if r.open {
		ext = ".open"
	}
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", r.seq, ext))
}

// runs lists the journals, oldest first.
func (s *Store) runs() ([]storedRun, error) {
	list, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, journalError(s.dir, err)
	}
	var runs []storedRun
	for _, e := range list {
		digits, ext, _ := strings.Cut(e.Name(), ".")
		seq, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || (ext != "open" && ext != "done") {
			continue
		}
		runs = append(runs, storedRun{seq, ext == "open"})
	}
	slices.SortFunc(runs, func(a, b storedRun) int { return cmp.Compare(a.seq, b.seq) })
	return runs, nil
}

// close ends a run's journal: everything in it is settled.
func (s *Store) close(seq uint64) error {
	path := s.path(storedRun{seq, true})
	if err := os.Rename(path, s.path(storedRun{seq, false})); err != nil {
		return journalError(path, err)
	}
	return syncDir(s.dir)
}

// prune removes old journals. Open ones stay: they are still needed.
func (s *Store) prune() error {
	runs, err := s.runs()
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(runs, func(r storedRun) bool { return r.open })
	for i, r := range runs[:max(len(runs)-1, 0)] {
		fi, err := os.Stat(s.path(r))
		if err != nil {
			return journalError(s.path(r), err)
		}
		if len(runs)-i <= keepRuns && s.now().Sub(fi.ModTime()) <= keepAge {
			continue
		}
		if err := os.Remove(s.path(r)); err != nil {
			return journalError(s.path(r), err)
		}
	}
	return nil
}

func (s *Store) at(step string) {
	if s.step != nil {
		s.step(step)
	}
}
