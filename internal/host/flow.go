package host

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// flow is the control flow of a template: which block of it each place stands
// in, and what stands in branches that are not looked at.
type flow struct {
	list   []construct // a block on one line is one construct, unless entries stand in it
	joined []construct // every block on one line is one construct
	marks  []flowMark
	dead   []ast.Span
	blocks []block
}

// flowMark says that from off on the text stands in block id; 0 is none. What
// is put in front of the end of a block is still in it.
type flowMark struct{ off, id int }

// block is a block of a template from its beginning to its end.
type block struct {
	condition string     // the text of its beginning
	parent    int        // the block around it, -1 if there is none
	branch    int        // of the parent, in which it stands
	branches  []ast.Span // of "else" and the like there is one more
	away      bool       // none of it is used where it stands
	closed    bool
}

// newFlow follows the blocks of a template; the first branch of each is looked
// at. An end without a beginning is passed over: the beginning may be in another
// file.
func newFlow(text []byte, list []construct) *flow {
	f := &flow{list: inline(text, list, true), joined: inline(text, list, false)}
	var stack []int // of blocks
	ids := make(map[int]int)
	last := func(i int) *ast.Span { return &f.blocks[i].branches[len(f.blocks[i].branches)-1] }
	for i, c := range f.list {
		n := len(stack)
		switch c.role {
		case opens, opensAway:
			b := block{condition: condition(text[c.start:c.end]), parent: -1, branches: []ast.Span{{Start: c.end}}, away: c.role == opensAway}
			if n > 0 {
				b.parent = stack[n-1]
				b.branch = len(f.blocks[b.parent].branches) - 1
			}
			ids[len(f.blocks)] = i + 1
			f.marks = append(f.marks, flowMark{c.end, i + 1})
			stack = append(stack, len(f.blocks))
			f.blocks = append(f.blocks, b)
		case turns:
			if n > 0 {
				last(stack[n-1]).End = c.start
				f.blocks[stack[n-1]].branches = append(f.blocks[stack[n-1]].branches, ast.Span{Start: c.end})
			}
		case closes:
			if n > 0 {
				last(stack[n-1]).End = c.start
				f.blocks[stack[n-1]].closed = true
				stack = stack[:n-1]
				id := 0
				if n > 1 {
					id = ids[stack[n-2]]
				}
				f.marks = append(f.marks, flowMark{c.end, id})
			}
		}
	}
	f.dead = f.without(nil)
	return f
}

// condition returns what begins a block without its markers, so that blocks of
// the same condition can be told.
func condition(text []byte) string {
	return strings.Join(strings.Fields(strings.Trim(string(text), "{}%<>~- \t\r\n")), " ")
}

// without returns what is not looked at if the branches are chosen that are
// given by the index of their block, and else the first.
func (f *flow) without(chosen map[int]int) []ast.Span {
	var dead []ast.Span
	for i, b := range f.blocks {
		if !b.closed {
			continue
		}
		for k, span := range b.branches {
			if k != chosen[i] || b.away {
				dead = append(dead, span)
			}
		}
	}
	return dead
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
