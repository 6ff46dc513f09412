package fixes

import (
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Visit is one value of a server's effective configuration with what the field
// table says of it.
type Visit struct {
	Server *fleet.Server
	Parent *Visit        // the map or list that holds it, nil at the top level
	Block  *schema.Block // the block that holds the key; nil inside what the server does not know
	Field  *schema.Field // nil if the server does not know the key
	Entry  *fleet.Entry  // nil for an item of a list
	Value  *fleet.Value
	Index  int // of an item of a list
	// Judged is room for the rules about types to note what is wrong with the
	// value, so that each of them need not find out again; 0 before they did.
	Judged uint8
}

// Path returns the path of the value.
func (v *Visit) Path() string {
	parent := ""
	if v.Parent != nil {
		parent = v.Parent.Path()
	}
	if v.Entry == nil {
		return fleet.JoinIndex(parent, v.Index)
	}
	return fleet.JoinKey(parent, v.Entry.Key)
}

// Is reports whether the value is the named field, in a block of the given
// path in the field table ("" for the top level).
func (v *Visit) Is(block, field string) bool {
	return v.Field != nil && v.Block != nil && v.Entry != nil && v.Field.Name == field && v.Block.Path == block
}

// Top returns one of the server's own fields at the top level by its names in
// lower case, nil if it is absent.
func Top(s *fleet.Server, names ...string) *Visit {
	return VisitEntry(s, nil, schema.Root(), s.Values.Field(names...))
}

// Below returns one of the server's own fields in a block by its names in lower
// case, nil if there is no such block or field.
func Below(block *Visit, names ...string) *Visit {
	if block == nil || block.Value.Map == nil {
		return nil
	}
	return VisitEntry(block.Server, block, block.Inner(), block.Value.Map.Field(names...))
}

// VisitEntry returns the visit of an entry of a block, nil for no entry.
func VisitEntry(s *fleet.Server, parent *Visit, block *schema.Block, e *fleet.Entry) *Visit {
	if e == nil {
		return nil
	}
	v := &Visit{Server: s, Parent: parent, Block: block, Entry: e, Value: e.Value}
	if block != nil {
		v.Field = block.Field(e.Key)
	}
	return v
}

// Inner returns what the field table says of the keys in the value, nil if the
// server does not know the field or it holds no block.
func (v *Visit) Inner() *schema.Block {
	if v.Field == nil {
		return nil
	}
	return v.Field.Block
}

// Walk calls fn for every value of a server, parents before children. The
// visits must not be kept.
func Walk(s *fleet.Server, fn func(*Visit)) {
	var w visitor
	w.walk(s, fn)
}

// visitor walks the values of servers, one server after the other, and uses
// its room again for the next one.
type visitor struct {
	todo   []*Visit
	chunks [][]Visit // where visits are kept, the first used of them full
	used   int
}

// visitChunk is how many visits are allocated at once.
const visitChunk = 64

func (w *visitor) push(v Visit) {
	if w.used == 0 || len(w.chunks[w.used-1]) == visitChunk {
		if w.used == len(w.chunks) {
			w.chunks = append(w.chunks, make([]Visit, 0, visitChunk))
		}
		w.used++
	}
	chunk := &w.chunks[w.used-1]
	*chunk = append(*chunk, v)
	w.todo = append(w.todo, &(*chunk)[len(*chunk)-1])
}

// reset makes room for the next server.
func (w *visitor) reset() {
	for i := range w.used {
		clear(w.chunks[i])
		w.chunks[i] = w.chunks[i][:0]
	}
	w.todo, w.used = w.todo[:0], 0
	if len(w.chunks) > maxChunks {
		w.chunks = nil
	}
}

// maxChunks bounds what is kept from a very large server.
const maxChunks = 64

func (w *visitor) pushMap(s *fleet.Server, parent *Visit, m *fleet.Map, block *schema.Block) {
	for i := len(m.Entries) - 1; i >= 0; i-- {
		e := m.Entries[i]
		v := Visit{Server: s, Parent: parent, Block: block, Entry: e, Value: e.Value}
		if block != nil {
			v.Field = block.Field(e.Key)
		}
		w.push(v)
	}
}

// walk calls fn for every value of a server, parents before children.
func (w *visitor) walk(s *fleet.Server, fn func(*Visit)) {
	defer w.reset()
	w.pushMap(s, nil, s.Values, schema.Root())
	for len(w.todo) > 0 {
		v := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		fn(v)
		if v.Value.Map != nil {
			w.pushMap(s, v, v.Value.Map, v.Inner())
		}
		for i := len(v.Value.List) - 1; i >= 0; i-- {
			w.push(Visit{Server: s, Parent: v, Block: v.Block, Field: v.Field, Value: v.Value.List[i], Index: i})
		}
	}
}
