package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/report"
)

// stdinPath is the operand that stands for standard input.
const stdinPath = "-"

// stdinName is what standard input is called without --stdin-filename.
const stdinName = "stdin.conf"

// readsStdin reports whether the one path is "-".
func (s *session) readsStdin() bool { return slices.Contains(s.opts.paths, stdinPath) }

// checkStdin refuses what makes no sense beside "-".
func (s *session) checkStdin() error {
	switch {
	case len(s.opts.paths) > 1:
		return usage("- reads standard input and stands alone; it was given beside other paths")
	case s.opts.patch != "":
		return usage("--patch needs files; standard input has no name that a patch could apply to")
	case s.opts.staged || s.opts.commit || s.opts.branch != "":
		return usage("--staged, --commit and --branch need files, not standard input")
	case s.opts.since != "":
		return usage("--since needs files, not standard input")
	case s.opts.updateBaseline:
		return usage("--update-baseline needs files, not standard input")
	case s.opts.write && s.opts.stdoutFormat() != "":
		return usage("--write - puts the rewritten text on standard output; give the report a file, as in --format %s=FILE", s.opts.stdoutFormat())
	}
	return nil
}

// maxStdin bounds how much is read from standard input, which is held in
// memory as a whole.
const maxStdin = 256 << 20

// stdinTarget returns the name that standard input goes by, and a read
// function that gives its bytes under that name.
func (s *session) stdinTarget(read fleet.Read) (string, fleet.Read, error) {
	data, err := io.ReadAll(io.LimitReader(s.app.Stdin, maxStdin+1))
	if err != nil {
		return "", nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	if len(data) > maxStdin {
		return "", nil, fmt.Errorf("standard input is larger than %d MB; give the text as a file", maxStdin>>20)
	}
	name := s.opts.stdinName
	if name == "" {
		name = stdinName
	}
	name = filepath.Clean(name)
	return name, func(path string) ([]byte, error) {
		if filepath.Clean(path) == name {
			return data, nil
		}
		return read(path)
	}, nil
}

// fixStdin rewrites standard input: the new text alone with --write, else the
// diff.
func (s *session) fixStdin(ctx context.Context) (int, error) {
	if err := s.checkStdin(); err != nil {
		return 0, err
	}
	req, err := s.request(ctx)
	if err != nil {
		return 0, err
	}
	defer req.close()
	req.Prove = true
	if err := s.run(ctx, req); err != nil {
		return 0, err
	}
	f := &fixRun{session: s, mode: dryRun, run: s.report(useColor(s.opts.alwaysColor, s.opts.noColor, s.app.Stdout))}
	s.setBase(f.changedFiles(), s.dir)
	if s.opts.write {
		return f.filter(req)
	}
	if err := f.groups(ctx); err != nil {
		return 0, err
	}
	if err := s.writeReports(f.run); err != nil {
		return 0, err
	}
	s.masked = s.masked || f.run.Masked()
	f.errors(f.remaining())
	f.maskNote()
	return f.exit(), s.flush()
}

// filter writes the rewritten text, or the text as it came where nothing may
// change, so that a pipe never loses anything.
func (f *fixRun) filter(req *request) (int, error) {
	text, err := req.Read(req.stdin)
	if err != nil {
		return 0, err
	}
	for _, g := range f.result.Groups {
		f.explain(g)
		if g.Refused != "" {
			f.refuse(g, g.Refused)
			continue
		}
		for _, file := range g.Files {
			if filepath.Clean(file.Path) == req.stdin {
				text, file.Status = file.After, engine.Changed
			}
		}
		f.written = append(f.written, g)
	}
	if _, err := f.out.Write(text); err != nil {
		return 0, err
	}
	if err := f.writeReports(f.run); err != nil {
		return 0, err
	}
	f.errors(f.remaining())
	if len(f.written) > 0 {
		f.say("%s applied.", report.Count(len(f.written[0].Findings), f.noun()))
		f.changes(f.written)
	}
	return f.exit(), f.flush()
}
