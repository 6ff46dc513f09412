package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/safeio"
)

// storeWait is how long to wait for another run that is writing.
const storeWait = 10 * time.Second

// writer writes groups; its journal is opened with the first one.
type writer struct {
	session *session
	store   *safeio.Store
	run     *safeio.Run
}

func (w *writer) open(ctx context.Context) error {
	if w.run != nil {
		return nil
	}
	store, err := openStore(ctx)
	if err != nil {
		return err
	}
	w.store = store
	if err := w.session.recoverIn(ctx, store); err != nil {
		return err
	}
	w.run, err = store.Begin(w.session.writeOptions())
	return err
}

// writeOptions says what may be written: what lies in the paths.
func (s *session) writeOptions() safeio.Options {
	roots := s.opts.paths
	if len(roots) == 0 {
		roots = []string{"."}
	}
	if s.index != nil { // what is staged and not there is refused before
		roots = slices.DeleteFunc(slices.Clone(roots), func(path string) bool {
			return s.index.Key(path) != "" || s.index.Dir(path) != ""
		})
	}
	return safeio.Options{Roots: roots, InPlace: s.opts.inPlace}
}

// checkWritable refuses the groups that could not be written, as far as that
// can be known, so that a dry run and a question come out as the writing will.
func (s *session) checkWritable() error {
	if len(s.result.Groups) == 0 {
		return nil
	}
	guard, err := safeio.NewGuard(s.writeOptions())
	if err != nil {
		return err
	}
	for _, g := range s.result.Groups {
		if g.Refused == "" && !slices.ContainsFunc(g.Files, s.inPart) {
			if err := guard.Check(changesOf(g)); err != nil {
				g.Refused = err.Error()
			}
		}
	}
	return nil
}

func changesOf(g *engine.Group) []safeio.Change {
	changes := make([]safeio.Change, len(g.Files))
	for i, f := range g.Files {
		changes[i] = safeio.Change{Path: f.Path, Before: safeio.Sum(f.Before), New: f.After}
	}
	return changes
}

// write writes a group, all files or none. refused says why a safety check
// spoke against it.
func (w *writer) write(ctx context.Context, g *engine.Group) (refused string, err error) {
	return w.writeChanges(ctx, changesOf(g))
}

// writeCase writes what came of a golden case into its file.
func (w *writer) writeCase(ctx context.Context, res *golden.Result) (refused string, err error) {
	return w.writeChanges(ctx, []safeio.Change{{Path: res.File, Before: safeio.Sum(res.Before), New: res.After}})
}

func (w *writer) writeChanges(ctx context.Context, changes []safeio.Change) (refused string, err error) {
	if err := w.open(ctx); err != nil {
		return "", err
	}
	err = w.session.app.abandon.write(func() error { return w.run.Write(ctx, changes) })
	if e, ok := errors.AsType[*safeio.Error](err); ok && e.Kind != safeio.JournalFailed && e.Kind != safeio.Pending {
		return e.Error(), nil
	}
	return "", err
}

func (w *writer) close() {
	if w.run != nil {
		if err := w.run.Close(); err != nil {
			w.session.warn("%v", err)
		}
	}
	if w.store != nil {
		if err := w.store.Close(); err != nil {
			w.session.warn("%v", err)
		}
	}
}

func openStore(ctx context.Context) (*safeio.Store, error) {
	dir, err := safeio.DefaultDir()
	if err != nil {
		return nil, err
	}
	return safeio.Open(ctx, dir, storeWait)
}

// recover settles what an earlier run left behind that was cut off. A user who
// never wrote anything has no state directory, and gets none by this.
func (s *session) recover(ctx context.Context) error {
	dir, err := safeio.DefaultDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "journal")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	store, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	return s.recoverIn(ctx, store)
}

func (s *session) recoverIn(ctx context.Context, store *safeio.Store) error {
	outcomes, err := store.Recover(ctx)
	for _, o := range outcomes {
		s.warn("an earlier run (%s) was cut off: %s", o.Time.Local().Format("2006-01-02 15:04"), outcome(o))
		for _, path := range o.Files {
			s.warn("  %s", report.Plain(s.name(path)))
		}
		for _, left := range o.Left {
			s.warn("  left alone: %s", report.Plain(left.Error()))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot settle an earlier run: %w", err)
	}
	return nil
}

// outcome says in words how a group stands.
func outcome(o safeio.Outcome) string {
	switch o.Result {
	case safeio.Done:
		return "its files were all written"
	case safeio.TakenBack:
		return "its files have their old content again"
	case safeio.Refused:
		return "some of its files changed since and were left alone; the old contents are in " + o.Journal
	}
	return fmt.Sprintf("its files could not be settled (%v); the old contents are in %s", o.Err, o.Journal)
}
