package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
)

// options are the flags of the commands that run rules, read and checked.
type options struct {
	dryRun, write, unsafe bool
	allowDirty, inPlace   bool
	requireProof          bool
	reveal, exitCode      bool
	quiet, verbose        bool
	alwaysColor, noColor  bool
	noConfig, showFiles   bool
	only, skip            []string
	params                map[string]string
	serverArgs            oracle.Args
	env                   environment
	formats               []format
	patch, since          string
	staged, commit        bool
	branch                string
	baseline              string
	updateBaseline        bool
	addIgnores            bool
	reason                string
	stdinName, config     string
	target, from          string
	context, jobs         int
	maxSize               int64
	failOn                fixes.Severity
	paths                 []string
	given                 []string // the flags that a next command repeats
}

// format is one --format.
type format struct{ name, file string }

// options reads the flags of c. Its errors are usage errors.
func (a *App) options(c *call) (*options, error) {
	o := &options{
		dryRun: c.Bool("dry-run"), write: c.Bool("write"), unsafe: c.Bool("unsafe"),
		allowDirty: c.Bool("allow-dirty"), inPlace: c.Bool("in-place"), requireProof: c.Bool("require-proof"),
		reveal: c.Bool("reveal"), exitCode: c.Bool("exit-code"),
		quiet: c.Bool("quiet"), verbose: c.Bool("verbose"), noConfig: c.Bool("no-config"), showFiles: c.Bool("show-files"),
		patch: c.String("patch"), since: c.String("since"), staged: c.Bool("staged"),
		commit: c.Bool("commit"), branch: c.String("branch"),
		baseline: c.String("baseline"), updateBaseline: c.Bool("update-baseline"),
		addIgnores: c.Bool("add-ignores"), reason: strings.TrimSpace(c.String("reason")),
		stdinName: c.String("stdin-filename"), config: c.String("config"),
		target: c.String("target"), from: c.String("from"),
		context: c.Int("unified"), jobs: c.Int("jobs"),
		paths: c.Args().Slice(), given: c.flags,
	}
	steps := []func(*cli.Context) error{
		o.readChoices, func(c *cli.Context) error { return o.readRules(c, a.Rules) },
		o.readNumbers, o.readFormats, o.readServers,
	}
	for _, step := range steps {
		if err := step(c.Context); err != nil {
			return nil, err
		}
	}
	return o, o.checkFormats(c.Context)
}

// checkFormats refuses reports that would never be written.
func (o *options) checkFormats(c *cli.Context) error {
	other := slices.ContainsFunc(o.formats, func(f format) bool { return f.name != "text" })
	switch {
	case other && o.showFiles:
		return usage("--show-files lists files as text; leave --format out")
	case other && o.updateBaseline && c.Command.Name != "bulk":
		return usage("--update-baseline writes the baseline in the place of a report; leave --format out")
	}
	return nil
}

// readChoices reads flags that exclude each other or take one of some words.
func (o *options) readChoices(c *cli.Context) error {
	switch {
	case o.dryRun && o.write:
		return usage("--dry-run and --write contradict each other")
	case o.addIgnores && (o.updateBaseline || o.commit || o.branch != ""):
		return usage("--add-ignores stands without --update-baseline, --commit and --branch")
	case o.addIgnores && slices.Contains(o.paths, stdinPath):
		return usage("--add-ignores is for files, not for standard input")
	case o.reason != "" && !o.addIgnores:
		return usage("--reason is for --add-ignores")
	case strings.ContainsAny(o.reason, "\r\n"):
		return usage("--reason is one line")
	case strings.Contains(" "+o.reason, " until="):
		return usage("--reason is only a text: an until= in it would end nothing; add it to the comments in front of --")
	case o.patch == "-":
		return usage("--patch takes the name of a file: the patch holds secrets that standard output does not show; for a file of that name, give ./-")
	case o.since != "" && o.staged:
		return usage("--since and --staged contradict each other")
	case o.commit && o.allowDirty:
		return usage("--commit and --allow-dirty contradict each other: a commit would take somebody's uncommitted work along")
	case o.commit && o.staged:
		return usage("--commit and --staged contradict each other: what is staged belongs to another commit")
	case (o.commit || c.IsSet("branch")) && !o.write && !o.dryRun && c.Command.Name != "bulk":
		return usage("--commit and --branch need --write, or --dry-run to see what would be done")
	case c.IsSet("branch") && o.branch == "":
		return usage("--branch needs the name of a branch")
	case o.quiet && o.verbose:
		return usage("--quiet and --verbose contradict each other")
	case o.showFiles && slices.Contains(o.paths, stdinPath):
		return usage("--show-files is for files and directories, not for standard input")
	case o.noConfig && o.config != "":
		return usage("--config and --no-config contradict each other")
	}
	var err error
	if o.alwaysColor, o.noColor, err = colorChoice(c.String("color")); err != nil {
		return err
	}
	if word := c.String("fail-on"); word != "" {
		var ok bool
		if o.failOn, ok = fixes.ParseSeverity(word); !ok {
			return usage("--fail-on takes error, warning or info, not %s", quote(word))
		}
	}
	return nil
}

func colorChoice(word string) (always, never bool, err error) {
	switch word {
	case "always":
		return true, false, nil
	case "never":
		return false, true, nil
	case "auto", "":
		return false, false, nil
	}
	return false, false, usage("--color takes auto, always or never, not %s", quote(word))
}

// readRules reads --only, --skip and --set, and checks that the rules and
// parameters exist.
func (o *options) readRules(c *cli.Context, rules []*fixes.Rule) error {
	var err error
	if o.only, err = ruleList(rules, "--only", c.StringSlice("only")); err != nil {
		return err
	}
	if o.skip, err = ruleList(rules, "--skip", c.StringSlice("skip")); err != nil {
		return err
	}
	o.params = make(map[string]string)
	for _, s := range c.StringSlice("set") {
		key, value, ok := strings.Cut(s, "=")
		name, param, dotted := strings.Cut(key, ".")
		if !ok || !dotted || name == "" || param == "" {
			return usage("--set takes RULE.PARAM=VALUE, not %s", quote(s))
		}
		rule, err := findRule(rules, "--set", name)
		if err != nil {
			return err
		}
		if err := checkParam("--set", rule, param, value); err != nil {
			return err
		}
		o.params[key] = value
	}
	return nil
}

func ruleList(rules []*fixes.Rule, flag string, given []string) ([]string, error) {
	var names []string
	for _, list := range given {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			if flag != "--skip" || !engine.MayBeOff(name) {
				if _, err := findRule(rules, flag, name); err != nil {
					return nil, err
				}
			}
			names = append(names, name)
		}
	}
	if len(given) > 0 && len(names) == 0 {
		return nil, usage("%s needs the name of a rule", flag)
	}
	return names, nil
}

// findRule returns the rule of that name; where is for the error.
func findRule(rules []*fixes.Rule, where, name string) (*fixes.Rule, error) {
	var names []string
	for _, r := range rules {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	if engine.IsProblem(name) {
		e := usage("%s: %s is no rule: natsfix tells it of every file that cannot be read", where, name)
		e.hint = "natsfix explain " + name + " says what can be done about it."
		return nil, e
	}
	e := usage("%s: there is no rule %s", where, quote(name))
	e.hint = "natsfix rules lists them."
	if s := nearest(name, names); s != "" {
		e.hint = "Did you mean " + s + "? " + e.hint
	}
	return nil, e
}

// checkParam checks that a rule takes the value for a parameter; where is for
// the error.
func checkParam(where string, rule *fixes.Rule, param, value string) error {
	var names []string
	for _, p := range rule.Params {
		if p.Name != param {
			names = append(names, p.Name)
			continue
		}
		if p.Values != nil && !slices.Contains(p.Values, value) {
			return usage("%s: %s.%s takes %s, not %s", where, rule.Name, param, strings.Join(p.Values, " or "), quote(value))
		}
		return nil
	}
	if len(names) == 0 {
		return usage("%s: the rule %s has no parameters", where, rule.Name)
	}
	return usage("%s: the rule %s has no parameter %s; it has %s", where, rule.Name, quote(param), strings.Join(names, ", "))
}

func (o *options) readNumbers(c *cli.Context) error {
	if o.context < 0 {
		return usage("-U takes a number of lines from 0, not %d", o.context)
	}
	if o.jobs < 0 || c.IsSet("jobs") && o.jobs == 0 {
		return usage("-j takes a number from 1, not %d", o.jobs)
	}
	if text := c.String("max-size"); text != "" {
		var err error
		if o.maxSize, err = parseSize(text); err != nil {
			return err
		}
	}
	return nil
}

var sizePattern = regexp.MustCompile(`^(?i)([0-9]+) ?(|B|K|KB|KIB|M|MB|MIB|G|GB|GIB)$`)

// parseSize reads a number of bytes such as 16MB; units are powers of 1024.
func parseSize(text string) (int64, error) {
	m := sizePattern.FindStringSubmatch(text)
	if m == nil {
		return 0, usage("--max-size takes a size such as 16MB, not %s", quote(text))
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := 0
	if m[2] != "" {
		shift = max(0, strings.Index("BKMG", strings.ToUpper(m[2][:1]))*10)
	}
	if err != nil || n > 1<<62>>shift {
		return 0, usage("--max-size: %s is too large", text)
	}
	return n << shift, nil
}

var versionPattern = regexp.MustCompile(`^v?2\.[0-9]{1,3}(\.[0-9]{1,3})?$`)

func (o *options) readServers(c *cli.Context) error {
	for _, f := range []struct{ flag, value string }{{"--target", o.target}, {"--from", o.from}} {
		if f.value != "" && !versionPattern.MatchString(f.value) {
			return usage("%s takes a nats-server release such as 2.12 or v2.12.3, not %s", f.flag, quote(f.value))
		}
	}
	if o.target != "" && o.from != "" && newer(o.from, o.target) {
		return usage("--from %s is newer than --target %s", o.from, o.target)
	}
	var err error
	if o.serverArgs, err = parseServerArgs(c.String("server-args")); err != nil {
		return err
	}
	o.env, err = readEnvironment(c.StringSlice("env-file"), c.StringSlice("env"), c.Bool("env-inherit"))
	return err
}

// newer reports whether release a is newer than b; where one of them names no
// patch release, patch releases do not count.
func newer(a, b string) bool {
	x, y := strings.Split(strings.TrimPrefix(a, "v"), "."), strings.Split(strings.TrimPrefix(b, "v"), ".")
	for i := range min(len(x), len(y)) {
		// versionPattern has let through digits only.
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m > n
		}
	}
	return false
}

// quote shows a word of the command line in a message.
func quote(s string) string { return fmt.Sprintf("%q", s) }
