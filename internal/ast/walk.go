package ast

import "iter"

// Walk iterates over n and all nodes below it, in the order of the text,
// parents before their children.
func (n Node) Walk() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := n; c.Valid(); c = c.following(n) {
			if !yield(c) {
				return
			}
		}
	}
}

// following returns the node after n in a walk below top, or none.
func (n Node) following(top Node) Node {
	if c := n.First(); c.Valid() {
		return c
	}
	for n != top {
		if c := n.Next(); c.Valid() {
			return c
		}
		n = n.Parent()
	}
	return Node{}
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
