package host

import (
	"regexp"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
)

// maxReadings bounds in how many other ways a document is read.
const maxReadings = 16

// otherBranch says why a reading by another branch is not rewritten.
const otherBranch = "it stands in a branch of the template that is not the first one; correct it by hand"

// Readings returns the document as it reads if another branch of a block of its
// template is taken: for each branch that is not the first, with the first
// branches of all other blocks, but for those around it and those of the same
// condition. What cannot be parsed so is left out. [Document.Shows] tells what
// is seen in a reading alone. A reading is never rewritten.
func (d *Document) Readings() []*Document { return d.readings(false) }

// Cases returns all readings, those with a block left out among them.
func (d *Document) Cases() []*Document { return d.readings(true) }

func (d *Document) readings(leftOut bool) []*Document {
	l, ok := d.layout.(*lines)
	if !ok || d.file == nil {
		return nil
	}
	var out []*Document
	at := l.span()
	for i, b := range d.file.blocks {
		most := len(b.branches)
		if leftOut && most == 1 && !unconditional.MatchString(b.condition) {
			most = 2 // the second is none
		}
		for k := 1; k < most && d.file.turns(i) && len(out) < maxReadings; k++ {
			if b.branches[0].Start < at.Start || b.branches[len(b.branches)-1].End > at.End {
				break // it is not about this document alone
			}
			if r := d.reading(l, i, k); r != nil {
				out = append(out, r)
			}
		}
	}
	return out
}

// unconditional matches the beginning of a block that is always there.
var unconditional = regexp.MustCompile(`^(block|raw|filter|autoescape|with [^.])`)

// turns reports whether the branches of a block are really taken in turn.
func (f *flow) turns(i int) bool {
	if !f.blocks[i].closed {
		return false
	}
	for ; i >= 0; i = f.blocks[i].parent {
		if f.blocks[i].away {
			return false
		}
	}
	return true
}

// reading returns the document with a branch of a block taken.
func (d *Document) reading(l *lines, i, k int) *Document {
	f := d.file
	chosen := map[int]int{i: k}
	for at := i; f.blocks[at].parent >= 0; at = f.blocks[at].parent {
		chosen[f.blocks[at].parent] = f.blocks[at].branch
	}
	for other, b := range f.blocks {
		if _, ok := chosen[other]; !ok && b.condition == f.blocks[i].condition {
			chosen[other] = k
		}
	}
	other := &flow{list: f.list, marks: f.marks, blocks: f.blocks, dead: f.without(chosen)}
	r := &Document{
		Dir: d.Dir, Base: d.Base, Object: d.Object, ReadOnly: otherBranch, number: d.number, lang: d.lang, layout: l, file: f, flow: other.within(l),
	}
	r.Text, r.Masked = mask(l.text(), r.flow)
	if len(ast.Parse("", r.Text, ast.Latest).Errors()) > 0 {
		return nil
	}
	in := func(s ast.Span) ast.Span { return ast.Span{Start: l.inDoc(s.Start), End: l.inDoc(s.End)} }
	if k >= len(f.blocks[i].branches) {
		return r // nothing is shown by it alone
	}
	r.branch = in(f.blocks[i].branches[k])
	for j, b := range f.blocks {
		if b.parent >= 0 && j != i && f.inside(j, i, k) {
			for _, s := range b.branches[1:] {
				r.branches = append(r.branches, in(s))
			}
		}
	}
	return r
}

// inside reports whether block j stands in branch k of block i.
func (f *flow) inside(j, i, k int) bool {
	for ; j >= 0; j = f.blocks[j].parent {
		if f.blocks[j].parent == i {
			return f.blocks[j].branch == k
		}
	}
	return false
}

// Shows reports whether a byte of the text is seen in this reading of the
// document alone.
func (d *Document) Shows(off int) bool {
	holds := func(s ast.Span) bool { return s.Start <= off && off < s.End }
	return holds(d.branch) && !slices.ContainsFunc(d.branches, holds)
}
