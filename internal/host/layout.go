package host

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// lines is the layout of a document whose lines are lines of the file, behind a
// prefix.
type lines struct {
	src    []byte
	list   []line
	prefix string // what new lines get in front
	eol    string
	// lead is what stands in front of the first line, behind its prefix, and is none
	// of the document.
	lead  string
	exact bool // whether the document ends in a line end is kept as edits want it
}

// line is a line of a document. Offsets are those of the file but for doc.
type line struct {
	doc     int // where it begins in the document
	start   int // of the line in the file
	content int
	end     int // behind the content
	next    int // behind the line end; end if the document has none there
	hasEnd  bool
}

// text returns the document.
func (l *lines) text() []byte {
	var out []byte
	for i := range l.list {
		n := &l.list[i]
		n.doc = len(out)
		out = append(out, l.src[n.content:n.end]...)
		if n.hasEnd {
			out = append(out, '\n')
		}
	}
	return out
}

func (l *lines) offset(off int) int {
	i := sort.Search(len(l.list), func(i int) bool { return l.list[i].doc > off }) - 1
	if i < 0 {
		return l.span().Start
	}
	n := l.list[i]
	if over := off - n.doc - (n.end - n.content); over > 0 {
		return n.next
	}
	return n.content + off - n.doc
}

// inDoc returns the offset in the document of a byte of the file.
func (l *lines) inDoc(off int) int {
	i := sort.Search(len(l.list), func(i int) bool { return l.list[i].start > off }) - 1
	if i < 0 {
		return 0
	}
	n := l.list[i]
	return n.doc + min(max(0, off-n.content), n.end-n.content+1)
}

func (l *lines) source() []byte { return l.src }

func (l *lines) span() ast.Span {
	if len(l.list) == 0 {
		return ast.Span{}
	}
	return ast.Span{Start: l.list[0].start, End: l.list[len(l.list)-1].next}
}

// around returns the lines that an edit touches, and the edit in them; the whole
// document for its last line.
func (l *lines) around(e ast.Edit) (*lines, ast.Edit) {
	at := func(off int) int {
		return max(0, sort.Search(len(l.list), func(i int) bool { return l.list[i].doc > off })-1)
	}
	a, b := at(e.Start), at(e.End)
	if b == len(l.list)-1 {
		return l, e // how it ends depends on what is in front
	}
	part := &lines{src: l.src, prefix: l.prefix, eol: l.eol, exact: true}
	if a == 0 {
		part.lead = l.lead
	}
	first := l.list[a].doc
	for _, n := range l.list[a : b+1] {
		n.doc -= first
		part.list = append(part.list, n)
	}
	return part, ast.Edit{Start: e.Start - first, End: e.End - first, New: e.New}
}

// piece is a line while it is edited.
type piece struct{ text, raw, eol string }

func (l *lines) rewrite(steps [][]ast.Edit) (string, error) {
	var ps []piece
	for _, n := range l.list {
		ps = append(ps, piece{string(l.src[n.content:n.end]), string(l.src[n.start:n.end]), string(l.src[n.end:n.next])})
	}
	last := len(l.list) - 1
	ended := last >= 0 && l.list[last].hasEnd
	if ended || last < 0 {
		ps = append(ps, piece{})
	}
	for _, edits := range steps {
		for i := len(edits) - 1; i >= 0; i-- {
			var err error
			if ps, err = l.edit(ps, edits[i]); err != nil {
				return "", err
			}
		}
	}
	if !l.exact {
		if n := len(ps) - 1; ended && ps[n].text != "" {
			ps[n].eol = l.eol
		} else if !ended && n > 0 && ps[n].text == "" && ps[n].raw == "" {
			ps = ps[:n]
			ps[n-1].eol = ""
		}
	}
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.raw)
		b.WriteString(p.eol)
	}
	return b.String(), nil
}

// edit replaces the lines that an edit touches.
func (l *lines) edit(ps []piece, e ast.Edit) ([]piece, error) {
	find := func(off int) (i, in int) {
		for i = 0; i < len(ps)-1 && off > len(ps[i].text); i++ {
			off -= len(ps[i].text) + 1
		}
		return i, off
	}
	a, from := find(e.Start)
	b, to := find(e.End)
	if from > len(ps[a].text) || to > len(ps[b].text) {
		return nil, fmt.Errorf("an edit ends at %d, outside of the document", e.End)
	}
	texts := strings.Split(ps[a].text[:from]+e.New+ps[b].text[to:], "\n")
	fresh := make([]piece, len(texts))
	for i, t := range texts {
		if l.eol == "\r\n" {
			t = strings.TrimSuffix(t, "\r")
		}
		fresh[i] = piece{t, l.prefix + t, l.eol}
		if t == "" {
			fresh[i].raw = ""
		}
	}
	n := len(fresh) - 1
	if from > 0 {
		fresh[0].raw = strings.TrimSuffix(ps[a].raw, ps[a].text) + fresh[0].text
	}
	// Lines that stay as they are keep what is in front of them.
	for _, keep := range []struct{ i, old int }{{0, a}, {n, b}} {
		if fresh[keep.i].text == ps[keep.old].text {
			fresh[keep.i].raw = ps[keep.old].raw
		}
	}
	if l.lead != "" && a == 0 {
		if n > 0 && b == 0 && fresh[n].raw == ps[0].raw {
			fresh[n].raw = l.prefix + fresh[n].text
		}
		fresh[0].raw = strings.TrimSuffix(ps[0].raw, ps[0].text) + fresh[0].text
	}
	fresh[n].eol = ps[b].eol
	return append(ps[:a:a], append(fresh, ps[b+1:]...)...), nil
}

// whole is the layout of a document that is written in another form, and
// replaced as a whole.
type whole struct {
	src    []byte
	at     ast.Span
	text   []byte
	places []int // offset in the file of each byte of the text, nil if there is no such thing
	encode func(text []byte) (string, error)
}

func (w *whole) offset(off int) int {
	if w.places == nil {
		return w.at.Start
	}
	return w.places[min(off, len(w.places)-1)]
}

func (w *whole) source() []byte { return w.src }

func (w *whole) span() ast.Span { return w.at }

func (w *whole) rewrite(steps [][]ast.Edit) (string, error) {
	if w.encode == nil {
		return "", errors.New("it can only be read")
	}
	text := w.text
	for _, edits := range steps {
		var err error
		if text, err = ast.Apply(text, edits); err != nil {
			return "", err
		}
	}
	return w.encode(text)
}
