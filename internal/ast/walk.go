package ast

import "iter"

// Walk iterates over n and all nodes below it, in the order of the text,
// parents before their children.
func (n Node) Walk() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		// The parser numbers nodes in this very order.
		for id, end := n.id, n.behind(); id < end; id++ {
			if !yield(Node{n.doc, id}) {
				return
			}
		}
	}
}

// behind returns the number that follows those of n and the nodes below it.
func (n Node) behind() int32 {
	for ; n.id != 0; n = n.Parent() {
		if next := n.rec().next; next != 0 {
			return next
		}
	}
	return int32(len(n.doc.nodes))
}

// NodeAt returns the innermost node whose bytes include off.
func (d *Document) NodeAt(off int) Node {
	n := d.Root()
	for c := n.First(); c.Valid(); {
		if c.Span().Contains(off) {
			n, c = c, c.First()
		} else {
			c = c.Next()
		}
	}
	return n
}
