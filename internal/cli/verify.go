package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/verify"
)

func (a *App) verifyCommand() *command {
	flags := slices.Concat(serverFlags(), outputFlags(), messageFlags(), inputFlags())
	flags = slices.DeleteFunc(flags, func(f cli.Flag) bool {
		// The official server is asked, which is of one release.
		return slices.Contains([]string{"target", "from", "unified", "exit-code", "fail-on"}, f.Names()[0])
	})
	return &command{
		name: "verify", operands: "[PATH...]", summary: "Ask the official server whether it would start, and say all that it refuses",
		about: `What nats-server -t should do: it goes on to the server's own start-up
validation, does not stop at the first error, and needs neither certificates nor
directories nor an environment: what is not on this machine is "not checked
here". No file that the configuration names is opened, no directory made, no
connection opened. Exits with 1 if a server would not start.`,
		examples: []string{
			"natsfix verify conf/",
			"natsfix verify --boot --strict-files /etc/nats/nats.conf",
			"natsfix verify --server-bin ./nats-server-v2.10.18 conf/",
			"natsfix verify --env-file .env --server-args \"-js -sd /data\" hub.conf",
		},
		flags: append([]cli.Flag{
			&cli.StringFlag{Category: asking, Name: "server-bin", Usage: "`PROGRAM`: ask this nats-server with -t, too, and say where it differs"},
			&cli.BoolFlag{Category: asking, Name: "strict-files", Usage: "open the certificates, keys, operators, credentials and directories that are named, from the current directory: what is absent or wrong is an error"},
			&cli.BoolFlag{Category: asking, Name: "boot", Usage: "really start each server: apart, on free ports of this machine's loopback address, and stop it"},
			&cli.StringFlag{Category: output, Name: "fail-on", Value: "error", Usage: "`SEVERITY`: least severity that counts for exit code 1: error (default) or warning, of which the server has some that it starts with"},
		}, flags...),
		run: a.verify,
	}
}

func (a *App) verify(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	if len(o.formats) == 0 {
		o.formats = []format{{name: "text"}}
	}
	return a.look(ctx, "verify", o, func(s *session, req *request) (int, error) {
		// Whatever releases the files are for: one is asked.
		release, err := fixes.ParseRelease(oracle.Release())
		if err != nil {
			return 0, err
		}
		req.Window = fixes.Window{From: release, To: release}
		req.Rules = a.Rules
		opts := verify.Options{Boot: c.Bool("boot"), StrictFiles: c.Bool("strict-files"), Read: read}
		if program := c.String("server-bin"); program != "" {
			if opts.Binary, err = oracle.OpenBinary(ctx, program); err != nil {
				return 0, fmt.Errorf("--server-bin: %w", err)
			}
		}
		res, err := verify.Run(ctx, req.Request, a.Run, opts)
		if err != nil {
			return 0, err
		}
		engine.InFiles(res.Result, req.Hosted)
		res.Errors = append(req.unreadable, res.Errors...)
		s.result = res.Result
		s.maskEnvironment()
		return s.finishVerify(res)
	})
}

// finishVerify writes the report and says what it amounts to.
func (s *session) finishVerify(res *verify.Result) (int, error) {
	run := s.report(useColor(s.opts.alwaysColor, s.opts.noColor, s.app.Stdout))
	if err := s.writeReports(run); err != nil {
		return 0, err
	}
	s.masked = s.masked || run.Masked()
	if err := s.out.Flush(); err != nil {
		return 0, err
	}
	s.errors(false)
	for _, path := range s.opts.paths {
		if root, ok := res.PartOf[path]; ok {
			s.say("%s is a part of %s, which was not named; name that file to have the server asked.", report.Plain(s.name(path)), report.Plain(s.name(root)))
		}
	}
	s.notChecked()
	if i := slices.IndexFunc(res.Findings, func(f *engine.Finding) bool { return ruleNamed(s.app.Rules, f.Rule) != nil }); i >= 0 {
		s.say("More about a problem: natsfix explain %s", res.Findings[i].Rule)
	}
	s.say("nats-server %s: %s.", res.Asked, res.Summary())
	if res.Second != "" {
		s.say("%s.", report.Plain(res.Second))
	}
	if n := fixed(res.Findings); n > 0 && !s.readsStdin() {
		s.say("natsfix has a correction for %s: %s", report.Count(n, "problem"), s.repeat("natsfix", "--dry-run"))
	}
	return s.exitOfCheck(), nil
}

// notChecked lists what the official server was not asked about.
func (s *session) notChecked() {
	notes := s.result.NotChecked
	for i, n := range notes {
		if i == maxListed && !s.opts.verbose && len(notes) > maxListed+1 {
			s.say("not checked here: %s (--verbose lists them)", report.Count(len(notes)-i, "more place"))
			return
		}
		s.say("%s: not checked here: %s", report.At(s.name(n.File), n.Line, n.Column), report.Plain(n.Message))
	}
}

// fixed counts the findings that natsfix would correct by itself.
func fixed(list []*engine.Finding) int {
	n := 0
	for _, f := range list {
		if f.Fixed {
			n++
		}
	}
	return n
}
