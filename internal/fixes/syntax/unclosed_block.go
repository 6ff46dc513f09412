package syntax

import (
	"bytes"
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// UnclosedBlock finds blocks and lists that are still open at the end of the
// file.
func UnclosedBlock() *fixes.Rule {
	return &fixes.Rule{
		Name:     "unclosed-block",
		Severity: fixes.Error,
		Summary:  "the file ends inside a block or a list, whose closing bracket is missing",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "by", Default: "none: a person decides", Values: []string{"indentation"},
			Doc: "close a block inside the file where its indentation says that it ends",
		}},
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: "Unexpected EOF processing map; Expected an array value terminator ',' or an array terminator ']', but got ' ' instead",
			What: `Each { and [ needs its } and ]. If one is missing the server notices at the end of the file, and does not say which. The finding
names the bracket that is open there; if the missing one belongs to a block inside it, the indentation shows that. In a list the
server may stop earlier, at a key or a value that cannot stand where it does.`,
			Fix: "The closing bracket is written at the end of the file, or where the block ends by its indentation.",
			Applicability: `Safe where the indentation leaves no doubt: all that stands below the open bracket is indented more than its line, and each bracket
that is closed is closed at the indentation of its own line. Where one is not, its own bracket is likely to be the missing one: to write it
there needs a choice. Else manual, and so where the file ends in an empty block or in the middle of
a line: it may be cut off.`,
			Effect: "None: the server does not start with the file as it is.",
			Before: "port: 4222\ncluster {\n  name: east\n  port: 6222\n",
			After:  "port: 4222\ncluster {\n  name: east\n  port: 6222\n}\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if firstError(d.Tree) == nil {
				return
			}
			by, _ := p.Param("by")
			mendAll(p, d, func(t *ast.Document) *mend { return findUnclosedBlock(t, by == "indentation") })
		},
	}
}

func findUnclosedBlock(t *ast.Document, chosen bool) *mend {
	src := t.Source()
	e := firstError(t)
	if e == nil || gluedBefore(t) {
		return nil
	}
	if m := findUnclosedInside(t, chosen); m != nil {
		return m
	}
	if e.Open < 0 || len(bytes.TrimSpace(src[e.Span.Start:])) > 0 || bytes.IndexByte([]byte("{["), src[e.Open]) < 0 {
		return nil
	}
	var open []ast.Node // outermost first
	for n := range t.Root().Walk() {
		switch n.Kind() {
		case ast.KindMap, ast.KindArray, ast.KindBraces:
			if n.Unclosed() {
				open = append(open, n)
			}
		case ast.KindEntry:
			if !n.Value().Valid() || n.Value().Kind() == ast.KindError {
				return nil // it may be a quote, or a value, that is missing
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	inner := open[len(open)-1]
	m := &mend{
		span:    ast.Span{Start: inner.Start(), End: inner.Start() + 1},
		message: fmt.Sprintf("the file ends, and this %q is still open: the server refuses it (%q)", src[inner.Start():inner.Start()+1], endMessage(inner)),
		cause:   true,
	}
	if n, ok := isIndentedBelow(t, open[0]); !ok {
		m.reason = "the indentation does not tell where the missing bracket belongs: perhaps to a block inside this one"
		if n.Valid() {
			m.span = ast.Span{Start: n.Start(), End: n.Start() + 1}
			m.message = fmt.Sprintf("one bracket is missing, perhaps that of this %q, which is closed at another indentation than its own: the server refuses the file at its end (%q)",
				src[n.Start():n.Start()+1], endMessage(inner))
			m.reason = "see where this block should end"
		}
		return m
	}
	if !inner.First().Valid() || src[len(src)-1] != '\n' {
		m.reason = "the file may be cut off: look whether more of it is missing than the bracket"
		return m
	}
	end := len(bytes.TrimRight(src, " \t\r\n"))
	if t.LineStart(end) == t.LineStart(inner.Start()) && !bytes.ContainsAny(src[inner.Start():end], "#") {
		m.edits = []ast.Edit{{Start: end, End: end, New: " " + closers(t, open, false)}}
	} else {
		m.edits = []ast.Edit{{Start: end, End: end, New: "\n" + closers(t, open, true)}}
	}
	if after, err := ast.Apply(src, m.edits); err != nil || len(ast.Parse(t.Name(), after, t.Syntax()).LostNodes()) > 0 {
		m.edits, m.reason = nil, "the last key before the end has no value: more than the bracket is missing"
		return m
	}
	m.title = "close the bracket at the end of the file"
	return m
}

// endMessage is what the server says of a bracket that is open at the end of the
// file.
func endMessage(n ast.Node) string {
	if n.Kind() == ast.KindArray {
		return "Expected an array value terminator ',' or an array terminator ']'"
	}
	return "Unexpected EOF processing map"
}

// closers returns the closing brackets of open ones, innermost first: each on a
// line of its own, indented as the line of its opening one, or behind another.
func closers(t *ast.Document, open []ast.Node, lines bool) string {
	var b bytes.Buffer
	for i := len(open) - 1; i >= 0; i-- {
		if b.Len() > 0 && lines {
			b.WriteByte('\n')
		} else if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if lines {
			b.WriteString(indentOf(t, open[i].Start()))
		}
		b.WriteByte(closing[t.Source()[open[i].Start()]])
	}
	return b.String()
}

// isIndentedBelow reports whether all lines below that of an open bracket are
// indented more than it, and each bracket that is closed on a later line is
// closed first thing on it, at the indentation of its own line. If one is not it
// returns the last such, whose own bracket is likely to be missing.
func isIndentedBelow(t *ast.Document, open ast.Node) (odd ast.Node, ok bool) {
	src := t.Source()
	depth, ok := len(indentOf(t, open.Start())), true
	for at := t.LineEnd(open.Start()); at < len(src); at = t.LineEnd(at) {
		if at++; at >= len(src) {
			break
		}
		line := src[at:t.LineEnd(at)]
		if len(bytes.TrimSpace(line)) > 0 && len(indentOf(t, at)) <= depth {
			ok = false
		}
	}
	for n := range open.Walk() {
		if k := n.Kind(); k != ast.KindMap && k != ast.KindArray && k != ast.KindBraces {
			continue
		}
		last := n.End() - 1
		if n.Unclosed() || t.LineStart(last) == t.LineStart(n.Start()) {
			continue
		}
		if indent := indentOf(t, last); indent != indentOf(t, n.Start()) || t.LineStart(last)+len(indent) != last {
			odd, ok = n, false
		}
	}
	return odd, ok
}

// indentOf returns the blanks at the start of the line that holds off.
func indentOf(t *ast.Document, off int) string {
	start := t.LineStart(off)
	return t.Text(ast.Span{Start: start, End: skipBlanks(t.Source(), start)})
}
