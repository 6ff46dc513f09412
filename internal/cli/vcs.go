package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/natsfix/natsfix/internal/repo"
)

// root returns the top folder of the checkout that a directory lies in, or "".
func (s *session) root(dir string) string { return s.git.Root(dir) }

// checkDirty refuses groups that would overwrite uncommitted work; a dry run
// only notes them.
func (s *session) checkDirty(ctx context.Context, m mode) error {
	if s.opts.allowDirty || len(s.result.Groups) == 0 {
		return nil
	}
	var paths []string
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			paths = append(paths, f.Path)
		}
	}
	dirty, err := s.git.Dirty(paths)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if m == dryRun {
			s.warn("cannot tell whether files have uncommitted changes: %v", err)
			return nil
		}
		if errors.Is(err, repo.ErrNoGit) {
			return fmt.Errorf("cannot tell whether files have uncommitted changes: %w; --allow-dirty writes all the same", err)
		}
		return err
	}
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			state, ok := dirty[f.Path]
			if !ok || g.Refused != "" {
				continue
			}
			why := fmt.Sprintf("%s %s; commit it, or give --allow-dirty", s.name(f.Path), dirtyWords(state))
			if m == dryRun {
				g.Notes = append(g.Notes, "--write would refuse this: "+why)
			} else {
				g.Refused = why
			}
			break
		}
	}
	return nil
}

func dirtyWords(state repo.State) string {
	switch state {
	case repo.Staged:
		return "is staged and not committed"
	case repo.Untracked:
		return "is not under version control yet"
	case repo.Conflicted:
		return "is part of an unfinished merge"
	case repo.Hidden:
		return "is hidden from git status (assume-unchanged or skip-worktree)"
	}
	return "has uncommitted changes"
}

// since leaves only the files that changed since --since.
func (s *session) since(paths []string) ([]string, error) {
	if s.opts.since == "" || len(paths) == 0 {
		return paths, nil
	}
	changed, err := s.git.ChangedSince(s.opts.since, paths)
	if err != nil {
		return nil, fmt.Errorf("--since %s: %w", s.opts.since, err)
	}
	return changed, nil
}

// realDir returns the directory without links, as git names it.
func realDir(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}
