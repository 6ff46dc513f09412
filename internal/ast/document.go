package ast

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// Document is one text in NATS configuration syntax with its tree.
type Document struct {
	name   string
	src    []byte
	text   string // the same bytes as src, for keys and values without a copy
	syntax Syntax
	nodes  []record
	errs   []*SyntaxError
	lost   []int32
	// includes says that there is an include among the nodes.
	includes bool
	end      int // where the official lexer stops reading; less than len(src) behind a NUL byte it takes for the end

	linesOnce sync.Once
	lines     []int32 // offset of each line's first byte
}

// Name returns the name given to [Parse].
func (d *Document) Name() string { return d.name }

// Source returns the text that was parsed. It must not be changed.
func (d *Document) Source() []byte { return d.src }

// Syntax returns the syntax that the document was parsed with.
func (d *Document) Syntax() Syntax { return d.syntax }

// Root returns the node of the whole document.
func (d *Document) Root() Node { return Node{d, 0} }

// HasIncludes reports whether an include stands anywhere in the text.
func (d *Document) HasIncludes() bool { return d.includes }

// Errors returns the syntax errors in the order of the text. It is empty if
// and only if the official lexer accepts the document (variables and includes
// aside). The first one is what the official parser stops at; those behind it
// come from reading on as well as possible.
func (d *Document) Errors() []*SyntaxError { return d.errs }

// LostNodes returns the nodes at which the official parser drops or misplaces
// a value without a word; see [Node.Lost].
func (d *Document) LostNodes() []Node {
	nodes := make([]Node, len(d.lost))
	for i, id := range d.lost {
		nodes[i] = Node{d, id}
	}
	return nodes
}

// HasBOM reports whether the text starts with a UTF-8 byte order mark. The
// official parser takes it for a part of the first key.
func (d *Document) HasBOM() bool { return bytes.HasPrefix(d.src, []byte("\ufeff")) }

// Text returns the source text of the span.
func (d *Document) Text(s Span) string { return d.text[s.Start:s.End] }

// Position is a place in a document for people: lines and columns count from
// 1, columns count characters.
type Position struct{ Line, Column int }

// Position returns the position of the byte at offset off. Lines end at LF; a
// byte that is no valid UTF-8 counts as one character.
func (d *Document) Position(off int) Position {
	off = max(0, min(off, len(d.src)))
	d.linesOnce.Do(d.indexLines)
	line := sort.Search(len(d.lines), func(i int) bool { return int(d.lines[i]) > off }) - 1
	start := int(d.lines[line])
	return Position{Line: line + 1, Column: utf8.RuneCount(d.src[start:off]) + 1}
}

// LineStart returns the offset of the first byte of the line that holds off.
func (d *Document) LineStart(off int) int {
	return bytes.LastIndexByte(d.src[:off], '\n') + 1
}

// LineEnd returns the offset of the line end (LF, or CR before LF, or the end
// of the text) of the line that holds off.
func (d *Document) LineEnd(off int) int {
	i := bytes.IndexByte(d.src[off:], '\n')
	if i < 0 {
		return len(d.src)
	}
	if end := off + i; end > off && d.src[end-1] == '\r' {
		return end - 1
	} else {
		return end
	}
}

func (d *Document) indexLines() {
	lines := make([]int32, 1, bytes.Count(d.src, []byte{'\n'})+1)
	for i := 0; ; {
		j := bytes.IndexByte(d.src[i:], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		lines = append(lines, int32(i))
	}
	d.lines = lines
}
