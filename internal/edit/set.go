package edit

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/schema"
)

// setting is set, set-default, and the part of add that adds entries.
type setting struct {
	path    query.Path
	value   Value
	verb    string
	replace bool // what is there already
	create  bool // what is not
}

func parseSet(args *arguments) (action, error) {
	return parseSetting(args, setting{verb: "set", replace: true, create: true})
}

func parseSetDefault(args *arguments) (action, error) {
	return parseSetting(args, setting{verb: "set-default", create: true})
}

func parseSetting(args *arguments, a setting) (_ action, err error) {
	if a.path, err = args.below(); err != nil {
		return nil, err
	}
	a.value, err = args.value()
	return a, err
}

func (a setting) do(st *step, _ int) bool {
	last, _ := a.path.Last()
	var present []*query.Match
	var absent []*query.Match // the blocks that lack it
	for _, in := range st.find(a.path.Parent()) {
		found := in.Below(last)
		switch {
		case len(found) > 0:
			present = append(present, found...)
		case last.Kind == query.Key && (in.Map() != nil || switchedOn(in)):
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
		if _, doc := m.Value.Place(); st.count(m, doc) && a.replace {
			st.setValue(m, a.verb+" "+m.Path, a.value, want)
		}
	}
	for _, in := range absent {
		doc := in.Server.Root
		if in.Value != nil {
			_, doc = in.Value.Place()
		}
		switch {
		case !a.create || !st.count(in, doc):
		case in.Map() == nil:
			st.intoSwitch(in, a.verb, last.Key, a.value, want)
		default:
			st.insertEntry(in, ast.Field{Key: last.Key, Value: a.value.Literal}, a.value, a.verb+" "+fleet.JoinKey(in.Path, last.Key), want)
		}
	}
	return true
}

// setValue gives a value another one, unless it has that.
func (st *step) setValue(m *query.Match, what string, v Value, want string) {
	if !v.isAlready(m.Value) {
		st.writeValue(m, what, v, want)
	}
}

// writeValue gives a value another one.
func (st *step) writeValue(m *query.Match, what string, v Value, want string) {
	st.rewrite(m, what, v, want, func(n ast.Node) ([]ast.Edit, error) { return ast.SetValue(n, v.Literal) })
}

// rewrite edits the text of a value so that it becomes another one.
func (st *step) rewrite(m *query.Match, what string, v Value, want string, how func(ast.Node) ([]ast.Edit, error)) {
	t, ok := st.value(m, want)
	if !ok || st.done[edited{node: t.node}] {
		return
	}
	st.done[edited{node: t.node}] = true
	edits, err := how(t.node)
	if !st.edit(m, t, edits, err, "%s", what) {
		return
	}
	st.each(t.uses, func(to model, path string) bool { return to.set(path, clone(v.Plain)) })
	st.followAll(t.uses, v, func(path string) string { return path })
}

// followAll leaves it to the fleet what a value with variables becomes.
func (st *step) followAll(uses []fleet.Use, v Value, at func(string) string) {
	if v.Plain != nil {
		return
	}
	for _, u := range uses {
		st.follow(u.Server.Root.Path, at(u.Path))
	}
}

// isAlready reports whether a value is what is asked for.
func (v Value) isAlready(have *fleet.Value) bool {
	if v.Plain == nil {
		return v.kind == ast.KindVariable && have.Use.Valid() && "$"+have.Use.Text() == v.Text
	}
	return have.Kind() == v.kind && jsonText(have.Plain()) == jsonText(v.Plain)
}

// insertEntry adds an entry to a block.
func (st *step) insertEntry(in *query.Match, f ast.Field, v Value, what, want string) {
	at := func(path string) string { return fleet.JoinKey(path, f.Key) }
	t, ok := st.block(in, at, want)
	if !ok || st.done[edited{t.node, f.Key}] {
		return
	}
	st.done[edited{t.node, f.Key}] = true
	edits, err := ast.InsertEntry(t.node, f, ast.AtEnd())
	shown := t
	if in.Value == nil {
		shown.node = t.node.Doc().Root()
	}
	if !st.edit(in, shown, edits, err, "%s", what) {
		return
	}
	st.each(t.uses, func(to model, path string) bool { return to.set(at(path), clone(v.Plain)) })
	st.followAll(t.uses, v, at)
}

// switchedOn reports whether a value is no block but stands for one that is
// switched on, as in jetstream: enabled.
func switchedOn(m *query.Match) bool {
	if m.Value == nil || m.Field == nil || m.Field.Block == nil || !m.Field.Takes(schema.Map|schema.Bool) {
		return false
	}
	switch m.Value.Kind() {
	case ast.KindBool:
		return m.Value.Node.BoolValue()
	case ast.KindString:
		word := strings.ToLower(m.Value.Text())
		return word == "enabled" || word == "enable"
	}
	return false
}

// intoSwitch puts a block with one entry in the place of the word that
// switches it on.
func (st *step) intoSwitch(in *query.Match, verb, key string, v Value, want string) {
	block := Value{Literal: ast.Map(ast.Field{Key: key, Value: v.Literal}), kind: ast.KindMap}
	if v.Plain != nil {
		block.Plain = map[string]any{key: v.Plain}
	}
	st.setValue(in, verb+" "+fleet.JoinKey(in.Path, key), block, want)
}
