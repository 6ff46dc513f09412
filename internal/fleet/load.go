package fleet

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
)

// Doc is one document that was read.
type Doc struct {
	Path string // as shown to people and used for reading
	Tree *ast.Document
	// Env is the name of the variable if the document is the value of an
	// environment variable; such a document is no file.
	Env string
	// Context marks a document that was read so that the fleet is whole; it is
	// never reported on or changed.
	Context bool
}

// Read gives the bytes of a file by its path. The errors it returns are shown
// to the user; fs.ErrNotExist is told apart.
type Read func(path string) ([]byte, error)

// Set holds documents by path, each read once. It is safe for concurrent use.
type Set struct {
	read Read
	mu   sync.Mutex
	docs map[string]*slot
}

type slot struct {
	once sync.Once
	doc  *Doc
	err  error
}

// NewSet returns an empty set that reads files with read.
func NewSet(read Read) *Set {
	return &Set{read: read, docs: make(map[string]*slot)}
}

// Load returns the document at path, and reads and parses it if the set does
// not hold it yet.
func (s *Set) Load(path string) (*Doc, error) {
	path = filepath.Clean(path)
	s.mu.Lock()
	sl := s.docs[path]
	if sl == nil {
		sl = &slot{}
		s.docs[path] = sl
	}
	s.mu.Unlock()
	sl.once.Do(func() {
		src, err := s.read(path)
		if err == nil && len(src) > ast.MaxSize {
			err = errors.New("the file is larger than 2 GB")
		}
		if err != nil {
			sl.err = err
			return
		}
		sl.doc = &Doc{Path: path, Tree: ast.Parse(path, src, ast.Latest)}
	})
	return sl.doc, sl.err
}

// Add puts a document into a set that does not hold it yet.
func (s *Set) Add(d *Doc) {
	sl := &slot{}
	sl.once.Do(func() { sl.doc = d })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.docs[d.Path] = sl
}

// With returns a set that shares the documents of s but has other texts for
// some of them. Documents keep their context mark. s itself is not changed.
func (s *Set) With(texts map[string][]byte) *Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := NewSet(s.read)
	for path, sl := range s.docs {
		next.docs[path] = sl
	}
	for path, text := range texts {
		path = filepath.Clean(path)
		sl := &slot{}
		sl.once.Do(func() {
			sl.doc = &Doc{Path: path, Tree: ast.Parse(path, text, ast.Latest)}
			if old := s.docs[path]; old != nil && old.doc != nil {
				sl.doc.Context = old.doc.Context
			}
		})
		next.docs[path] = sl
	}
	return next
}

// isMissing reports whether a read failed because there is no such file.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
