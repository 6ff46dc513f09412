package edit

import (
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// findUnits joins the documents of each server.
func (r *Runner) findUnits() {
	var find func(path string) string
	find = func(path string) string {
		up, ok := r.units[path]
		if !ok || up == path {
			r.units[path] = path
			return path
		}
		top := find(up)
		r.units[path] = top
		return top
	}
	for _, s := range r.base.Servers {
		for _, d := range s.Docs {
			a, b := find(s.Root.Path), find(d.Path)
			r.units[max(a, b)] = min(a, b)
		}
	}
	for path := range r.units {
		find(path)
	}
}

func (r *Runner) unit(path string) string {
	if u, ok := r.units[path]; ok {
		return u
	}
	return path
}

// join makes one unit of two documents' units: one of the two includes the
// other now.
func (r *Runner) join(one, other string) {
	a, b := r.unit(one), r.unit(other)
	if a == b {
		return
	}
	r.units[one], r.units[other] = a, b
	for path, unit := range r.units {
		if unit == b {
			r.units[path] = a
		}
	}
	r.notes[a] = append(r.notes[a], r.notes[b]...)
	delete(r.notes, b)
	if why, refused := r.refused[b]; refused {
		delete(r.refused, b)
		if _, both := r.refused[a]; !both {
			r.refused[a] = why
		}
	}
}

// Unit is what came of the commands in files that servers share.
type Unit struct {
	// Fix does all that the commands say; nil if they were refused.
	Fix   *fixes.Fix
	Notes []Note // what is done where, in the order in which it was
	// Refused says why nothing is done, at a place; its Message is the command.
	Refused *Note
	Why     string
	Related []fixes.Related
}

// Note is a place in a document as it was read.
type Note struct {
	Doc     *fleet.Doc
	Span    ast.Span
	Message string
}

// Units returns what came of the commands, by the first file of each unit.
// Units in which nothing changes are left out.
func (r *Runner) Units() []*Unit {
	var out []*Unit
	for _, unit := range slices.Sorted(maps.Keys(r.notes)) {
		u := &Unit{Fix: r.fix(unit)}
		if u.Fix == nil {
			continue // the commands took back what they did
		}
		for _, n := range r.notes[unit] {
			u.Notes = append(u.Notes, Note{r.original(n.doc), n.span, n.message})
		}
		r.bringHome(unit, u.Notes)
		out = append(out, u)
	}
	for _, unit := range slices.Sorted(maps.Keys(r.refused)) {
		why := r.refused[unit]
		refused := []Note{{r.original(why.doc), why.span, why.command}}
		if r.bringHome(unit, refused); refused[0].Doc != nil && !refused[0].Doc.Context {
			out = append(out, &Unit{Refused: &refused[0], Why: why.why, Related: why.related})
		}
	}
	return out
}

// bringHome moves notes that are all about files outside the paths to the first
// of the unit's files that is inside: nobody is told about the others.
func (r *Runner) bringHome(unit string, notes []Note) {
	if slices.ContainsFunc(notes, func(n Note) bool { return n.Doc == nil || !n.Doc.Context }) {
		return
	}
	for _, d := range r.base.Docs {
		if !d.Context && r.unit(d.Path) == unit {
			for i := range notes {
				notes[i].Doc, notes[i].Span = d, ast.Span{}
			}
			return
		}
	}
}

// Refuse gives up the unit of a server because of a command that cannot be
// carried out there.
func (r *Runner) Refuse(s *fleet.Server, command, why string) {
	unit := r.unit(s.Root.Path)
	if _, already := r.refused[unit]; !already {
		r.refused[unit] = refusal{doc: s.Root.Path, command: command, why: why}
		r.restore(map[string]bool{unit: true})
	}
}

// fix returns the fix of a unit, nil if its texts are as they were.
func (r *Runner) fix(unit string) *fixes.Fix {
	fix := &fixes.Fix{}
	for _, path := range slices.Sorted(maps.Keys(r.texts)) {
		if r.unit(path) != unit {
			continue
		}
		d := r.original(path)
		for _, e := range r.texts[path].Edits() {
			fix.Edits = append(fix.Edits, fixes.Edit{Doc: d, Edit: e})
		}
	}
	if len(fix.Edits) == 0 {
		return nil
	}
	var titles []string
	for _, n := range r.notes[unit] {
		if !slices.Contains(titles, n.label) {
			titles = append(titles, n.label)
		}
	}
	fix.Title = strings.Join(titles, "; ")
	for _, s := range r.base.Servers {
		if r.unit(s.Root.Path) != unit {
			continue
		}
		for _, c := range oracle.Delta(s.Values.Plain(), r.model(s.Root.Path).root) {
			fix.Changes = append(fix.Changes, fixes.NewChange(s, c.Path, c.Before, c.After))
		}
	}
	return fix
}
