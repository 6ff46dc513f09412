package engine

import (
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Loaded is a request with the documents that it is about.
type Loaded struct {
	req     Request
	base    *fleet.Set
	first   *fleet.Fleet // as read
	targets map[string]bool
	paths   []string // of the documents that first is built of
	apart   []string // of those that were looked at by themselves
}

// Load reads the documents of a request and links the servers they make up.
// Documents that are no targets bear the mark of context.
func Load(req Request) *Loaded {
	l := newLoaded(req, slices.Concat(req.Targets, req.Context))
	l.load(nil)
	return l
}

func newLoaded(req Request, paths []string) *Loaded {
	l := &Loaded{req: req, base: fleet.NewSet(req.read()), targets: make(map[string]bool, len(req.Targets)), paths: paths}
	for _, path := range req.Targets {
		l.targets[filepath.Clean(path)] = true
	}
	return l
}

// load reads the documents, and those that more names (see [fleet.Options]).
func (l *Loaded) load(more func(*fleet.Fleet) []string) {
	opts := l.req.fleet()
	opts.Apart, opts.More = l.apart, more
	l.first = fleet.Build(l.base, l.paths, opts)
	parts := make(map[string]bool, len(l.req.Parts))
	for _, path := range l.req.Parts {
		parts[filepath.Clean(path)] = true
	}
	for _, d := range l.first.Docs {
		if !l.targets[d.Path] && (parts[d.Path] || l.below(d.Path)) {
			l.targets[d.Path] = true
		}
	}
	for _, d := range l.first.Docs {
		d.Context = !l.targets[d.Path]
	}
}

// Fleet returns the servers as they were read.
func (l *Loaded) Fleet() *fleet.Fleet { return l.first }

// Target reports whether a file was asked for.
func (l *Loaded) Target(path string) bool { return l.targets[filepath.Clean(path)] }

// below reports whether a path lies in a folder that was asked for as a whole.
func (l *Loaded) below(path string) bool {
	for _, dir := range l.req.Dirs {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			// What a context file includes is context, too.
			return l.includedByTarget(path)
		}
	}
	return false
}

func (l *Loaded) includedByTarget(path string) bool {
	for _, s := range l.first.Servers {
		if l.targets[s.Root.Path] && slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return d.Path == path }) {
			return true
		}
	}
	return false
}

// Masker returns a function that hides secrets in what is said about a file.
func (l *Loaded) Masker() func(file, text string) string {
	m := newMasker()
	for _, d := range l.first.Docs {
		m.known[d.Path] = nil
	}
	m.collect(l.first, l.req.jobs(), func(string) bool { return false }, secretValues)
	return m.text
}
