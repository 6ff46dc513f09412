package syntax

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// UnclosedQuote finds values in quotes of which the second one is missing.
func UnclosedQuote() *fixes.Rule {
	return &fixes.Rule{
		Name:     "unclosed-quote",
		Severity: fixes.Error,
		Summary:  "a quote that starts a value is not closed on its line",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: "Unexpected EOF; Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead",
			What: `A text in quotes may span lines, so without its second quote it goes on to the next quote in the file, or to the end. The server
names that place, far below the one at fault.`,
			Fix: "The quote is closed behind the word that it stands before.",
			Applicability: `Safe: the server refuses the file as it is. Nothing is offered where the line has blanks, commas or brackets behind the quote, which
may or may not belong to the text, or where the next line is no entry.`,
			Effect: "None: the server does not start with the file as it is.",
			Before: "server_name: \"hub\nlisten: \"0.0.0.0:4222\nhttp: 8222\n",
			After:  "server_name: \"hub\"\nlisten: \"0.0.0.0:4222\"\nhttp: 8222\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if len(d.Tree.Errors()) > 0 {
				mendAll(p, d, findUnclosedQuote)
			}
		},
	}
}

// quotedWord matches an entry whose value is a quote with one word behind it up
// to the end of the line, a comma aside, and what stands on the next line: the
// start of an entry, a comment, a closing bracket, or nothing.
var quotedWord = regexp.MustCompile(`(?m)^[ \t]*(?:[A-Za-z0-9_.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*[:=][ \t]*(["'])([^\s"'#,;{}\[\]()\\]+)(,?[ \t]*\r?)\n` +
	`(?:[ \t]*\r?\n)*[ \t]*(?:[A-Za-z0-9_.-]+[ \t]*[:={\[]|["'][^"'\n]*["'][ \t]*[:={]|#|//|[}\]]|include[ \t]|\z)`)

func findUnclosedQuote(t *ast.Document) *mend {
	e := firstError(t)
	if e == nil || gluedBefore(t) {
		return nil
	}
	src := t.Source()
	for from := 0; from < len(src); {
		m := quotedWord.FindSubmatchIndex(src[from:])
		if m == nil || from+m[2] > e.Span.Start {
			return nil
		}
		quote, end := from+m[2], from+m[5]
		from = from + m[7]
		if bytes.IndexByte(src[quote+1:t.LineEnd(quote)], src[quote]) >= 0 || isQuotedAt(t, quote) {
			continue
		}
		return &mend{
			span:    ast.Span{Start: quote, End: end},
			message: fmt.Sprintf("the quote %c before this word is not closed on its line, so the text goes on to the next one in the file, or to its end (\"Unexpected EOF\")", src[quote]),
			title:   "close the quote",
			edits:   []ast.Edit{{Start: end, End: end, New: string(src[quote])}},
			cause:   true,
		}
	}
	return nil
}
