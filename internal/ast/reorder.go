package ast

import "strings"

// ReorderItems puts the items of an array in another order: the item that was
// order[i] becomes the i-th. Comments behind an item and above it go with it
// where every item has lines of its own; else an array with comments is
// refused. Separators stay where they are.
func ReorderItems(list Node, order []int) ([]Edit, error) {
	if err := checkPlace(list); err != nil {
		return nil, err
	}
	if list.Kind() != KindArray {
		return nil, refuse(list, "a %s has no items", list.Kind())
	}
	var items []Node
	apart := true // every item has lines of its own
	comments := false
	for n := range list.Children() {
		if err := checkPlace(n); err != nil {
			return nil, err
		}
		if n.Kind() == KindString && n.Quote() == Block {
			return nil, refuse(n, "a block string needs lines of its own")
		}
		t, err := trailOf(n)
		if err != nil {
			return nil, err
		}
		apart = apart && t.lineEnds && ownLine(n)
		comments = comments || t.comment.Len() > 0 || !isAllSpace(list.doc, Span{gapStart(n), n.Start()})
		items = append(items, n)
	}
	if len(order) != len(items) {
		return nil, refuse(list, "it has %d items, not %d", len(items), len(order))
	}
	if comments && !apart {
		return nil, refuse(list, "its comments would end up at other items")
	}
	d := list.doc
	var edits []Edit
	for i, n := range items {
		other := items[order[i]]
		if other == n {
			continue
		}
		if !apart {
			text := other.Raw()
			edits = append(edits, Edit{n.Start(), n.End(), text + blankBefore(text, d, n.End())})
			continue
		}
		here, err := trailOf(n)
		if err != nil {
			return nil, err
		}
		there, err := trailOf(other)
		if err != nil {
			return nil, err
		}
		text := other.Raw()
		above := d.Text(Span{commentsAboveItem(other), d.LineStart(other.Start())})
		edits = append(edits, Edit{commentsAboveItem(n), d.LineStart(n.Start()), above})
		edits = append(edits, Edit{n.Start(), n.End(), text + blankBefore(text, d, n.End())})
		behind := ""
		if there.comment.Len() > 0 {
			behind = d.Text(Span{there.sepEnd, there.comment.End})
		}
		end := here.sepEnd
		if here.comment.Len() > 0 {
			end = here.comment.End
		}
		if d.Text(Span{here.sepEnd, end}) != behind {
			if strings.TrimLeft(behind, " \t") == behind && behind != "" {
				behind = " " + behind
			}
			edits = append(edits, Edit{here.sepEnd, end, behind})
		}
	}
	SortEdits(edits)
	var merged []Edit
	for _, e := range edits {
		if e.Start != e.End || e.New != "" {
			merged = append(merged, e)
		}
	}
	return checked(list, merged...)
}

// commentsAboveItem returns where the comment lines directly above an item that
// has lines of its own start. Unlike those above an entry they are its own for
// the first item, too: a list that is sorted has no header.
func commentsAboveItem(n Node) int {
	d := n.doc
	top, limit := d.LineStart(n.Start()), gapStart(n)
	for top > limit {
		start := d.LineStart(top - 1)
		if start < limit || !isCommentText([]byte(strings.TrimSpace(d.Text(Span{start, top})))) {
			break
		}
		top = start
	}
	return top
}
