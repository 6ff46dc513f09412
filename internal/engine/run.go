package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Run looks at the documents of a request and works out what would change. It
// fails only if ctx ends or no judge can be had; what is wrong with the
// documents is in the result.
func Run(ctx context.Context, req Request) (*Result, error) {
	r := newRun(req)
	for {
		p, err := r.plan(ctx)
		if err != nil {
			return nil, err
		}
		again, err := r.settle(ctx, p)
		if err != nil {
			return nil, err
		}
		if !again {
			return r.result(p), nil
		}
	}
}

// run is the state of one call of Run.
type run struct {
	req     Request
	base    *fleet.Set
	first   *fleet.Fleet // as read
	targets map[string]bool
	suite   *fixes.Suite
	// banned are the fixes that must not be applied, and why.
	banned map[fixID]string
	// proofs holds what the judge said, by the texts of a server.
	verdicts map[string]judged
	release  string
}

func newRun(req Request) *run {
	r := &run{
		req:      req,
		base:     fleet.NewSet(req.Read),
		targets:  make(map[string]bool, len(req.Targets)),
		banned:   make(map[fixID]string),
		verdicts: make(map[string]judged),
	}
	for _, path := range req.Targets {
		r.targets[filepath.Clean(path)] = true
	}
	r.suite = fixes.NewSuite(req.Rules, req.Params, req.Window, r.jobs())
	r.first = r.build(r.base, nil)
	for _, d := range r.first.Docs {
		if !r.targets[d.Path] && r.below(d.Path) {
			r.targets[d.Path] = true
		}
	}
	for _, d := range r.first.Docs {
		d.Context = !r.targets[d.Path]
	}
	return r
}

// below reports whether a path lies in a folder that was asked for as a whole.
func (r *run) below(path string) bool {
	for _, dir := range r.req.Dirs {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			// What a context file includes is context, too.
			return r.includedByTarget(path)
		}
	}
	return false
}

func (r *run) includedByTarget(path string) bool {
	for _, s := range r.first.Servers {
		if r.targets[s.Root.Path] && slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return d.Path == path }) {
			return true
		}
	}
	return false
}

func (r *run) build(set *fleet.Set, previous *fleet.Fleet) *fleet.Fleet {
	a := r.req.Args
	return fleet.Build(set, slices.Concat(r.req.Targets, r.req.Context), fleet.Options{
		Env:   r.req.Env,
		Args:  fleet.Args{ServerName: a.ServerName, ClusterName: a.ClusterName, Routes: a.Routes, JetStream: a.JetStream},
		Hosts: r.req.Hosts,
		Jobs:  r.req.Jobs,

		Previous: previous,
	})
}

// result turns the last plan into what the caller sees.
func (r *run) result(p *plan) *Result {
	res := &Result{Findings: p.findings(), Errors: r.errors(), Judge: r.release}
	texts := p.texts
	for _, d := range r.first.Docs {
		if d.Context {
			continue
		}
		res.Documents++
		f := &File{Path: d.Path, Status: Unchanged}
		res.Files = append(res.Files, f)
		if text, ok := texts[d.Path]; ok && !bytes.Equal(text, d.Tree.Source()) {
			f.Status, f.Before, f.After = WouldChange, d.Tree.Source(), text
		}
		if r.req.MaxSize > 0 && int64(len(d.Tree.Source())) > r.req.MaxSize {
			f.Message = fmt.Sprintf("larger than %d bytes: checked, not rewritten (--max-size)", r.req.MaxSize)
		}
	}
	for _, e := range r.first.LoadErrors {
		if r.targets[filepath.Clean(e.Path)] {
			res.Files = append(res.Files, &File{Path: e.Path, Status: Failed, Message: e.Err.Error()})
		}
	}
	slices.SortFunc(res.Files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	for _, s := range r.first.Servers {
		if !s.Root.Context {
			res.Servers++
		}
	}
	files := make(map[string]*File, len(res.Files))
	for _, f := range res.Files {
		files[f.Path] = f
	}
	res.Findings = append(res.Findings, r.problemFindings()...)
	slices.SortStableFunc(res.Findings, compareFindings)
	r.secrets(p, files)
	res.Groups = p.resultGroups(files)
	maskChanges(res)
	return res
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Round, b.Round),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}

// problemRules name the findings for what keeps a configuration from being
// resolved.
var problemRules = map[fleet.ProblemKind]string{
	fleet.SyntaxProblem:     "syntax",
	fleet.MissingInclude:    "include-missing",
	fleet.UnreadableInclude: "include-unreadable",
	fleet.IncludeCycle:      "include-cycle",
	fleet.BadVariable:       "variable-unparsable",
	fleet.TooDeep:           "nesting",
}

// problems calls fn once for each place in a target that cannot be parsed or
// resolved.
func (r *run) problems(fn func(kind fleet.ProblemKind, d *fleet.Doc, span ast.Span, message string)) {
	type key struct {
		doc  *fleet.Doc
		span ast.Span
		kind fleet.ProblemKind
	}
	seen := make(map[key]bool)
	report := func(kind fleet.ProblemKind, d *fleet.Doc, span ast.Span, message string) {
		k := key{d, span, kind}
		if d.Context || d.Env != "" || seen[k] {
			return
		}
		seen[k] = true
		fn(kind, d, span, message)
	}
	for _, s := range r.first.Servers {
		for _, p := range s.Problems {
			if _, ok := problemRules[p.Kind]; ok {
				report(p.Kind, p.Doc, p.Span, p.Message)
			}
		}
	}
	for _, d := range r.first.Docs {
		if errs := d.Tree.Errors(); len(errs) > 0 {
			report(fleet.SyntaxProblem, d, errs[0].Span, errs[0].Message())
		}
	}
}

func (r *run) problemFindings() []*Finding {
	var out []*Finding
	r.problems(func(kind fleet.ProblemKind, d *fleet.Doc, span ast.Span, message string) {
		pos := d.Tree.Position(span.Start)
		out = append(out, &Finding{
			Rule: problemRules[kind], Severity: fixes.Error, Applicability: fixes.Manual,
			Message: message, File: d.Path, Line: pos.Line, Column: pos.Column,
			Offset: span.Start, End: span.End, Round: 1,
		})
	})
	return out
}

// errors lists what could not be read, parsed or resolved.
func (r *run) errors() []Error {
	var out []Error
	for _, e := range r.first.LoadErrors {
		if r.targets[filepath.Clean(e.Path)] {
			out = append(out, Error{File: e.Path, Message: trimPath(e.Err.Error(), e.Path), Kind: Unreadable})
		}
	}
	r.problems(func(kind fleet.ProblemKind, d *fleet.Doc, span ast.Span, message string) {
		pos := d.Tree.Position(span.Start)
		e := Error{File: d.Path, Line: pos.Line, Column: pos.Column, Message: message, Kind: Unresolved, Finding: true}
		if kind == fleet.SyntaxProblem {
			e.Kind = Syntax
		}
		out = append(out, e)
	})
	slices.SortStableFunc(out, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

// trimPath takes the path off the front of a message that names it.
func trimPath(message, path string) string {
	return strings.TrimPrefix(message, path+": ")
}
