// Package diff compares two versions of a text by lines and prints the difference.
//
// [Compute] builds the model, a [File] of hunks. [File.Unified] prints it byte for byte, in the form that git apply and
// patch -p1 take; [File.Terminal] prints it for people, with colours and with nothing that a terminal would obey.
//
// Secrets are masked while the model is built: a File that was computed with spans of secrets holds none of their
// bytes, so that no renderer can print one.
package diff

import "bytes"

// A Span is the byte range [Start, End) of a text.
type Span struct {
	Start, End int
}

func (s Span) shifted(n int) Span {
	return Span{s.Start + n, s.End + n}
}

// Status says what happens to the file as a whole.
type Status int

const (
	Modified Status = iota // the file is there before and after
	Created                // there is no such file before
	Deleted                // there is no such file after
)

// A Change is one file before and after.
type Change struct {
	// Name is the path relative to the directory in which the patch is to be applied, with slashes. It must be
	// neither absolute nor contain "..": git and patch both refuse such names.
	Name   string
	Status Status
	// Old and New are the texts, any bytes at all. The result refers to them: they must not be modified later.
	Old, New []byte
	// OldSecrets and NewSecrets are the ranges to mask, in any order. What lies outside the text is ignored. Only
	// these ranges are masked, not other places where the same bytes occur. Leave both out for a diff that applies.
	OldSecrets, NewSecrets []Span
}

// A Kind tells whether a line is in both texts or in one of them. Its value is the line's prefix in a unified diff.
type Kind byte

const (
	Context Kind = ' '
	Delete  Kind = '-'
	Add     Kind = '+'
)

// A Line is one line of a hunk.
type Line struct {
	Kind Kind
	// Text is the line with its line ending, and with secrets masked. Only the last line of a text can lack the
	// ending. A lone carriage return ends no line.
	Text []byte
}

// A Hunk is a run of changes that lie close together, with the unchanged lines around them. In every run of changed
// lines the deleted ones come first.
type Hunk struct {
	// OldStart and NewStart are the numbers of the first line on each side, counted from 1. On a side without lines
	// it is the number of the line before, as the format wants it.
	OldStart, OldLines int
	NewStart, NewLines int
	Lines              []Line
}

// A File is the difference between the two versions of one file. Without hunks the texts are equal.
type File struct {
	Name   string
	Status Status
	Hunks  []Hunk
	// Masked is true if a secret was replaced in some hunk. Such a diff does not apply.
	Masked bool
}

// Stat returns the number of added and of deleted lines.
func (f *File) Stat() (added, deleted int) {
	for _, h := range f.Hunks {
		for _, l := range h.Lines {
			switch l.Kind {
			case Add:
				added++
			case Delete:
				deleted++
			}
		}
	}
	return added, deleted
}

// Compute compares the two texts of c. Each hunk has up to context unchanged lines before and after its changes; a
// negative number counts as 0. The result depends on the arguments alone, never on time or on the machine.
func Compute(c Change, context int) *File {
	f := &File{Name: c.Name, Status: c.Status}
	// More context than there are bytes changes nothing, and sums of it must not overflow.
	context = min(max(context, 0), len(c.Old)+len(c.New))

	w := newWindow(c.Old, c.New, context)
	list := w.edits()
	w.slide(list)
	m := masker{old: normalize(c.OldSecrets, len(c.Old)), new: normalize(c.NewSecrets, len(c.New))}
	for _, edits := range group(list, context) {
		h, secrets := w.hunk(edits, context, &m)
		if maskHunk(&h, secrets) {
			f.Masked = true
		}
		f.Hunks = append(f.Hunks, h)
	}
	return f
}

// hunk builds the hunk of some edits that share context, and says which parts of each of its lines are secret.
func (w *window) hunk(edits []edit, context int, m *masker) (h Hunk, secrets [][]Span) {
	first, last := edits[0], edits[len(edits)-1]
	i := max(first.old.Start-context, 0)
	j := first.new.Start - (first.old.Start - i)
	end := min(last.old.End+context, len(w.old))

	h.OldStart, h.NewStart = w.line+i+1, w.line+j+1
	common := func(until int) {
		for ; i < until; i, j = i+1, j+1 {
			h.Lines = append(h.Lines, Line{Context, w.old[i].text})
			secrets = append(secrets, m.both(w.old[i], w.new[j]))
		}
	}
	for _, e := range edits {
		common(e.old.Start)
		for ; i < e.old.End; i++ {
			h.Lines = append(h.Lines, Line{Delete, w.old[i].text})
			secrets = append(secrets, covered(m.old, w.old[i]))
			h.OldLines++
		}
		for ; j < e.new.End; j++ {
			h.Lines = append(h.Lines, Line{Add, w.new[j].text})
			secrets = append(secrets, covered(m.new, w.new[j]))
			h.NewLines++
		}
	}
	common(end)

	unchanged := len(h.Lines) - h.OldLines - h.NewLines
	h.OldLines += unchanged
	h.NewLines += unchanged
	if h.OldLines == 0 {
		h.OldStart--
	}
	if h.NewLines == 0 {
		h.NewStart--
	}
	return h, secrets
}

// An edit replaces some lines of the old window by some lines of the new one. Either side may be empty.
type edit struct {
	old, new Span
}

// edits lists the changes in order. Between two of them there is at least one line that both sides have.
func (w *window) edits() []edit {
	// The comparison must not see the common lines around: it might find a change as small at the far end of them.
	deleted, added := compareLines(w.old[w.head:len(w.old)-w.tail], w.new[w.head:len(w.new)-w.tail])
	var list []edit
	i, j := 0, 0
	for i < len(deleted) || j < len(added) {
		e := edit{Span{i, i}, Span{j, j}}
		for e.old.End < len(deleted) && deleted[e.old.End] {
			e.old.End++
		}
		for e.new.End < len(added) && added[e.new.End] {
			e.new.End++
		}
		if e.old.Start == e.old.End && e.new.Start == e.new.End {
			i, j = i+1, j+1
			continue
		}
		i, j = e.old.End, e.new.End
		list = append(list, edit{e.old.shifted(w.head), e.new.shifted(w.head)})
	}
	return list
}

// maxSlide is how many lines an edit is moved at most.
const maxSlide = 100

// slide moves insertions and deletions down as far as the texts allow, which is where people expect them: of two blocks
// that end alike, the lower one is then shown as a whole.
func (w *window) slide(list []edit) {
	next := len(w.old) + 1
	for i := len(list) - 1; i >= 0; i-- {
		e := &list[i]
		at, lines := &e.new, w.new
		if at.Start == at.End {
			at, lines = &e.old, w.old
		} else if e.old.Start != e.old.End {
			next = e.old.Start
			continue // it replaces
		}
		// One line must stay between it and the next edit.
		for n := 0; n < maxSlide && e.old.End < next-1 && bytes.Equal(lines[at.Start].text, lines[at.End].text); n++ {
			e.old, e.new = e.old.shifted(1), e.new.shifted(1)
		}
		next = e.old.Start
	}
}

// group puts edits together whose context would touch or overlap.
func group(list []edit, context int) [][]edit {
	var groups [][]edit
	start := 0
	for i := range list {
		if i+1 == len(list) || list[i+1].old.Start-list[i].old.End > 2*context {
			groups = append(groups, list[start:i+1])
			start = i + 1
		}
	}
	return groups
}

// blocks calls f for every run of changed lines in a hunk: lines[del:add] are deleted, lines[add:end] are added.
func blocks(lines []Line, f func(del, add, end int)) {
	for i := 0; i < len(lines); {
		if lines[i].Kind == Context {
			i++
			continue
		}
		del := i
		for i < len(lines) && lines[i].Kind == Delete {
			i++
		}
		add := i
		for i < len(lines) && lines[i].Kind == Add {
			i++
		}
		f(del, add, i)
	}
}
