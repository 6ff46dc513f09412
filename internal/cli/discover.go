package cli

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// discover finds the files below the paths, and those beside them.
func (s *session) discover(req *request) error {
	paths := s.opts.paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	found, err := repo.Discover(paths, repo.Options{Git: s.git, Config: req.load})
	if err != nil {
		return err
	}
	req.Targets, req.Context = found.Targets, found.Context
	for _, path := range paths {
		if isDir(path) {
			req.Dirs = append(req.Dirs, path)
		}
	}
	if s.opts.since != "" {
		req.Targets, err = s.since(found.Targets)
		if err != nil {
			return err
		}
		changed := make(map[string]bool, len(req.Targets))
		for _, path := range req.Targets {
			changed[path] = true
		}
		// What did not change is still part of the fleet.
		for _, path := range found.Targets {
			if !changed[path] {
				req.Context = append(req.Context, path)
			}
		}
		slices.Sort(req.Context)
	}
	for _, e := range found.Unreadable {
		req.unreadable = append(req.unreadable, engine.Error{File: e.Path, Message: e.Why, Kind: engine.Unreadable})
	}
	for _, note := range found.Notes {
		s.say("note: %s", report.Plain(note))
	}
	for i, e := range found.Skipped {
		if i == maxListed && !s.opts.verbose {
			s.say("skipped: %s (--verbose lists them)", report.Count(len(found.Skipped)-i, "more link"))
			break
		}
		s.say("skipped: %s", report.Plain(e.Error()))
	}
	if s.opts.verbose {
		s.say("%s, and %s beside them", report.Count(len(req.Targets), "file"), report.Count(len(req.Context), "file"))
	}
	if len(req.Targets) == 0 {
		s.say("No file to look at: a directory is searched for *.conf files that git does not ignore.")
	}
	return nil
}

// besideStdin returns the files beside the one that standard input stands for.
func (s *session) besideStdin(name string, req *request) ([]string, error) {
	if s.opts.stdinName == "" {
		return nil, nil
	}
	dir := filepath.Dir(name)
	if !isDir(dir) {
		return nil, usage("--stdin-filename %s: there is no directory %s", s.opts.stdinName, dir)
	}
	found, err := repo.Discover([]string{dir}, repo.Options{Git: s.git, Config: req.load})
	if err != nil {
		return nil, err
	}
	files := slices.Concat(found.Targets, found.Context)
	return slices.DeleteFunc(files, func(path string) bool { return filepath.Clean(path) == name }), nil
}

// configLoader returns how to find the settings of a directory.
func (s *session) configLoader(known config.Known) (func(dir string) (*config.Config, error), error) {
	loader := config.NewLoader(known)
	switch {
	case s.opts.noConfig:
		none := &config.Config{}
		return func(string) (*config.Config, error) { return none, nil }, nil
	case s.opts.config != "":
		cfg, err := loader.File(s.opts.config)
		return func(string) (*config.Config, error) { return cfg, err }, err
	}
	return loader.Load, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
