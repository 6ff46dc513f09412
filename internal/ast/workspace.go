package ast

import "slices"

// Workspace is memory in which one document after the other is parsed, for
// those that look at very many and keep none. The zero Workspace is ready.
type Workspace struct {
	doc   Document
	nodes []record
}

// Keep returns a copy of the document that the last call of Parse returned, which
// holds for good.
func (w *Workspace) Keep() *Document {
	d := &w.doc
	if len(d.errs) > 0 { // which name their document
		return Parse(d.name, d.src, d.syntax)
	}
	return &Document{
		name: d.name, src: d.src, text: d.text, syntax: d.syntax, end: d.end, includes: d.includes,
		nodes: slices.Clone(d.nodes), errs: d.errs, lost: d.lost,
	}
}

// keptNodes bounds the memory that a very large document leaves behind.
const keptNodes = 1 << 14

// Parse is [Parse] in the memory of the document that the last call returned,
// which must not be used any more, nor its nodes.
func (w *Workspace) Parse(name string, src []byte, syntax Syntax) *Document {
	w.doc = Document{}
	w.doc.parse(name, src, syntax, w.nodes[:0])
	if cap(w.doc.nodes) <= keptNodes {
		w.nodes = w.doc.nodes
	}
	return &w.doc
}
