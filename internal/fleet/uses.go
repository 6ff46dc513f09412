package fleet

import (
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
)

// serverUses are the places of one server at which texts take effect. The first
// few questions are answered by looking for them, since most servers are asked
// about a text or two; then all places are worked out.
type serverUses struct {
	server *Server
	mu     sync.Mutex
	asked  int
	byNode map[ast.Node][]Use
}

// fewAsked is how many questions are answered by looking.
const fewAsked = 4

// docUses are the places at which the texts of one document take effect.
type docUses struct {
	servers []*serverUses // those that contain the document
	once    sync.Once
	byNode  map[ast.Node][]Use
}

// Uses returns every place at which the text of the node takes effect, in all
// servers: several if it stands in a shared include or is reached through a
// variable. The entry that defines a variable counts as a use of its own.
func (f *Fleet) Uses(n ast.Node) []Use {
	f.usesOnce.Do(f.indexUses)
	if f.onlyUses != nil {
		return f.onlyUses.of(n)
	}
	d := f.uses[n.Doc()]
	if d == nil {
		d = f.uses[nil]
	} else if len(d.servers) == 1 {
		return d.servers[0].of(n)
	}
	d.once.Do(func() {
		d.byNode = make(map[ast.Node][]Use)
		for _, s := range d.servers {
			for node, uses := range s.all() {
				if known := f.uses[node.Doc()]; known == d || known == nil && d == f.uses[nil] {
					d.byNode[node] = append(d.byNode[node], uses...)
				}
			}
		}
	})
	return d.byNode[n]
}

// indexUses notes which servers contain which document.
func (f *Fleet) indexUses() {
	if len(f.Servers) == 1 {
		f.onlyUses = &serverUses{server: f.Servers[0]}
		return
	}
	f.uses = map[*ast.Document]*docUses{nil: {}}
	for _, s := range f.Servers {
		u := &serverUses{server: s}
		f.uses[nil].servers = append(f.uses[nil].servers, u)
		for _, doc := range s.Docs {
			d := f.uses[doc.Tree]
			if d == nil {
				d = &docUses{}
				f.uses[doc.Tree] = d
			}
			d.servers = append(d.servers, u)
		}
	}
}

// of returns the places at which the text of a node takes effect.
func (u *serverUses) of(n ast.Node) []Use {
	u.mu.Lock()
	u.asked++
	look := u.byNode == nil && u.asked <= fewAsked
	u.mu.Unlock()
	if !look {
		return u.all()[n]
	}
	find := usesOf{server: u.server, node: n}
	find.in(u.server.Values)
	return find.found
}

// all returns all places, by the node of the text.
func (u *serverUses) all() map[ast.Node][]Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byNode == nil {
		u.byNode = make(map[ast.Node][]Use)
		u.server.Each(func(path string, e *Entry, v *Value) {
			use := Use{u.server, path, v, e}
			u.byNode[v.Node] = append(u.byNode[v.Node], use)
			if v.Use.Valid() {
				u.byNode[v.Use] = append(u.byNode[v.Use], use)
			}
		})
	}
	return u.byNode
}

// usesOf looks for the values that are, or came through, a node, in the order of
// [Server.Each].
type usesOf struct {
	server *Server
	node   ast.Node
	way    []step // to the value that is looked at
	found  []Use
}

// step leads to an entry of a map, or to an item of a list.
type step struct {
	entry *Entry // nil for an item
	index int
}

func (u *usesOf) in(m *Map) {
	for _, e := range m.Entries {
		u.at(step{entry: e}, e.Value)
	}
}

func (u *usesOf) at(s step, v *Value) {
	u.way = append(u.way, s)
	for _, n := range []ast.Node{v.Node, v.Use} {
		if n == u.node {
			u.found = append(u.found, Use{u.server, u.path(), v, s.entry})
		}
	}
	if v.Map != nil {
		u.in(v.Map)
	}
	for i, item := range v.List {
		u.at(step{index: i}, item)
	}
	u.way = u.way[:len(u.way)-1]
}

func (u *usesOf) path() string {
	path := ""
	for _, s := range u.way {
		if s.entry != nil {
			path = JoinKey(path, s.entry.Key)
		} else {
			path = JoinIndex(path, s.index)
		}
	}
	return path
}
