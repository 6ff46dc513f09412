package fleet

import (
	"cmp"
	"path/filepath"
	"slices"
	"sync"
)

// places finds documents and servers by where they stand. It is made when it
// is first asked for: most fleets need no fix.
type places struct {
	once    sync.Once
	servers map[string][]*Server // by the path of a document
	folders map[string][]*Doc
	names   map[string][]*Doc // by the last element of their path
}

// Doc returns the document at a path, nil if none was read from there.
func (f *Fleet) Doc(path string) *Doc {
	path = filepath.Clean(path)
	i, ok := slices.BinarySearchFunc(f.Docs, path, func(d *Doc, path string) int { return cmp.Compare(d.Path, path) })
	if !ok {
		return nil
	}
	return f.Docs[i]
}

// ServersWith returns the servers that contain the document at a path, in the
// order of their roots.
func (f *Fleet) ServersWith(path string) []*Server {
	return f.place().servers[path]
}

// Server returns the server whose root document stands at a path, nil if there
// is none.
func (f *Fleet) Server(root string) *Server {
	for _, s := range f.ServersWith(root) {
		if s.Root.Path == root {
			return s
		}
	}
	return nil
}

// DocsIn returns the documents of a folder, without those of folders below it.
func (f *Fleet) DocsIn(folder string) []*Doc {
	return f.place().folders[filepath.Clean(folder)]
}

// DocsNamed returns the documents whose path ends in the element name.
func (f *Fleet) DocsNamed(name string) []*Doc {
	return f.place().names[name]
}

func (f *Fleet) place() *places {
	p := &f.places
	p.once.Do(func() {
		p.servers = make(map[string][]*Server, len(f.Docs))
		for _, s := range f.Servers {
			for _, d := range s.Docs {
				p.servers[d.Path] = append(p.servers[d.Path], s)
			}
		}
		p.folders = make(map[string][]*Doc)
		p.names = make(map[string][]*Doc)
		for _, d := range f.Docs {
			dir, name := filepath.Dir(d.Path), filepath.Base(d.Path)
			p.folders[dir] = append(p.folders[dir], d)
			p.names[name] = append(p.names[name], d)
		}
	})
	return p
}
