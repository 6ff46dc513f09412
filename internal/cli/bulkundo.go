package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/natsfix/natsfix/internal/bulk"
	"github.com/natsfix/natsfix/internal/report"
)

// undoBulk removes the branches that natsfix bulk has made and that nobody has
// committed to since.
func (s *session) undoBulk(ctx context.Context, branch string, dry bool) (int, error) {
	dir, err := bulkDir(branch)
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(filepath.Join(dir, "state.jsonl")); errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("there is nothing to undo: natsfix bulk has made no branch %s (as this user)", branch)
	}
	lock, state, err := openBulkState(dir)
	if err != nil {
		return 0, err
	}
	defer lock.Close()
	defer state.Close()
	list, err := bulk.Undo(ctx, state, branch, dry)
	code := exitDone
	for _, u := range list {
		name := report.Plain(u.Name)
		switch {
		case u.Why != "":
			s.warn("%s: not removed: %s", name, report.Plain(u.Why))
			code = exitRefused
		case u.Gone && !isClone(dir, u.Dir):
			s.warn("%s: there is no %s any more; if it was moved, git -C ITS-NEW-PLACE branch -D %s removes the branch there", name, report.Plain(relative(u.Dir)), shellQuote(branch))
		case u.Removed && dry:
			fmt.Fprintf(s.out, "%s: %s would be removed\n", name, branch)
		case u.Removed:
			fmt.Fprintf(s.out, "%s: %s removed\n", name, branch)
		default:
			fmt.Fprintf(s.out, "%s: %s is not there any more\n", name, branch)
		}
		if u.Pushed != "" {
			s.say("%s: it was pushed; to remove it there: git push %s --delete %s", name, shellQuote(u.Pushed), shellQuote(branch))
		}
	}
	switch {
	case err != nil && ctx.Err() != nil:
		s.warn("interrupted; the same command goes on")
		return exitInterrupted, s.flush()
	case err != nil:
		return 0, err
	case len(list) == 0:
		return 0, fmt.Errorf("there is nothing to undo: no branch %s is left", branch)
	}
	return code, s.flush()
}

// isClone reports whether a repository is one that a run has cloned, and removed
// when it was not needed any more.
func isClone(dir, repository string) bool {
	rel, err := filepath.Rel(realDir(dir), repository)
	return err == nil && filepath.IsLocal(rel)
}
