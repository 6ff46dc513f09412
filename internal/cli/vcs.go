package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
)

// root returns the top folder of the checkout that a directory lies in, or "".
func (s *session) root(dir string) string { return s.git.Root(dir) }

// checkDirty refuses groups that would overwrite uncommitted work; a dry run
// only notes them.
func (s *session) checkDirty(ctx context.Context, m mode) error {
	s.checkStaged(m)
	if s.opts.allowDirty || len(s.result.Groups) == 0 {
		return nil
	}
	var paths []string
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			if !s.inPart(f) { // it may not even be there
				paths = append(paths, f.Path)
			}
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
		return fmt.Errorf("cannot tell whether files have uncommitted changes: %w; --allow-dirty writes all the same", err)
	}
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			state, ok := dirty[f.Path]
			if !ok || g.Refused != "" {
				continue
			}
			if s.opts.staged && state == repo.Staged || s.inPart(f) {
				continue // that is what --staged is about, or said by checkStaged
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

// checkStaged refuses groups with files that were read as they are staged and
// stand otherwise in the work tree.
func (s *session) checkStaged(m mode) {
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			if !s.inPart(f) || g.Refused != "" {
				continue
			}
			why := fmt.Sprintf("%s is staged in part: the work tree has another content; stage the rest, or put it aside with git stash --keep-index", s.name(f.Path))
			if m == dryRun {
				g.Notes = append(g.Notes, "this is the staged content; --write would refuse it: "+why)
			} else {
				g.Refused = why
			}
		}
	}
}

// inPart reports whether a file was read as it is staged, and stands otherwise
// in the work tree.
func (s *session) inPart(f *engine.File) bool { return s.index != nil && s.index.Key(f.Path) != "" }

// narrow leaves only the files that --since or --staged mean. The others are
// still part of the fleet.
func (s *session) narrow(req *request, found *repo.Found) error {
	var err error
	var choose func([]string) ([]string, error)
	switch {
	case s.opts.since != "":
		choose = s.since
	case s.opts.staged:
		choose = s.onlyStaged
	default:
		return nil
	}
	if req.Parts, err = choose(found.Parts); err != nil {
		return err
	}
	if req.Targets, err = choose(found.Targets); err != nil {
		return err
	}
	chosen := make(map[string]bool, len(req.Targets))
	for _, path := range req.Targets {
		chosen[path] = true
	}
	for _, path := range found.Targets {
		if !chosen[path] {
			req.Context = append(req.Context, path)
		}
	}
	slices.Sort(req.Context)
	// What a chosen file includes is no target because it lies in a folder that
	// was named.
	req.Dirs = nil
	return nil
}

// onlyStaged leaves the files that are staged. They have been found, and are read,
// as the index holds them.
func (s *session) onlyStaged(paths []string) ([]string, error) {
	var staged []string
	for _, path := range paths {
		switch {
		case s.index.Staged(path):
			staged = append(staged, path)
		case s.root(path) == "" && s.index.Key(path) == "":
			return nil, fmt.Errorf("--staged: %s: is in no git checkout, so nothing is staged", s.name(path))
		}
	}
	return staged, nil
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
