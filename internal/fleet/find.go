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
	folders map[string][]string
	names   map[string][]string // by the last element of their path
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

// Exists reports whether there is a file at a path among those that were asked
// for, or included.
func (f *Fleet) Exists(path string) bool {
	_, apart := slices.BinarySearch(f.opts.Apart, filepath.Clean(path))
	return apart || f.Doc(path) != nil
}

// Hosted reports whether a document stands inside a file of another kind, so that
// only what stands in there with it can include it, or be included by it.
func (f *Fleet) Hosted(path string) bool { return f.opts.Open != nil && f.opts.Open(path) }

// FilesIn returns the paths of the files of a folder, without those of folders
// below it.
func (f *Fleet) FilesIn(folder string) []string {
	return f.place().folders[filepath.Clean(folder)]
}

// FilesNamed returns the paths of the files whose last element is the name.
func (f *Fleet) FilesNamed(name string) []string {
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
		var paths []string
		for _, d := range f.Docs {
			paths = append(paths, d.Path)
		}
		for _, path := range f.opts.Apart {
			if f.Doc(path) == nil {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		p.folders = make(map[string][]string)
		p.names = make(map[string][]string)
		for _, path := range paths {
			dir, name := filepath.Dir(path), filepath.Base(path)
			p.folders[dir] = append(p.folders[dir], path)
			p.names[name] = append(p.names[name], path)
		}
	})
	return p
}
