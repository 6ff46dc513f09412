package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// IntBeforeBracket finds lists that end in an integer with the bracket directly
// behind it.
func IntBeforeBracket() *fixes.Rule {
	return &fixes.Rule{
		Name:     "int-before-bracket",
		Severity: fixes.Error,
		Summary:  "an integer directly before ] swallows the bracket, so the list never ends",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: `Expected an array value terminator ',' or an array terminator ']', but got 'x' instead.`,
			What: `The server's lexer ends an unquoted integer at white space, a comma, a semicolon or }, but not at ]. In [1, 2] it reads
the string "2]" and goes on looking for the end of the list; the error shows on a later line, or at the end of the file.
JSON files are hit by this wherever a list of numbers stands in them.`,
			Fix:           `A blank goes between the integer and the bracket.`,
			Applicability: `Safe: the server refuses the file as it is.`,
			Effect:        `None: the server does not start with the file as it is.`,
			Before:        "accounts: {\n  A: { exports: [ { service: a, latency: { sampling: 10 } } ] }\n}\nx: [1, 2]\n",
			After:         "accounts: {\n  A: { exports: [ { service: a, latency: { sampling: 10 } } ] }\n}\nx: [1, 2 ]\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if len(d.Tree.Errors()) > 0 {
				mendAll(p, d, findIntBeforeBracket)
			}
		},
	}
}

func findIntBeforeBracket(t *ast.Document) *mend {
	e := firstError(t)
	if e == nil {
		return nil
	}
	for n := range t.Root().Walk() {
		if n.Start() > e.Span.Start {
			break
		}
		at := swallowedBracket(n)
		if at < 0 || n.Start() > 0 && t.Source()[n.Start()-1] == '/' { // [10.0.0.0/8] is no list of integers
			continue
		}
		return &mend{
			span:    ast.Span{Start: n.Start(), End: at + 1},
			message: fmt.Sprintf("the integer before the \"]\" swallows it: the server looks for the end of the list in the lines below and refuses the file (%q)", "Expected an array value terminator"),
			title:   "put a blank between the integer and the bracket",
			edits:   []ast.Edit{{Start: at, End: at, New: " "}},
			cause:   true,
		}
	}
	return nil
}

// swallowedBracket returns where the bracket stands that an integer in a list
// swallowed, -1 if n is no such thing.
func swallowedBracket(n ast.Node) int {
	if n.Kind() != ast.KindString || n.Quote() != ast.Bare || n.Parent().Kind() != ast.KindArray {
		return -1
	}
	raw := n.Raw()
	digits := strings.TrimLeft(raw, "0123456789")
	if len(digits) == len(raw) || !strings.HasPrefix(digits, "]") {
		return -1
	}
	return n.End() - len(digits)
}
