package edit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/query"
)

// Runner carries out commands on one state of a fleet, one after the other.
type Runner struct {
	base  *fleet.Fleet
	fleet *fleet.Fleet // after the commands so far
	meant map[string]bool
	// units holds, for every document, the first of the documents that it
	// shares servers with, directly or not.
	units   map[string]string
	texts   map[string]*ast.Pieces // documents that were edited
	models  map[string]model       // servers, by root
	within  map[string][]string    // paths of a server whose values follow from variables
	refused map[string]refusal     // by unit
	notes   map[string][]note      // by unit
	matched int                    // values, of the command at hand
	moved   []moved                // what the command at hand moves
	used    map[definition]bool    // variables that something used before a command
}

// refusal says why nothing is done in a unit.
type refusal struct {
	doc     string
	span    ast.Span // in the text as it was read
	command string
	why     string
	related []fixes.Related
}

// note is a place that a command edits.
type note struct {
	doc     string
	span    ast.Span // in the text as it was read
	message string
	label   string // of the command
}

// NewRunner returns a runner for the servers of a fleet that are meant.
func NewRunner(f *fleet.Fleet, meant func(*fleet.Server) bool) *Runner {
	r := &Runner{
		base: f, fleet: f, meant: make(map[string]bool), units: make(map[string]string), texts: make(map[string]*ast.Pieces),
		models: make(map[string]model), within: make(map[string][]string),
		refused: make(map[string]refusal), notes: make(map[string][]note), used: make(map[definition]bool),
	}
	for _, s := range f.Servers {
		if !hasSyntaxErrors(s) && meant(s) {
			r.meant[s.Root.Path] = true
		}
	}
	r.findUnits()
	return r
}

// Fleet returns the fleet after the commands so far.
func (r *Runner) Fleet() *fleet.Fleet { return r.fleet }

// Do carries out a command and returns how many values it matched. only says
// for which servers, nil for all that the runner means.
func (r *Runner) Do(c *Command, only func(*fleet.Server) bool) (matched int) {
	r.matched = 0
	for _, s := range r.fleet.Servers {
		if len(r.used) == 0 || slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return r.texts[d.Path] != nil }) {
			r.noteUsed(s)
		}
	}
	touched := make(map[string]bool) // units
	dropping := false
	for round := range maxRounds {
		st := &step{
			run: r, command: c, only: only, wants: make(map[place]string),
			edits: make(map[string][]ast.Edit), done: make(map[edited]bool), notes: make(map[string][]note),
		}
		if dropping {
			if !st.dropUnused() {
				break
			}
		} else {
			dropping = c.act.do(st, round)
		}
		st.finish(touched)
	}
	r.check(c, touched)
	return r.matched
}

// maxRounds bounds how many steps a command takes.
const maxRounds = 100

// noteUsed notes which variables of a server something refers to.
func (r *Runner) noteUsed(s *fleet.Server) {
	definitions(s.Values, "", func(path string, e *fleet.Entry) {
		if e.Used {
			r.used[definition{e.Doc.Path, path}] = true
		}
	})
}

// check compares the servers of the units with what the plain values say.
func (r *Runner) check(c *Command, touched map[string]bool) {
	bad := make(map[string]bool)
	for _, s := range r.fleet.Servers {
		unit := r.unit(s.Root.Path)
		if _, refused := r.refused[unit]; refused || !touched[unit] {
			continue
		}
		if p := newProblem(serverOf(r.base, s.Root.Path), s); p != nil {
			r.refused[unit] = refusal{doc: s.Root.Path, command: c.Text, why: p.Message}
			bad[unit] = true
			continue
		}
		want := r.model(s.Root.Path)
		for _, path := range r.within[s.Root.Path] {
			if v, ok := (model{s.Values.Plain()}).at(query.Exact(path).Steps); ok {
				want.set(path, v)
			}
		}
		delta := oracle.Delta(want.root, s.Values.Plain())
		if len(delta) == 0 {
			continue
		}
		r.refused[unit] = refusal{doc: s.Root.Path, command: c.Text,
			why: fmt.Sprintf("%s of %s would not become what the command says; the text around it does not allow it", delta[0].Path, s.Root.Path)}
		bad[unit] = true
	}
	r.restore(bad)
}

// newProblem returns what can no longer be resolved in a server, nil if nothing.
func newProblem(was, is *fleet.Server) *fleet.Problem {
	for i, p := range is.Problems {
		same := func(q fleet.Problem) bool { return q.Kind == p.Kind && q.Name == p.Name }
		if was == nil || !slices.ContainsFunc(was.Problems, same) {
			return &is.Problems[i]
		}
	}
	return nil
}

// restore takes back what was done in units.
func (r *Runner) restore(units map[string]bool) {
	if len(units) == 0 {
		return
	}
	texts := make(map[string][]byte)
	for path := range r.texts {
		if units[r.unit(path)] {
			texts[path] = r.original(path).Tree.Source()
			delete(r.texts, path)
		}
	}
	for root := range r.models {
		if units[r.unit(root)] {
			delete(r.models, root)
			delete(r.within, root)
		}
	}
	for unit := range units {
		delete(r.notes, unit)
	}
	if len(texts) > 0 {
		r.fleet = r.fleet.With(texts)
	}
}

// model returns what a server should be, as plain values.
func (r *Runner) model(root string) model {
	m, ok := r.models[root]
	if !ok {
		m = model{map[string]any{}}
		if s := serverOf(r.base, root); s != nil {
			m.root = s.Values.Plain()
		}
		r.models[root] = m
	}
	return m
}

func serverOf(f *fleet.Fleet, root string) *fleet.Server {
	i, ok := slices.BinarySearchFunc(f.Servers, root, func(s *fleet.Server, root string) int { return cmp.Compare(s.Root.Path, root) })
	if !ok {
		return nil
	}
	return f.Servers[i]
}

// original returns a document as it was read, nil if it was not.
func (r *Runner) original(path string) *fleet.Doc {
	i, ok := slices.BinarySearchFunc(r.base.Docs, path, func(d *fleet.Doc, path string) int { return cmp.Compare(d.Path, path) })
	if !ok {
		return nil
	}
	return r.base.Docs[i]
}
