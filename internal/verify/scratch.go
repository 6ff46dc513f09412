package verify

import (
	"bytes"
	"path"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// place is where something is written in a file as it was read.
type place struct {
	doc  *fleet.Doc // nil if it is not known
	span ast.Span
}

func (p place) valid() bool { return p.doc != nil }

// value reports whether the place is a value, and not a key or a whole file.
func (p place) value() bool {
	if !p.valid() || p.span.Len() == 0 {
		return false
	}
	n := p.doc.Tree.NodeAt(p.span.Start)
	return n.Kind() != ast.KindEntry && !n.Kind().IsContainer() && n.Kind() != ast.KindDocument
}

// scratch is a copy of a server's documents, by their paths in a case.
type scratch struct {
	docs  map[string]*copied
	empty []string // files that stand in for absent ones
}

// copied is one document of a copy: the original with edits.
type copied struct {
	doc   *fleet.Doc
	edits []ast.Edit // of the original
	now   *ast.Document
}

func newScratch(s *fleet.Server) scratch {
	c := scratch{docs: make(map[string]*copied, len(s.Docs))}
	for _, d := range s.Docs {
		c.docs[oracle.CasePath(d.Path)] = &copied{doc: d, now: d.Tree}
	}
	return c
}

// files returns the copy's texts.
func (c *scratch) files() map[string][]byte {
	files := make(map[string][]byte, len(c.docs)+len(c.empty))
	for _, name := range c.empty {
		files[name] = nil
	}
	for name, d := range c.docs {
		files[name] = d.now.Source()
	}
	return files
}

// doc returns the document at a path in the case, nil if there is none.
func (c *scratch) doc(name string) *copied { return c.docs[name] }

// of returns the copy of a document.
func (c *scratch) of(d *fleet.Doc) *copied { return c.docs[oracle.CasePath(d.Path)] }

// addEmpty adds an empty file for an include that names none, unless there is
// one already.
func (c *scratch) addEmpty(from, include string) bool {
	name := path.Join(path.Dir(from), include)
	if slices.Contains(c.empty, name) || c.docs[name] != nil {
		return false
	}
	c.empty = append(c.empty, name)
	return true
}

// leaveOut leaves the line out in which the parser refuses the copy. It returns
// false if that would tear something apart, or nothing is left of the line.
func (c *scratch) leaveOut(at place) bool {
	d := c.of(at.doc)
	src := at.doc.Tree.Source()
	start := at.doc.Tree.LineStart(min(at.span.Start, len(src)))
	end := at.doc.Tree.LineEnd(start)
	if !balanced(src[start:end]) {
		return false
	}
	return d.change(ast.Edit{Start: start, End: end, New: string(bytes.Repeat([]byte(" "), end-start))})
}

// apply makes the edits of a fix, all or none.
func (c *scratch) apply(edits []engine.Edit) bool {
	before := make(map[*copied]copied)
	for _, e := range edits {
		var d *copied
		for _, other := range c.docs {
			if other.doc.Path == e.File {
				d = other
			}
		}
		if d != nil && before[d].doc == nil {
			before[d] = *d
		}
		if d == nil || !d.change(ast.Edit{Start: e.Start, End: e.End, New: e.New}) {
			for d, was := range before {
				*d = was
			}
			return false
		}
	}
	return len(edits) > 0
}

// balanced reports whether a line closes all that it opens.
func balanced(line []byte) bool {
	count := func(s string) int { return bytes.Count(line, []byte(s)) }
	return count("{") == count("}") && count("[") == count("]") && count("(") == count(")") && count(`"`)%2 == 0
}

// change edits the original anew. It returns false if that makes no
// difference, or an edit was made there before.
func (d *copied) change(e ast.Edit) bool {
	edits := append(slices.Clone(d.edits), e)
	ast.SortEdits(edits)
	text, err := ast.Apply(d.doc.Tree.Source(), edits)
	if err != nil || bytes.Equal(text, d.now.Source()) {
		return false
	}
	d.edits, d.now = edits, ast.Parse(d.doc.Path, text, ast.Latest)
	return true
}

func (d *copied) tree() *ast.Document { return d.now }

// place returns the place in the original of a span of the copy.
func (d *copied) place(span ast.Span) place {
	return place{d.doc, ast.Span{Start: d.back(span.Start), End: d.back(span.End)}}
}

// back returns the offset in the original of one in the copy; of what was put
// in the place at which it was.
func (d *copied) back(off int) int {
	grown := 0 // by the edits in front
	for _, e := range d.edits {
		start := e.Start + grown
		if off < start {
			break
		}
		if off < start+len(e.New) {
			return min(e.Start+off-start, e.End)
		}
		grown += len(e.New) - (e.End - e.Start)
	}
	return min(off-grown, len(d.doc.Tree.Source()))
}

// lineStart returns the offset of the first byte of a line of the copy.
func (d *copied) lineStart(line int) int {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(d.now.Source()[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	return start
}
