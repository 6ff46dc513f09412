package campaign

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/conformance"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Kind says in what natsfix and the server disagree.
type Kind string

// The kinds of disagreement.
const (
	Crash      Kind = "crash"       // a rule or the engine ends in a panic
	Acceptance Kind = "acceptance"  // one of both parsers refuses what the other takes
	Values     Kind = "values"      // the effective configurations differ
	Missed     Kind = "missed"      // an error of the server has no error finding at its place
	FalseError Kind = "false error" // an error finding, and the server starts
	Twice      Kind = "twice"       // two rules call one place a mistake
	NotCured   Kind = "not cured"   // every error has an answer, and the server still refuses after the fix
	Worse      Kind = "worse"       // the server started before the fix and not after
	Undeclared Kind = "undeclared"  // a fix changes what it did not declare, or not what it did
	Unproved   Kind = "unproved"    // a fix that does what it did not declare, that harms, or over which rules fight: the proof holds it back
	Restless   Kind = "restless"    // a second run changes something
	Boot       Kind = "boot"        // a real server ends at its start, and no finding says so
)

// Disagreement is one case in which natsfix and the server differ.
type Disagreement struct {
	Kind Kind
	// Key tells disagreements of one kind apart: the server's message without
	// names and numbers, or the rule.
	Key string
	// Detail is for people.
	Detail string
}

// ID is what two disagreements share that have one cause.
func (d Disagreement) ID() string { return string(d.Kind) + ": " + d.Key }

// Campaign compares. It may be used from many goroutines.
type Campaign struct {
	Judge *oracle.Judge
	// Boot says that a real server is started with what the judge accepts. That
	// takes a while.
	Boot     bool
	messages conformance.Messages
	rules    []*fixes.Rule
	stages   map[string]string // by rule
}

// New returns a campaign that asks the judge.
func New(judge *oracle.Judge) *Campaign {
	c := &Campaign{Judge: judge, messages: conformance.KnownMessages(), stages: make(map[string]string)}
	for _, r := range suite.All() {
		if !r.Off {
			c.rules = append(c.rules, r)
			c.stages[r.Name] = r.Doc.Stage
		}
	}
	return c
}

// Outcome is what came of a comparison.
type Outcome struct {
	Disagreements []Disagreement
	Accepted      bool // the server starts
	Refused       bool // it does not, for what is in the files
	Changed       bool // a fix changes something
}

// Compare asks both sides about a case. It fails only if ctx ends or there is
// no judge.
func (c *Campaign) Compare(ctx context.Context, cs Case) (Outcome, error) {
	r := &comparison{Campaign: c, cs: cs.reachable()}
	cs = r.cs
	var err error
	if r.verdict, err = r.ask(ctx, cs); err != nil {
		return Outcome{}, err
	}
	if r.verdict.NotJudged != "" {
		return Outcome{}, nil
	}
	r.accepted = r.verdict.Accepted()
	if err := r.guarded(ctx); err != nil {
		return Outcome{}, err
	}
	return Outcome{r.list, r.accepted, r.refused, r.changed}, nil
}

// guarded compares, and turns a panic into a disagreement.
func (r *comparison) guarded(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.add(Crash, firstLine(fmt.Sprint(p)), "%v", p)
		}
	}()
	r.parse()
	if err := r.findings(ctx); err != nil {
		return err
	}
	if r.Boot && r.accepted && len(r.verdict.NotChecked) == 0 {
		if err := r.boot(ctx); err != nil {
			return err
		}
	}
	return r.fixes(ctx)
}

// comparison is the state of one call of Compare.
type comparison struct {
	*Campaign
	cs      Case
	verdict oracle.Verdict
	list    []Disagreement

	accepted, refused, changed bool
}

func (r *comparison) add(kind Kind, key, format string, args ...any) {
	d := Disagreement{kind, key, fmt.Sprintf(format, args...)}
	if !slices.ContainsFunc(r.list, func(o Disagreement) bool { return o.ID() == d.ID() }) {
		r.list = append(r.list, d)
	}
}

func (r *comparison) ask(ctx context.Context, cs Case) (oracle.Verdict, error) {
	files := make(map[string][]byte, len(cs.Files))
	for path, text := range cs.Files {
		files[path] = []byte(text)
	}
	return r.Judge.Ask(ctx, oracle.Case{Root: Root, Files: files, Env: cs.Env})
}

// run runs the suite.
func (r *comparison) run(ctx context.Context, cs Case, req engine.Request) (*engine.Result, error) {
	req.Targets = append(req.Targets, cs.paths()...)
	req.Read = cs.read
	req.Env = cs.lookup
	req.Rules, req.Jobs = r.rules, 1
	req.Judge = func() (*oracle.Judge, error) { return r.Judge, nil }
	return engine.Run(ctx, req)
}

func (cs Case) read(path string) ([]byte, error) {
	if text, ok := cs.Files[filepath.ToSlash(path)]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

func (cs Case) lookup(name string) (string, bool) {
	v, ok := cs.Env[name]
	return v, ok
}

// reachable leaves out the files that the root does not include: they would be
// servers of their own.
func (cs Case) reachable() Case {
	s := cs.root()
	if s == nil {
		return cs
	}
	files := make(map[string]string)
	for _, d := range s.Docs {
		if text, ok := cs.Files[d.Path]; ok {
			files[d.Path] = text
		}
	}
	cs.Files = files
	return cs
}

// parse compares acceptance and effective values.
func (r *comparison) parse() {
	s := r.cs.root()
	if s == nil {
		return // the root is included by what it includes, which the judge refuses
	}
	taken := r.verdict.Values != nil
	switch {
	case taken && len(s.Problems) > 0:
		r.add(Acceptance, "refused by natsfix alone", "natsfix: %s", s.Problems[0].Message)
	case !taken && len(s.Problems) == 0:
		r.add(Acceptance, "refused by the server alone", "server: %v", r.verdict.Problems)
	case taken:
		if delta := oracle.Delta(r.verdict.Values, s.Values.Plain()); len(delta) > 0 {
			r.add(Values, "", "%s: server %#v, natsfix %#v", delta[0].Path, delta[0].Before, delta[0].After)
		}
	}
}

// root returns the server as natsfix resolves it, nil if another file includes
// it.
func (cs Case) root() *fleet.Server {
	f := fleet.Build(fleet.NewSet(cs.read), cs.paths(), fleet.Options{Env: cs.lookup, Jobs: 1})
	for _, s := range f.Servers {
		if s.Root.Path == Root {
			return s
		}
	}
	return nil
}

// findings compares the errors of the server with the findings.
func (r *comparison) findings(ctx context.Context) error {
	errors, err := r.errors(ctx, engine.Request{})
	if err != nil {
		return err
	}
	first, err := r.errors(ctx, engine.Request{MaxSize: 1}) // as the files are, without what a fix brings to light
	if err != nil {
		return err
	}
	if r.accepted {
		for _, f := range first {
			if !conformance.LosesValue(f) {
				r.add(FalseError, f.Rule, "%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Rule, f.Message)
			}
		}
	}
	for _, p := range inFiles(r.verdict) {
		r.refused = true
		if !r.found(p, errors) {
			r.add(Missed, p.Kind(), "%s: %v", p.Stage, p)
		}
	}
	if r.verdict.Values == nil {
		return nil // of a text that does not parse one cannot tell one mistake from two
	}
	for i, a := range first {
		for _, b := range first[i+1:] {
			if a.Rule == "gateway-cluster-name" && b.Rule == "name-with-space" {
				continue // two mistakes in one name
			}
			if a.Rule != b.Rule && !aboutEntries[a.Rule] && !aboutEntries[b.Rule] && r.samePlace(a, b) {
				names := []string{a.Rule, b.Rule}
				slices.Sort(names)
				r.add(Twice, strings.Join(names, " and "), "%s:%d:%d: %s\n%s:%d:%d: %s", a.File, a.Line, a.Column, a.Message, b.File, b.Line, b.Column, b.Message)
			}
		}
	}
	return nil
}

// errors returns the findings of severity error.
func (r *comparison) errors(ctx context.Context, req engine.Request) ([]*engine.Finding, error) {
	res, err := r.run(ctx, r.cs, req)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(res.Findings, func(f *engine.Finding) bool { return f.Severity != fixes.Error }), nil
}

// boot starts a server.
func (r *comparison) boot(ctx context.Context) error {
	files := make(map[string][]byte, len(r.cs.Files))
	for path, text := range r.cs.Files {
		files[path] = []byte(text)
	}
	v, err := r.Judge.Ask(ctx, oracle.Case{Root: Root, Files: files, Env: r.cs.Env, Boot: true})
	if err != nil {
		return err
	}
	if v.NotJudged != "" {
		r.add(Boot, oracle.Problem{Message: v.NotJudged}.Kind(), "%s", v.NotJudged)
	}
	for _, p := range v.Problems {
		if !p.Warning {
			r.add(Boot, p.Kind(), "%v", p)
		}
	}
	return nil
}

// outside reports whether the server refuses something for what is not in the
// files: other errors may follow from that.
func outside(v oracle.Verdict) bool {
	return slices.ContainsFunc(v.Problems, func(p oracle.Problem) bool { return !p.Warning && conformance.Outside(p.Message) })
}

// undefined matches refusals for variables that only the environment defines, or
// defines as something that cannot be read. natsfix takes them for given there.
var undefined = regexp.MustCompile(`variable reference for '[A-Za-z_][A-Za-z0-9_]*' on line \d+ can not be found$|variable reference for '.*' on line \d+ could not be parsed`)

// aboutEntries are the rules that speak of an entry beside another, whatever is
// wrong with it besides.
var aboutEntries = map[string]bool{"conflicting-aliases": true, "duplicate-key": true, "operator-mixed-config": true}

// samePlace reports whether two findings point at one value: at the same place,
// or one inside the other where that is no block.
func (r *comparison) samePlace(a, b *engine.Finding) bool {
	if a.File != b.File || r.includes(a.File) > 1 || r.sharedVariable(a) {
		return false // a text that stands in two places may be wrong in each in its own way
	}
	if a.Offset == b.Offset {
		return !strings.HasPrefix(r.cs.Files[a.File][a.Offset:], "include") // of which all stands there that is not at the root
	}
	if b.Offset < a.Offset {
		a, b = b, a
	}
	text := r.cs.Files[a.File]
	return !renaming[b.Rule] && b.Offset < a.End && a.End <= len(text) && !strings.ContainsAny(text[a.Offset:a.End], "{\n")
}

// sharedVariable reports whether a finding stands in the definition of a
// variable that is used more than once.
func (r *comparison) sharedVariable(f *engine.Finding) bool {
	text := r.cs.Files[f.File]
	for n := range ast.Parse(f.File, []byte(text), ast.Latest).Root().Children() {
		if n.Kind() == ast.KindEntry && n.Start() <= f.Offset && f.Offset < n.End() && n.Key() != "" && strings.Count(text, "$"+n.Key()) > 1 {
			return true
		}
	}
	return false
}

// includes counts the places that include a file, the root as one.
func (r *comparison) includes(file string) int {
	n := 0
	for name, text := range r.cs.Files {
		for node := range ast.Parse(name, []byte(text), ast.Latest).Root().Walk() {
			if node.Kind() == ast.KindInclude && path.Join(path.Dir(name), node.Path()) == file {
				n++
			}
		}
	}
	return n
}

// inFiles returns the errors that count: those of the first stage that has
// some, since what follows may follow from them, and not those for what is not
// in the files.
func inFiles(v oracle.Verdict) []oracle.Problem {
	var list []oracle.Problem
	stage := oracle.StageNone
	for _, p := range v.Problems {
		if p.Warning || p.Hidden || stage != oracle.StageNone && p.Stage != stage {
			continue
		}
		stage = p.Stage
		if strings.Contains(p.Message, "stand-in") {
			continue // of a name that the judge gave, after the error that there is none
		}
		if !conformance.Outside(p.Message) && !undefined.MatchString(p.Message) {
			list = append(list, p)
		}
	}
	return list
}

// fixes runs the suite with the choices that a person might make, and asks the
// server about what comes out.
func (r *comparison) fixes(ctx context.Context) error {
	res, err := r.run(ctx, r.cs, engine.Request{Params: conformance.Choices, Prove: true})
	if err != nil {
		return err
	}
	after := r.cs
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			after, r.changed = after.with(f.Path, string(f.After)), true
		}
	}
	for _, f := range res.Findings {
		switch {
		case strings.Contains(f.Hidden, "the files were left alone"):
			r.add(Unproved, "fight of "+f.Rule, "%s", f.Hidden)
		case strings.HasPrefix(f.Hidden, "failed proof") && r.accepted, strings.Contains(f.Hidden, "this is a bug"):
			r.add(Unproved, f.Rule, "%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Rule, f.Hidden)
		}
	}
	if !r.changed {
		return nil
	}
	first, last, before := after, res, r.cs
	if r.verdict.Values == nil {
		// Of a file that the parser refuses only the syntax is mended: the rest
		// takes another run.
		before = after
		if after, last, err = r.fixed(ctx, after); err != nil {
			return err
		}
	}
	// What comes to light behind fixes that the proof holds back is only there
	// without it.
	unproved, err := r.run(ctx, before, engine.Request{Params: conformance.Choices})
	if err != nil {
		return err
	}
	v, err := r.ask(ctx, after)
	if err != nil {
		return err
	}
	if why := v.NotJudged; why != "" {
		r.add(Worse, "not judged", "%s\nafter:\n%v", why, after)
		return nil
	}
	switch {
	case v.Accepted():
	case r.accepted:
		r.add(Worse, kindOf(v), "%v\nafter:\n%v", v.Problems, after)
	case r.refused && len(inFiles(v)) > 0 && !outside(v) && conformance.Derivable(res) && hasAnswers(last) && hasAnswers(unproved):
		r.add(NotCured, kindOf(v), "%v\nafter:\n%v", v.Problems, after)
	}
	r.declared(res, v, after)
	again, third, err := r.fixed(ctx, after)
	if err != nil {
		return err
	}
	if rule := changedBy(third); rule != "" {
		if slices.ContainsFunc(res.Findings, func(f *engine.Finding) bool { return strings.HasPrefix(f.Hidden, "failed proof") }) {
			rule = "after a fix that failed its proof"
		}
		r.add(Restless, rule, "after the first run:\n%v\nafter the second:\n%v", first, again)
	}
	return nil
}

// fixed returns what a run makes of a case.
func (r *comparison) fixed(ctx context.Context, cs Case) (Case, *engine.Result, error) {
	res, err := r.run(ctx, cs, engine.Request{Params: conformance.Choices, Prove: true})
	if err != nil {
		return cs, nil, err
	}
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			cs = cs.with(f.Path, string(f.After))
		}
	}
	return cs, res, nil
}

// changedBy returns a rule that changed something in a run, "" if none did.
func changedBy(res *engine.Result) string {
	for _, f := range res.Findings {
		if f.Fixed {
			return f.Rule
		}
	}
	return ""
}

// hasAnswers reports whether the errors of a run, if there are any, all have an
// answer that can be derived.
func hasAnswers(res *engine.Result) bool {
	if slices.ContainsFunc(res.Findings, func(f *engine.Finding) bool {
		return f.Severity == fixes.Error && f.Hidden != "" && !strings.HasPrefix(f.Hidden, "failed proof")
	}) {
		return false // the fix cannot be made for another reason
	}
	return conformance.Derivable(res) || !slices.ContainsFunc(res.Findings, func(f *engine.Finding) bool { return f.Severity == fixes.Error })
}

// declared holds what the fixes declare against what changed for the official
// parser.
func (r *comparison) declared(res *engine.Result, v oracle.Verdict, after Case) {
	if r.verdict.Values == nil || v.Values == nil {
		return
	}
	declared := make(map[string]bool)
	var within []engine.Place
	for _, g := range res.Groups {
		for _, c := range g.Changes {
			declared[c.Path] = true
		}
		for _, f := range g.Findings {
			within = append(within, f.Fix.Within...)
			for _, c := range f.Fix.Changes {
				declared[c.Path] = true
			}
		}
	}
	for _, c := range oracle.Delta(r.verdict.Values, v.Values) {
		if !declared[c.Path] && !slices.ContainsFunc(within, func(p engine.Place) bool { return p.Holds(Root, c.Path) }) {
			r.add(Undeclared, "", "%s changes from %v to %v\nafter:\n%v", c.Path, c.Before, c.After, after)
		}
	}
}

// kindOf returns the kind of the first error that counts.
func kindOf(v oracle.Verdict) string {
	for _, p := range inFiles(v) {
		return p.Kind()
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
