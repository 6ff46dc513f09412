package syntax

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/ast"
)

// jsonEscape returns what the JSON escape at the start of text stands for, as
// it is written inside double quotes, and the escape's width: 0 if it is none.
func jsonEscape(text string) (written string, width int) {
	switch {
	case strings.HasPrefix(text, `\/`):
		return "/", 2
	case strings.HasPrefix(text, `\b`):
		return `\x08`, 2
	case strings.HasPrefix(text, `\f`):
		return `\x0c`, 2
	}
	for _, n := range []int{12, 6} { // a pair of surrogates first
		if len(text) < n || n == 12 && text[6:8] != `\u` {
			continue
		}
		var s string
		if err := json.Unmarshal([]byte(`"`+text[:n]+`"`), &s); err != nil || utf8.RuneCountInString(s) != 1 || s == "\ufffd" {
			continue
		}
		quoted := ast.QuoteString(s, ast.Double)
		return quoted[1 : len(quoted)-1], n
	}
	return "", 0
}

// endless is a Windows path whose last backslash keeps its closing quote from
// ending it.
type endless struct {
	ast.Node
	end int // behind the quote that was meant to end it
}

// endlessPath returns the path in double quotes before the first error that
// ends in a backslash, so that the text behind it became a part of it.
func endlessPath(t *ast.Document, e *ast.SyntaxError) endless {
	src := t.Source()
	for n := range t.Root().Walk() {
		if n.Start() > e.Span.Start {
			break
		}
		start := -1
		switch {
		case n.Kind() == ast.KindString && n.Quote() == ast.Double:
			start = n.Start()
		case n.Kind() == ast.KindError && src[n.Start()] == '"':
			start = n.Start()
		default:
			continue
		}
		line := t.Text(ast.Span{Start: start + 1, End: t.LineEnd(start)})
		i := strings.IndexByte(line, '"')
		if i < 1 || line[i-1] != '\\' || strings.HasSuffix(line[:i], `\\`) || !isWindowsPath(line[:i]) {
			continue
		}
		end := start + 1 + i + 1
		if n.End() > end && isValueEnd(src, end) {
			return endless{n, end}
		}
	}
	return endless{}
}

func (n endless) mend(t *ast.Document) *mend {
	text := t.Text(ast.Span{Start: n.Start() + 1, End: n.end - 1})
	return &mend{
		span:    ast.Span{Start: n.Start(), End: n.end},
		message: "the backslash before the closing quote of " + keyNear(n.Node) + " keeps it from ending there: the server reads the text behind it as a part of the path",
		title:   "write the path as it is meant",
		edits:   []ast.Edit{{Start: n.Start(), End: n.end, New: literalPath(text)}},
	}
}
