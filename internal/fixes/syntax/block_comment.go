package syntax

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// BlockComment finds comments in /* */, which the server does not know.
func BlockComment() *fixes.Rule {
	return &fixes.Rule{
		Name:     "block-comment",
		Severity: fixes.Error,
		Summary:  "a comment is written in /* */, which the server takes for a key",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: "Unexpected EOF; Expected a map value terminator ',' or a map terminator '}', but got '*' instead",
			What: `A comment starts with # or // and ends with its line. The server knows no /* */: the slash is the start of a key, and what
follows is read as keys and values, so that the message names some other place, mostly the end of the file.`,
			Fix:           "Each line of the comment gets a # of its own.",
			Applicability: "Safe: the server refuses the file as it is. Nothing is offered where something else stands behind the comment on its line.",
			Effect:        "None: the server does not start with the file as it is.",
			Before:        "/*\n * The hub in Amsterdam.\n */\nport: 4222\n",
			After:         "#\n# The hub in Amsterdam.\n#\nport: 4222\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if bytes.Contains(d.Tree.Source(), []byte("/*")) {
				mendAll(p, d, findBlockComment)
			}
		},
	}
}

func findBlockComment(t *ast.Document) *mend {
	src := t.Source()
	e := firstError(t)
	for from := 0; ; {
		i := bytes.Index(src[from:], []byte("/*"))
		if i < 0 {
			return nil
		}
		start := from + i
		from = start + 2
		if e != nil && start > e.Span.End || len(bytes.TrimSpace(src[t.LineStart(start):start])) > 0 || isQuotedAt(t, start) {
			continue
		}
		length := bytes.Index(src[from:], []byte("*/"))
		if length < 0 || !isLineEnd(src, from+length+2) {
			return nil
		}
		end := from + length + 2
		return &mend{
			span:    ast.Span{Start: start, End: start + 2},
			message: "the server knows no comments in /* */ and takes this for a key: a comment starts with # or //",
			title:   "start each line of the comment with #",
			edits:   []ast.Edit{{Start: start, End: end, New: hashLines(t.Text(ast.Span{Start: start, End: end}))}},
			cause:   true,
		}
	}
}

// isQuotedAt reports whether an offset lies in a comment, or in a value or key
// that started before.
func isQuotedAt(t *ast.Document, off int) bool {
	for tok := range t.Tokens() {
		if tok.Start > off {
			break
		}
		if tok.Start < off && off < tok.End {
			return tok.Kind == ast.TokenComment || tok.Kind == ast.TokenScalar || tok.Kind == ast.TokenKey || tok.Kind == ast.TokenPath
		}
	}
	return false
}

// isLineEnd reports whether nothing but blanks stands between off and the end
// of its line.
func isLineEnd(src []byte, off int) bool {
	off = skipBlanks(src, off)
	return off == len(src) || src[off] == '\n' || src[off] == '\r'
}

// hashLines turns the text of a comment in /* */ into lines that start with #.
func hashLines(text string) string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "/*"), "*/")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		body, cr := strings.CutSuffix(line, "\r")
		words := strings.TrimLeft(body, " \t")
		indent := body[:len(body)-len(words)]
		if i == 0 {
			indent = ""
		} else {
			words = strings.TrimPrefix(words, "*")
			indent = strings.TrimSuffix(indent, " ") // the blank that lines * up below /*
		}
		lines[i] = indent + strings.TrimRight("# "+strings.Trim(words, "* \t"), " \t")
		if cr {
			lines[i] += "\r"
		}
	}
	return strings.Join(lines, "\n")
}
