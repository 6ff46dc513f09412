package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// removing is remove.
type removing struct{ path query.Path }

func parseRemove(args *arguments) (_ action, err error) {
	var a removing
	a.path, err = args.below()
	return a, err
}

func (a removing) do(st *step, _ int) bool {
	found := outermost(st.find(a.path))
	for _, m := range found {
		st.want(m, "gone")
	}
	var all []removal
	for _, m := range found {
		if !st.count(m, textDoc(m)) {
			continue
		}
		if t, ok := st.entry(m, "gone"); ok {
			all = append(all, removal{m, t})
		}
	}
	st.removeAll(all, "remove")
	return true
}

// textDoc returns the document in which an entry or item stands.
func textDoc(m *query.Match) *fleet.Doc {
	if m.Entry != nil {
		return m.Entry.Doc
	}
	_, doc := m.Value.Place()
	return doc
}

// outermost drops matches that lie in others.
func outermost(list []*query.Match) []*query.Match {
	type key struct{ root, path string }
	have := make(map[key]bool, len(list))
	for _, m := range list {
		have[key{m.Server.Root.Path, m.Path}] = true
	}
	var out []*query.Match
	for _, m := range list {
		inside := m.Value == nil
		for p := m.Parent; p != nil && !inside; p = p.Parent {
			inside = have[key{p.Server.Root.Path, p.Path}]
		}
		if !inside {
			out = append(out, m)
		}
	}
	return out
}

// removal is an entry or item that goes.
type removal struct {
	match *query.Match
	target
}

// removeAll takes entries and items away: those of one document together, since
// neighbours share separators and blank lines. Entries of the same key that
// they hide go, too; else these would come to life.
func (st *step) removeAll(all []removal, verb string) {
	nodes := make(map[*fleet.Doc][]ast.Node)
	first := make(map[*fleet.Doc]removal)
	for _, r := range all {
		if st.done[edited{node: r.node}] {
			continue
		}
		st.done[edited{node: r.node}] = true
		add := func(doc *fleet.Doc, n ast.Node) {
			if _, ok := first[doc]; !ok {
				first[doc] = r
			}
			nodes[doc] = append(nodes[doc], n)
		}
		add(r.doc, r.node)
		if e := r.match.Entry; e != nil {
			for old := e.Shadowed; old != nil; old = old.Shadowed {
				if !st.done[edited{node: old.Node}] {
					st.done[edited{node: old.Node}] = true
					add(old.Doc, old.Node)
				}
			}
		}
		st.note(r.doc, r.node.Span(), "%s %s", verb, r.match.Path)
		st.each(r.uses, func(m model, path string) bool { return m.remove(path) })
	}
	docs := make([]*fleet.Doc, 0, len(nodes))
	for doc := range nodes {
		docs = append(docs, doc)
	}
	slices.SortFunc(docs, func(a, b *fleet.Doc) int { return cmp.Compare(a.Path, b.Path) })
	for _, doc := range docs {
		edits, err := ast.DeleteEntries(nodes[doc]...)
		if err != nil {
			st.refuse(first[doc].match, doc, first[doc].node.Span(), refusal{why: err.Error()})
			continue
		}
		st.edits[doc.Path] = append(st.edits[doc.Path], edits...)
	}
}

// dropUnused takes away definitions of variables that nothing uses any more
// and that something used before a command: the server would take them for
// unknown fields (server/opts.go). It reports whether it did anything; what a
// definition used may then be unused itself.
func (st *step) dropUnused() bool {
	dropped := false
	for _, s := range st.servers() {
		if !slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return st.run.texts[d.Path] != nil }) {
			continue
		}
		var all []removal
		top := query.Top(s)
		definitions(s.Values, "", func(path string, e *fleet.Entry) {
			if e.Used || !st.run.used[definition{e.Doc.Path, path}] || e.Doc.Env != "" {
				return
			}
			for _, m := range top.Below(query.Exact(path).Steps...) {
				if m.Entry == nil || m.Entry.Node != e.Node || m.Field != nil {
					continue
				}
				n, _ := e.Value.Place()
				uses := slices.DeleteFunc(slices.Clone(st.run.fleet.Uses(n)), func(u fleet.Use) bool {
					return u.Entry == nil || u.Entry.Node != e.Node
				})
				all = append(all, removal{m, target{e.Node, e.Doc, uses}})
			}
		})
		if len(all) > 0 {
			dropped = true
			st.removeAll(all, "remove unused variable")
		}
	}
	return dropped
}

// definition is an entry that a variable may refer to.
type definition struct{ doc, path string }

// definitions calls fn for every entry of a map that may define a variable, at
// every depth.
func definitions(m *fleet.Map, path string, fn func(string, *fleet.Entry)) {
	for _, e := range m.Entries {
		p := fleet.JoinKey(path, e.Key)
		fn(p, e)
		if e.Value.Map != nil {
			definitions(e.Value.Map, p, fn)
		}
	}
}

// renaming is rename.
type renaming struct {
	path query.Path
	key  string
}

func parseRename(args *arguments) (_ action, err error) {
	var a renaming
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	if last, _ := a.path.Last(); last.Kind != query.Key && last.Kind != query.AnyKey {
		return nil, fmt.Errorf("items of a list have no key to rename")
	}
	if a.key, err = args.word("the new key"); err == nil && (a.key == "" || strings.ContainsRune(a.key, 0)) {
		err = fmt.Errorf("expected the new key")
	}
	return a, err
}

func (a renaming) do(st *step, _ int) bool {
	list := outermost(st.find(a.path))
	what := "key " + a.key
	for _, m := range list {
		st.want(m, what)
	}
	for _, m := range list {
		if !st.count(m, textDoc(m)) || m.Entry.Key == a.key || !a.isFree(st, m) {
			continue
		}
		t, ok := st.entry(m, what)
		if !ok || st.done[edited{node: t.node}] {
			continue
		}
		st.done[edited{node: t.node}] = true
		edits, err := ast.RenameKey(t.node, a.key)
		for old := m.Entry.Shadowed; old != nil && err == nil; old = old.Shadowed {
			var more []ast.Edit
			if more, err = ast.RenameKey(old.Node, a.key); err == nil {
				st.edits[old.Doc.Path] = append(st.edits[old.Doc.Path], more...)
			}
		}
		if !st.edit(m, t, edits, err, "rename %s to %s", m.Path, a.key) {
			continue
		}
		for _, u := range t.uses {
			to := st.run.model(u.Server.Root.Path)
			v := to.get(u.Path)
			to.remove(u.Path)
			to.set(fleet.JoinKey(parentPath(u), a.key), v)
		}
	}
	return true
}

// isFree reports whether no sibling has the new key, or gets it as well; else
// it refuses.
func (a renaming) isFree(st *step, m *query.Match) bool {
	for _, sibling := range m.Parent.Below(query.Step{Kind: query.Key, Key: a.key}) {
		if sibling.Entry != m.Entry {
			st.refuse(m, sibling.Entry.Doc, sibling.Entry.Node.Span(),
				refusal{why: sibling.Path + " is there already: two keys of that name would be one"})
			return false
		}
	}
	to := place{m.Server.Root.Path, fleet.JoinKey(m.Parent.Path, a.key)}
	if from, claimed := st.wants[to]; claimed && from != "key "+a.key {
		st.refuse(m, m.Entry.Doc, m.Entry.Node.Span(), refusal{why: "several entries of one block would get the key " + a.key})
		return false
	}
	st.wants[to] = "from " + m.Path
	return true
}

// parentPath returns the path of the block that holds an entry.
func parentPath(u fleet.Use) string {
	return strings.TrimSuffix(strings.TrimSuffix(u.Path, fleet.JoinKey("", u.Entry.Key)), ".")
}
