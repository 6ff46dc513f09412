package diff

import (
	"bytes"
	"unicode/utf8"
)

// maxWords is the number of words up to which lines are compared word by word. Longer lines are data.
const maxWords = 400

// Words returns, for each line of the hunk, the ranges of its text to point out: the words by which a deleted line and
// the added line that replaces it differ. Lines that were rewritten as a whole have none. Ranges never cut a
// character, nor include the line ending.
func (h *Hunk) Words() [][]Span {
	words := make([][]Span, len(h.Lines))
	work := maxWork // nobody reads the marks of a hunk for which it does not suffice to the end
	blocks(h.Lines, func(del, add, end int) {
		for i, j := del, add; i < add && j < end; i, j = i+1, j+1 {
			words[i], words[j] = compareWords(content(h.Lines[i].Text), content(h.Lines[j].Text), &work)
		}
	})
	return words
}

func compareWords(old, new []byte, work *int) (deleted, added []Span) {
	a, b := splitWords(old), splitWords(new)
	if len(a) > maxWords || len(b) > maxWords || len(a)*len(b) > *work {
		return nil, nil
	}
	*work -= len(a) * len(b)
	ids := make(numbering)
	tokens := func(text []byte, words []Span) []token {
		list := make([]token, len(words))
		for i, w := range words {
			list[i] = ids.token(text[w.Start:w.End], i)
		}
		return list
	}
	ta, tb := tokens(old, a), tokens(new, b)
	del, add := compare(ta, tb, len(ids))

	deleted, added = ranges(old, a, del), ranges(new, b, add)
	// Where less than a third stays, marks are noise.
	if 3*kept(old, deleted) < len(bytes.TrimSpace(old)) && 3*kept(new, added) < len(bytes.TrimSpace(new)) {
		return nil, nil
	}
	return deleted, added
}

// splitWords cuts text into words of letters, digits, underscores and whatever is beyond ASCII, runs of blanks, and
// single other characters. It stops when there are more than maxWords.
func splitWords(text []byte) []Span {
	var words []Span
	for i := 0; i < len(text) && len(words) <= maxWords; {
		start, class := i, classOf(text[i])
		for i++; i < len(text) && class != single && classOf(text[i]) == class; i++ {
		}
		words = append(words, Span{start, i})
	}
	return words
}

type class int

const (
	single class = iota
	blank
	word
)

func classOf(c byte) class {
	switch {
	case c == ' ' || c == '\t':
		return blank
	case c == '_' || c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		return word
	}
	return single
}

// ranges returns where the changed words stand, as one range if nothing but blanks is between them.
func ranges(text []byte, words []Span, changed []bool) []Span {
	var list []Span
	for i, w := range words {
		if !changed[i] {
			continue
		}
		if n := len(list); n > 0 && len(bytes.TrimLeft(text[list[n-1].End:w.Start], " \t")) == 0 {
			list[n-1].End = w.End
		} else {
			list = append(list, w)
		}
	}
	return list
}

// kept counts the bytes of text, blanks aside, that lie outside the ranges.
func kept(text []byte, changed []Span) int {
	n := 0
	for i, c := range text {
		for len(changed) > 0 && i >= changed[0].End {
			changed = changed[1:]
		}
		if classOf(c) != blank && (len(changed) == 0 || i < changed[0].Start) {
			n++
		}
	}
	return n
}
