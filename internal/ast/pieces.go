package ast

import (
	"strings"
	"unicode/utf8"
)

// Pieces is a text that is edited in several steps: what is left of the
// original, and what was put between. It gives back one set of edits of the
// original that does what all steps did.
type Pieces struct {
	original string
	list     []piece
}

// piece is a stretch of the original, or inserted text.
type piece struct {
	start, end int // in the original
	inserted   string
}

func (p piece) size() int {
	if p.inserted != "" {
		return len(p.inserted)
	}
	return p.end - p.start
}

// NewPieces returns a text without edits.
func NewPieces(original []byte) *Pieces {
	return &Pieces{original: string(original), list: []piece{{end: len(original)}}}
}

// Apply makes edits of the text as it is now. It fails, and changes nothing, if
// an edit lies outside the text or two overlap.
func (p *Pieces) Apply(edits []Edit) error {
	size := 0
	for _, x := range p.list {
		size += x.size()
	}
	sorted := append([]Edit(nil), edits...)
	SortEdits(sorted)
	if err := CheckEdits(size, sorted); err != nil {
		return err
	}
	var next []piece
	rest := p.list
	at := 0 // where rest starts in the text
	// take moves the pieces in front of off to the new list, or drops them.
	take := func(off int, keep bool) {
		for at < off {
			x := rest[0]
			n := min(x.size(), off-at)
			head, tail := x.split(n)
			if keep {
				next = append(next, head)
			}
			if at += n; tail.size() > 0 {
				rest[0] = tail
			} else {
				rest = rest[1:]
			}
		}
	}
	rest = append([]piece(nil), rest...)
	for _, e := range sorted {
		take(e.Start, true)
		if e.New != "" {
			next = append(next, piece{inserted: e.New})
		}
		take(e.End, false)
	}
	take(size, true)
	p.list = next
	return nil
}

func (p piece) split(n int) (head, tail piece) {
	if p.inserted != "" {
		return piece{inserted: p.inserted[:n]}, piece{inserted: p.inserted[n:]}
	}
	return piece{start: p.start, end: p.start + n}, piece{start: p.start + n, end: p.end}
}

// Text returns the text as it is now.
func (p *Pieces) Text() []byte {
	var b strings.Builder
	for _, x := range p.list {
		if x.inserted != "" {
			b.WriteString(x.inserted)
			continue
		}
		b.WriteString(p.original[x.start:x.end])
	}
	return []byte(b.String())
}

// Edits returns the edits of the original that make the text. Text that was
// taken away and put back is no edit.
func (p *Pieces) Edits() []Edit {
	var edits []Edit
	at, inserted := 0, ""
	flush := func(start int) {
		if old := p.original[at:start]; old != inserted {
			edits = append(edits, narrow(Edit{at, start, inserted}, old))
		}
		inserted = ""
	}
	for _, x := range p.list {
		if x.inserted != "" {
			inserted += x.inserted
			continue
		}
		flush(x.start)
		at = x.end
	}
	flush(len(p.original))
	return edits
}

// narrow takes away from an edit of the text old what stays the same at both
// its ends, whole characters only.
func narrow(e Edit, old string) Edit {
	n := 0
	for n < min(len(old), len(e.New)) && old[n] == e.New[n] {
		n++
	}
	for n > 0 && !(startsRune(old, n) && startsRune(e.New, n)) {
		n--
	}
	old, e.New, e.Start = old[n:], e.New[n:], e.Start+n
	n = 0
	for n < min(len(old), len(e.New)) && old[len(old)-1-n] == e.New[len(e.New)-1-n] {
		n++
	}
	for n > 0 && !(startsRune(old, len(old)-n) && startsRune(e.New, len(e.New)-n)) {
		n--
	}
	e.New, e.End = e.New[:len(e.New)-n], e.End-n
	return e
}

// startsRune reports whether a text can be cut at i.
func startsRune(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// Back returns where the byte at off stands in the original; for inserted text
// where that was put.
func (p *Pieces) Back(off int) int {
	origin := 0
	for _, x := range p.list {
		if x.inserted == "" {
			if off < x.size() {
				return x.start + off
			}
			origin = x.end
		} else if off < x.size() {
			return origin
		}
		off -= x.size()
	}
	return origin
}
