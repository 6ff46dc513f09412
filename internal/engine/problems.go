package engine

import (
	"bytes"
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

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

// problem is a place in a target that cannot be parsed or resolved.
type problem struct {
	kind    fleet.ProblemKind
	doc     *fleet.Doc
	offset  int // in the file as it was read
	end     int
	message string
	round   int
	remains bool // still there after the rules ran
}

// problems lists what cannot be parsed or resolved in the targets: as they were
// read, and of what comes to light behind a syntax error that was cured.
func (r *run) problems(p *plan) []problem {
	if !hasProblems(r.first) && !hasProblems(p.fleet) {
		return nil
	}
	type key struct {
		path   string
		offset int
		kind   fleet.ProblemKind
	}
	var out []problem
	seen := make(map[key]int) // index in out
	add := func(kind fleet.ProblemKind, d *fleet.Doc, start, end int, message string, round int) {
		k := key{d.Path, start, kind}
		if _, ok := problemRules[kind]; !ok || d.Env != "" || !r.targets[d.Path] || r.elsewhere(kind, d.Path, start, end) {
			return
		}
		if i, ok := seen[k]; ok {
			out[i].remains = out[i].remains || round > out[i].round
			return
		}
		seen[k] = len(out)
		if kind == fleet.SyntaxProblem && isBinary(d.Tree.Source()) {
			message = "this looks like a binary file and not like NATS configuration: " + message
		}
		out = append(out, problem{kind, d, start, end, message, round, false})
	}
	list := func(f *fleet.Fleet, round int) {
		for _, d := range f.Docs {
			if errs := d.Tree.Errors(); len(errs) > 0 {
				span := errs[0].Span
				add(fleet.SyntaxProblem, d, p.backTo(round, d.Path, span.Start), p.backTo(round, d.Path, span.End), SyntaxMessage(d.Tree, errs[0]), round)
			}
		}
		for _, s := range f.Servers {
			for _, pr := range s.Problems {
				if mayBeIgnored(pr.Kind) && p.leave(problemRules[pr.Kind], pr) {
					continue
				}
				add(pr.Kind, pr.Doc, p.backTo(round, pr.Doc.Path, pr.Span.Start), p.backTo(round, pr.Doc.Path, pr.Span.End), pr.Message, round)
			}
		}
	}
	list(r.first, 1)
	if p.fleet != r.first {
		list(p.fleet, 2)
	}
	return out
}

// hasProblems reports whether anything in a fleet cannot be parsed or resolved.
func hasProblems(f *fleet.Fleet) bool {
	return slices.ContainsFunc(f.Docs, func(d *fleet.Doc) bool { return len(d.Tree.Errors()) > 0 }) ||
		slices.ContainsFunc(f.Servers, func(s *fleet.Server) bool { return len(s.Problems) > 0 })
}

// leave reports whether a problem is not to be reported: the rule is off there,
// a comment silences it, or the baseline has it.
func (p *plan) leave(rule string, pr fleet.Problem) bool {
	return p.run.off(pr.Doc.Path, rule) || p.silenced(rule, pr.Doc, pr.Span.Start) ||
		p.baselined(&fixes.Finding{Rule: rule, Doc: pr.Doc, Span: pr.Span})
}

// backTo is back for the texts after the rules ran (round 2) and nothing for
// the texts as they were read (round 1).
func (p *plan) backTo(round int, path string, off int) int {
	if round == 1 {
		return off
	}
	return p.back(path, off)
}

// isBinary uses git's measure: a NUL byte near the start; and no valid text.
func isBinary(src []byte) bool {
	head := src[:min(len(src), 8000)]
	return bytes.IndexByte(head, 0) >= 0 && !utf8.Valid(head)
}

// problemFindings are the findings for problems that no rule speaks of: a
// parse error is reported once, by the rule that knows it. That rule may point
// at a cause elsewhere and name the error's place as related.
func (r *run) problemFindings(p *plan) []*Finding {
	problems := r.problems(p)
	if len(problems) == 0 {
		return nil
	}
	claimed := make(map[string][]*Finding)
	for _, rep := range p.reports {
		// A warning speaks of what the parser takes.
		if f := rep.finding; f.Severity == fixes.Error && r.byName[f.Rule].Syntax {
			claimed[f.File] = append(claimed[f.File], f)
		}
	}
	var out []*Finding
	for _, pr := range problems {
		pos := r.position(pr)
		if slices.ContainsFunc(claimed[pr.doc.Path], func(f *Finding) bool {
			if f.Fixed && (pr.round > 1 || pr.remains) {
				return false // cured, and yet there is something left
			}
			return f.speaksOf(pr.offset, pos.Line)
		}) {
			continue
		}
		out = append(out, &Finding{
			Rule: problemRules[pr.kind], Severity: fixes.Error, Applicability: fixes.Manual,
			Message: pr.message, File: pr.doc.Path, Line: pos.Line, Column: pos.Column,
			Offset: pr.offset, End: pr.end, Round: pr.round, DocOffset: pr.offset,
		})
		if rule := problemRules[pr.kind]; mayBeIgnored(pr.kind) && !r.neverIgnore(pr.doc.Path, rule) {
			out[len(out)-1].Entry = p.entry(rule, pr.doc, ast.Span{Start: pr.offset, End: pr.end})
		}
	}
	return out
}

// speaksOf reports whether a finding stands at a place of its file, or names it as
// related.
func (f *Finding) speaksOf(offset, line int) bool {
	return f.Line == line || f.Offset <= offset && offset <= f.End ||
		slices.ContainsFunc(f.Related, func(r Related) bool { return r.File == f.File && r.Line == line })
}

func (r *run) position(pr problem) ast.Position {
	i, ok := slices.BinarySearchFunc(r.first.Docs, pr.doc.Path, func(d *fleet.Doc, path string) int { return cmp.Compare(d.Path, path) })
	if !ok {
		return pr.doc.Tree.Position(pr.offset)
	}
	return r.first.Docs[i].Tree.Position(pr.offset)
}

// errors lists what could not be read, and what cannot be parsed or resolved
// after the rules ran.
func (r *run) errors(p *plan) []Error {
	var out []Error
	for _, e := range r.first.LoadErrors {
		if r.targets[filepath.Clean(e.Path)] {
			out = append(out, Error{File: e.Path, Message: trimPath(e.Err.Error(), e.Path), Kind: Unreadable})
		}
	}
	for _, pr := range r.problems(p) {
		if pr.round == 1 && p.fleet != r.first && cured(p.fleet, pr) {
			continue
		}
		pos := r.position(pr)
		e := Error{File: pr.doc.Path, Line: pos.Line, Column: pos.Column, Message: pr.message, Kind: Unresolved, Finding: true}
		if pr.kind == fleet.SyntaxProblem {
			e.Kind = Syntax
		}
		out = append(out, e)
	}
	return out
}

// cured reports whether the document of a problem has none of its kind any
// more.
func cured(f *fleet.Fleet, pr problem) bool {
	for _, s := range f.Servers {
		for _, now := range s.Problems {
			if now.Kind == pr.kind && now.Doc.Path == pr.doc.Path {
				return false
			}
		}
	}
	return true
}

// trimPath takes the path off the front of a message that names it.
func trimPath(message, path string) string {
	return strings.TrimPrefix(message, path+": ")
}

// MayBeOff reports whether a rule is one of those by which the engine itself
// tells what keeps a configuration from being resolved, and of these one that can
// be switched off, silenced or known: what does not parse cannot.
func MayBeOff(rule string) bool {
	for kind, name := range problemRules {
		if name == rule {
			return mayBeIgnored(kind)
		}
	}
	return false
}

// IsProblem reports whether a name is that of findings that the engine itself
// makes, about what keeps a configuration from being resolved.
func IsProblem(rule string) bool {
	for _, name := range problemRules {
		if name == rule {
			return true
		}
	}
	return false
}
