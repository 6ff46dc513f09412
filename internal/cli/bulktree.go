package cli

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
)

// settingsPath returns the path by which settings know a file: one of a tree
// goes by its name in the repository, and its settings lie in the tree's folder.
func (s *session) settingsPath(path string) string {
	if s.tree == nil || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.tree.Root, path)
}

// guestConfig returns how to find the settings of a visited repository, which
// promote nothing. They may name rules that there are not: recipes of theirs.
func (s *session) guestConfig() func(dir string) (*config.Config, error) {
	if s.opts.noConfig {
		none := &config.Config{}
		return func(string) (*config.Config, error) { return none, nil }
	}
	loader := config.NewLoader(config.Known{})
	guests := make(map[*config.Config]*config.Config)
	return func(dir string) (*config.Config, error) {
		cfg, err := loader.Load(dir)
		if err != nil {
			return nil, fmt.Errorf("%s", s.tidy(err.Error()))
		}
		if guests[cfg] == nil {
			guest, ignored := cfg.Guest()
			guests[cfg] = guest
			if len(ignored) > 0 {
				s.ignored = append(s.ignored, ignored...)
			}
		}
		return guests[cfg], nil
	}
}

// tidy takes the private directory out of a text.
func (s *session) tidy(text string) string {
	sep := string(filepath.Separator)
	text = strings.ReplaceAll(text, s.tree.Root+sep, "")
	return strings.ReplaceAll(text, relative(s.tree.Root)+sep, "")
}

// discoverTree finds the files of a commit. They go by their names in the
// repository; nothing outside of it is read.
func (s *session) discoverTree(req *request) error {
	opts := s.lookFor(req)
	opts.Git, opts.NoContext, opts.Decisions = nil, true, false
	found, err := repo.Discover([]string{s.tree.Root}, opts)
	if err != nil {
		return err
	}
	strip := func(paths []string) []string {
		out := make([]string, len(paths))
		for i, p := range paths {
			out[i] = s.inTree(p)
		}
		return out
	}
	req.Read = func(path string) ([]byte, error) {
		if filepath.IsAbs(path) {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		if text, ok := found.Text(filepath.Join(s.tree.Root, path)); ok {
			return text, nil
		}
		return s.tree.Read(path)
	}
	targets, parts, starts := strip(found.Targets), strip(found.Parts), strip(found.Starts)
	hosts := make(map[string]bool, len(found.Hosts))
	for path := range maps.Keys(found.Hosts) {
		hosts[s.inTree(path)] = true
	}
	if err := s.settle(req, slices.Concat(found.Targets, found.Parts)); err != nil {
		return err
	}
	req.Dirs = []string{"."}
	req.open = func(r *request) {
		r.Targets, r.Context, r.Parts = targets, nil, slices.Clone(parts)
		s.openHosts(r, hosts, starts, nil)
	}
	req.open(req)
	for _, e := range found.Unreadable {
		req.unreadable = append(req.unreadable, engine.Error{File: s.inTree(e.Path), Message: e.Why, Kind: engine.Unreadable})
	}
	return nil
}

// inTree returns the name in the repository of a file that was laid out.
func (s *session) inTree(path string) string {
	if rel, err := filepath.Rel(s.tree.Root, path); err == nil {
		return rel
	}
	return path
}
