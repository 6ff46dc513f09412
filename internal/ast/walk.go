package ast

import "iter"

// Walk iterates over n and all nodes below it, in the order of the text,
// parents before their children.
func (n *Node) Walk() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for c := n; c != nil; c = c.following(n) {
			if !yield(c) {
				return
			}
		}
	}
}

// following returns the node after c in a walk below top, or nil.
func (c *Node) following(top *Node) *Node {
	if c.first != nil {
		return c.first
	}
	for c != top {
		if c.next != nil {
			return c.next
		}
		c = c.parent
	}
	return nil
}

// NodeAt returns the innermost node whose bytes include off.
func (d *Document) NodeAt(off int) *Node {
	n := d.root
	for {
		var inner *Node
		for c := n.first; c != nil; c = c.next {
			if c.Span().Contains(off) {
				inner = c
				break
			}
		}
		if inner == nil {
			return n
		}
		n = inner
	}
}
