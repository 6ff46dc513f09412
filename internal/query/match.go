package query

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Match is a value that a path names.
type Match struct {
	Server *fleet.Server
	Path   string // as fleet.JoinKey and fleet.JoinIndex write it; "" for the top level
	Parent *Match // what holds it, nil for the top level
	// Block is what the field table says of the block that holds the key, nil
	// inside what the server does not know. Field is the value's own field.
	Block *schema.Block
	Field *schema.Field
	Entry *fleet.Entry // nil for an item of a list, and for the top level
	Value *fleet.Value // nil for the top level
	Index int          // of an item of a list
}

// Top returns the top level of a server.
func Top(s *fleet.Server) *Match { return &Match{Server: s} }

// Find returns the values of a server that a path names, in the order of the
// text.
func Find(s *fleet.Server, p Path) []*Match { return find(Top(s), p.Steps) }

// Below returns the values to which steps lead from here.
func (m *Match) Below(steps ...Step) []*Match { return find(m, steps) }

func find(top *Match, steps []Step) []*Match {
	found := []*Match{top}
	for i, step := range steps {
		var next []*Match
		for _, m := range found {
			next = append(next, m.step(step)...)
		}
		if step.Kind == Deep && i > 0 {
			next = unique(next)
		}
		found = next
	}
	if len(steps) > 0 { // ** leads to where it starts, too, but the top level is no value
		found = slices.DeleteFunc(found, func(m *Match) bool { return m.Value == nil })
	}
	return found
}

// unique drops what several ** lead to twice.
func unique(list []*Match) []*Match {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, m := range list {
		if !seen[m.Path] {
			seen[m.Path] = true
			out = append(out, m)
		}
	}
	return out
}

// step returns where one step leads.
func (m *Match) step(s Step) []*Match {
	switch s.Kind {
	case Key:
		return m.entries(s.Key)
	case AnyKey:
		return m.children()
	case Deep:
		return m.all()
	}
	items := m.items()
	switch {
	case s.Kind == Each:
		return items
	case s.Kind == Index:
		i := s.Index
		if i < 0 {
			i += len(items)
		}
		if i >= 0 && i < len(items) {
			return items[i : i+1]
		}
		return nil
	case m.Map() != nil:
		items = []*Match{m} // one block in the place of a list
	}
	var kept []*Match
	for _, item := range items {
		if item.satisfies(s.Filter) {
			kept = append(kept, item)
		}
	}
	return kept
}

// Map returns the block that the match is, nil if it is none.
func (m *Match) Map() *fleet.Map {
	if m.Value == nil {
		return m.Server.Values
	}
	return m.Value.Map
}

// Inner returns what the field table says of the keys in the value, nil if the
// server does not know the field or it holds no block.
func (m *Match) Inner() *schema.Block {
	switch {
	case m.Value == nil:
		return schema.Root()
	case m.Field == nil:
		return nil
	}
	return m.Field.Block
}

// Entry returns the match of an entry of the block.
func (m *Match) entry(e *fleet.Entry) *Match {
	c := &Match{Server: m.Server, Path: fleet.JoinKey(m.Path, e.Key), Parent: m, Block: m.Inner(), Entry: e, Value: e.Value}
	if c.Block != nil {
		c.Field = c.Block.Field(e.Key)
	}
	return c
}

// entries returns the entries that the server takes for the key: in any letter
// case and under any name of the field, unless keys are data there.
func (m *Match) entries(key string) []*Match {
	values := m.Map()
	if values == nil {
		return nil
	}
	var out []*Match
	same := SameKey(m.Inner())
	for _, e := range values.Entries {
		if same(e.Key, key) {
			out = append(out, m.entry(e))
		}
	}
	return out
}

// SameKey returns how keys of a block compare. Where the server does not know
// the block it compares nothing, and keys are taken byte by byte.
func SameKey(b *schema.Block) func(a, key string) bool {
	switch {
	case b == nil || b.Data != nil:
		return func(a, key string) bool { return a == key }
	case b.Exact:
		return func(a, key string) bool {
			f := b.Field(key)
			return a == key || f != nil && f == b.Field(a)
		}
	}
	return func(a, key string) bool {
		if strings.EqualFold(a, key) {
			return true
		}
		f := b.Field(key)
		return f != nil && f == b.Field(a)
	}
}

// children returns all entries of a block.
func (m *Match) children() []*Match {
	values := m.Map()
	if values == nil {
		return nil
	}
	out := make([]*Match, 0, len(values.Entries))
	for _, e := range values.Entries {
		out = append(out, m.entry(e))
	}
	return out
}

// items returns the items of a list.
func (m *Match) items() []*Match {
	if m.Value == nil {
		return nil
	}
	out := make([]*Match, 0, len(m.Value.List))
	for i, v := range m.Value.List {
		out = append(out, &Match{
			Server: m.Server, Path: fleet.JoinIndex(m.Path, i), Parent: m, Block: m.Block, Field: m.Field, Value: v, Index: i,
		})
	}
	return out
}

// all returns the match and everything in it. How deep values nest is bounded
// (package fleet).
func (m *Match) all() []*Match {
	out := []*Match{m}
	for _, c := range m.children() {
		out = append(out, c.all()...)
	}
	for _, c := range m.items() {
		out = append(out, c.all()...)
	}
	return out
}

// satisfies reports whether a filter holds for an item of a list. A filter that
// negates holds for items without the key, too.
func (m *Match) satisfies(f Filter) bool {
	found := []*Match{m}
	for _, key := range f.Keys {
		var next []*Match
		for _, m := range found {
			next = append(next, m.entries(key)...)
		}
		found = next
	}
	return test(found, f.Op, operand{text: f.Text, re: f.re})
}
