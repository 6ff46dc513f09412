package fleet

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// files are texts by path. A text of dirText stands for a directory.
type files map[string]string

const dirText = "\x00directory"

func (f files) read(path string) ([]byte, error) {
	text, ok := f[filepath.ToSlash(path)]
	switch {
	case !ok:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case text == dirText:
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	return []byte(text), nil
}

// build links all files as roots or fragments.
func (f files) build(opts Options) *Fleet {
	return Build(NewSet(f.read), slices.Sorted(maps.Keys(f)), opts)
}

// env is an environment.
type env map[string]string

func (e env) get(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

// server returns the server of a root.
func server(t testing.TB, f *Fleet, root string) *Server {
	t.Helper()
	for _, s := range f.Servers {
		if s.Root.Path == root {
			return s
		}
	}
	t.Fatalf("%s is no server; servers are %v", root, roots(f))
	return nil
}

func roots(f *Fleet) []string {
	var out []string
	for _, s := range f.Servers {
		out = append(out, s.Root.Path)
	}
	return out
}

// one builds a fleet of one text.
func one(text string) *Server {
	return files{"a.conf": text}.build(Options{}).Servers[0]
}

// at returns the value at a path of keys, and fails if there is none.
func at(t testing.TB, s *Server, path string) *Value {
	t.Helper()
	var found *Value
	s.Each(func(p string, _ *Entry, v *Value) {
		if p == path {
			found = v
		}
	})
	if found == nil {
		t.Fatalf("%s has no value at %s: %v", s.Root.Path, path, s.Values.Plain())
	}
	return found
}

// kinds lists the problems of a server in short.
func kinds(s *Server) string {
	names := map[ProblemKind]string{
		SyntaxProblem: "syntax", MissingInclude: "missing", UnreadableInclude: "unreadable", IncludeCycle: "cycle",
		UnknownVariable: "unknown", BadVariable: "bad", TooDeep: "deep",
	}
	var out []string
	for _, p := range s.Problems {
		name := names[p.Kind]
		if p.Name != "" {
			name += " " + p.Name
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// text returns the source text of a node.
func text(v ast.Node) string { return string(v.Doc().Source()[v.Start():v.End()]) }

// groups lists the roots of each cluster, sorted: a+b c.
func groups(sets [][]*Server) string {
	var out []string
	for _, set := range sets {
		var names []string
		for _, s := range set {
			names = append(names, strings.TrimSuffix(s.Root.Path, ".conf"))
		}
		slices.Sort(names)
		out = append(out, strings.Join(names, "+"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func clusters(f *Fleet) string {
	var sets [][]*Server
	for _, c := range f.Clusters {
		sets = append(sets, c.Servers)
	}
	return groups(sets)
}

func supers(f *Fleet) string {
	var sets [][]*Server
	for _, c := range f.Supers {
		sets = append(sets, c.Servers)
	}
	return groups(sets)
}

// hubs lists the roots that the leaf links of a fleet lead to, a - for a link
// that is unresolved.
func hubs(f *Fleet) string {
	var out []string
	for _, l := range f.LeafLinks {
		name := "-"
		if l.Resolved() {
			name = groups([][]*Server{l.Hubs})
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}
