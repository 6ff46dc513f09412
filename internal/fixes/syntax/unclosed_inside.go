package syntax

import (
	"bytes"
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// findUnclosedInside knows a block inside the file that lacks its bracket, so that
// the bracket of a block around it closes it, and the parser stops somewhere
// below: by the indentation, and only if the text is right once that is mended.
func findUnclosedInside(t *ast.Document, chosen bool) *mend {
	src := t.Source()
	odd := oddBrackets(t)
	var edits []ast.Edit
	for _, o := range odd {
		at := t.LineStart(o.closer)
		edits = append(edits, ast.Edit{Start: at, End: at, New: indentOf(t, o.opener) + string(closing[src[o.opener]]) + "\n"})
	}
	after, err := ast.Apply(src, edits)
	if err != nil || len(odd) == 0 {
		return nil
	}
	if mended := ast.Parse(t.Name(), after, t.Syntax()); len(mended.Errors()) > 0 || len(mended.LostNodes()) > 0 {
		return nil
	}
	opener := odd[0].opener
	m := &mend{
		span: ast.Span{Start: opener, End: opener + 1},
		message: fmt.Sprintf("a bracket is missing, perhaps that of this %q, which is closed at another indentation than its own: the server refuses the file further down (\"%s\")",
			src[opener:opener+1], firstError(t).Official),
		title: "close the block where the indentation says that it ends",
		edits: edits,
		cause: true,
	}
	if len(odd) > 1 {
		m.title = fmt.Sprintf("close %d blocks where the indentation says that they end", len(odd))
	}
	if !chosen {
		m.applicability = fixes.NeedsChoice
		m.reason = byIndentation
	}
	return m
}

const byIndentation = "the indentation may be wrong: if it is right, --set unclosed-block.by=indentation"

var closing = map[byte]byte{'{': '}', '[': ']'}

// oddBracket is a closing bracket that stands first on its line, with an
// indentation that is not that of its opening one but of one further out.
type oddBracket struct{ opener, closer int }

// oddBrackets lists those of a text, with comments and what is in quotes passed
// over.
func oddBrackets(t *ast.Document) []oddBracket {
	src := t.Source()
	var open []int
	var odd []oddBracket
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '#' || c == '/' && i+1 < len(src) && src[i+1] == '/' && (i == 0 || isBlank(src[i-1]) || src[i-1] == '\n'):
			i = t.LineEnd(i)
		case c == '"' || c == '\'':
			end := bytes.IndexByte(src[i+1:], c)
			if end < 0 {
				return nil
			}
			i += 1 + end
		case c == '{' || c == '[':
			open = append(open, i)
		case c == '}' || c == ']':
			if len(open) == 0 || closing[src[open[len(open)-1]]] != c {
				return odd
			}
			opener := open[len(open)-1]
			open = open[:len(open)-1]
			indent := indentOf(t, i)
			if t.LineStart(i)+len(indent) != i || t.LineStart(i) == t.LineStart(opener) || indent == indentOf(t, opener) {
				continue
			}
			for n := len(open) - 1; n >= 0; n-- {
				if indentOf(t, open[n]) == indent && closing[src[open[n]]] == c {
					odd = append(odd, oddBracket{opener, i})
					open = open[:n] // which this bracket closes
					break
				}
			}
		}
	}
	return odd
}
