package ast

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// EditError says why a helper makes no edits at a place.
type EditError struct {
	Doc    *Document
	Offset int
	Why    string
}

// Error returns file:line:column and the reason.
func (e *EditError) Error() string {
	p := e.Doc.Position(e.Offset)
	return fmt.Sprintf("%s:%d:%d: cannot edit here: %s", e.Doc.name, p.Line, p.Column, e.Why)
}

func refuse(n Node, format string, args ...any) error {
	return &EditError{Doc: n.doc, Offset: n.Start(), Why: fmt.Sprintf(format, args...)}
}

// checkPlace refuses places that the official parser reads differently from
// how they look: what it drops or misplaces, and what the text leaves open.
func checkPlace(n Node) error {
	if !n.Valid() {
		return fmt.Errorf("cannot edit: there is no such node")
	}
	for c := n; c.Valid(); c = c.Parent() {
		switch {
		case c.Unclosed():
			return refuse(c, "the %s that starts here is not closed", c.Kind())
		case c.Lost():
			return refuse(c, "the official parser drops or misplaces the %s that starts here", c.Kind())
		case c.Kind() == KindError:
			return refuse(c, "the text could not be read")
		}
	}
	return nil
}

// checked returns the edits unless one lies on a line with a syntax error, or
// behind the place where the official parser stops reading.
func checked(n Node, edits ...Edit) ([]Edit, error) {
	d := n.doc
	for _, e := range edits {
		if d.end < len(d.src) && e.End >= d.end {
			return nil, refuse(n, "the official parser stops reading before the end of the text")
		}
		for _, bad := range d.errs {
			if d.LineStart(bad.Span.Start) <= e.End && e.Start <= d.LineEnd(bad.Span.End) {
				return nil, &EditError{Doc: d, Offset: bad.Span.Start, Why: "the line has a syntax error"}
			}
		}
	}
	return edits, nil
}

// innerEnd returns where the inside of a container ends.
func innerEnd(block Node) int {
	if block.Kind() == KindDocument {
		return block.doc.end
	}
	return block.End() - 1
}

// innerStart returns where the inside of a container starts.
func innerStart(block Node) int {
	if block.Kind() == KindDocument {
		return 0
	}
	return block.Start() + 1
}

// trail is what follows a node on its last line.
type trail struct {
	sep      byte // the separator behind the node, or 0
	sepEnd   int  // offset behind the separator, else the node's end
	comment  Span // the comment behind the node, if any
	end      int  // where the line ends, before its line end; or where the next thing starts
	next     int  // where the next line starts
	lineEnds bool // nothing but a separator, blanks and a comment follow on the line
}

// trailOf reads what follows a node up to the end of its line.
func trailOf(n Node) (trail, error) {
	d := n.doc
	parent := n.Parent()
	limit := innerEnd(parent)
	if next := n.Next(); next.Valid() {
		limit = next.Start()
	}
	t := trail{sepEnd: n.End(), end: n.End()}
	for tok := range d.GapTokens(Span{n.End(), limit}) {
		switch tok.Kind {
		case TokenSpace:
			if strings.Trim(d.Text(tok.Span), " \t") != "" {
				// Between a value and its separator the official lexer skips blanks and tabs only.
				return t, refuse(n, "white space other than blanks and tabs is behind it")
			}
		case TokenComment:
			t.comment = tok.Span
			t.end = tok.End
		case TokenPunct:
			c := d.src[tok.Start]
			if t.sep != 0 || t.comment.Len() > 0 {
				return t, refuse(n, "there is a %q too many behind it", c)
			}
			if n.Kind() == KindBraces && parent.Kind() == KindDocument {
				return t, refuse(n, "the %q behind it is the start of a key", c) // conf/lex.go, lexTop
			}
			t.sep, t.sepEnd, t.end = c, tok.End, tok.End
		case TokenNewline:
			if d.src[tok.End-1] == '\r' {
				return t, refuse(n, "a line ends with a CR alone")
			}
			t.next, t.lineEnds = tok.End, true
			return t, nil
		default:
			return t, refuse(n, "there is a %q behind it", d.Text(tok.Span))
		}
	}
	t.end, t.next = limit, limit
	t.lineEnds = parent.Kind() == KindDocument && limit == len(d.src)
	return t, nil
}

// separatorAfter returns the separator behind a node on its last line, or 0.
func separatorAfter(n Node) byte {
	if !n.Valid() {
		return 0
	}
	t, err := trailOf(n)
	if err != nil || t.sep != ',' && t.sep != ';' {
		return 0
	}
	return t.sep
}

// gapStart returns where the gap before a node starts: behind its previous
// sibling, or behind the bracket of its container.
func gapStart(n Node) int {
	if prev := n.Prev(); prev.Valid() {
		return prev.End()
	}
	return innerStart(n.Parent())
}

// ownLine reports whether only blanks stand before a node on its line, so that
// lines can be put above it.
func ownLine(n Node) bool {
	d := n.doc
	start := d.LineStart(n.Start())
	if prev := n.Prev(); prev.Valid() && hasEmptyValue(prev) && prev.End() == start {
		return false // the previous key waits for its value at the start of this line
	}
	return start >= gapStart(n) && d.startsLine(n.Start())
}

// commentsAbove returns where the comment lines directly above a node start
// that belong to it, or the start of its line.
//
// They belong to it if no blank line is between, with one exception: above the
// first node of a block or document they belong to it only if they name its
// key, as a word in any letter case. Else they speak of the block, or are the
// header of the file, as is a comment with a copyright or licence in it.
func commentsAbove(n Node) int {
	d := n.doc
	bottom := d.LineStart(n.Start())
	top, limit := bottom, gapStart(n)
	for top > limit {
		start := d.LineStart(top - 1)
		line := bytes.TrimSpace(d.src[start:top])
		if start < limit || !isCommentText(line) || bytes.IndexByte(line, '\r') >= 0 {
			break
		}
		top = start
	}
	comment := strings.ToLower(string(d.src[top:bottom]))
	switch {
	case n.Prev().Valid():
	case strings.Contains(comment, "copyright"), strings.Contains(comment, "license"),
		strings.Contains(comment, "licence"), strings.Contains(comment, "spdx-"), strings.HasPrefix(comment, "#!"):
		return bottom
	case !namesKey(comment, n):
		return bottom
	}
	return top
}

func isCommentText(line []byte) bool {
	return bytes.HasPrefix(line, []byte("#")) || bytes.HasPrefix(line, []byte("//"))
}

// namesKey reports whether a comment in lower case has the key of an entry, or
// the path of an include, as a word.
func namesKey(comment string, n Node) bool {
	var word string
	switch n.Kind() {
	case KindEntry:
		word = n.Key()
	case KindInclude:
		word = n.Path()
	}
	word = strings.ToLower(word)
	for i := 0; word != ""; {
		j := strings.Index(comment[i:], word)
		if j < 0 {
			return false
		}
		i += j
		before, after := comment[:i], comment[i+len(word):]
		if !endsInWord(before) && !startsWithWord(after) {
			return true
		}
		i += len(word)
	}
	return false
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func endsInWord(s string) bool {
	r, w := utf8.DecodeLastRuneInString(s)
	return w > 0 && isWordRune(r)
}

func startsWithWord(s string) bool {
	r, w := utf8.DecodeRuneInString(s)
	return w > 0 && isWordRune(r)
}
