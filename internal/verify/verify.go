package verify

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Rule names the findings that no rule knows.
const Rule = "verify"

// Options say what is asked beside whether a server would start.
type Options struct {
	Boot bool // start each server in the judge
	// StrictFiles says that the certificates, keys, operators, credentials and
	// resolver directories that a configuration names are looked at, too: Read
	// reads them, from the current directory. Without it none is opened.
	StrictFiles bool
	Read        func(path string) ([]byte, error)
	// Binary is a nats-server program that is asked with -t, too.
	Binary *oracle.Binary
}

// Result is what the official server says.
type Result struct {
	*engine.Result
	Servers  int // that were asked about
	Accepted int // that would start
	// PartOf names, for a file that was asked for and is no server, one that
	// it is a part of and that was not asked for.
	PartOf map[string]string
	// Second says what another nats-server said, "" if none was asked.
	Second string
}

// Engine is [engine.Run].
type Engine func(context.Context, engine.Request) (*engine.Result, error)

// Run asks about every server whose root file is a target, and has the engine
// find what the request's rules say of it. It fails only if ctx ends or no
// judge can be had.
func Run(ctx context.Context, req engine.Request, check Engine, opts Options) (*Result, error) {
	judge, err := req.Judge()
	if err != nil {
		return nil, err
	}
	loaded := engine.Load(req)
	var servers []*fleet.Server
	for _, s := range loaded.Fleet().Servers {
		if loaded.Target(s.Root.Path) {
			servers = append(servers, s)
		}
	}
	checked, err := check(ctx, withParts(req, servers))
	if err != nil {
		return nil, err
	}
	v := &verification{
		req: req, opts: opts, loaded: loaded, judge: judge,
		match:    newMatcher(req.Rules, checked.Findings),
		findings: make(map[key]*engine.Finding),
	}
	asked, err := v.askAll(ctx, servers)
	if err != nil {
		return nil, err
	}
	for _, in := range asked {
		if err := in.recheck(ctx, req, check, v.match); err != nil {
			return nil, err
		}
	}
	res := &Result{Servers: len(servers), PartOf: v.partOf(servers), Result: &engine.Result{
		Documents: documents(loaded), Servers: len(servers), Asked: oracle.Release(),
	}}
	v.mask = loaded.Masker()
	if opts.Binary != nil {
		v.second = &second{Binary: opts.Binary}
	}
	for _, in := range asked {
		v.report(in)
		if !in.refused() {
			res.Accepted++
		}
	}
	res.Second = v.second.describe()
	res.Findings, res.NotChecked = v.sorted(), v.notes
	for _, f := range checked.Files {
		if !loaded.Target(f.Path) {
			continue
		}
		file := &engine.File{Path: f.Path, Status: engine.Unchanged, Message: f.Message}
		if f.Status == engine.Failed {
			file.Status = engine.Failed
		}
		res.Files = append(res.Files, file)
	}
	for _, e := range checked.Errors {
		if e.Kind == engine.Unreadable {
			res.Errors = append(res.Errors, e)
		}
	}
	return res, nil
}

// withParts makes everything a target that servers consist of: the server's
// problems may stand there.
func withParts(req engine.Request, servers []*fleet.Server) engine.Request {
	req.Targets = slices.Clone(req.Targets)
	have := make(map[string]bool)
	for _, path := range req.Targets {
		have[filepath.Clean(path)] = true
	}
	for _, s := range servers {
		for _, d := range s.Docs {
			if d.Env == "" && !have[d.Path] {
				have[d.Path] = true
				req.Targets = append(req.Targets, d.Path)
			}
		}
	}
	req.Context = slices.DeleteFunc(slices.Clone(req.Context), func(path string) bool { return have[filepath.Clean(path)] })
	return req
}

// documents counts the documents that were asked for.
func documents(loaded *engine.Loaded) int {
	n := 0
	for _, d := range loaded.Fleet().Docs {
		if !d.Context {
			n++
		}
	}
	return n
}

// verification is one run.
type verification struct {
	req    engine.Request
	opts   Options
	loaded *engine.Loaded
	judge  *oracle.Judge
	match  *matcher
	mask   func(file, text string) string

	second   *second // nil if no other nats-server is asked
	findings map[key]*engine.Finding
	notes    []engine.Note
}

// key tells findings apart.
type key struct {
	rule    string // "" if no finding of a rule is about it
	file    string
	offset  int
	message string
}

// askAll asks about servers, several at a time.
func (v *verification) askAll(ctx context.Context, servers []*fleet.Server) ([]*inquiry, error) {
	jobs := v.req.Jobs
	if jobs <= 0 {
		jobs = runtime.NumCPU()
	}
	asked := make([]*inquiry, len(servers))
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	slots := make(chan struct{}, jobs)
	for i, s := range servers {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			asked[i], errs[i] = ask(ctx, v.judge, s, v.req, v.match, v.opts)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// refused reports whether the server says that it does not start.
func (in *inquiry) refused() bool {
	return in.verdict.NotJudged != "" || slices.ContainsFunc(in.list, func(p problem) bool { return !p.Warning })
}

// report turns the answers about one server into findings and notes.
func (v *verification) report(in *inquiry) {
	root := in.server.Root
	if why := in.verdict.NotJudged; why != "" {
		v.notJudged(in, why)
	}
	for _, p := range in.list {
		if p.ofFile {
			v.add(in, p, nil)
			continue
		}
		f := v.find(in, p)
		if f == nil && v.doubtful(in, p) {
			continue
		}
		if f := v.add(in, p, f); p.Stage <= oracle.StageConfig && !slices.Contains(in.reported, f) {
			in.reported = append(in.reported, f)
		}
	}
	if v.second != nil {
		v.compare(in)
	}
	for _, text := range in.notes() {
		v.note(root.Path, place{doc: root}, text)
	}
	for _, text := range in.verdict.NotChecked {
		path, what, _ := strings.Cut(text, ": ")
		if v.opts.StrictFiles && strings.HasSuffix(what, "took its place") {
			continue // it was looked at
		}
		at := place{doc: root}
		if list := lookup(in.server.Values, strings.Split(path, ".")); len(list) > 0 && list[0].place().valid() {
			at = list[0].place()
		}
		v.note(root.Path, at, path+": "+what)
	}
	if v.opts.StrictFiles {
		return
	}
	for _, f := range filesOf(in.server) {
		if strings.HasSuffix(f.field, ".credentials") { // the others the judge tells
			v.note(root.Path, found{value: f.value}.place(), f.field+": not opened")
		}
	}
}

// find returns the finding that is about a problem, nil if there is none: in
// the files as they were read, or else in the copy.
func (v *verification) find(in *inquiry, p problem) *engine.Finding {
	switch {
	case p.known != nil:
		return p.known
	case p.Stage == oracle.StageParse && p.words != "":
		return nil
	}
	f := v.match.find(in.server, p)
	if f == nil && in.later != nil {
		f = in.later.find(in.server, p)
	}
	return f
}

// doubtful reports whether a problem may be there only because something else
// was left out, so that it counts only if a rule sees it, too.
func (v *verification) doubtful(in *inquiry, p problem) bool {
	return p.Hidden || p.Stage >= oracle.StageStart && in.verdict.Partial
}

// notJudged reports a server that the official packages could not be asked
// about: a circle of includes, at which it overflows its stack, or a crash.
func (v *verification) notJudged(in *inquiry, why string) {
	p := problem{Problem: oracle.Problem{Stage: oracle.StageParse, Message: why}}
	for _, pr := range in.server.Problems {
		if pr.Kind == fleet.IncludeCycle && pr.Doc.Env == "" {
			p.place = place{pr.Doc, pr.Span}
			break
		}
	}
	v.add(in, p, v.find(in, p))
}

// add adds what a server says to the findings: to the one that a rule has, or
// to one of its own.
func (v *verification) add(in *inquiry, p problem, known *engine.Finding) *engine.Finding {
	root := in.server.Root.Path
	p.placed = p.place.valid()
	if !p.placed {
		p.place = place{doc: in.server.Root}
	}
	k := key{file: p.place.doc.Path, offset: p.place.span.Start, message: kindOf(p.Message)}
	if known != nil {
		k = key{known.Rule, known.File, known.Offset, known.Message}
	}
	f := v.findings[k]
	if f == nil {
		f = v.finding(p, known)
		v.findings[k] = f
	}
	if !p.Warning && f.Severity < fixes.Error {
		f.Severity = fixes.Error
	}
	if p.ofFile {
		return f
	}
	message := p.Message
	if !v.match.fixed[message] { // such a one holds no secret, whatever a password may be
		message = v.mask(p.place.doc.Path, v.mask(root, here(message)))
	}
	said := engine.Official{Release: cmp.Or(p.other, oracle.Release()), Stage: p.Stage.String(), Message: message}
	i := slices.IndexFunc(f.Official, func(o engine.Official) bool {
		return o.Release == said.Release && o.Stage == said.Stage && o.Message == said.Message
	})
	if i < 0 {
		i = len(f.Official)
		f.Official = append(f.Official, said)
	}
	if o := &f.Official[i]; !slices.Contains(o.Servers, root) {
		o.Servers = append(o.Servers, root)
	}
	return f
}

// finding makes the finding of a problem. The words, the place and the fix are
// the rule's, if one knows it.
func (v *verification) finding(p problem, known *engine.Finding) *engine.Finding {
	if known != nil {
		f := *known
		f.Official = nil
		f.Severity = severityOf(p)
		return &f
	}
	d, span := p.place.doc, p.place.span
	f := &engine.Finding{
		Rule: Rule, Severity: severityOf(p), Applicability: fixes.Manual, File: d.Path,
		Message: v.mask(d.Path, p.inWords()), Offset: span.Start, End: span.End, Round: 1,
	}
	if rule := cmp.Or(p.rule, v.match.ruleOf(p)); rule != "" {
		f.Rule = rule
	}
	if p.placed {
		pos := d.Tree.Position(span.Start)
		f.Line, f.Column = pos.Line, pos.Column
	}
	return f
}

// here takes the current directory off the paths in a message, which are those
// of a case.
func here(message string) string {
	if dir := oracle.CasePath("."); dir != "" {
		return strings.ReplaceAll(message, dir+"/", "")
	}
	return message
}

func severityOf(p problem) fixes.Severity {
	if p.Warning {
		return fixes.Warning
	}
	return fixes.Error
}

// note adds something that could not be checked, once.
func (v *verification) note(root string, at place, text string) {
	n := engine.Note{File: root, Message: v.mask(root, text)}
	if at.valid() {
		n.File = at.doc.Path
		if at.span.Len() > 0 {
			pos := at.doc.Tree.Position(at.span.Start)
			n.Line, n.Column = pos.Line, pos.Column
		}
	}
	if !slices.Contains(v.notes, n) {
		v.notes = append(v.notes, n)
	}
}

// sorted returns the findings by place.
func (v *verification) sorted() []*engine.Finding {
	list := make([]*engine.Finding, 0, len(v.findings))
	for _, f := range v.findings {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *engine.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	slices.SortFunc(v.notes, func(a, b engine.Note) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return list
}

// partOf names a server for each target that is none and in none that was
// asked about.
func (v *verification) partOf(servers []*fleet.Server) map[string]string {
	seen := make(map[string]bool)
	for _, s := range servers {
		for _, d := range s.Docs {
			seen[d.Path] = true
		}
	}
	parts := make(map[string]string)
	for _, s := range v.loaded.Fleet().Servers {
		for _, d := range s.Docs {
			if v.loaded.Target(d.Path) && !seen[d.Path] {
				parts[d.Path] = s.Root.Path
			}
		}
	}
	return parts
}

// Summary says in words how many servers would start.
func (r *Result) Summary() string {
	switch {
	case r.Servers == 0:
		return "no server to ask about"
	case r.Accepted == r.Servers && r.Servers == 1:
		return "the server would start"
	case r.Accepted == r.Servers:
		return fmt.Sprintf("all %d servers would start", r.Servers)
	}
	return fmt.Sprintf("%d of %d servers would start", r.Accepted, r.Servers)
}
