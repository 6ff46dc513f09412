package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/bulk"
	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/safeio"
)

// defaultBranch is the branch that a bulk run makes.
const defaultBranch = "natsfix/fixes"

func (a *App) bulkCommand() *command {
	flags := []cli.Flag{
		&cli.BoolFlag{Category: writing, Name: "dry-run", Aliases: []string{"n"}, Usage: "make nothing, which is the default"},
		&cli.BoolFlag{Category: writing, Name: "write", Aliases: []string{"w"}, Usage: "make the branches and commits"},
		&cli.StringFlag{Category: writing, Name: "branch", Usage: "`NAME`: the branch that is made in each repository (default " + defaultBranch + ")"},
		&cli.BoolFlag{Category: writing, Name: "push", Usage: "push the branches; needs --write"},
		&cli.StringFlag{Category: writing, Name: "remote", Usage: "`NAME`: where repositories on this machine are pushed to (default origin)"},
		&cli.StringFlag{Category: writing, Name: "summary-dir", Usage: "`DIR`: put a Markdown text for each pull request there"},
		&cli.BoolFlag{Category: writing, Name: "require-proof", Usage: "refuse changes that the official server cannot judge"},
		&cli.StringFlag{Category: writing, Name: "max-size", Value: "16MB", Usage: "`SIZE`: leave larger files as they are (default 16MB)"},
		&cli.StringSliceFlag{Category: input, Name: "repos", Usage: "`LIST|DIR|URL`: repositories, as operands are (repeatable)"},
	}
	return &command{
		name: "bulk", operands: "LIST|DIR|URL...", summary: "Correct many repositories, each on a branch of its own", visits: true,
		about: `An operand is a repository, a directory with repositories in it, an address that
git understands, or a file with one of these on a line. Of each repository the
last commit is looked at, and corrected on a new branch with one commit per
rule; work tree and index stay as they are. Nothing is made without --write,
and nothing pushed without --push. A run that was cut off goes on with the same
command. No hook, filter or program that a repository names is run, and its
.natsfix.yaml promotes nothing. natsfix undo --bulk BRANCH removes the branches.`,
		examples: []string{
			"natsfix bulk repos.txt",
			"natsfix bulk -w --branch natsfix/gateways --only gateway-cluster-name ~/src",
			"natsfix bulk -w --push --summary-dir prs repos.txt",
		},
		flags: slices.Concat(flags, pick(ruleFlags(), "recipes", "only", "skip", "unsafe", "set"), knownFlags(), serverFlags(), outputFlags(), messageFlags(), pick(inputFlags(), "config", "no-config", "jobs")),
		run:   a.bulk,
	}
}

// bulkRun is one run of natsfix bulk.
type bulkRun struct {
	*session
	branch string
	write  bool
	push   bool
	remote string
	judge  func() (*oracle.Judge, error)
	bar    *progress
	listed *bulkBaseline // nil for none
}

func (a *App) bulk(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	r := &bulkRun{branch: c.String("branch"), write: o.write, push: c.Bool("push"), remote: c.String("remote")}
	if r.branch == "" {
		r.branch = defaultBranch
	}
	if r.remote == "" {
		r.remote = "origin"
	}
	operands := append(c.StringSlice("repos"), o.paths...)
	switch {
	case len(operands) == 0:
		return 0, &usageError{text: "bulk needs repositories", hint: "As in natsfix bulk repos.txt, or natsfix bulk ~/src; see natsfix bulk --help."}
	case r.push && !r.write:
		return 0, usage("--push needs --write: there is nothing to push in a dry run")
	case o.updateBaseline && r.write:
		return 0, usage("--update-baseline and --write contradict each other: it makes no branches")
	case strings.HasPrefix(r.remote, "-"):
		return 0, usage("--remote takes the name of a remote, not %s", quote(r.remote))
	}
	for _, f := range o.formats {
		if f.name != "text" && f.name != "json" {
			return 0, usage("bulk reports as text or json, not as %s", f.name)
		}
	}
	if r.session, err = a.newSession(ctx, "bulk", o); err != nil {
		return 0, err
	}
	defer r.flush()
	if err := repo.CheckBranch(repo.Exec(ctx), r.branch); err != nil {
		return 0, usage("--branch: %v", err)
	}
	list, err := bulk.Sources(operands)
	if err != nil {
		return 0, err
	}
	if len(list) == 0 {
		return 0, usage("there is no repository in %s", strings.Join(operands, ", "))
	}
	return r.all(ctx, list, c.String("summary-dir"))
}

// all runs over the repositories and tells what became of them.
func (r *bulkRun) all(ctx context.Context, list []bulk.Source, summaries string) (int, error) {
	var err error
	if r.listed, err = r.openBaseline(list); err != nil {
		return 0, err
	}
	flags, err := r.flagsDigest()
	if err != nil {
		return 0, err
	}
	opts := bulk.Options{
		Branch: r.branch, Write: r.write, Push: r.push, Remote: r.remote, Jobs: r.opts.jobs, Flags: flags, Given: r.given(),
		SummaryDir: summaries, Wanted: r.wanted, Examine: r.examine,
	}
	if opts.Jobs == 0 {
		opts.Jobs = runtime.NumCPU()
	}
	closeState, err := r.open(&opts)
	if err != nil {
		return 0, err
	}
	defer closeState()
	var end func()
	r.judge, end = judge(ctx, opts.Jobs)
	defer end()
	defer r.app.abandon.onExit(end)()
	r.bar = newProgress(r.session, "repository", len(list))
	opts.Done = func(*bulk.Outcome) { r.bar.add(1) }
	outcomes, err := bulk.Run(ctx, list, opts)
	r.bar.end()
	if err != nil {
		return 0, err
	}
	if err := r.tell(outcomes); err != nil {
		return 0, err
	}
	if err := r.tellBaseline(ctx.Err() == nil); err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return exitInterrupted, nil
	}
	return r.exit(outcomes), nil
}

// bulkDir returns the directory for the runs that make a branch.
func bulkDir(branch string) (string, error) {
	dir, err := safeio.DefaultDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(branch))
	return filepath.Join(dir, "bulk", slugOf(branch)+"-"+hex.EncodeToString(sum[:4])), nil
}

var slugPattern = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

func slugOf(s string) string { return strings.Trim(slugPattern.ReplaceAllString(s, "-"), ".-") }

// open makes the directory of the run and, if something is to be written, opens
// its state.
func (r *bulkRun) open(opts *bulk.Options) (func(), error) {
	if !r.write {
		dir, remove, err := dryDir()
		if err != nil {
			return nil, err
		}
		opts.Dir = dir
		if opts.Before, err = readBulkState(r.branch); err != nil {
			remove()
			return nil, err
		}
		done := r.app.abandon.onExit(remove)
		return func() { remove(); done() }, nil
	}
	dir, err := bulkDir(r.branch)
	if err != nil {
		return nil, err
	}
	lock, state, err := openBulkState(dir)
	if err != nil {
		return nil, err
	}
	opts.Dir, opts.State = dir, state
	if opts.SummaryDir == "" {
		opts.SummaryDir = filepath.Join(dir, "summaries")
	}
	r.app.abandon.hint = "branches that are made are whole; the same command goes on"
	// What is left of a branch that is being made is gone on with by the next run.
	done := r.app.abandon.onExit(func() { os.RemoveAll(filepath.Join(dir, "tmp")) })
	return func() { state.Close(); lock.Close(); done() }, nil
}

// dryDir makes the directory of a run that writes nothing, and removes those of
// runs that were killed: there are files of the visited repositories in them.
func dryDir() (dir string, remove func(), err error) {
	const prefix, held = "natsfix-bulk-", "lock"
	old, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return "", nil, err
	}
	for _, dir := range old {
		if info, err := os.Lstat(filepath.Join(dir, held)); err != nil || !info.Mode().IsRegular() {
			continue // being made, or not ours
		}
		if lock, err := safeio.TryLockFile(filepath.Join(dir, held)); err == nil && lock != nil {
			lock.Close()
			os.RemoveAll(dir)
		}
	}
	if dir, err = os.MkdirTemp("", prefix); err != nil {
		return "", nil, err
	}
	lock, err := safeio.TryLockFile(filepath.Join(dir, held))
	if err == nil && lock == nil {
		err = fmt.Errorf("%s: another process is in the way; try again", dir)
	}
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return dir, func() { lock.Close(); os.RemoveAll(dir) }, nil
}

// readBulkState returns what earlier runs that make a branch have done.
func readBulkState(branch string) (*bulk.State, error) {
	dir, err := bulkDir(branch)
	if err != nil {
		return nil, err
	}
	return bulk.ReadState(filepath.Join(dir, "state.jsonl"))
}

// openBulkState locks the directory of a run and opens its state.
func openBulkState(dir string) (lock io.Closer, state *bulk.State, err error) {
	f, err := safeio.TryLockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, nil, err
	}
	if f == nil {
		return nil, nil, fmt.Errorf("another natsfix bulk is at work on this branch (%s); wait for it to end", dir)
	}
	if state, err = bulk.OpenState(filepath.Join(dir, "state.jsonl")); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, state, nil
}

// flagsDigest stands for all that decides about corrections: the flags, and what
// is in the files and variables that they name.
func (r *bulkRun) flagsDigest() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, buildVersion(), r.branch)
	flags := r.deciding()
	for _, flag := range flags {
		fmt.Fprintf(h, "%q\n", flag)
	}
	for _, rule := range r.app.Rules { // recipes among them
		fmt.Fprintln(h, rule.Name)
	}
	files := make(map[string]bool)
	for _, recipe := range r.app.recipes {
		files[recipe.Pos.File] = true
		if recipe.Table != nil { // it may come from a file of its own
			fmt.Fprintf(h, "%+v\n", *recipe.Table)
		}
	}
	if r.opts.config != "" {
		files[r.opts.config] = true
		cfg, err := config.NewLoader(r.knownRules()).File(r.opts.config)
		if err != nil {
			return "", err
		}
		if cfg.EnvFile.IsSet() {
			files[cfg.EnvFile.Text] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q\n", text)
	}
	if r.listed != nil {
		h.Write(baseline.Format(r.listed.entries))
	}
	for _, name := range slices.Sorted(maps.Keys(r.opts.env.values)) {
		fmt.Fprintf(h, "%q=%q\n", name, r.opts.env.values[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// deciding returns the flags that decide about corrections, sorted.
func (r *bulkRun) deciding() []string {
	var flags []string
	for _, flag := range r.opts.given {
		switch name, _, _ := strings.Cut(flag, "="); name {
		case "--write", "--dry-run", "--push", "--remote", "--summary-dir", "--jobs", "--format", "--quiet", "--verbose", "--color", "--repos",
			"--exit-code", "--fail-on", "--unified", "--reveal", "--branch", "--baseline":
		default:
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	return flags
}

// given says in words what decides about corrections. Values that may hold
// secrets are left out.
func (r *bulkRun) given() string {
	words := []string{"natsfix " + buildVersion()}
	for _, flag := range r.deciding() {
		name, value, _ := strings.Cut(flag, "=")
		switch name {
		case "--set", "--env":
			value, _, _ = strings.Cut(value, "=")
			flag = name + "=" + value
		case "--server-args":
			flag = name
		}
		words = append(words, flag)
	}
	if r.listed != nil {
		words = append(words, "--baseline="+r.listed.file)
	}
	return strings.Join(words, " ")
}

// wanted says by its name whether a file is worth looking into.
func (r *bulkRun) wanted(name string) bool { return r.app.wanted(name) > 0 }

// examine works out the corrections of one repository.
func (r *bulkRun) examine(ctx context.Context, src bulk.Source, tree *bulk.Tree) (*bulk.Plan, error) {
	opts := *r.opts
	opts.params, opts.env = maps.Clone(opts.params), opts.env.clone()
	opts.paths, opts.jobs, opts.quiet = []string{tree.Root}, 1, true
	opts.write, opts.dryRun, opts.staged, opts.since, opts.patch = false, true, false, "", ""
	var said bytes.Buffer
	s := &session{
		app: r.app, command: "fix", opts: &opts, dir: tree.Root, base: tree.Root, tree: tree, judge: r.judge, git: r.git,
		out: bufio.NewWriter(io.Discard), msg: bufio.NewWriter(&said),
	}
	req, err := s.request(ctx)
	if err != nil {
		return nil, err
	}
	defer req.close()
	req.Prove = true
	if r.listed != nil {
		s.known = r.listed.of(src, tree, req)
		if r.listed.update {
			req.FindOnly, req.Prove = true, false
			req.Baseline = &engine.Baseline{Name: s.known.name, Repository: s.known.repository}
		}
	}
	if err := s.run(ctx, req); err != nil {
		return nil, err
	}
	if r.listed != nil {
		r.listed.add(s, s.known)
	}
	var groups []*engine.Group
	plan := &bulk.Plan{Counts: bulk.Counts{Files: len(s.result.Files), Findings: len(s.result.Findings)}}
	for _, g := range s.result.Groups {
		for _, f := range g.Files {
			if !tree.File(f.Path) && g.Refused == "" {
				g.Refused = f.Path + " is a link in the repository"
			}
		}
		if g.Refused != "" {
			plan.Refused++
			plan.Notes = append(plan.Notes, s.tidy(fmt.Sprintf("not changed: %s: %s", g.Files[0].Path, g.Refused)))
			continue
		}
		groups = append(groups, g)
		plan.Changed += len(g.Files)
	}
	for _, f := range s.result.Findings {
		if failedProof(f) {
			plan.Refused++
		}
	}
	if len(s.ignored) > 0 {
		slices.Sort(s.ignored)
		plan.Notes = append(plan.Notes, fmt.Sprintf("its %s promotes nothing here; ignored: %s", ".natsfix.yaml", strings.Join(slices.Compact(s.ignored), ", ")))
	}
	if note := s.ownBaseline(); note != "" && r.listed == nil {
		plan.Notes = append(plan.Notes, note)
	}
	for _, e := range s.result.Errors {
		if !e.Finding {
			plan.Notes = append(plan.Notes, s.tidy(fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)))
		}
	}
	if len(groups) == 0 {
		return plan, nil
	}
	steps, err := s.byRule(ctx, req, groups)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		p := bulk.Planned{Message: s.commitMessage(&steps[i], filepath.ToSlash), Texts: make(map[string][]byte)}
		for _, rule := range steps[i].rules {
			p.Rules = append(p.Rules, rule.Name)
		}
		for path, text := range steps[i].files {
			p.Texts[filepath.ToSlash(path)] = text
		}
		plan.Commits = append(plan.Commits, p)
	}
	plan.Body = s.pullRequest(groups)
	run := s.report(useColor(s.opts.alwaysColor, s.opts.noColor, s.app.Stdout))
	for _, g := range groups {
		for _, f := range g.Files {
			switch d := run.Diff(f); {
			case d == nil:
			case run.Color || isTerminal(s.app.Stdout):
				plan.Diff = append(plan.Diff, d.Terminal(run.Color)...)
			default:
				plan.Diff = append(plan.Diff, d.Unified()...)
			}
		}
	}
	return plan, nil
}

// exit returns the exit code of a run over repositories.
func (r *bulkRun) exit(outcomes []*bulk.Outcome) int {
	code := exitDone
	for _, o := range outcomes {
		switch {
		case o.Status == bulk.StatusRefused || o.Counts.Refused > 0:
			code = max(code, exitRefused)
		case o.Status == bulk.StatusError:
			code = max(code, exitUsage)
		case r.opts.exitCode && o.Counts.Findings > 0:
			code = max(code, exitFindings)
		}
	}
	return code
}
