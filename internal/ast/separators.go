package ast

import (
	"bytes"
	"strings"
)

// keepsApart reports whether a blank line goes between prev and what comes
// behind it: prev takes several lines and has a blank line above.
func (in *inserter) keepsApart(prev Node) bool {
	d := in.block.doc
	if !prev.Prev().Valid() || !d.isMultiLine(prev) || !ownLine(prev) {
		return false
	}
	top := commentsAbove(prev)
	above := d.LineStart(max(top-1, 0))
	return above >= gapStart(prev) && len(bytes.TrimSpace(d.src[above:top])) == 0
}

// guard returns the blank that has to stand between the inserted text and what
// follows at off. Only what ends in an unquoted value needs it.
func (in *inserter) guard(text string, off int) string {
	d := in.block.doc
	if off < len(d.src) {
		switch c := d.src[off]; c {
		case '#', '/', ']', '\'', '"':
			if last := text[len(text)-1]; strings.IndexByte(`"'}]`, last) < 0 && (c != ']' || !endsAt(lastWord(text), c)) {
				return " "
			}
		}
	}
	return ""
}

// lastWord returns what stands behind the last separator of items of an array.
func lastWord(text string) string {
	return text[strings.LastIndexAny(text, " ,[\n")+1:]
}

// checkNeighbour refuses neighbours that would make an insert something else.
func (in *inserter) checkNeighbour(n Node) error {
	if err := checkPlace(n); err != nil {
		return err
	}
	if n.Kind() == KindBraces && in.block.Kind() == KindBraces {
		return refuse(n, "braces in braces: insert next to an entry instead")
	}
	return nil
}

// indentOf returns the indentation for a line behind prev.
func (in *inserter) indentOf(prev Node) string {
	d := in.block.doc
	for _, n := range [...]Node{prev, prev.Next(), in.block.First().Next()} {
		if n.Valid() && ownLine(n) {
			return d.indent(n.Start())
		}
	}
	if in.block.Kind() == KindDocument {
		return ""
	}
	return d.indent(in.block.Start()) + in.style.step
}

// lineSeparator returns what separates entries on lines of their own besides
// the line end, near n: that behind n, else behind the one before it.
func (in *inserter) lineSeparator(n Node) string {
	for _, c := range [...]Node{n, n.Prev()} {
		if !c.Valid() {
			continue
		}
		if t, err := trailOf(c); err == nil && t.lineEnds && (t.sep == ',' || t.sep == ';') {
			return string(t.sep)
		}
	}
	switch {
	case endsInBarePath(n) || n.Kind() == KindInclude:
		return ""
	case n.Prev().Valid() || n.Next().Valid():
		return "" // the neighbours do without
	case in.style.comma && in.block.Kind() != KindDocument:
		return ","
	}
	return ""
}

// inlineSeparator returns what separates entries on one line, near n.
func (in *inserter) inlineSeparator(n Node) string {
	d := in.block.doc
	for _, c := range [...]Node{n, n.Prev()} {
		if sep := separatorAfter(c); sep != 0 && c.Next().Valid() {
			t, _ := trailOf(c)
			if t.sepEnd == c.Next().Start() {
				return string(sep)
			}
			return string(sep) + " "
		} else if sep != 0 && d.isMultiLine(in.block) {
			return string(sep) + " "
		}
	}
	if in.style.compact {
		return ","
	}
	return ", "
}

// endsInBarePath reports whether a node is an include with an unquoted path,
// which goes on behind a comma.
func endsInBarePath(n Node) bool { return n.Kind() == KindInclude && n.Quote() == Bare }

// lastScalar returns the value at the end of an entry or item, if it is a
// scalar.
func lastScalar(n Node) Node {
	if n.Kind() == KindEntry {
		n = n.Value()
	}
	if n.Valid() && n.Kind() > KindArray && n.Kind() != KindError {
		return n
	}
	return Node{}
}

// endsInBlockString reports whether a node ends in a ( ) string, which only a
// line end may follow.
func endsInBlockString(n Node) bool {
	v := lastScalar(n)
	return v.Valid() && v.Kind() == KindString && v.Quote() == Block
}

// hasEmptyValue reports whether an entry's value is an unquoted string without
// a byte, which only a separator or the end of the text may follow.
func hasEmptyValue(n Node) bool {
	v := lastScalar(n)
	return v.Valid() && v.Span().Len() == 0
}

// isAllComments reports whether a span holds white space and comments only.
func isAllComments(d *Document, s Span) bool {
	for tok := range d.GapTokens(s) {
		switch tok.Kind {
		case TokenSpace, TokenNewline, TokenComment:
			if d.src[tok.End-1] == '\r' {
				return false
			}
		default:
			return false
		}
	}
	return true
}
