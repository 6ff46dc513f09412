package cli

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/report"
)

func (a *App) fixCommand() *command {
	return &command{
		name: "fix", operands: "[PATH...]", summary: "Find what is wrong, show the correction, ask, and write it",
		about: `On a terminal, each change is shown and asked for. Elsewhere nothing is
written without --write. A change is written only if the official server
accepts it and if nothing but what was announced changes in the effective
configuration; natsfix undo takes the last run back.`,
		examples: []string{
			"natsfix --dry-run conf/",
			"natsfix --write --set jetstream-domain.hub=main hub.conf leaf.conf",
			"natsfix --patch natsfix.patch conf/",
			"natsfix -w - < old.conf > new.conf",
		},
		flags: slices.Concat(writeFlags(), ruleFlags(), knownFlags(), addFlags(), serverFlags(), outputFlags(), messageFlags(), inputFlags()),
		run:   a.fix,
	}
}

// mode says what happens to a change.
type mode int

const (
	dryRun mode = iota
	ask
	write
)

func (a *App) fix(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	s, err := a.newSession(ctx, "fix", o)
	if err != nil {
		return 0, err
	}
	defer s.flush()
	return s.rewrite(ctx, a.commands())
}

// rewrite does what all commands do that change files: find, prove, show, ask
// and write.
func (s *session) rewrite(ctx context.Context, commands []*command) (int, error) {
	if slices.Contains(s.opts.paths, stdinPath) {
		return s.fixStdin(ctx)
	}
	if err := s.checkPaths(commands); err != nil {
		return 0, err
	}
	if s.opts.showFiles {
		return s.showFiles()
	}
	m, silent := s.mode()
	if m != dryRun {
		if err := s.recover(ctx); err != nil {
			return 0, err
		}
	}
	req, err := s.request(ctx)
	if err != nil {
		return 0, err
	}
	defer req.close()
	if s.opts.updateBaseline {
		return s.updateBaseline(ctx, req)
	}
	if s.opts.addIgnores {
		if err := s.addIgnores(ctx, req); err != nil {
			return 0, err
		}
	}
	req.Prove = true
	if err := s.run(ctx, req); err != nil {
		return 0, err
	}
	if err := s.checkDirty(ctx, m); err != nil {
		return 0, err
	}
	if err := s.checkWritable(); err != nil {
		return 0, err
	}
	f := &fixRun{session: s, mode: m, silent: silent}
	if s.opts.commit || s.opts.branch != "" {
		if code, err := f.prepareCommit(ctx, req); err != nil || code != exitDone {
			return code, err
		}
	}
	if f.commit != nil {
		defer f.commit.close()
	}
	return f.finish(ctx)
}

// mode decides between showing, asking and writing. It is silent if the user
// asked for neither and there is no terminal to ask on.
func (s *session) mode() (m mode, silent bool) {
	switch {
	case s.opts.write:
		return write, false
	case s.opts.dryRun || s.opts.patch != "":
		return dryRun, false
	case isTerminal(s.app.Stdin) && isTerminal(s.app.Stderr):
		return ask, false
	}
	return dryRun, true
}

// fixRun shows and writes the groups of a result.
type fixRun struct {
	*session
	mode    mode
	silent  bool // a dry run that nobody asked for
	run     *report.Run
	writer  *writer
	shown   []*engine.Group // what would change
	written []*engine.Group
	stopped bool // by the answer q
	// interrupted says that Ctrl-C ended the run between two groups.
	interrupted bool
	commit      *committer // of --commit and --branch, nil if there is nothing to commit
}

// prepareCommit looks whether branch and commits can be made. A dry run only
// notes that they cannot.
func (f *fixRun) prepareCommit(ctx context.Context, req *request) (int, error) {
	var err error
	f.commit, err = f.newCommitter(ctx, req)
	no, refused := errors.AsType[*refusal](err)
	switch {
	case refused && f.mode == dryRun:
		f.say("note: --write would refuse this: %s", report.Plain(no.why))
		return exitDone, nil
	case refused:
		f.warn("%s", report.Plain(no.why))
		f.warn("nothing was written")
		return exitRefused, f.refuseAll(no.why)
	case err == nil && f.commit == nil && f.opts.commit:
		f.say("There is nothing to commit.")
	}
	return exitDone, err
}

// refuseAll reports that nothing is written at all.
func (f *fixRun) refuseAll(why string) error {
	for _, g := range f.result.Groups {
		if g.Refused != "" {
			continue
		}
		g.Refused = why
		for _, file := range g.Files {
			file.Status, file.Message = engine.Refused, why
		}
	}
	f.setBase(f.changedFiles(), f.dir, f.root(f.dir))
	return f.writeReports(f.report(useColor(f.opts.alwaysColor, f.opts.noColor, f.app.Stdout)))
}

// finish does everything behind the engine.
func (f *fixRun) finish(ctx context.Context) (int, error) {
	f.setBase(f.changedFiles(), f.dir, f.root(f.dir))
	f.run = f.report(useColor(f.opts.alwaysColor, f.opts.noColor, f.app.Stdout))
	f.writer = &writer{session: f.session}
	defer f.writer.close()

	if f.commit != nil && f.mode == write {
		if err := f.app.abandon.write(f.commit.start); err != nil {
			return 0, err
		}
	}
	failed := f.groups(ctx)
	f.interrupted = ctx.Err() != nil
	if err := f.writeReports(f.run); err != nil {
		return 0, err
	}
	if f.opts.patch != "" && failed == nil {
		if err := f.app.abandon.write(f.writePatch); err != nil {
			return 0, err
		}
	}
	f.masked = f.masked || f.run.Masked()
	f.summary()
	if failed == nil {
		failed = f.commitWritten(ctx)
	}
	if err := f.flush(); err != nil {
		return 0, err
	}
	switch {
	case f.interrupted:
		return exitInterrupted, nil
	case failed != nil:
		return 0, failed
	}
	return f.exit(), nil
}

// commitWritten commits what was written.
func (f *fixRun) commitWritten(ctx context.Context) error {
	switch {
	case f.commit == nil:
		return nil
	case f.mode != write:
		f.commit.preview()
		return nil
	case f.interrupted && f.opts.commit && len(f.written) > 0:
		f.warn("what was written is not committed")
		return nil
	case f.interrupted:
		return nil
	}
	return f.app.abandon.write(func() error { return f.commit.finish(ctx, f.written) })
}

// groups handles one group after the other until one is interrupted.
func (f *fixRun) groups(ctx context.Context) error {
	p := newPrompt(f)
	for _, g := range f.result.Groups {
		if ctx.Err() != nil || f.stopped {
			return ctx.Err()
		}
		if g.Refused != "" {
			f.explain(g)
			f.refuse(g, g.Refused)
			continue
		}
		f.explain(g)
		if f.mode != write {
			if err := f.show(g); err != nil {
				return err
			}
		}
		switch f.mode {
		case dryRun:
			f.shown = append(f.shown, g)
			continue
		case ask:
			yes, err := p.ask(ctx, g)
			if err != nil {
				return err
			}
			if !yes {
				f.shown = append(f.shown, g)
				continue
			}
		}
		if err := f.writeGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// writeGroup writes a group; a group that is refused is no error.
func (f *fixRun) writeGroup(ctx context.Context, g *engine.Group) error {
	refused, err := f.writer.write(ctx, g)
	if err != nil {
		return err
	}
	if refused != "" {
		f.refuse(g, refused)
		return nil
	}
	for _, file := range g.Files {
		file.Status = engine.Changed
	}
	f.written = append(f.written, g)
	if f.mode == write {
		return f.show(g)
	}
	return nil
}

// refuse marks a group as one that must not be written.
func (f *fixRun) refuse(g *engine.Group, why string) {
	g.Refused = why
	for _, file := range g.Files {
		file.Status, file.Message = engine.Refused, why
		f.warn("%s: not changed: %s", report.Plain(f.name(file.Path)), report.Plain(strings.TrimPrefix(why, file.Path+": ")))
	}
}

// explain says on standard error what a group is about to correct.
func (f *fixRun) explain(g *engine.Group) {
	if f.opts.quiet || f.opts.stdoutFormat() != "" && f.mode != ask {
		return
	}
	if f.command == "edit" && !f.opts.verbose {
		g = &engine.Group{Notes: g.Notes} // the diff says what the commands do
	}
	r := f.messages()
	for _, finding := range g.Findings {
		r.WriteFinding(f.msg, finding, nil)
	}
	for _, note := range g.Notes {
		f.say("    note: %s", report.Plain(note))
	}
}

// show prints the diff of a group: on standard output, or on standard error if
// a report takes that and somebody has to decide.
func (f *fixRun) show(g *engine.Group) error {
	toStdout := f.opts.stdoutFormat() == ""
	if !toStdout && f.mode != ask {
		return nil
	}
	var text bytes.Buffer
	for _, file := range g.Files {
		d := f.run.Diff(file)
		switch {
		case d == nil:
		case f.run.Color || toStdout && isTerminal(f.app.Stdout) || !toStdout:
			text.Write(d.Terminal(f.run.Color))
		default:
			text.Write(d.Unified())
		}
	}
	if !toStdout {
		f.msg.Write(text.Bytes())
		return nil
	}
	if isTerminal(f.app.Stdout) {
		f.msg.Flush()
	}
	if _, err := f.out.Write(text.Bytes()); err != nil {
		return err
	}
	if isTerminal(f.app.Stdout) {
		return f.out.Flush()
	}
	return nil
}

// messages returns how findings are shown on standard error.
func (s *session) messages() *report.Run {
	return s.report(useColor(s.opts.alwaysColor, s.opts.noColor, s.app.Stderr))
}

func (f *fixRun) changedFiles() []*engine.File {
	var files []*engine.File
	for _, g := range f.result.Groups {
		files = append(files, g.Files...)
	}
	return files
}
