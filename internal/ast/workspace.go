package ast

// Workspace is memory in which one document after the other is parsed, for
// those that look at very many and keep none. The zero Workspace is ready.
type Workspace struct {
	doc   Document
	nodes []record
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
