package syntax

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// BlockStringNewline finds block strings whose closing bracket the server does
// not see, and values that only look like one.
func BlockStringNewline() *fixes.Rule {
	return &fixes.Rule{
		Name:     "block-string-newline",
		Severity: fixes.Error,
		Summary:  "a ( ) text does not end: its ) must stand on a line by itself, with LF line ends",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "brackets", Default: "none: a person decides", Values: []string{"keep", "drop"},
			Doc: "whether the brackets of a (text) on one line are a part of the text",
		}},
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: `Unexpected EOF processing block.`,
			What: `A value that starts with ( is a text over several lines. It ends at a ) that stands between two line feeds, with nothing
else on its line: no blanks, no comma, and no carriage return, so that no such text ends in a file with CRLF line ends. A password
that merely starts with ( is the start of such a text, too.`,
			Fix: `The ) is put on a line by itself, and the lines of the text get LF line ends. A value that starts with ( and is no such
text is put in quotes.`,
			Applicability: `Safe: the server refuses the file as it is. Where one line holds (text) it needs a choice whether the brackets are
a part of it.`,
			Effect: `None: the server does not start with the file as it is.`,
			Before: "server_name: (\n  a\n  )\nport: 4222\n",
			After:  "server_name: (\n  a\n)\nport: 4222\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if len(d.Tree.Errors()) > 0 {
				brackets, _ := p.Param("brackets")
				mendAll(p, d, func(t *ast.Document) *mend { return findBlockString(t, brackets) })
			}
		},
	}
}

func findBlockString(t *ast.Document, brackets string) *mend {
	e := firstError(t)
	if e == nil || e.Official != "Unexpected EOF processing block." || gluedBefore(t) {
		return nil
	}
	open := e.Span.Start
	line := strings.TrimRight(t.Text(ast.Span{Start: open, End: t.LineEnd(open)}), " \t")
	m := &mend{
		span:    ast.Span{Start: open, End: open + 1},
		message: "the text that starts with this ( never ends: its ) must stand on a line by itself, without blanks, a comma or a carriage return",
	}
	for at := t.LineEnd(open); at < len(t.Source()); {
		start := nextLine(t, at)
		if start < 0 {
			break
		}
		at = t.LineEnd(start)
		text := strings.Trim(t.Text(ast.Span{Start: start, End: at}), " \t")
		if strings.HasSuffix(text, "(") {
			break // another text starts here
		}
		if text == ")" || text == ")," || text == ");" {
			m.title = "put the ) on a line by itself"
			m.edits = unwrapped(t, open, start, at)
			return m
		}
	}
	if line != "(" {
		return bracketValue(t, open, brackets)
	}
	m.reason = "write the ) where the text ends"
	return m
}

// nextLine returns where the line behind the one that ends at off starts, -1 if
// there is none.
func nextLine(t *ast.Document, off int) int {
	i := strings.IndexByte(t.Text(ast.Span{Start: off, End: len(t.Source())}), '\n')
	if i < 0 {
		return -1
	}
	return off + i + 1
}

// unwrapped returns the edits that leave nothing but a ) on the line from start
// to end, and no carriage returns from open on.
func unwrapped(t *ast.Document, open, start, end int) []ast.Edit {
	src := t.Source()
	var edits []ast.Edit
	for i := open; i < start; i++ {
		if src[i] == '\r' && src[i+1] == '\n' {
			edits = append(edits, ast.Edit{Start: i, End: i + 1})
		}
	}
	if end < len(src) && src[end] == '\r' {
		end++
	}
	return append(edits, ast.Edit{Start: start, End: end, New: ")"})
}

// bracketValue puts a value that starts with a bracket in quotes.
func bracketValue(t *ast.Document, open int, brackets string) *mend {
	_, holder, _ := valueStart(t, open)
	src := t.Source()
	end := wordEnd(src, open)
	if i := strings.LastIndexByte(t.Text(ast.Span{Start: open, End: t.LineEnd(open)}), ')'); i >= 0 && isValueEnd(src, open+i+1) && !isValueEnd(src, end) {
		end = open + i + 1
	}
	text := t.Text(ast.Span{Start: open, End: end})
	if !isValueEnd(src, end) || strings.ContainsRune(text, '\\') {
		return nil
	}
	m := &mend{
		span:    ast.Span{Start: open, End: end},
		message: keyNear(holder) + " starts with a (, which is for texts over several lines: without a ) on a line by itself the server refuses the file",
		title:   "put " + keyNear(holder) + " in quotes",
	}
	if strings.HasSuffix(text, ")") && strings.Count(text, "(") == strings.Count(text, ")") {
		switch brackets {
		case "drop":
			text = strings.TrimSpace(text[1 : len(text)-1])
		case "keep":
		default:
			m.applicability = fixes.NeedsChoice
			m.reason = "the brackets may be a part of the text, or not: --set block-string-newline.brackets=keep or =drop tells"
		}
	}
	m.edits = []ast.Edit{{Start: open, End: end, New: ast.QuoteString(text, ast.Double)}}
	return m
}
