package golden

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/edit"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/suggest"
)

// Runner runs cases. It may be used from many goroutines.
type Runner struct {
	Rules []*fixes.Rule // the rules that cases may name, in the order in which they run
	Judge func() (*oracle.Judge, error)
	// Git is the git program that patches are tried with, "" to leave that out.
	Git  string
	Jobs int // how much the engine may do at the same time in one case; 0 for one thing
}

// Outcome is what came of a case.
type Outcome struct {
	Files    map[string][]byte // the files that change
	Sections map[string]string // findings, changes, server, notes, refused, diff; "" where there is nothing to say
	// Broken says which promises that hold for every case were not kept.
	Broken []string
}

// Run runs a case and checks what must hold for every one: a second run finds
// nothing more to change, comments survive, servers change as the fixes
// declared and the official parser sees, the patch makes the same bytes, a run
// that only reports finds the same, and the input is left alone. It fails only if the case cannot be run at all.
func (r *Runner) Run(ctx context.Context, c *Case) (*Outcome, error) {
	rules, err := r.rules(c)
	if err != nil {
		return nil, err
	}
	given := make(map[string][]byte, len(c.In))
	for name, data := range c.In {
		given[name] = bytes.Clone(data)
	}
	req := r.request(c, rules, given)
	res, err := engine.Run(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	o := &Outcome{Files: make(map[string][]byte), Sections: sectionsOf(res)}
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			o.Files[f.Path] = f.After
		}
	}
	o.check(targetsOnly(c, o.Files), commentsKept(c, o.Files), declared(res))
	o.Sections[diffSection] = string(c.patch(o.Files))
	req.Prove, req.Judge = false, nil
	reported, err := engine.Run(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("%s: only reporting: %w", c.Name, err)
	}
	o.check(reportOnly(res, reported), inputKept(c, given))
	if r.Git != "" {
		o.check(applies(ctx, r.Git, c, o.Files))
	}

	if o.Sections["server"], err = r.servers(ctx, c, o.Files); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}

	next := maps.Clone(c.In)
	maps.Copy(next, o.Files)
	again, err := engine.Run(ctx, r.request(c, rules, next))
	if err != nil {
		return nil, fmt.Errorf("%s: second run: %w", c.Name, err)
	}
	if !c.Repeats {
		o.check(atRest(again))
	}
	return o, nil
}

func (o *Outcome) check(problems ...[]string) {
	for _, list := range problems {
		o.Broken = append(o.Broken, list...)
	}
}

func (r *Runner) rules(c *Case) ([]*fixes.Rule, error) {
	var list []*fixes.Rule
	if len(c.Edit) > 0 {
		script, err := edit.NewScript(c.Edit, c.Where)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		list = append(list, script.Rule(nil))
	}
	for _, rule := range r.Rules {
		if slices.Contains(c.Rules, rule.Name) {
			list = append(list, rule)
		}
	}
	for _, name := range c.Rules {
		if !slices.ContainsFunc(list, func(rule *fixes.Rule) bool { return rule.Name == name }) {
			return nil, c.noRule(name, r.Rules)
		}
	}
	return list, nil
}

// noRule says that there is no rule of that name, and where the name is from.
func (c *Case) noRule(name string, rules []*fixes.Rule) error {
	what := fmt.Sprintf("there is no rule %q", name)
	switch near := suggest.Suggest(name, names(rules)); {
	case c.ruleLine == 0:
		what += ", as the folder of the case is called; expected a line rule: NAME, or a folder that is called like a rule"
	case near != "":
		what += "; did you mean " + near + "?"
	}
	return fmt.Errorf("%s:%d: %s", c.Name, max(1, c.ruleLine), what)
}

func names(rules []*fixes.Rule) []string {
	var list []string
	for _, rule := range rules {
		list = append(list, rule.Name)
	}
	return list
}

// request asks the engine about files in memory.
func (r *Runner) request(c *Case, rules []*fixes.Rule, files map[string][]byte) engine.Request {
	req := engine.Request{
		Targets: c.Targets,
		Read:    reader(files),
		Env:     c.lookup,
		Args:    c.Args,
		Hosts:   c.Hosts,
		Rules:   rules,
		Unsafe:  c.Unsafe,
		Params:  c.Params,
		Window:  c.Window,
		Now:     c.Today,

		KnownRules: names(r.Rules),
		Prove:      true,
		Judge:      r.Judge,
		Jobs:       1,
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !slices.Contains(c.Targets, name) {
			req.Context = append(req.Context, name)
		}
	}
	return req
}

// reader reads files in memory.
func reader(files map[string][]byte) fleet.Read {
	return func(path string) ([]byte, error) {
		if data, ok := files[filepath.ToSlash(path)]; ok {
			return data, nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
}

func (c *Case) lookup(name string) (string, bool) {
	v, ok := c.Env[name]
	return v, ok
}

// sectionsOf tells a result in the words of a case's sections.
func sectionsOf(res *engine.Result) map[string]string {
	var findings, changes, notes, refused strings.Builder
	for _, f := range res.Findings {
		writeFinding(&findings, f)
	}
	for _, e := range res.Errors {
		if !e.Finding {
			fmt.Fprintf(&findings, "%s: error: %s\n", place(e.File, e.Line, e.Column), e.Message)
		}
	}
	for _, g := range res.Groups {
		for _, c := range g.Changes {
			fmt.Fprintf(&changes, "%s: %s\n", c.Server, report.Words(c))
		}
		for _, n := range g.Notes {
			fmt.Fprintln(&notes, n)
		}
		if g.Refused != "" {
			var files []string
			for _, f := range g.Files {
				files = append(files, f.Path)
			}
			fmt.Fprintf(&refused, "%s: %s\n", strings.Join(files, " "), g.Refused)
		}
	}
	return map[string]string{
		"findings": findings.String(), "changes": changes.String(), "notes": notes.String(), "refused": refused.String(),
	}
}

func writeFinding(b *strings.Builder, f *engine.Finding) {
	state := ""
	switch {
	case f.Fixed:
		state = "[fixed] "
	case f.Hidden != "":
		state = "[hidden: " + f.Hidden + "] "
	}
	fmt.Fprintf(b, "%s %s %s %s %s%s\n", place(f.File, f.Line, f.Column), f.Severity, f.Applicability, f.Rule, state, f.Message)
	if f.Reason != "" {
		fmt.Fprintf(b, "  reason: %s\n", f.Reason)
	}
	for _, r := range f.Related {
		fmt.Fprintf(b, "  see %s %s\n", place(r.File, r.Line, r.Column), r.Message)
	}
	if f.Fix != nil {
		fmt.Fprintf(b, "  fix: %s\n", f.Fix.Title)
	}
}

func place(file string, line, column int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}
