package fleet

import (
	"cmp"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/natsfix/natsfix/internal/ast"
)

// Fleet is all servers of one run, linked.
type Fleet struct {
	Docs      []*Doc // every document that was read, by path
	Servers   []*Server
	Clusters  []*Cluster
	Supers    []*Super
	LeafLinks []*LeafLink
	// LoadErrors are the documents that were asked for and could not be read.
	LoadErrors []LoadError

	// What the fleet was built of, for With.
	set   *Set
	paths []string
	opts  Options

	places places

	usesOnce sync.Once
	onlyUses *serverUses                // of the only server, nil if there are several
	uses     map[*ast.Document]*docUses // nil is for values from the environment
}

// LoadError is a document that was asked for and could not be read.
type LoadError struct {
	Path string
	Err  error
}

// Options say how to build a fleet.
type Options struct {
	Env  Env
	Args Args
	// ArgsOf are the flags of servers that are started with other ones, by the
	// path of the root.
	ArgsOf map[string]Args
	Hosts  map[string]string // host name to the root file of the server that answers under it
	// Realms keep servers apart that have nothing to do with each other, by the
	// path of the root; a server that is not named is in the realm "".
	Realms map[string]string
	// Open reports whether what a document includes may be put beside it only
	// where it is used, so that a missing file is unknown and not wrong; nil for
	// no document.
	Open func(path string) bool
	Jobs int
	// Apart are the paths of files that exist and were looked at by themselves,
	// clean and sorted.
	Apart []string
	// More returns documents that belong to the fleet, too, as far as can be told
	// from its documents and servers, which are not linked yet; nil for none. It is
	// asked until there are no more.
	More func(*Fleet) []string
	// Previous is a fleet that was built with the same options from other
	// texts: servers none of whose documents differ are taken over.
	Previous *Fleet
}

// Build reads the documents at paths and what they include, and links the
// servers they make up. A document that another one includes is a fragment and
// no server.
func Build(set *Set, paths []string, opts Options) *Fleet {
	f := &Fleet{set: set, paths: paths, opts: opts}
	f.opts.Previous, f.opts.More = nil, nil
	evaluated := opts.Previous.byRoot()
	for root, s := range evaluated {
		evaluated[root] = s.unlinked()
	}
	for {
		f.load(evaluated, opts)
		if opts.More == nil {
			break
		}
		more := opts.More(f)
		if len(more) == 0 {
			break
		}
		f.paths = slices.Concat(f.paths, more)
		evaluated = f.byRoot()
	}
	f.link(opts.Hosts, opts.Realms)
	return f
}

// load reads the documents and evaluates the servers. Those of evaluated are taken
// over if none of their documents differs.
func (f *Fleet) load(evaluated map[string]*Server, opts Options) {
	jobs := opts.Jobs
	if jobs <= 0 {
		jobs = runtime.NumCPU()
	}
	set, paths := f.set, f.paths
	docs := make([]*Doc, len(paths))
	errs := make([]error, len(paths))
	Parallel(len(paths), jobs, func(i int) { docs[i], errs[i] = set.Load(paths[i]) })
	f.LoadErrors = nil
	for i, err := range errs {
		if err != nil {
			f.LoadErrors = append(f.LoadErrors, LoadError{paths[i], err})
		}
	}
	docs = slices.DeleteFunc(docs, func(d *Doc) bool { return d == nil })
	slices.SortFunc(docs, func(a, b *Doc) int { return cmp.Compare(a.Path, b.Path) })
	docs = slices.Compact(docs)

	roots := findRoots(docs)
	f.Servers = make([]*Server, len(roots))
	ParallelWith(len(roots), jobs, func() func(int) {
		ev := newEvaluation(set, opts.Env)
		return func(i int) {
			if old := evaluated[roots[i].Path]; old != nil && old.unchanged(set) {
				f.Servers[i] = old
				return
			}
			ev.next()
			s := ev.servers.take()
			s.evaluate(ev, roots[i], opts)
			f.Servers[i] = s
		}
	})
	f.Docs = docs
	seen := make(map[*Doc]bool, len(docs))
	for _, d := range docs {
		seen[d] = true
	}
	for _, s := range f.Servers {
		for _, d := range s.Docs {
			if !seen[d] {
				seen[d] = true
				f.Docs = append(f.Docs, d)
			}
		}
	}
	slices.SortFunc(f.Docs, func(a, b *Doc) int { return cmp.Compare(a.Path, b.Path) })
}

// With returns the fleet that the same paths and options make if some of the
// documents have other texts. f itself is not changed.
func (f *Fleet) With(texts map[string][]byte) *Fleet {
	opts := f.opts
	opts.Previous = f
	return Build(f.set.With(texts), f.paths, opts)
}

// Set returns the documents that the fleet was built of.
func (f *Fleet) Set() *Set { return f.set }

// Document returns what a document by itself amounts to, as the official parser
// sees it when another one includes it.
func (f *Fleet) Document(path string) (*Map, error) {
	d, err := f.set.Load(path)
	if err != nil {
		return nil, err
	}
	return newEvaluation(f.set, f.opts.Env).document(d), nil
}

// byRoot returns the servers of a fleet by the path of their root.
func (f *Fleet) byRoot() map[string]*Server {
	if f == nil {
		return nil
	}
	servers := make(map[string]*Server, len(f.Servers))
	for _, s := range f.Servers {
		servers[s.Root.Path] = s
	}
	return servers
}

// unchanged reports whether the set holds the very documents that the server
// was made of.
func (s *Server) unchanged(set *Set) bool {
	for _, p := range s.Problems {
		if p.Kind == MissingInclude || p.Kind == UnreadableInclude {
			return false
		}
	}
	for _, d := range s.Docs {
		if now, err := set.Load(d.Path); err != nil || now != d {
			return false
		}
	}
	return true
}

// unlinked returns a copy of the server that belongs to no cluster and realm yet.
func (s *Server) unlinked() *Server {
	next := *s
	next.Cluster, next.Realm = nil, nil
	return &next
}

// evaluate fills in a server.
func (s *Server) evaluate(ev *evaluation, root *Doc, opts Options) {
	s.Root, s.Args = root, opts.Args
	if args, ok := opts.ArgsOf[root.Path]; ok {
		s.Args = args
	}
	s.Values = ev.document(root)
	s.Docs, s.Problems = ev.docs, ev.problems
	s.broken = slices.ContainsFunc(s.Problems, Problem.breaks)
	s.garbled = slices.ContainsFunc(s.Problems, func(p Problem) bool {
		return p.breaks() && (p.Kind != MissingInclude || opts.Open == nil || !opts.Open(p.Doc.Path))
	})
	s.readFacts()
}

// findRoots returns the documents that no other one includes. Of documents
// that include each other in a cycle which nothing outside includes, the first
// is taken for a root, so that the cycle is reported.
func findRoots(docs []*Doc) []*Doc {
	byPath := make(map[string]*Doc, len(docs))
	for _, d := range docs {
		byPath[filepath.Clean(d.Path)] = d
	}
	included := make(map[*Doc]bool)
	edges := make(map[*Doc][]*Doc)
	for _, d := range docs {
		for target := range d.Includes() {
			if t := byPath[target]; t != nil {
				edges[d] = append(edges[d], t)
				if t != d {
					included[t] = true
				}
			}
		}
	}
	reached := make(map[*Doc]bool)
	reach := func(start *Doc) {
		todo := []*Doc{start}
		for len(todo) > 0 {
			d := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !reached[d] {
				reached[d] = true
				todo = append(todo, edges[d]...)
			}
		}
	}
	var roots []*Doc
	for _, d := range docs {
		if !included[d] {
			roots = append(roots, d)
			reach(d)
		}
	}
	for _, d := range docs {
		if !reached[d] {
			roots = append(roots, d)
			reach(d)
		}
	}
	slices.SortFunc(roots, func(a, b *Doc) int { return cmp.Compare(a.Path, b.Path) })
	return roots
}

// Includes iterates over the paths of the documents that d includes.
func (d *Doc) Includes() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if !d.Tree.HasIncludes() {
			return
		}
		for n := range d.Tree.Root().Walk() {
			if n.Kind() == ast.KindInclude {
				if !yield(filepath.Join(filepath.Dir(d.Path), n.Path())) {
					return
				}
			}
		}
	}
}

// Parallel calls f for 0 to n-1, jobs of them at a time.
func Parallel(n, jobs int, f func(i int)) {
	ParallelWith(n, jobs, func() func(int) { return f })
}

// ParallelWith is [Parallel] for functions that keep something between calls:
// worker makes one for each goroutine.
func ParallelWith(n, jobs int, worker func() func(i int)) {
	if jobs = min(jobs, n); jobs <= 1 {
		if n > 0 {
			f := worker()
			for i := range n {
				f(i)
			}
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	const batch = 16
	for range jobs {
		wg.Go(func() {
			f := worker()
			for {
				to := int(next.Add(batch))
				if to-batch >= n {
					return
				}
				for i := to - batch; i < min(to, n); i++ {
					f(i)
				}
			}
		})
	}
	wg.Wait()
}
