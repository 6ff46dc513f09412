package syntax

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// GluedBrace finds keys that a bracket follows without a blank, and puts one
// between them.
func GluedBrace() *fixes.Rule {
	return &fixes.Rule{
		Name:     "glued-brace",
		Severity: fixes.Error,
		Summary:  "a key and the { or [ behind it are glued together, so the bracket becomes a part of the key",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse; on one line -t (the key is then an unknown field)",
			Message: `Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead; unknown field "cluster{name"`,
			What: `An unquoted key reaches up to white space, a colon or an equals sign. In cluster{ the brace is therefore the last
letter of the key, and the first word of the block becomes the value. Written over several lines the error shows further
down, sometimes at the end of the file; on one line the file parses and the server refuses the field.`,
			Fix:           `A blank goes between the key and the bracket.`,
			Applicability: `Safe: no key of the server has a bracket in it, so that the server refuses the file as it is.`,
			Effect:        `None: the server does not start with the file as it is.`,
			Before:        "cluster{\n  name: east\n  port: 6222\n}\n",
			After:         "cluster {\n  name: east\n  port: 6222\n}\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) { mendAll(p, d, findGluedBrace) },
	}
}

func findGluedBrace(t *ast.Document) *mend {
	n, at := gluedKey(t)
	if !n.Valid() {
		return nil
	}
	key, c := t.Text(ast.Span{Start: n.Start(), End: at}), t.Source()[at]
	what := "the block"
	if c == '[' {
		what = "the list"
	}
	return &mend{
		span:    ast.Span{Start: at, End: at + 1},
		message: fmt.Sprintf("the %q is glued to the key %s and becomes a part of it: the server refuses %s, often with an error further down", string(c), key, what),
		title:   fmt.Sprintf("put a blank between %s and %q", key, string(c)),
		edits:   []ast.Edit{{Start: at, End: at, New: " "}},
		cause:   true,
	}
}

// gluesBracket is the quick answer for the ordinary text: whether a bracket opens
// that may be glued to a word.
func gluesBracket(src []byte) bool {
	for _, bracket := range []byte("{[") {
		for at := 0; ; at++ {
			i := bytes.IndexByte(src[at:], bracket)
			if i < 0 {
				break
			}
			if at += i; at > 0 && strings.IndexByte(" \t\r\n:=,;{[(", src[at-1]) < 0 {
				return true
			}
		}
	}
	return false
}

// gluedKey returns the first key with a bracket in it, and where the bracket
// stands: in a text that the parser refuses one before the first error.
func gluedKey(t *ast.Document) (key ast.Node, at int) {
	if !gluesBracket(t.Source()) {
		return ast.Node{}, 0
	}
	e := firstError(t)
	for n := range t.Root().Walk() {
		if e != nil && n.Start() > e.Span.Start {
			break
		}
		if n.Kind() != ast.KindEntry || n.Quote() != ast.Bare {
			continue
		}
		text := n.Key()
		i := strings.IndexAny(text, "{[")
		if i <= 0 || !isName(text[:i]) || isPlaceholder(text, i) {
			continue
		}
		return n, n.Start() + i
	}
	return ast.Node{}, 0
}

// isPlaceholder reports whether the bracket at i belongs to what a template
// engine or a shell would replace: ${NAME} or {{ .Name }}.
func isPlaceholder(text string, i int) bool {
	return text[i-1] == '$' || strings.HasPrefix(text[i:], "{{") || text[i] == '[' && strings.HasPrefix(text[i:], "[[")
}

// gluedBefore reports whether a glued bracket stands before the first error and
// may be what causes it.
func gluedBefore(t *ast.Document) bool {
	n, _ := gluedKey(t)
	return n.Valid()
}
