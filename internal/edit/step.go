package edit

import (
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// step is one pass of a command over the servers.
type step struct {
	run     *Runner
	command *Command
	only    func(*fleet.Server) bool
	wants   map[place]string // what the command wants to become of values
	edits   map[string][]ast.Edit
	done    map[edited]bool
	notes   map[string][]note // by document
}

// place is a value of a server.
type place struct{ root, path string }

// edited is what the step edited already: a value, or a block that gained a
// key.
type edited struct {
	node ast.Node
	key  string
}

// servers returns the servers that the command is for.
func (st *step) servers() []*fleet.Server {
	var list []*fleet.Server
	for _, s := range st.run.fleet.Servers {
		if _, refused := st.run.refused[st.run.unit(s.Root.Path)]; refused || !st.run.meant[s.Root.Path] {
			continue
		}
		if st.only == nil || st.only(s) {
			list = append(list, s)
		}
	}
	return list
}

// find returns the values of all servers that a path names.
func (st *step) find(p query.Path) []*query.Match {
	var list []*query.Match
	for _, s := range st.servers() {
		list = append(list, query.Find(s, p)...)
	}
	return list
}

// count notes that the command matched a value whose text stands in doc. It
// reports whether the text is the command's to change: it is not where the
// server is there for context only, or the command is for other files.
func (st *step) count(m *query.Match, doc *fleet.Doc) bool {
	if doc.Context && m.Server.Root.Context || !st.command.InFile(doc.Path) {
		return false
	}
	st.run.matched++
	return true
}

// want notes what is to become of a value, so that those who share its text
// can be asked.
func (st *step) want(m *query.Match, what string) {
	st.wants[place{m.Server.Root.Path, m.Path}] = what
}

// target is a text, and where it takes effect.
type target struct {
	node ast.Node
	doc  *fleet.Doc
	uses []fleet.Use
}

// value returns the text to edit so that a value becomes what is wanted: where
// it is written if all who share the text want the same, else the variable
// through which it came. It refuses the unit if neither will do.
func (st *step) value(m *query.Match, what string) (target, bool) {
	var why refusal
	for _, t := range [...]target{{node: m.Value.Node, doc: m.Value.Doc}, {node: m.Value.Use, doc: m.Value.UseDoc}} {
		if !t.node.Valid() || t.doc.Env != "" {
			continue
		}
		t.uses = st.run.fleet.Uses(t.node)
		no := st.disagreement(m, t, what)
		if no == nil {
			return t, true
		}
		if why.why == "" {
			why = *no
		}
	}
	if why.why == "" {
		why.why = fmt.Sprintf("%s comes from the environment as a whole and cannot be edited in a file", m.Path)
	}
	n, doc := m.Value.Place()
	st.refuse(m, doc, n.Span(), why)
	return target{}, false
}

// disagreement returns who shares a text and does not want the change.
func (st *step) disagreement(m *query.Match, t target, what string) *refusal {
	for _, u := range t.uses {
		if got, ok := st.wants[place{u.Server.Root.Path, u.Path}]; ok && got == what || !ok && fixes.IsDefinition(u) {
			continue
		}
		no := &refusal{why: fmt.Sprintf("the text of %s is shared with %s of %s, for which the command does not want the same", m.Path, u.Path, u.Server.Root.Path)}
		n, doc := u.Value.Place()
		if d := st.run.original(doc.Path); d != nil {
			no.related = []fixes.Related{{Doc: d, Span: st.back(doc, n.Span()), Message: fmt.Sprintf("%s of %s uses it too", u.Path, u.Server.Root.Path)}}
		}
		return no
	}
	return nil
}

// block returns the text of a block that is to gain an entry or a list that is
// to gain an item, if all who share it want that at their path followed by
// below.
func (st *step) block(m *query.Match, below func(path string) string, what string) (target, bool) {
	if m.Value == nil {
		return target{fixes.TopBlock(m.Server.Root), m.Server.Root, []fleet.Use{{Server: m.Server}}}, true
	}
	t := target{node: m.Value.Node, doc: m.Value.Doc}
	if t.doc.Env != "" {
		st.refuse(m, t.doc, t.node.Span(), refusal{why: fmt.Sprintf("%s comes from the environment and cannot be edited in a file", m.Path)})
		return t, false
	}
	t.uses = st.run.fleet.Uses(t.node)
	for _, u := range t.uses {
		if got, ok := st.wants[place{u.Server.Root.Path, below(u.Path)}]; ok && got == what || !ok && fixes.IsDefinition(u) {
			continue
		}
		st.refuse(m, t.doc, t.node.Span(), refusal{
			why: fmt.Sprintf("the block %s is shared with %s of %s, for which the command does not want the same", m.Path, u.Path, u.Server.Root.Path),
		})
		return t, false
	}
	return t, true
}

// entry returns the text of an entry or item as a whole, if all who share it
// want the same.
func (st *step) entry(m *query.Match, what string) (target, bool) {
	n, doc := m.Value.Place()
	uses := st.run.fleet.Uses(n)
	t := target{node: n, doc: doc}
	if m.Entry != nil {
		t.node, t.doc = m.Entry.Node, m.Entry.Doc
	}
	for _, u := range uses {
		if m.Entry == nil || u.Entry != nil && u.Entry.Node == m.Entry.Node {
			t.uses = append(t.uses, u)
		}
	}
	if t.doc.Env != "" || !t.node.Valid() {
		st.refuse(m, t.doc, ast.Span{}, refusal{why: fmt.Sprintf("%s comes from the environment and cannot be edited in a file", m.Path)})
		return t, false
	}
	if m.Entry != nil && m.Entry.Used {
		st.refuse(m, t.doc, t.node.Span(), refusal{why: fmt.Sprintf("a variable $%s refers to it; inline it first", m.Entry.Key)})
		return t, false
	}
	if no := st.disagreement(m, t, what); no != nil {
		st.refuse(m, t.doc, t.node.Span(), *no)
		return t, false
	}
	return t, true
}

// edit makes edits of a document and says what for. It reports whether a
// helper made edits at all; if not the unit is refused.
func (st *step) edit(m *query.Match, t target, edits []ast.Edit, err error, format string, args ...any) bool {
	if err != nil {
		st.refuse(m, t.doc, t.node.Span(), refusal{why: err.Error()})
		return false
	}
	st.edits[t.doc.Path] = append(st.edits[t.doc.Path], edits...)
	span := t.node.Span()
	if t.node.Kind() == ast.KindDocument {
		span.End = span.Start // the file as a whole
	}
	st.note(t.doc, span, format, args...)
	return true
}

// note says what is done at a place of a document as it is now.
func (st *step) note(doc *fleet.Doc, span ast.Span, format string, args ...any) {
	st.notes[doc.Path] = append(st.notes[doc.Path], note{doc: doc.Path, span: st.back(doc, span), message: fmt.Sprintf(format, args...), label: st.command.label})
}

// back maps a span to the document as it was read.
func (st *step) back(doc *fleet.Doc, span ast.Span) ast.Span {
	if p := st.run.texts[doc.Path]; p != nil {
		span.Start, span.End = p.Back(span.Start), p.Back(max(span.Start, span.End-1))+min(1, span.Len())
		span.End = max(span.Start, span.End)
	}
	return span
}

// refuse gives up the unit of a server.
func (st *step) refuse(m *query.Match, doc *fleet.Doc, span ast.Span, why refusal) {
	unit := st.run.unit(m.Server.Root.Path)
	if _, already := st.run.refused[unit]; already {
		return
	}
	why.doc, why.span, why.command = doc.Path, st.back(doc, span), st.command.Text
	if st.run.original(doc.Path) == nil {
		why.doc, why.span = m.Server.Root.Path, ast.Span{}
	}
	st.run.refused[unit] = why
}

// finish makes the edits of the step.
func (st *step) finish(touched map[string]bool) {
	r := st.run
	restore := make(map[string]bool)
	for unit := range r.refused {
		restore[unit] = true
	}
	r.restore(restore)
	texts := make(map[string][]byte)
	for path, edits := range st.edits {
		unit := r.unit(path)
		if _, refused := r.refused[unit]; refused {
			continue
		}
		if r.texts[path] == nil {
			r.texts[path] = ast.NewPieces(r.original(path).Tree.Source())
		}
		if err := r.texts[path].Apply(edits); err != nil {
			r.refused[unit] = refusal{doc: path, command: st.command.Text, why: "its edits touch each other: " + err.Error()}
			r.restore(map[string]bool{unit: true})
			continue
		}
		texts[path] = r.texts[path].Text()
		touched[unit] = true
	}
	for path, notes := range st.notes {
		if unit := r.unit(path); touched[unit] {
			if _, refused := r.refused[unit]; !refused {
				r.notes[unit] = append(r.notes[unit], notes...)
			}
		}
	}
	for path := range texts {
		if _, refused := r.refused[r.unit(path)]; refused {
			delete(texts, path)
		}
	}
	if len(texts) > 0 {
		r.fleet = r.fleet.With(texts)
	}
	for _, m := range r.models {
		m.sweep()
	}
}

// each carries out a change of plain values wherever a text takes effect.
func (st *step) each(uses []fleet.Use, change func(m model, path string) bool) {
	for _, u := range uses {
		change(st.run.model(u.Server.Root.Path), u.Path)
	}
}

// follow leaves it to the variable in a value what a place becomes.
func (st *step) follow(root, path string) {
	if !slices.Contains(st.run.within[root], path) {
		st.run.within[root] = append(st.run.within[root], path)
	}
}
