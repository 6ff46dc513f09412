package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/bulk"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// session is one run of a command that runs rules.
type session struct {
	app      *App
	command  string
	opts     *options
	rules    []*fixes.Rule // the rules to run, nil for those that flags and settings choose
	operands []string      // what stands in front of the paths, for the next command
	out      *bufio.Writer // standard output: the result
	msg      *bufio.Writer // standard error: everything else
	git      *repo.Git
	index    *repo.Index                   // what is staged, of --staged
	tree     *bulk.Tree                    // the commit that is looked at instead of the disk, in a bulk run
	ignored  []string                      // settings of a visited repository that do not count
	judge    func() (*oracle.Judge, error) // shared with other sessions, nil for one of its own
	dir      string                        // the current directory, absolute and without links
	base     string                        // the directory at which names in diffs start
	result   *engine.Result
	loaded   *engine.Loaded // of commands that print places without the engine's result
	adding   bool           // comments are written in the place of corrections
	known    *known         // the baseline, nil for none
	masked   bool           // a secret was replaced in what was shown
}

// newSession starts a run of a command; close must be called.
func (a *App) newSession(ctx context.Context, command string, o *options) (*session, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("cannot find the current directory: %w", err)
	}
	dir = realDir(dir)
	s := &session{
		git: repo.NewGit(repo.Exec(ctx)),
		app: a, command: command, opts: o, dir: dir, base: dir,
		out: bufio.NewWriterSize(a.Stdout, 64<<10), msg: bufio.NewWriterSize(a.Stderr, 16<<10),
	}
	if o.staged {
		s.index = s.git.Index(a.wanted)
	}
	return s, nil
}

// wanted says how much of a file in a directory is worth looking into.
func (a *App) wanted(name string) int {
	switch {
	case a.Wanted != nil:
		return a.Wanted(name)
	case strings.HasSuffix(name, repo.Suffix):
		return 1
	}
	return 0
}

// look does for a command that writes nothing what all of them do: it checks
// the paths, lists the files if that is asked for, and else reads the request
// for do.
func (a *App) look(ctx context.Context, command string, o *options, do func(*session, *request) (int, error)) (int, error) {
	s, err := a.newSession(ctx, command, o)
	if err != nil {
		return 0, err
	}
	defer s.flush()
	if err := s.checkPaths(a.commands()); err != nil {
		return 0, err
	}
	if o.showFiles {
		return s.showFiles()
	}
	req, err := s.request(ctx)
	if err != nil {
		return 0, err
	}
	defer req.close()
	return do(s, req)
}

// flush hands on what was written, so that both streams come in order where
// they meet on one terminal. It returns the error of standard output.
func (s *session) flush() error {
	err := s.out.Flush()
	s.msg.Flush() // there is nowhere to report that errors cannot be reported
	return err
}

// say writes a message, unless --quiet.
func (s *session) say(format string, args ...any) {
	if !s.opts.quiet {
		fmt.Fprintln(s.msg, report.Lines(fmt.Sprintf(format, args...)))
	}
}

// warn writes a message even with --quiet.
func (s *session) warn(format string, args ...any) {
	fmt.Fprintln(s.msg, report.Lines(fmt.Sprintf("natsfix: "+format, args...)))
}

// name returns a path relative to the current directory, with slashes.
func (s *session) name(path string) string {
	if !filepath.IsAbs(path) {
		return filepath.ToSlash(filepath.Clean(path))
	}
	rel, err := filepath.Rel(s.dir, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// below returns the path of a file below dir with slashes, and whether it lies
// there.
func (s *session) below(dir, path string) (string, bool) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// diffPath returns the path of the file itself where a path leads to it through
// links: patches do not follow them.
func (s *session) diffPath(path string) string {
	if s.tree != nil || s.index != nil && s.index.Key(path) != "" {
		return path // it is not that of the file on disk
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// diffName returns the name of a file in diffs: relative to s.base.
func (s *session) diffName(path string) string {
	path = s.diffPath(path)
	if name, ok := s.below(s.base, path); ok {
		return name
	}
	return strings.TrimPrefix(filepath.ToSlash(path), "/")
}

// setBase chooses the directory at which names in diffs start: the first of
// the candidates that holds all files, since no patch may lead out of the
// directory that it is applied in.
func (s *session) setBase(files []*engine.File, candidates ...string) {
	for _, dir := range append(candidates, string(filepath.Separator)) {
		all := dir != ""
		for _, f := range files {
			if _, ok := s.below(dir, s.diffPath(f.Path)); !ok {
				all = false
				break
			}
		}
		if all {
			s.base = dir
			return
		}
	}
}

// run calls the engine.
func (s *session) run(ctx context.Context, req *request) error {
	if !s.adding {
		if err := s.readBaseline(req); err != nil {
			return err
		}
	}
	bar := s.countReads(req)
	res, err := s.app.Run(ctx, req.Request)
	bar.end()
	if err != nil {
		return err
	}
	engine.InFiles(res, req.Hosted)
	if s.command != "edit" && !s.adding {
		if err := engine.AddReadings(ctx, s.app.Run, req.Request, res); err != nil {
			return err
		}
	}
	res.Errors = append(req.unreadable, res.Errors...)
	s.result = res
	s.result.Findings = req.settings.severities(s.result.Findings)
	s.maskEnvironment()
	return nil
}

// report returns what reporters need; color is for people's formats.
func (s *session) report(color bool) *report.Run {
	return &report.Run{
		Result: s.result, Name: s.name, DiffName: s.diffName,
		Reveal: s.opts.reveal, Color: color, Context: s.opts.context,
	}
}
