package ast

import "strings"

// InsertComment puts a comment on lines of its own above a node, indented as
// the node. Each line of text becomes a line of the comment; the mark before
// it is the one that the document's first comment has, # if there is none. A
// node that shares its line gets the comment above the whole line.
func InsertComment(above Node, text string) ([]Edit, error) {
	if err := checkPlace(above); err != nil {
		return nil, err
	}
	if p := above.Parent(); p.Valid() && p.Kind() == KindEntry {
		above = p
	}
	d := above.doc
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if strings.ContainsAny(line, "\r\x00") {
			return nil, refuse(above, "a comment cannot hold a CR or NUL byte")
		}
		if !isCommentText([]byte(line)) {
			line = strings.TrimRight(d.commentMark()+" "+line, " ")
		}
		lines = append(lines, line)
	}
	n := above
	for across := d.acrossLineStart(d.LineStart(n.Start())); across.Valid(); across = d.acrossLineStart(d.LineStart(n.Start())) {
		n = across
	}
	if prev := n.Prev(); prev.Valid() && prev.Kind() == KindBraces && n.Parent().Kind() == KindBraces {
		return nil, refuse(n, "a comment between braces in braces and their comma would end the list") // conf/lex.go, lexBlockEnd
	}
	indent := d.indent(n.Start())
	at := d.LineStart(n.Start()) + len(indent)
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line + d.newline() + indent)
	}
	return checked(n, Edit{at, at, b.String()})
}

// Comments returns the comments that belong to an entry or item and go with it
// when it is deleted, marks included: the lines above it, and the one behind
// it. There are none if it shares its lines with something else.
func Comments(n Node) []string {
	t, err := trailOf(n)
	if err != nil || !t.lineEnds || !ownLine(n) {
		return nil
	}
	var list []string
	for line := range strings.Lines(n.doc.Text(Span{commentsAbove(n), n.doc.LineStart(n.Start())})) {
		list = append(list, strings.TrimSpace(line))
	}
	if t.comment.Len() > 0 {
		list = append(list, strings.TrimSpace(n.doc.Text(t.comment)))
	}
	return list
}

// HasCommentAbove reports whether the lines of text, marks aside, are the
// comment that stands directly above a node.
func HasCommentAbove(n Node, text string) bool {
	d := n.doc
	if p := n.Parent(); p.Valid() && p.Kind() == KindEntry {
		n = p
	}
	var want []string
	for line := range strings.Lines(strings.TrimRight(text, " \t\r\n")) {
		want = append(want, commentWords(line))
	}
	at := d.LineStart(n.Start())
	for i := len(want) - 1; i >= 0; i-- {
		if at == 0 {
			return false
		}
		start := d.LineStart(at - 1)
		line := strings.TrimSpace(d.Text(Span{start, at}))
		if !isCommentText([]byte(line)) || commentWords(line) != want[i] {
			return false
		}
		at = start
	}
	return true
}

// commentWords returns what a line of a comment says.
func commentWords(line string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#/"))
}

// acrossLineStart returns none if a line that starts at off starts between the nodes of a
// container, so that a comment can be put there; else the outermost entry or
// value that reaches from the line before into it.
func (d *Document) acrossLineStart(off int) Node {
	n := d.NodeAt(off)
	var across Node
	for c := range n.Children() {
		if c.End() == off && hasEmptyValue(c) {
			across = c // its key waits for a value at the start of this line
		}
	}
	for ; n.Valid() && n.Kind() != KindDocument; n = n.Parent() {
		if n.Start() < off && !n.Kind().IsContainer() && !insideValue(n, off) {
			across = n
		}
	}
	return across
}

// insideValue reports whether off lies inside the brackets of an entry's
// value, where lines can be put.
func insideValue(e Node, off int) bool {
	if e.Kind() != KindEntry || !e.Value().Valid() {
		return false
	}
	v := e.Value()
	return v.Kind().IsContainer() && v.Start() < off && off < v.End()
}

// commentMark returns how the document's first comment starts: # or //.
func (d *Document) commentMark() string {
	seen := 0
	for tok := range d.Tokens() {
		if seen++; seen > maxHabitNodes {
			break
		}
		if tok.Kind == TokenComment {
			if d.src[tok.Start] == '/' {
				return "//"
			}
			return "#"
		}
	}
	return "#"
}
