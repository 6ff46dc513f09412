package cli

import (
	"fmt"
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
	found, err := repo.Discover(paths, s.lookFor(req))
	if err != nil {
		return err
	}
	req.Targets, req.Context, req.Parts = found.Targets, found.Context, found.Parts
	req.Read = func(path string) ([]byte, error) {
		if s.index != nil {
			if text, ok, err := s.index.Text(path); ok || err != nil {
				return text, err
			}
		}
		if text, ok := found.Text(path); ok {
			return text, nil
		}
		return read(path)
	}
	for _, path := range paths {
		if isDir(path) {
			req.Dirs = append(req.Dirs, path)
		}
	}
	if err := s.narrow(req, found); err != nil {
		return err
	}
	if err := s.settle(req, slices.Concat(req.Targets, req.Parts)); err != nil {
		return err
	}
	chosen := len(req.Targets) // which --since or --staged left
	targets, beside, parts := req.Targets, req.Context, req.Parts
	req.open = func(r *request) {
		r.Targets, r.Context, r.Parts = targets, beside, slices.Clone(parts)
		s.openHosts(r, found.Hosts, found.Starts, s.opts.paths)
	}
	req.open(req)
	for _, e := range found.Unreadable {
		req.unreadable = append(req.unreadable, engine.Error{File: e.Path, Message: e.Why, Kind: engine.Unreadable})
	}
	s.explainFound(found)
	s.sayMissed(req, found)
	if s.opts.verbose {
		s.say("%s, and %s beside them", report.Count(len(req.Targets), "file"), report.Count(len(req.Context), "file"))
	}
	switch {
	case len(req.Targets) > 0:
	case chosen > 0:
		s.say("No file to look at: what was named holds no NATS configuration that can be judged.")
	case len(found.Targets) > 0 && s.opts.staged:
		s.say("No file to look at: none is staged.")
	case len(found.Targets) > 0:
		s.say("No file to look at: none changed since %s.", report.Plain(s.opts.since))
	case found.Left > 0:
		s.say("No file to look at: %s named like configuration, but not surely nats-server's (--show-files says why).", left(found.Left))
	case found.Excluded > 0:
		s.say("No file to look at: %s left out by exclude in %s (--show-files lists them).", is(found.Excluded, "path"), config.Name)
	default:
		s.say("No file to look at: a directory is searched for files that git does not ignore.")
	}
	return nil
}

// left returns the beginning of a sentence about files that were left.
func left(n int) string {
	if n == 1 {
		return "1 file is"
	}
	return report.Count(n, "file") + " are"
}

// lookFor says how directories are searched.
func (s *session) lookFor(req *request) repo.Options {
	return repo.Options{Git: s.git, Index: s.index, Config: req.load, Wanted: s.app.Wanted, Judge: s.app.Judge, Jobs: s.opts.jobs, Decisions: s.opts.showFiles}
}

// explainFound says what was not looked at.
func (s *session) explainFound(found *repo.Found) {
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
}

// showFiles lists which files are taken and which are left, and why.
func (s *session) showFiles() (int, error) {
	req := &request{}
	var err error
	if req.load, err = s.configLoader(s.knownRules()); err != nil {
		return 0, err
	}
	paths := s.opts.paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	found, err := repo.Discover(paths, s.lookFor(req))
	if err != nil {
		return 0, err
	}
	for _, d := range found.Decisions {
		word := "left "
		if d.Taken {
			word = "taken"
		}
		fmt.Fprintf(s.out, "%s  %s: %s\n", word, report.Plain(s.name(d.Path)), report.Plain(d.Why))
	}
	for _, name := range found.Context {
		fmt.Fprintf(s.out, "read   %s: it is beside the others, and only read\n", report.Plain(s.name(name)))
	}
	s.explainFound(found)
	code := exitDone
	for _, e := range found.Unreadable {
		s.warn("%s", report.Plain(e.Error()))
		code = exitUsage
	}
	s.say("%s taken, %d left. A file that a taken one includes is taken too.", report.Count(len(found.Targets), "file"), found.Left)
	return code, s.out.Flush()
}

// besideStdin adds the files beside the one that standard input stands for.
func (s *session) besideStdin(name string, req *request) error {
	if s.opts.stdinName == "" {
		s.openHosts(req, nil, nil, []string{name})
		return nil
	}
	dir := filepath.Dir(name)
	if !isDir(dir) {
		return usage("--stdin-filename %s: there is no directory %s", s.opts.stdinName, dir)
	}
	found, err := repo.Discover([]string{dir}, s.lookFor(req))
	if err != nil {
		return err
	}
	files := slices.Concat(found.Targets, found.Context)
	req.Context = slices.DeleteFunc(files, func(path string) bool { return filepath.Clean(path) == name })
	s.openHosts(req, found.Hosts, found.Starts, []string{name})
	return nil
}

// configLoader returns how to find the settings of a directory.
func (s *session) configLoader(known config.Known) (func(dir string) (*config.Config, error), error) {
	if s.tree != nil && s.opts.config == "" {
		return s.guestConfig(), nil
	}
	loader := config.NewLoader(known)
	switch {
	case s.opts.noConfig:
		none := &config.Config{}
		return func(string) (*config.Config, error) { return none, nil }, nil
	case s.opts.config != "":
		cfg, err := loader.File(s.opts.config)
		if s.tree != nil && err == nil { // it speaks of each repository
			cfg = cfg.At(s.tree.Root)
		}
		return func(string) (*config.Config, error) { return cfg, err }, err
	}
	if s.index == nil {
		return loader.Load, nil
	}
	return func(dir string) (*config.Config, error) {
		for s.index.Dir(dir) != "" { // it is staged, and not there
			dir = filepath.Dir(dir)
		}
		return loader.Load(dir)
	}, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
