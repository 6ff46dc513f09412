package fleet

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// Value is one value of a server's effective configuration, with its origin.
type Value struct {
	// Node is where the value's text is written: for a value that came through
	// variables the literal at their end. It is a variable node if the variable
	// is unknown (or is no variable but an unquoted bcrypt hash, see Kind).
	Node ast.Node
	// Doc is the document that holds Node. Its Env field is set for a value that
	// came from the environment.
	Doc *Doc
	// Use is the variable node through which the value came, none if it is
	// written in place. UseDoc is the document that holds Use.
	Use    ast.Node
	UseDoc *Doc
	// Def is the entry that the variable refers to, nil for the environment.
	Def *Entry

	Map  *Map     // for maps
	List []*Value // for arrays
}

// bcryptPrefix marks what the official parser takes for an unquoted bcrypt
// hash and not for a variable (conf/parse.go).
const bcryptPrefix = "2a$"

// Kind returns what the value is. An unknown variable is a KindVariable.
func (v *Value) Kind() ast.Kind {
	k := v.Node.Kind()
	if k == ast.KindVariable && strings.HasPrefix(v.Node.Text(), bcryptPrefix) {
		return ast.KindString
	}
	return k
}

// Unknown reports whether the value is a variable that nothing defines. A nil
// value (an absent field) is not unknown.
func (v *Value) Unknown() bool { return v != nil && v.Kind() == ast.KindVariable }

// IsString reports whether v is a string; a nil value is none.
func (v *Value) IsString() bool { return v != nil && v.Kind() == ast.KindString }

// IsMap reports whether v is a map; a nil value is none.
func (v *Value) IsMap() bool { return v != nil && v.Map != nil }

// IsList reports whether v is an array; a nil value is none.
func (v *Value) IsList() bool { return v != nil && v.Kind() == ast.KindArray }

// Text returns the text of a scalar; of a string its value. For a nil value,
// a map or an array it returns "".
func (v *Value) Text() string {
	if v == nil || v.Kind() == ast.KindMap || v.Kind() == ast.KindArray {
		return ""
	}
	if v.Node.Kind() == ast.KindVariable {
		return "$" + v.Node.Text()
	}
	return v.Node.Text()
}

// Place returns the node and document where the value is used: the variable,
// if it came through one, else the value itself.
func (v *Value) Place() (ast.Node, *Doc) {
	if v.Use.Valid() {
		return v.Use, v.UseDoc
	}
	return v.Node, v.Doc
}

// Entry is one key of an effective map, with the entry node that gave it.
type Entry struct {
	Key   string
	Node  ast.Node // the entry in the document
	Doc   *Doc
	Value *Value
	// Used reports whether a variable refers to the entry.
	Used bool
	// Shadowed is the entry of the same key that this one replaced, or nil.
	Shadowed *Entry
}

// Map is an effective map: its keys in the order in which they were first set.
type Map struct {
	Entries []*Entry
	index   map[string]int // only for large maps
}

// indexedFrom is from how many entries looking through them all takes longer
// than making an index and asking that.
const indexedFrom = 32

// Get returns the entry of exactly this key, or nil.
func (m *Map) Get(key string) *Entry {
	if m == nil {
		return nil
	}
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return m.Entries[i]
		}
		return nil
	}
	for _, e := range m.Entries {
		if e.Key == key {
			return e
		}
	}
	return nil
}

// Field returns the entry of one of the server's own fields, whose names
// compare in any letter case (server/opts.go lower-cases them). Of several
// spellings the last one in the text is returned; which of them the server
// takes is random. names must be lower case.
func (m *Map) Field(names ...string) *Entry {
	if m == nil {
		return nil
	}
	for i := len(m.Entries) - 1; i >= 0; i-- {
		for _, name := range names {
			if e := m.Entries[i]; len(e.Key) == len(name) && (e.Key == name || e.Key[0]|0x20 == name[0] && strings.EqualFold(e.Key, name)) {
				return e
			}
		}
	}
	return nil
}

// Value returns the value of one of the server's own fields, or nil; see
// [Map.Field].
func (m *Map) Value(names ...string) *Value {
	if e := m.Field(names...); e != nil {
		return e.Value
	}
	return nil
}

// Block returns the map that is the value of one of the server's own fields,
// or nil; see [Map.Field].
func (m *Map) Block(names ...string) *Map {
	if v := m.Value(names...); v != nil {
		return v.Map
	}
	return nil
}

func (m *Map) set(e *Entry) {
	if old := m.Get(e.Key); old != nil {
		if old == e {
			return
		}
		e.Shadowed = old
		if m.index != nil {
			m.Entries[m.index[e.Key]] = e
			return
		}
		for i := range m.Entries {
			if m.Entries[i] == old {
				m.Entries[i] = e
			}
		}
		return
	}
	m.Entries = append(m.Entries, e)
	switch {
	case m.index != nil:
		m.index[e.Key] = len(m.Entries) - 1
	case len(m.Entries) >= indexedFrom:
		m.index = make(map[string]int, 2*indexedFrom)
		for i, e := range m.Entries {
			m.index[e.Key] = i
		}
	}
}
