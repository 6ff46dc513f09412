package ast

import (
	"cmp"
	"fmt"
	"slices"
)

// Edit replaces the bytes from Start to End of a document with New. An edit
// with Start == End inserts.
type Edit struct {
	Start, End int
	New        string
}

// SortEdits sorts edits by their place. Inserts at one place keep their order
// and come before an edit that replaces text from there on.
func SortEdits(edits []Edit) {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
}

// CheckEdits reports the first edit that lies outside a text of the given
// size, or overlaps the one before it. The edits must be sorted.
func CheckEdits(size int, edits []Edit) error {
	last := 0
	for _, e := range edits {
		switch {
		case e.Start < 0 || e.End < e.Start || e.End > size:
			return fmt.Errorf("edit of bytes %d to %d lies outside the text of %d bytes", e.Start, e.End, size)
		case e.Start < last:
			return fmt.Errorf("edit of bytes %d to %d overlaps the one before it, which ends at %d", e.Start, e.End, last)
		}
		last = e.End
	}
	return nil
}

// Apply returns src with the edits made. The edits may come in any order; src
// is not changed. It fails if an edit lies outside src or two overlap.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	SortEdits(edits)
	if err := CheckEdits(len(src), edits); err != nil {
		return nil, err
	}
	size := len(src)
	for _, e := range edits {
		size += len(e.New) - (e.End - e.Start)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		out = append(out, src[at:e.Start]...)
		out = append(out, e.New...)
		at = e.End
	}
	return append(out, src[at:]...), nil
}
