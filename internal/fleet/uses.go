package fleet

import (
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
)

// serverUses are the places of one server at which texts take effect, worked
// out when they are first asked for: most servers need no fix.
type serverUses struct {
	server *Server
	once   sync.Once
	byNode map[ast.Node][]Use
}

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
	d := f.uses[n.Doc()]
	if d == nil {
		d = f.uses[nil]
	} else if len(d.servers) == 1 {
		return d.servers[0].all()[n]
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

func (u *serverUses) all() map[ast.Node][]Use {
	u.once.Do(func() {
		u.byNode = make(map[ast.Node][]Use)
		u.server.Each(func(path string, e *Entry, v *Value) {
			use := Use{u.server, path, v, e}
			u.byNode[v.Node] = append(u.byNode[v.Node], use)
			if v.Use.Valid() {
				u.byNode[v.Use] = append(u.byNode[v.Use], use)
			}
		})
	})
	return u.byNode
}
