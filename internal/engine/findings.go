package engine

import (
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// finding turns what a rule reported into what the caller sees: places are
// those of the files as they were read.
func (p *plan) finding(f *fixes.Finding, offset, end, round int) *Finding {
	out := &Finding{
		Rule: f.Rule, Severity: f.Severity, Applicability: f.Applicability, Reason: f.Reason,
		Message: f.Message, File: f.Doc.Path, Offset: offset, End: end, Round: round, DocOffset: offset,
	}
	out.Line, out.Column = p.position(f.Doc, offset)
	if p.run.mayBeKnown(f) {
		out.Entry = p.entry(f.Rule, f.Doc, ast.Span{Start: offset, End: end})
	}
	for _, r := range f.Related {
		line, column := p.position(r.Doc, p.back(r.Doc.Path, r.Span.Start))
		out.Related = append(out.Related, Related{r.Doc.Path, line, column, r.Message})
	}
	if f.Fix != nil {
		out.Fix = p.fix(f.Fix)
	}
	return out
}

func (p *plan) position(d *fleet.Doc, offset int) (line, column int) {
	if first := p.original(d); first != nil {
		d = first
	}
	pos := d.Tree.Position(offset)
	return pos.Line, pos.Column
}

func (p *plan) fix(fix *fixes.Fix) *Fix {
	out := &Fix{Title: fix.Title}
	for _, e := range fix.Edits {
		if !slices.Contains(out.Group, e.Doc.Path) {
			out.Group = append(out.Group, e.Doc.Path)
		}
		out.Edits = append(out.Edits, Edit{
			File: e.Doc.Path, Start: p.back(e.Doc.Path, e.Start), End: p.back(e.Doc.Path, e.End), New: e.New,
		})
	}
	slices.Sort(out.Group)
	for _, c := range fix.Changes {
		out.Changes = append(out.Changes, resultChange(c))
	}
	out.Within = places(fix)
	return out
}

// places returns where a fix says that something may change.
func places(fix *fixes.Fix) []Place {
	var list []Place
	for _, w := range fix.Within {
		list = append(list, Place{w.Server.Root.Path, w.Path})
	}
	return list
}

func resultChange(c fixes.Change) Change {
	return Change{Server: c.Server.Root.Path, Path: c.Path, Before: c.Before, After: c.After, Effect: c.Effect.String()}
}

// findings returns the findings in files that were asked for. One in a file
// that is only context is kept if its fix was applied.
func (p *plan) findings() []*Finding {
	var out []*Finding
	for _, rep := range p.reports {
		if p.run.targets[rep.finding.File] || rep.finding.Fixed {
			out = append(out, rep.finding)
		}
	}
	return out
}
