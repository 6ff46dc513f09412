package host

import (
	"bytes"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
)

// flow is the control flow of a template: which block of it each place stands
// in, and what stands in branches other than the first.
type flow struct {
	list  []construct // inline blocks are one construct
	marks []flowMark
	dead  []ast.Span
}

// flowMark says that from off on the text stands in block id; 0 is none. What
// is put in front of the end of a block is still in it.
type flowMark struct{ off, id int }

// newFlow follows the blocks of a template. An end without a beginning is
// passed over: the beginning may be in another file.
func newFlow(text []byte, list []construct) *flow {
	f := &flow{list: inline(text, list)}
	type open struct {
		id   int
		from int // of the branch that is not looked at, or -1
	}
	var stack []open
	parent := func() int {
		if len(stack) == 0 {
			return 0
		}
		return stack[len(stack)-1].id
	}
	for i, c := range f.list {
		switch c.role {
		case opens, opensAway:
			o := open{i + 1, -1}
			if c.role == opensAway {
				o.from = c.end
			}
			stack = append(stack, o)
			f.marks = append(f.marks, flowMark{c.end, o.id})
		case turns:
			if n := len(stack); n > 0 && stack[n-1].from < 0 {
				stack[n-1].from = c.end
			}
		case closes:
			if n := len(stack); n > 0 {
				if from := stack[n-1].from; from >= 0 {
					f.dead = append(f.dead, ast.Span{Start: from, End: c.start})
				}
				stack = stack[:n-1]
				f.marks = append(f.marks, flowMark{c.end, parent()})
			}
		}
	}
	return f
}

// inline joins blocks that begin and end on one line with all that is in them.
func inline(text []byte, list []construct) []construct {
	var out []construct
	var begun []int // indexes in out
	for _, c := range list {
		out = append(out, c)
		switch c.role {
		case opens, opensAway:
			begun = append(begun, len(out)-1)
		case closes:
			if len(begun) == 0 {
				continue
			}
			from := begun[len(begun)-1]
			begun = begun[:len(begun)-1]
			if start := out[from].start; bytes.IndexByte(text[start:c.end], '\n') < 0 {
				out = append(out[:from], construct{start, c.end, prints})
			}
		}
	}
	return out
}

// from returns the index of the first construct that begins at an offset or
// behind it.
func (f *flow) from(off int) int {
	i, _ := slices.BinarySearchFunc(f.list, off, func(c construct, off int) int { return c.start - off })
	return i
}

// at returns the block that a place stands in.
func (f *flow) at(off int) int {
	i, found := slices.BinarySearchFunc(f.marks, off, func(m flowMark, off int) int { return m.off - off })
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return f.marks[i].id
}
