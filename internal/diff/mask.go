package diff

import (
	"bytes"
	"cmp"
	"slices"
)

// Mask stands for a secret, whatever its length. ChangedMask stands for a secret on a changed line whose value differs
// from the one on the line it replaces, where the masks alone would not show that.
const (
	Mask        = "********"
	ChangedMask = Mask + " (changed)"
)

// A masker holds the secrets of both texts, in order and apart from one another.
type masker struct {
	old, new []Span
}

// normalize sorts spans, joins those that overlap or touch, and cuts them to a text of size bytes.
func normalize(spans []Span, size int) []Span {
	var list []Span
	for _, s := range spans {
		s.Start, s.End = max(s.Start, 0), min(s.End, size)
		if s.Start < s.End {
			list = append(list, s)
		}
	}
	return join(list)
}

func join(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && s.Start <= joined[n-1].End {
			joined[n-1].End = max(joined[n-1].End, s.End)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// covered returns the secret parts of a line, as ranges of its text. Line endings are never part of them, so that a
// masked diff has the lines of the real one. An empty line within a secret has an empty part: its mask keeps it from
// telling that it is empty.
func covered(secrets []Span, l line) []Span {
	end := l.start + len(content(l.text))
	first, _ := slices.BinarySearchFunc(secrets, l.start+1, func(s Span, pos int) int { return cmp.Compare(s.End, pos) })
	var parts []Span
	for _, s := range secrets[first:] {
		starts, ends := max(s.Start, l.start), min(s.End, end)
		if starts < ends || s.Start < l.start {
			parts = append(parts, Span{starts - l.start, ends - l.start})
		}
		if s.End >= end {
			break
		}
	}
	return parts
}

// both returns the secret parts of a line that stands in both texts.
func (m *masker) both(old, new line) []Span {
	return join(append(covered(m.old, old), covered(m.new, new)...))
}

// content returns a line without its ending.
func content(text []byte) []byte {
	if t, ok := bytes.CutSuffix(text, []byte("\n")); ok {
		return bytes.TrimSuffix(t, []byte("\r"))
	}
	return text
}

// maskHunk replaces the secret parts of the hunk's lines and reports whether there were any.
func maskHunk(h *Hunk, secrets [][]Span) bool {
	if !slices.ContainsFunc(secrets, func(s []Span) bool { return len(s) > 0 }) {
		return false
	}
	changed := make([][]bool, len(h.Lines)) // by line and secret part
	for i := range changed {
		changed[i] = make([]bool, len(secrets[i]))
	}
	blocks(h.Lines, func(del, add, end int) { markChanged(h.Lines, secrets, changed, del, add, end) })
	for i := range h.Lines {
		h.Lines[i].Text = masked(h.Lines[i].Text, secrets[i], changed[i])
	}
	return true
}

// markChanged finds the secrets in a run of changed lines that must be marked because their value is another one.
//
// An added line that looks like a deleted one, once both are masked, is compared with that line, secret by secret. On
// the other added lines, a secret is marked if it is none of those on the other deleted lines. Where those have no
// secret at all, one that is added is plainly new and needs no mark.
func markChanged(lines []Line, secrets [][]Span, changed [][]bool, del, add, end int) {
	alike := make(map[string][]int) // deleted lines by what they look like
	for i := del; i < add; i++ {
		look := string(masked(lines[i].Text, secrets[i], changed[i]))
		alike[look] = append(alike[look], i)
	}
	var alone []int
	paired := make(map[int]bool)
	for j := add; j < end; j++ {
		look := string(masked(lines[j].Text, secrets[j], changed[j]))
		if len(alike[look]) == 0 {
			alone = append(alone, j)
			continue
		}
		i := alike[look][0]
		alike[look] = alike[look][1:]
		paired[i] = true
		// The numbers differ if one of the lines really has asterisks in it.
		same := len(secrets[i]) == len(secrets[j])
		for k := range changed[j] {
			changed[j][k] = !same || !bytes.Equal(part(lines[i], secrets[i][k]), part(lines[j], secrets[j][k]))
		}
		for k := range changed[i] {
			changed[i][k] = !same
		}
	}

	gone := make(map[string]bool)
	for i := del; i < add; i++ {
		for _, s := range secrets[i] {
			if !paired[i] {
				gone[string(part(lines[i], s))] = true
			}
		}
	}
	for _, j := range alone {
		for k, s := range secrets[j] {
			changed[j][k] = len(gone) > 0 && !gone[string(part(lines[j], s))]
		}
	}
}

func part(l Line, s Span) []byte {
	return l.Text[s.Start:s.End]
}

// masked returns text with its secret parts replaced.
func masked(text []byte, secrets []Span, changed []bool) []byte {
	if len(secrets) == 0 {
		return text
	}
	var out []byte
	pos := 0
	for k, s := range secrets {
		out = append(out, text[pos:s.Start]...)
		if changed[k] {
			out = append(out, ChangedMask...)
		} else {
			out = append(out, Mask...)
		}
		pos = s.End
	}
	return append(out, text[pos:]...)
}
