package edit

import (
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/schema"
)

// adding is add: to a list, or as a new entry.
type adding struct {
	path  query.Path
	value Value
}

func parseAdd(args *arguments) (_ action, err error) {
	var a adding
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	a.value, err = args.value()
	return a, err
}

func (a adding) do(st *step, _ int) bool {
	last, _ := a.path.Last()
	var present, absent []*query.Match
	for _, in := range st.find(a.path.Parent()) {
		found := in.Below(last)
		present = append(present, found...)
		if len(found) == 0 && last.Kind == query.Key && (in.Map() != nil || switchedOn(in)) {
			absent = append(absent, in)
		}
	}
	want := a.value.Text
	for _, m := range present {
		st.want(m, want)
	}
	for _, in := range absent {
		st.wants[place{in.Server.Root.Path, fleet.JoinKey(in.Path, last.Key)}] = want
		if in.Map() == nil {
			st.want(in, want)
		}
	}
	for _, m := range present {
		doc := m.Value.Doc
		if !st.count(m, doc) {
			continue
		}
		switch {
		case m.Value.IsList():
			a.append(st, m, want)
		case !m.Value.IsMap() && takesList(m.Field) && !a.value.isAlready(m.Value):
			a.makeList(st, m, want)
		}
	}
	for _, in := range absent {
		doc := in.Server.Root
		if in.Value != nil {
			_, doc = in.Value.Place()
		}
		if !st.count(in, doc) {
			continue
		}
		v := a.value
		var field *schema.Field
		if b := in.Inner(); b != nil {
			field = b.Field(last.Key)
		}
		if v.kind != ast.KindArray && takesList(field) && !(v.kind == ast.KindMap && field.Takes(schema.Map)) {
			v = listWith(v)
		}
		if in.Map() == nil {
			st.intoSwitch(in, "add", last.Key, v, want)
			continue
		}
		st.insertEntry(in, ast.Field{Key: last.Key, Value: v.Literal}, v, "add "+fleet.JoinKey(in.Path, last.Key), want)
	}
	return true
}

func takesList(f *schema.Field) bool { return f != nil && f.Takes(schema.List) }

func listWith(items ...Value) Value {
	v := Value{kind: ast.KindArray, list: items}
	plain := []any{}
	var lits []ast.Literal
	for _, item := range items {
		lits = append(lits, item.Literal)
		plain = append(plain, item.Plain)
	}
	v.Literal = ast.List(lits...)
	if !slices.ContainsFunc(items, func(item Value) bool { return item.Plain == nil }) {
		v.Plain = plain
	}
	return v
}

// items returns what is to be added to a list.
func (a adding) items() []Value {
	if a.value.kind == ast.KindArray {
		return a.value.list
	}
	return []Value{a.value}
}

// append adds to a list the items that it does not have.
func (a adding) append(st *step, m *query.Match, want string) {
	var items []Value
	for _, item := range a.items() {
		if !slices.ContainsFunc(m.Value.List, item.isAlready) {
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		st.appendItems(m, items, "add to "+m.Path, want)
	}
}

// appendItems adds items to a list.
func (st *step) appendItems(m *query.Match, items []Value, what, want string) {
	t, ok := st.block(m, func(path string) string { return path }, want)
	if !ok || st.done[edited{node: t.node}] {
		return
	}
	st.done[edited{node: t.node}] = true
	lits := make([]ast.Literal, len(items))
	plain := make([]any, len(items))
	for i, item := range items {
		lits[i], plain[i] = item.Literal, item.Plain
	}
	edits, err := ast.InsertItems(t.node, lits, ast.AtEnd())
	if !st.edit(m, t, edits, err, "%s", what) {
		return
	}
	length := len(m.Value.List)
	for _, u := range t.uses {
		st.run.model(u.Server.Root.Path).add(u.Path, clone(plain).([]any)...)
		for i, item := range items {
			if item.Plain == nil {
				st.follow(u.Server.Root.Path, fleet.JoinIndex(u.Path, length+i))
			}
		}
	}
}

// makeList puts a value that may also be a list into one with what is added.
func (a adding) makeList(st *step, m *query.Match, want string) {
	first, err := valueOf(m.Value.Node, 0)
	if err != nil || m.Value.Unknown() {
		st.refuse(m, m.Value.Doc, m.Value.Node.Span(), refusal{why: m.Path + " is no list"})
		return
	}
	st.setValue(m, "add to "+m.Path, listWith(append([]Value{first}, a.items()...)...), want)
}
