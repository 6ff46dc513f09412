package ast

import (
	"bytes"
	"cmp"
	"slices"
)

// DeleteEntry deletes an entry, an include, or an item of an array with its
// separator.
//
// If it has its lines to itself, they go whole, with the comment behind it and
// the comment lines directly above it: no blank line between, and for the
// first of a block only if they name its key (else they speak of the block or
// are the header of the file). Of the blank lines that would then meet, one
// goes. If it shares a line, all comments stay.
//
// Deletes of neighbours that are computed one by one can be made together,
// unless their separators are commas and one is the last; [DeleteEntries] does
// that case.
func DeleteEntry(n Node) ([]Edit, error) { return DeleteEntries(n) }

// DeleteEntries deletes several entries, includes or items, as [DeleteEntry]
// does it with one. They may lie in different blocks, but not in each other.
func DeleteEntries(nodes ...Node) ([]Edit, error) {
	nodes = slices.Clone(nodes)
	for _, n := range nodes {
		if err := checkPlace(n); err != nil {
			return nil, err
		}
		if k := n.Kind(); k != KindEntry && k != KindInclude && (!n.Parent().Valid() || n.Parent().Kind() != KindArray) {
			return nil, refuse(n, "a %s on its own cannot be deleted", k)
		}
	}
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Or(cmp.Compare(a.Start(), b.Start()), cmp.Compare(a.id, b.id)) })
	nodes = slices.Compact(nodes)

	var edits []Edit
	for len(nodes) > 0 {
		run := 1
		for run < len(nodes) && nodes[run-1].Next() == nodes[run] {
			run++
		}
		more, err := deleteRun(nodes[:run])
		if err != nil {
			return nil, err
		}
		edits = append(edits, more...)
		nodes = nodes[run:]
	}
	return edits, nil
}

// deleteRun deletes siblings that follow each other.
func deleteRun(run []Node) ([]Edit, error) {
	first, last := run[0], run[len(run)-1]
	var edits []Edit
	for _, n := range run {
		t, err := trailOf(n)
		if err != nil {
			return nil, err
		}
		if !t.lineEnds || !ownLine(n) {
			return deleteInLine(first, last)
		}
		edits = append(edits, Edit{Start: linesStart(n, t.next), End: t.next})
	}
	if !last.Next().Valid() && separatorAfter(last) == 0 {
		edits = append(edits, dropSeparator(first.Prev())...)
	}
	return checked(first, edits...)
}

// linesStart returns where the lines to be deleted with n start, which end at
// to: with its comments, and with a blank line above if one follows too or the
// block ends.
func linesStart(n Node, to int) int {
	d := n.doc
	from := commentsAbove(n)
	limit := innerEnd(n.Parent())
	if from == 0 {
		return from
	}
	above := d.LineStart(from - 1)
	if above < gapStart(n) || len(bytes.TrimSpace(d.src[above:from])) > 0 {
		return from
	}
	if to >= limit || len(bytes.TrimSpace(d.src[to:min(limit, d.LineEnd(to))])) == 0 {
		return above
	}
	return from
}

// dropSeparator deletes the comma or semicolon behind the node that becomes
// the last one.
func dropSeparator(n Node) []Edit {
	if separatorAfter(n) == 0 || hasEmptyValue(n) {
		return nil
	}
	t, _ := trailOf(n)
	return []Edit{{Start: t.sepEnd - 1, End: t.sepEnd, New: blankBehind(n, t.sepEnd)}}
}

// deleteInLine deletes siblings of which at least one shares a line with
// something else.
func deleteInLine(first, last Node) ([]Edit, error) {
	d := first.doc
	parent, prev, next := first.Parent(), first.Prev(), last.Next()
	for n := first; n != last; n = n.Next() {
		if !isAllSpace(d, Span{n.End(), n.Next().Start()}) {
			return nil, refuse(n, "a comment stands behind it, among what is deleted: delete one by one")
		}
	}
	if first.Start() > 0 && d.src[first.Start()-1] == '/' {
		return nil, refuse(first, "a stray / stands before it")
	}
	t, err := trailOf(last)
	if err != nil {
		return nil, err
	}
	var edits []Edit
	switch inner := (Span{innerStart(parent), innerEnd(parent)}); {
	case next.Valid() && isOneLine(d, Span{last.End(), next.Start()}):
		edits = []Edit{{Start: first.Start(), End: next.Start()}}
	case prev.Valid() && isAllSpace(d, Span{prev.End(), first.Start()}) && (isOneLine(d, Span{prev.End(), first.Start()}) || !next.Valid()):
		if endsInBlockString(prev) || hasEmptyValue(prev) || prev.Kind() == KindBraces {
			return nil, refuse(prev, "what follows on its line cannot be taken away")
		}
		edits = []Edit{{Start: prev.End(), End: last.End(), New: blankBehind(prev, last.End())}}
	case !prev.Valid() && !next.Valid() && !(t.lineEnds && d.isMultiLine(parent)) && isAllSpace(d, Span{inner.Start, first.Start()}) && isAllSpace(d, Span{last.End(), inner.End}):
		if parent.Kind() == KindDocument {
			edits = []Edit{{Start: inner.Start, End: inner.End}}
			break
		}
		// With the brackets, so that the edit overlaps one that inserts next to what goes.
		brackets := d.Text(Span{parent.Start(), inner.Start}) + d.Text(Span{inner.End, parent.End()})
		edits = []Edit{{parent.Start(), parent.End(), brackets}}
	case t.lineEnds && !prev.Valid():
		start := first.Start()
		for start > inner.Start && class[d.src[start-1]]&isBlankByte != 0 {
			start--
		}
		edits = []Edit{{Start: start, End: t.end}}
	case ownLine(first) && !next.Valid():
		// The closing bracket stands behind it, and comments before it.
		end := t.sepEnd
		for end < inner.End && class[d.src[end]]&isBlankByte != 0 {
			end++
		}
		edits = []Edit{{Start: first.Start(), End: end}}
		if prev.Valid() && t.sep == 0 {
			edits = append(edits, dropSeparator(prev)...)
		}
	default:
		return nil, refuse(first, "it shares its lines with something else")
	}
	return checked(first, edits...)
}

// blankBehind returns the blank that has to stand between a node and what is
// to follow it from off on.
func blankBehind(n Node, off int) string {
	d := n.doc
	if off >= len(d.src) {
		return ""
	}
	if endsInBarePath(n) && class[d.src[off]]&endsInclude == 0 {
		return " "
	}
	if v := lastScalar(n); v.Valid() && v.Quote() == Bare {
		return blankBefore(v.Raw(), d, off)
	}
	return ""
}

// isOneLine reports whether a span has no line end.
func isOneLine(d *Document, s Span) bool {
	return bytes.IndexByte(d.src[s.Start:s.End], '\n') < 0
}

// isAllSpace reports whether the gap between two nodes holds white space and
// separators only.
func isAllSpace(d *Document, s Span) bool {
	for tok := range d.GapTokens(s) {
		if tok.Kind != TokenSpace && tok.Kind != TokenNewline && tok.Kind != TokenPunct {
			return false
		}
	}
	return true
}
