package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// SingleQuote finds values with a single quote in them that ends them early.
func SingleQuote() *fixes.Rule {
	return &fixes.Rule{
		Name:     "single-quote",
		Severity: fixes.Error,
		Summary:  "a single quote inside a value ends it",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse; silent if the quote is the last character of an unquoted value",
			Message: `Expected a top-level value to end with a new line, comment or EOF, but got 's' instead.`,
			What: `A single quote ends an unquoted value (it's) as well as one in single quotes ('it's'), which has no escapes. What follows
makes the server refuse the file. If nothing follows (bar') the server drops the quote without a word.`,
			Fix: `The value is put in double quotes, without the backslash that was meant to save the quote ('it\'s'). A single quote at the very end of an unquoted value, which the server drops, is taken
out of the file.`,
			Applicability: `Safe: the server refuses the file as it is; or, where it drops the last quote, the value stays what it is. Whoever
meant the quote to be a part of the value must put that in double quotes. Nothing is offered if more words follow.`,
			Effect: `None.`,
			Before: "authorization {\n  user: it's\n  password: 'don't tell'\n}\n",
			After:  "authorization {\n  user: \"it's\"\n  password: \"don't tell\"\n}\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			findTrailingQuotes(p, d)
			if len(d.Tree.Errors()) > 0 {
				mendAll(p, d, findSingleQuote)
			}
		},
	}
}

// findTrailingQuotes reports unquoted values with a quote behind them that the
// server drops.
func findTrailingQuotes(p *fixes.Pass, d *fleet.Doc) {
	e := firstError(d.Tree)
	for n := range d.Tree.Root().Walk() {
		if e != nil && n.End() >= e.Span.Start {
			break
		}
		if !hasTail(d.Tree, n) || !isValueEnd(d.Tree.Source(), n.End()) {
			continue
		}
		f := &fixes.Finding{
			Doc: d, Span: ast.Span{Start: n.End() - 1, End: n.End()}, Severity: fixes.Warning,
			Message: fmt.Sprintf("the single quote behind %s ends it, and the server drops it without a word", keyNear(n)),
		}
		edits := []ast.Edit{{Start: n.End() - 1, End: n.End()}}
		switch text := strings.TrimSuffix(n.Raw(), "'"); {
		case text == "":
			edits = nil
		case ast.Parse("", []byte("k: "+text), ast.Latest).Root().First().Value().Kind() != ast.KindString:
			edits = []ast.Edit{{Start: n.Start(), End: n.End(), New: `"` + text + `"`}} // it would be a number
		}
		p.Report(f.With(fixes.NewFix(d, edits, "take out the quote that the server drops"), "the value is nothing but a quote"))
	}
}

// hasTail reports whether n is an unquoted value that a single quote ends.
func hasTail(t *ast.Document, n ast.Node) bool {
	return n.Kind() == ast.KindString && n.Quote() == ast.Bare && n.End() > n.TextSpan().End && t.Source()[n.End()-1] == '\''
}

func findSingleQuote(t *ast.Document) *mend {
	e := firstError(t)
	if e == nil || gluedBefore(t) {
		return nil
	}
	src := t.Source()
	n := before(t, e.Span.Start)
	if !n.Valid() || n.End() != e.Span.Start || e.Span.Start >= len(src) {
		return nil
	}
	var end int
	var text string
	switch {
	case hasTail(t, n):
		end = wordEnd(src, n.End())
		text = t.Text(ast.Span{Start: n.Start(), End: end})
	case n.Kind() == ast.KindString && n.Quote() == ast.Single && !strings.Contains(n.Raw(), "\n"):
		end = closingQuote(t, n.End())
		if end < 0 {
			return nil
		}
		text = strings.ReplaceAll(t.Text(ast.Span{Start: n.Start() + 1, End: end - 1}), `\'`, "'")
	default:
		return nil
	}
	if strings.ContainsAny(text, "\"\\") || fixes.IsFormat(text) || !isValueEnd(src, end) {
		return nil
	}
	return &mend{
		span:    ast.Span{Start: n.Start(), End: end},
		message: fmt.Sprintf("the single quote inside %s ends it, and the server refuses what follows", keyNear(n)),
		title:   "put " + keyNear(n) + " in double quotes",
		edits:   []ast.Edit{{Start: n.Start(), End: end, New: `"` + text + `"`}},
	}
}

// closingQuote returns the offset behind the first single quote from off on, in
// the same line, that a value may end with; -1 if there is none.
func closingQuote(t *ast.Document, off int) int {
	for i := off; i < t.LineEnd(off); i++ {
		if t.Source()[i] == '\'' && isValueEnd(t.Source(), i+1) {
			return i + 1
		}
	}
	return -1
}
