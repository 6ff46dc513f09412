package edit

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/schema"
)

// inlining is inline: it writes what a variable stands for where it is used.
type inlining struct{ path query.Path }

func parseInline(args *arguments) (_ action, err error) {
	var a inlining
	a.path, err = args.below()
	return a, err
}

func (a inlining) do(st *step, _ int) bool {
	for _, m := range st.find(a.path) {
		if m.Value == nil {
			continue
		}
		uses := []*query.Match{m}
		if m.Entry != nil && m.Entry.Used {
			uses = usesOf(m) // the definition is meant, and with it all that refer to it
		}
		for _, use := range uses {
			st.inline(use)
		}
	}
	return true
}

// usesOf returns the values of a server that come through the variable that an
// entry defines.
func usesOf(def *query.Match) []*query.Match {
	var list []*query.Match
	def.Server.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		if v.Def != nil && v.Def.Node == def.Entry.Node {
			list = append(list, query.Find(def.Server, query.Exact(path))...)
		}
	})
	return list
}

func (st *step) inline(m *query.Match) {
	use, doc := m.Value.Use, m.Value.UseDoc
	if !use.Valid() || !st.count(m, doc) || st.done[edited{node: use}] {
		return
	}
	if m.Value.Doc.Env != "" {
		st.refuse(m, doc, use.Span(), refusal{why: fmt.Sprintf("the value of $%s comes from the environment, which may be another one elsewhere", use.Text())})
		return
	}
	st.done[edited{node: use}] = true
	edits, err := ast.SetValue(use, ast.CopyOf(m.Value.Node))
	st.edit(m, target{node: use, doc: doc}, edits, err, "inline $%s in %s", use.Text(), m.Path)
}

// extracting is extract: it gives a value a name at the top of its file.
type extracting struct {
	path query.Path
	name string
}

func parseExtract(args *arguments) (_ action, err error) {
	var a extracting
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	if a.name, err = args.word("the name of the variable"); err != nil {
		return nil, err
	}
	a.name = strings.TrimPrefix(a.name, "$")
	n, err := parseValue("$" + a.name)
	switch {
	case err != nil || n.Kind() != ast.KindVariable || n.Text() != a.name:
		err = fmt.Errorf("%q cannot be the name of a variable", a.name)
	case schema.Root().Field(a.name) != nil:
		err = fmt.Errorf("%q is a field of the server, which would take the definition for it", a.name)
	}
	return a, err
}

func (a extracting) do(st *step, _ int) bool {
	values := make(map[*fleet.Doc]string) // what the name stands for
	for _, m := range st.find(a.path) {
		if m.Value == nil || m.Value.Unknown() {
			continue
		}
		n, doc := m.Value.Place()
		if !st.count(m, doc) || m.Value.Use.Valid() && m.Value.Use.Text() == a.name || m.Entry != nil && m.Entry.Used && m.Entry.Key == a.name {
			continue
		}
		t := target{node: n, doc: doc}
		text := jsonText(m.Value.Plain())
		if old, ok := values[doc]; ok && old != text {
			st.refuse(m, doc, n.Span(), refusal{why: fmt.Sprintf("not all values that are meant are the same, so that $%s cannot stand for all", a.name)})
			continue
		}
		if st.done[edited{node: n}] {
			continue
		}
		st.done[edited{node: n}] = true
		if _, ok := values[doc]; !ok {
			values[doc] = text
			if !st.define(m, doc, a.name, text) {
				continue
			}
		}
		edits, err := ast.SetValue(n, ast.Raw("$"+a.name))
		st.edit(m, t, edits, err, "extract %s to $%s", m.Path, a.name)
	}
	return true
}

// define puts a definition at the top of a document, unless one of the same
// value is there.
func (st *step) define(m *query.Match, doc *fleet.Doc, name, text string) bool {
	top := doc.Tree.Root()
	if first := top.First(); first.Valid() && first.Kind() == ast.KindBraces && !first.Next().Valid() {
		top = first
	}
	for n := range top.Children() {
		if n.Kind() != ast.KindEntry || n.Key() != name {
			continue
		}
		for _, s := range st.servers() {
			for _, e := range s.Values.Entries {
				if e.Node == n && jsonText(e.Value.Plain()) == text && n.Start() < m.Value.Node.Start() {
					return true
				}
			}
		}
		st.refuse(m, doc, n.Span(), refusal{why: fmt.Sprintf("%s is defined already, and as something else or too late in the file", name)})
		return false
	}
	for _, s := range st.run.fleet.Servers {
		for _, prefix := range includedAt(s, doc) {
			if f := schema.Root().Find(append(fleet.SplitPath(prefix), name)...); f != nil && f.Name != "*" {
				st.refuse(m, doc, m.Value.Node.Span(), refusal{why: fmt.Sprintf("%s is a field of %s, into which the file is included", name, prefix)})
				return false
			}
		}
	}
	n, _ := m.Value.Place()
	edits, err := ast.InsertEntry(doc.Tree.Root(), ast.Field{Key: name, Value: ast.CopyOf(n)}, ast.AtStart())
	if err != nil {
		st.refuse(m, doc, n.Span(), refusal{why: err.Error()})
		return false
	}
	st.edits[doc.Path] = append(st.edits[doc.Path], edits...)
	for _, s := range st.run.fleet.Servers {
		for _, prefix := range includedAt(s, doc) {
			st.run.model(s.Root.Path).set(fleet.JoinKey(prefix, name), clone(m.Value.Plain()))
		}
	}
	return true
}

// includedAt returns the paths of the blocks that the top level of a document
// becomes a part of.
func includedAt(s *fleet.Server, doc *fleet.Doc) []string {
	if s.Root == doc {
		return []string{""}
	}
	var paths []string
	seen := make(map[string]bool)
	s.Each(func(path string, e *fleet.Entry, _ *fleet.Value) {
		if e == nil || e.Doc != doc || !e.Node.Valid() {
			return
		}
		if p := e.Node.Parent(); p.Kind() != ast.KindDocument && p.Kind() != ast.KindBraces {
			return
		}
		at := parentPath(fleet.Use{Path: path, Entry: e})
		if !seen[at] {
			seen[at] = true
			paths = append(paths, at)
		}
	})
	return paths
}
