package fixes

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// NewValue is a value to be written: as a literal, and as what the effective
// configuration then holds.
type NewValue struct {
	Literal ast.Literal
	Plain   any // string, int64, bool, map[string]any, ...
}

// Text returns the new value of a string.
func Text(s string) NewValue { return NewValue{ast.String(s), s} }

// Block returns the new value of a map with the fields in order.
func Block(fields ...NewField) NewValue {
	v := NewValue{Plain: map[string]any{}}
	list := make([]ast.Field, 0, len(fields))
	for _, f := range fields {
		list = append(list, ast.Field{Key: f.Key, Value: f.Value.Literal})
		v.Plain.(map[string]any)[f.Key] = f.Value.Plain
	}
	v.Literal = ast.Map(list...)
	return v
}

// Flag returns the new value of a bool.
func Flag(b bool) NewValue { return NewValue{ast.Bool(b), b} }

// NewField is one entry of a new map.
type NewField struct {
	Key   string
	Value NewValue
}

// SetWant asks that the value at Path of a server becomes To.
type SetWant struct {
	Server *fleet.Server
	Path   string
	Value  *fleet.Value
	To     NewValue
}

// InsertWant asks that the map at Path of a server ("" for the top level)
// gains an entry.
type InsertWant struct {
	Server *fleet.Server
	Path   string
	Value  *fleet.Value // the map, nil for the top level
	Field  NewField
}

// Conflict says why a value cannot be changed as wanted: others share its text
// and do not want the change.
type Conflict struct {
	Message string
	Related []Related
}

func (c *Conflict) Error() string { return c.Message }

// place is a value in the effective configuration of one server.
type place struct {
	server *fleet.Server
	path   string
}

// Rewrite works out the edits that make all wants come true, and nothing else.
// A value is edited where its text is written if all who share that text want
// the same; else nearer to its use, at the variable through which it came. If
// neither will do it returns a *Conflict.
func (p *Pass) Rewrite(sets []SetWant, inserts []InsertWant) (*Fix, error) {
	w := &rewriter{fleet: p.Fleet, wants: make(map[place]NewValue), done: make(map[edited]bool)}
	for _, s := range sets {
		w.wants[place{s.Server, s.Path}] = s.To
	}
	for _, s := range sets {
		if err := w.set(s); err != nil {
			return nil, err
		}
	}
	inserted := make(map[place]string)
	for _, in := range inserts {
		inserted[place{in.Server, in.Path}] = in.Field.Key + "=" + jsonText(in.Field.Value.Plain)
	}
	for _, in := range inserts {
		if err := w.insert(in, inserted); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(w.fix.Edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Doc.Path, b.Doc.Path), cmp.Compare(a.Start, b.Start))
	})
	slices.SortFunc(w.fix.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Server.Root.Path, b.Server.Root.Path), cmp.Compare(a.Path, b.Path))
	})
	w.fix.Changes = slices.Compact(w.fix.Changes)
	return &w.fix, nil
}

type rewriter struct {
	fleet *fleet.Fleet
	wants map[place]NewValue
	done  map[edited]bool
	fix   Fix
}

// edited is what was edited already: a value, or a block that gained a key.
type edited struct {
	node ast.Node
	key  string
}

func (w *rewriter) set(s SetWant) error {
	var conflict *Conflict
	for _, target := range []struct {
		node ast.Node
		doc  *fleet.Doc
	}{{s.Value.Node, s.Value.Doc}, {s.Value.Use, s.Value.UseDoc}} {
		if !target.node.Valid() || target.doc.Env != "" {
			continue
		}
		if w.done[edited{node: target.node}] {
			return nil
		}
		uses := w.fleet.Uses(target.node)
		if c := w.disagreement(s, uses); c != nil {
			conflict = c
			continue
		}
		if target.node == s.Value.Use && w.lastUse(s) {
			if conflict == nil {
				conflict = &Conflict{Message: fmt.Sprintf("%s comes from the environment", s.Path)}
			}
			conflict.Message += fmt.Sprintf("; nor can it be written where it is used, since the server refuses the definition of $%s once nothing uses it", target.node.Text())
			continue
		}
		edits, err := ast.SetValue(target.node, s.To.Literal)
		if err != nil {
			return err
		}
		w.done[edited{node: target.node}] = true
		w.edit(target.doc, edits)
		for _, u := range uses {
			w.change(u.Server, u.Path, u.Value.Plain(), s.To.Plain)
		}
		return nil
	}
	if conflict == nil {
		conflict = &Conflict{Message: fmt.Sprintf("%s comes from the environment as a whole and cannot be edited in a file", s.Path)}
	}
	return conflict
}

// disagreement returns who shares the text and does not want the change.
func (w *rewriter) disagreement(s SetWant, uses []fleet.Use) *Conflict {
	want := jsonText(s.To.Plain)
	var others []fleet.Use
	for _, u := range uses {
		to, ok := w.wants[place{u.Server, u.Path}]
		if ok && jsonText(to.Plain) == want {
			continue
		}
		if !ok && IsDefinition(u) {
			continue
		}
		others = append(others, u)
	}
	if len(others) == 0 {
		return nil
	}
	c := &Conflict{Message: fmt.Sprintf("the text of %s is shared with %s of %s, for which the same change would be wrong",
		s.Path, others[0].Path, others[0].Server.Root.Path)}
	for _, u := range others {
		n, doc := u.Value.Place()
		c.Related = append(c.Related, Related{doc, n.Span(), fmt.Sprintf("%s of %s uses it too", u.Path, u.Server.Root.Path)})
	}
	return c
}

// lastUse reports whether the variable through which the value came would not
// be used any more if it was replaced there: the server takes its definition
// for an unknown field then (server/opts.go, unknown fields).
func (w *rewriter) lastUse(s SetWant) bool {
	def := s.Value.Def
	if def == nil {
		return false
	}
	for _, u := range w.fleet.Uses(def.Value.Node) {
		if u.Server != s.Server {
			continue
		}
		_, wanted := w.wants[place{u.Server, u.Path}]
		used := u.Value.Def == def && !wanted
		field := u.Entry == def && !IsDefinition(u)
		if used || field {
			return false
		}
	}
	return true
}

// IsDefinition reports whether a use is nothing but the definition of a
// variable, or a part of one: the server has no field of that name there.
func IsDefinition(u fleet.Use) bool {
	keys := fleet.SplitPath(u.Path)
	if schema.Root().Find(keys...) != nil {
		return false
	}
	m := u.Server.Values
	for _, key := range keys {
		e := m.Get(key)
		if e == nil {
			return false
		}
		if e.Used {
			return true
		}
		m = e.Value.Map
	}
	return false
}

func (w *rewriter) insert(in InsertWant, inserted map[place]string) error {
	doc, block := in.Server.Root, TopBlock(in.Server.Root)
	uses := []fleet.Use{{Server: in.Server}}
	if in.Value != nil {
		doc, block = in.Value.Doc, in.Value.Node
		uses = w.fleet.Uses(block)
		if doc.Env != "" {
			return &Conflict{Message: fmt.Sprintf("%s comes from the environment and cannot be edited in a file", in.Path)}
		}
	}
	want := in.Field.Key + "=" + jsonText(in.Field.Value.Plain)
	for _, u := range uses {
		if got := inserted[place{u.Server, u.Path}]; got != want && !IsDefinition(u) {
			c := &Conflict{Message: fmt.Sprintf("the block %s is shared with %s, which must not get the same %s",
				in.Path, u.Server.Root.Path, in.Field.Key)}
			c.Related = append(c.Related, Related{doc, block.Span(), "the shared block"})
			return c
		}
	}
	if !w.done[edited{block, in.Field.Key}] {
		w.done[edited{block, in.Field.Key}] = true
		edits, err := ast.InsertEntry(block, ast.Field{Key: in.Field.Key, Value: in.Field.Value.Literal}, insertPlace(in, block))
		if err != nil {
			return err
		}
		w.edit(doc, edits)
	}
	for _, u := range uses {
		if u.Value.IsMap() && len(u.Value.Map.Entries) == 0 {
			w.change(u.Server, u.Path, map[string]any{}, nil) // it ceases to be an empty block
		}
		w.added(u.Server, fleet.JoinKey(u.Path, in.Field.Key), in.Field.Value.Plain)
	}
	return nil
}

// insertPlace chooses where a new entry reads best: in an existing block first,
// as names and domains do, but behind the block's own switch, and at the end
// where comment lines stand on top that may belong to the first entry; last at
// the top level.
func insertPlace(in InsertWant, block ast.Node) ast.Where {
	first := block.First()
	if in.Value == nil || !first.Valid() {
		return ast.AtEnd()
	}
	d := in.Value.Doc.Tree
	for t := range d.GapTokens(ast.Span{Start: d.LineEnd(block.Start()), End: max(first.Start(), d.LineEnd(block.Start()))}) {
		if t.Kind == ast.TokenComment {
			return ast.AtEnd()
		}
	}
	if key := strings.ToLower(first.Key()); first.Kind() == ast.KindEntry && (key == "enabled" || key == "enable") {
		return ast.After(first)
	}
	return ast.AtStart()
}

// TopBlock returns where top-level entries of a document go: its braces, if it
// is one { } as a whole.
func TopBlock(d *fleet.Doc) ast.Node {
	root := d.Tree.Root()
	if first := root.First(); first.Valid() && first.Kind() == ast.KindBraces && !first.Next().Valid() {
		return first
	}
	return root
}

func (w *rewriter) edit(doc *fleet.Doc, edits []ast.Edit) {
	for _, e := range edits {
		w.fix.Edits = append(w.fix.Edits, Edit{doc, e})
	}
}

func (w *rewriter) change(s *fleet.Server, path string, before, after any) {
	w.fix.Changes = append(w.fix.Changes, Change{
		Server: s, Path: path, Before: jsonText(before), After: jsonText(after), Effect: effectOf(path, after),
	})
}

// NewChange declares that a value of a server changes; nil is no value.
func NewChange(s *fleet.Server, path string, before, after any) Change {
	value := after
	if value == nil {
		value = before
	}
	return Change{Server: s, Path: path, Before: jsonText(before), After: jsonText(after), Effect: effectOf(path, value)}
}

// added declares a new entry: its leaves, as the proof sees them.
func (w *rewriter) added(s *fleet.Server, path string, v any) {
	if m, ok := v.(map[string]any); ok && len(m) > 0 {
		for k, e := range m {
			w.added(s, fleet.JoinKey(path, k), e)
		}
		return
	}
	w.fix.Changes = append(w.fix.Changes, Change{Server: s, Path: path, After: jsonText(v), Effect: effectOf(path, v)})
}

// effectOf returns what setting the value at path asks of a running server; of
// a block the strongest effect of what is in it.
func effectOf(path string, v any) schema.Effect {
	effect := schema.None
	if f := schema.Root().Find(fleet.SplitPath(path)...); f != nil {
		effect = f.Effect
	}
	if m, ok := v.(map[string]any); ok {
		for k, e := range m {
			effect = max(effect, effectOf(fleet.JoinKey(path, k), e))
		}
	}
	return effect
}

// jsonText returns a value as compact JSON, "" for nil.
func jsonText(v any) string {
	if v == nil {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
