package cli

import (
	"context"
	"os/exec"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
)

// testingFlags is the category of the flags that decide about results.
const testingFlags = "What becomes of differences"

// defaultCases is where cases are looked for if no path is given.
const defaultCases = "testdata/golden"

func (a *App) testCommand() *command {
	return &command{
		name: "test", operands: "[PATH...]", summary: "Run golden cases of rules, and review what comes out otherwise",
		about: `A case is a .txtar file: configuration files, and what rules must find in them
and make of them (docs/golden-files.md). A PATH is a case or a directory, which
is searched for *.txtar; without one it is ` + defaultCases + `, or else the current
directory. Every case also fails if a second run would change more, if a
comment is lost, if servers change by something that no fix declares, or if
natsfix check would find something else.

Nothing is written without one of the flags below. PATTERN is one as in
.gitignore, for the name of a case below the current directory or the PATH.`,
		examples: []string{
			"natsfix test",
			"natsfix test --review testdata/golden/gateway-cluster-name",
			"natsfix test --pending && natsfix test --accept 'gateway-*/'",
			"natsfix test --record hub.conf --rule jetstream-domain -o testdata/golden/jetstream-domain/hub.txtar",
		},
		flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Category: testingFlags, Name: "update", Usage: "write what comes out into the cases, without asking"},
			&cli.BoolFlag{Category: testingFlags, Name: "review", Usage: "show each difference and ask: accept, reject, skip or edit"},
			&cli.BoolFlag{Category: testingFlags, Name: "pending", Usage: "keep what differs beside the cases, as CASE.new, and list it"},
			&cli.StringSliceFlag{Category: testingFlags, Name: "accept", Usage: "`PATTERN`: make pending results the expected ones (repeatable)"},
			&cli.StringSliceFlag{Category: testingFlags, Name: "reject", Usage: "`PATTERN`: remove pending results (repeatable)"},
			&cli.BoolFlag{Category: testingFlags, Name: "record", Usage: "make a case of the files PATH with their includes, secrets replaced"},
			&cli.StringSliceFlag{Category: testingFlags, Name: "rule", Usage: "`RULE,...`: with --record, the rules that the case is for"},
			&cli.StringFlag{Category: testingFlags, Name: "output", Aliases: []string{"o"}, Usage: "`FILE`: with --record, where the case goes (default: standard output)"},
		}, pick(ruleFlags(), "recipes", "only", "set", "unsafe"), serverFlags(),
			pick(outputFlags(), "format", "unified"), messageFlags(), pick(writeFlags(), "in-place"), pick(inputFlags(), "jobs")),
		run: a.test,
	}
}

// pick returns the flags of those names.
func pick(flags []cli.Flag, names ...string) []cli.Flag {
	return slices.DeleteFunc(flags, func(f cli.Flag) bool { return !slices.Contains(names, f.Names()[0]) })
}

// testRun is one run of natsfix test.
type testRun struct {
	*session
	runner  *golden.Runner
	found   *golden.Found
	results []*golden.Result
	writer  *writer
	given   []string // the paths as given
	code    int      // the exit code so far
}

// fail raises the exit code.
func (t *testRun) fail(code int) { t.code = max(t.code, code) }

func (a *App) test(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	mode, err := testMode(c)
	if err != nil {
		return 0, err
	}
	for _, f := range o.formats {
		if f.name != "text" && f.name != "json" {
			return 0, usage("natsfix test reports as text or json, not as %s", f.name)
		}
	}
	s, err := a.newSession(ctx, "test", o)
	if err != nil {
		return 0, err
	}
	defer s.flush()
	t := &testRun{session: s, writer: &writer{session: s}, given: o.paths}
	defer t.writer.close()
	judge, end := judge(ctx, o.jobs)
	defer end()
	t.runner = &golden.Runner{Rules: a.Rules, Judge: judge}
	if mode == "record" {
		return t.record(ctx, c)
	}
	if t.runner.Git, err = exec.LookPath("git"); err != nil {
		s.say("note: git is not installed, so it is not tried whether git apply takes the patches.")
	}
	if err := t.find(); err != nil {
		return 0, err
	}
	switch mode {
	case "accept":
		err = t.acceptPending(ctx, c.StringSlice("accept"))
	case "reject":
		err = t.rejectPending(c.StringSlice("reject"))
	case "review":
		err = t.review(ctx)
	default:
		err = t.runCases(ctx, mode)
	}
	if err != nil {
		return 0, err
	}
	return t.code, s.flush()
}

// testMode returns which of the flags that exclude each other was given.
func testMode(c *call) (string, error) {
	mode := ""
	for _, name := range []string{"update", "review", "pending", "accept", "reject", "record"} {
		if !c.IsSet(name) {
			continue
		}
		if mode != "" {
			return "", usage("--%s and --%s contradict each other", mode, name)
		}
		mode = name
	}
	for _, f := range c.flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		switch name {
		case "rule", "output", "set", "unsafe", "server-args", "env", "env-file", "env-inherit", "target", "from":
			if mode != "record" {
				e := usage("natsfix test takes --%s only with --record", name)
				e.hint = "A case says itself which rules it runs, and how."
				return "", e
			}
		case "only":
			if mode == "record" {
				return "", usage("--only chooses among cases; --rule says which rules the new case is for")
			}
		case "format":
			if mode != "" && mode != "pending" && mode != "update" {
				return "", usage("--format and --%s contradict each other", mode)
			}
		}
	}
	for _, pattern := range slices.Concat(c.StringSlice("accept"), c.StringSlice("reject")) {
		if pattern == "" {
			return "", usage("--%s needs a pattern; '*' stands for all", mode)
		}
	}
	return mode, nil
}

// find looks for the cases.
func (t *testRun) find() error {
	if t.readsStdin() {
		return usage("natsfix test reads no standard input: name files or directories")
	}
	if len(t.opts.paths) == 0 {
		t.opts.paths = []string{"."}
		if isDir(defaultCases) {
			t.opts.paths = []string{defaultCases}
		}
	}
	for i, path := range t.opts.paths {
		// What the shell completes may be the name of a pending result.
		if base, ok := strings.CutSuffix(path, golden.Suffix+golden.PendingSuffix); ok && !isDir(path) {
			t.opts.paths[i] = base + golden.Suffix
		}
	}
	if err := t.checkPaths(t.app.commands()); err != nil {
		return err
	}
	found, err := golden.Find(t.opts.paths)
	if err != nil {
		return usage("%v", err)
	}
	for _, e := range found.Unreadable {
		t.warn("%s", report.Plain(e.Error()))
		t.fail(exitUsage)
	}
	if len(t.opts.only) > 0 {
		found.Cases = slices.DeleteFunc(found.Cases, t.passesOver)
	}
	if len(found.Cases)+len(found.Pending) == 0 {
		e := usage("there is no case to run in %s", strings.Join(t.opts.paths, " "))
		e.hint = "A directory is searched for *.txtar files. natsfix test --record makes one of a configuration."
		return e
	}
	t.found = found
	return nil
}

// passesOver reports whether --only leaves a case out. One that cannot be read
// is not: what is wrong with it has to be told.
func (t *testRun) passesOver(file string) bool {
	c, err := golden.Load(file)
	return err == nil && !slices.ContainsFunc(c.Rules, func(rule string) bool { return slices.Contains(t.opts.only, rule) })
}

// runCases runs all cases and reports. With --update it writes what came out
// into the cases, with --pending beside them.
func (t *testRun) runCases(ctx context.Context, mode string) error {
	var err error
	if t.results, err = t.runner.CheckAll(ctx, t.found.Cases, t.opts.jobs); err != nil {
		return err
	}
	var updated map[*golden.Result]bool
	switch mode {
	case "update":
		if updated, err = t.update(ctx); err != nil {
			return err
		}
	case "pending":
		t.keepAll()
	}
	return t.report(mode, updated)
}

// update writes what came out into the cases, and returns the results that were
// written. Ctrl-C ends it between two cases.
func (t *testRun) update(ctx context.Context) (map[*golden.Result]bool, error) {
	updated := make(map[*golden.Result]bool)
	for _, res := range t.results {
		if !res.Acceptable() {
			continue
		}
		ok, err := t.accept(ctx, res)
		switch {
		case ctx.Err() != nil:
			t.stopped(len(updated), "updated")
			return updated, nil
		case err != nil:
			return nil, err
		case ok:
			updated[res] = true
		}
	}
	return updated, nil
}

// accept writes what came of a case into its file, and reports whether it did.
func (t *testRun) accept(ctx context.Context, res *golden.Result) (bool, error) {
	refused, err := t.writer.writeCase(ctx, res)
	if err != nil {
		return false, err
	}
	if refused != "" {
		t.warn("not written: %s", report.Plain(refused))
		t.fail(exitRefused)
		return false, nil
	}
	t.drop(golden.Pending{Case: res.File})
	return true, nil
}

// drop removes a pending result.
func (t *testRun) drop(p golden.Pending) bool {
	if err := p.Drop(); err != nil {
		t.warn("cannot remove %s: %v", report.Plain(t.name(p.File())), cause(err))
		t.fail(exitUsage)
		return false
	}
	return true
}
