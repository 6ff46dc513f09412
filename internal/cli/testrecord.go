package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/safeio"
)

// record makes a case of the files that the paths name.
func (t *testRun) record(ctx context.Context, c *call) (int, error) {
	rules, err := ruleList(t.app.Rules, "--rule", c.StringSlice("rule"))
	if err != nil {
		return 0, err
	}
	out := c.String("output")
	switch {
	case len(rules) == 0:
		return 0, usage("--record needs --rule RULE: the rule that the case is for")
	case len(t.opts.paths) == 0:
		return 0, usage("--record needs a configuration file to make a case of")
	case t.readsStdin():
		return 0, usage("--record reads no standard input: what a file includes is found by its path")
	}
	if err := t.checkPaths(t.app.commands()); err != nil {
		return 0, err
	}
	for _, path := range t.opts.paths {
		if isDir(path) {
			return 0, usage("--record takes files, and %s is a directory", path)
		}
	}
	if _, err := os.Lstat(out); out != "" && err == nil {
		e := usage("%s is there already", out)
		e.hint = "A case is changed with --update or --review, or in an editor."
		return 0, e
	}
	rec := golden.Recording{
		Roots: t.opts.paths, Read: read, Rules: rules, Args: fleet.Args(t.opts.serverArgs),
		Env: t.opts.env.lookup, SecretEnv: t.opts.env.secret,
	}
	for _, name := range slices.Sorted(maps.Keys(t.opts.params)) {
		rec.Directives = append(rec.Directives, "set: "+name+"="+t.opts.params[name])
	}
	if t.opts.unsafe {
		rec.Directives = append(rec.Directives, "unsafe")
	}
	if t.opts.from != "" || t.opts.target != "" {
		window, err := releaseWindow(t.opts.from, t.opts.target)
		if err != nil {
			return 0, err
		}
		rec.Directives = append(rec.Directives, fmt.Sprintf("window: %v %v", window.From, window.To))
	}
	recorded, err := t.runner.Record(ctx, rec)
	if err != nil {
		return 0, err
	}
	if err := t.writeRecorded(out, recorded.Text); err != nil {
		return 0, err
	}
	t.tellRecorded(out, recorded)
	return t.code, t.flush()
}

func (t *testRun) writeRecorded(out string, text []byte) error {
	if out == "" {
		_, err := t.out.Write(text)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return fmt.Errorf("cannot write the case: %w", err)
	}
	return safeio.WriteAside(out, text, 0o644)
}

// tellRecorded says what is not in the case as it was in the files.
func (t *testRun) tellRecorded(out string, recorded *golden.Recorded) {
	for i, m := range recorded.Masked {
		if i == maxListed && !t.opts.verbose {
			t.say("and %s (--verbose lists them)", report.Count(len(recorded.Masked)-i, "more secret"))
			break
		}
		where := m.File
		if m.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
		}
		t.say("%s: a secret of %s has a stand-in", report.Plain(where), report.Count(m.Length, "byte"))
	}
	for _, note := range recorded.Notes {
		t.say("note: %s", report.Plain(note))
	}
	for _, problem := range recorded.Broken {
		t.warn("the case cannot pass: %s", report.Plain(problem))
		t.fail(exitFindings)
	}
	if len(recorded.Masked) == 0 {
		t.say("No secret was found in the files.")
	}
	if out != "" {
		t.say("Wrote %s. Names, addresses and comments are as they were: read it before others do.", report.Plain(t.name(out)))
	}
}
