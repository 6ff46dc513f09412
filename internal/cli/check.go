package cli

import (
	"context"
	"slices"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/report"
)

func (a *App) checkCommand() *command {
	return &command{
		name: "check", operands: "[PATH...]", summary: "Report what is wrong and write nothing",
		about: `Exits with 1 if there are findings at or above --fail-on, syntax errors or
missing includes.`,
		examples: []string{
			"natsfix check conf/",
			"natsfix check --format json=report.json --format text conf/",
			"natsfix check --only gateway-cluster-name --fail-on error conf/",
		},
		flags: slices.Concat(ruleFlags(), knownFlags(), serverFlags(), outputFlags(), messageFlags(), inputFlags()),
		run:   a.check,
	}
}

func (a *App) check(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	if len(o.formats) == 0 {
		o.formats = []format{{name: "text"}}
	}
	return a.look(ctx, "check", o, func(s *session, req *request) (int, error) {
		if o.updateBaseline {
			return s.updateBaseline(ctx, req)
		}
		if err := s.run(ctx, req); err != nil {
			return 0, err
		}
		return s.finishCheck()
	})
}

func (s *session) finishCheck() (int, error) {
	var changed []*engine.File
	for _, g := range s.result.Groups {
		changed = append(changed, g.Files...)
	}
	s.setBase(changed, s.dir, s.root(s.dir))
	run := s.report(useColor(s.opts.alwaysColor, s.opts.noColor, s.app.Stdout))
	if err := s.writeReports(run); err != nil {
		return 0, err
	}
	s.masked = s.masked || run.Masked()
	if err := s.out.Flush(); err != nil {
		return 0, err
	}
	s.errors(false)
	s.checkSummary()
	return s.exitOfCheck(), nil
}

func (s *session) checkSummary() {
	bySeverity := make(map[fixes.Severity]int)
	fixable := 0
	for _, f := range s.result.Findings {
		bySeverity[f.Severity]++
		if f.Fix != nil && f.Applicability == fixes.Safe {
			fixable++
		}
	}
	files := report.Count(len(s.result.Files), "file")
	if len(s.result.Findings) == 0 {
		s.say("%s checked, nothing found.", files)
	} else {
		s.say("%s checked: %s (%s, %s, %d info).", files, report.Count(len(s.result.Findings), "finding"),
			report.Count(bySeverity[fixes.Error], "error"), report.Count(bySeverity[fixes.Warning], "warning"), bySeverity[fixes.Info])
	}
	if n := len(s.result.Errors); n > 0 {
		s.say("%s could not be read, parsed or resolved.", report.Count(n, "place"))
	}
	s.hidden()
	s.maskNote()
	if fixable > 0 && !slices.Contains(s.opts.paths, stdinPath) {
		s.say("To see the corrections: %s", s.repeat("natsfix", "--dry-run"))
	}
}
