package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// QuoteSpaceValue finds unquoted texts of several words.
func QuoteSpaceValue() *fixes.Rule {
	return &fixes.Rule{
		Name:     "quote-space-value",
		Severity: fixes.Error,
		Summary:  "a text of several words has no quotes, and ends at the first blank",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "as", Default: "none: a person decides", Values: []string{"text"},
			Doc: "text says that words up to the end of a line belong to the value",
		}},
		Doc: fixes.Doc{
			Stage: "parse",
			Message: `Expected a map value terminator ',' or a map terminator '}', but got 'x' instead; ` +
				`Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead`,
			What: `A value without quotes ends at the first blank. The next word would have to be a key on a line of its own, or behind a comma, and
the server refuses the file.`,
			Fix: "The words are put in quotes.",
			Applicability: `Safe where a comma or a bracket ends the words: the server refuses the file as it is. Words up to the end of the line may be a
comment without its #, which needs a choice: --set quote-space-value.as=text. Nothing is offered where the field does not take any text, where one of the words
is a field of the block or has a separator behind it (missing-comma), or holds quotes or brackets.`,
			Effect: "None: the server does not start with the file as it is.",
			Before: "authorization {\n  user: app\n  password: correct horse battery\n}\n",
			After:  "authorization {\n  user: app\n  password: \"correct horse battery\"\n}\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if len(d.Tree.Errors()) > 0 {
				mendAll(p, d, func(t *ast.Document) *mend { return findSpaceValue(p, d, t) })
			}
		},
	}
}

func findSpaceValue(p *fixes.Pass, d *fleet.Doc, t *ast.Document) *mend {
	e := firstError(t)
	if e == nil || !strings.HasPrefix(e.Official, "Expected a") || !strings.Contains(e.Official, "but got '") || gluedBefore(t) {
		return nil
	}
	prev := before(t, e.Span.Start)
	src := t.Source()
	if !prev.Valid() || prev.Kind() != ast.KindString || prev.Quote() != ast.Bare || prev.Parent().Kind() != ast.KindEntry || prev.Parent().Value() != prev ||
		t.LineStart(prev.Start()) != t.LineStart(prev.Parent().Start()) || // empty-value
		prev.End() >= e.Span.Start || skipBlanks(src, prev.End()) != e.Span.Start {
		return nil
	}
	field := fieldOf(p.Fleet, d, prev)
	if field == nil || !takesAnyText(field) || isComment(field, prev.Raw()) {
		return nil
	}
	end := prev.End()
	for at := e.Span.Start; at < len(src) && !isValueEnd(src, end); at = skipBlanks(src, end) {
		end = wordEnd(src, at)
		word := t.Text(ast.Span{Start: at, End: end})
		if word == "" || strings.ContainsAny(word, "\"'{}[]()\\=:$") || knownKey(p, d, prev, word) {
			return nil
		}
		if next := skipBlanks(src, end); next < len(src) && strings.IndexByte(":={[", src[next]) >= 0 {
			return nil
		}
	}
	text := t.Text(ast.Span{Start: prev.Start(), End: end})
	if strings.ContainsAny(text, `\"'`) || !isValueEnd(src, end) {
		return nil
	}
	m := &mend{
		span:    ast.Span{Start: prev.Start(), End: end},
		message: fmt.Sprintf("%s has a blank and no quotes, so it ends at the first word: the server refuses the file", keyNear(prev)),
		title:   "put " + keyNear(prev) + " in quotes",
		edits:   []ast.Edit{{Start: prev.Start(), End: end, New: ast.QuoteString(text, ast.Double)}},
	}
	next := skipBlanks(src, end)
	if _, chosen := p.Param("as"); !chosen && (next == len(src) || strings.IndexByte(",;]}", src[next]) < 0) {
		m.applicability = fixes.NeedsChoice
		m.reason = "the words may be a comment without its #: if they belong to the value, --set quote-space-value.as=text"
	}
	return m
}

// isComment reports whether the first word of a value begins a comment, of which
// comment-as-value speaks. A secret may begin with #.
func isComment(f *schema.Field, word string) bool {
	return word == "#" || word == "//" || word[0] == '#' && !f.Secret
}

// takesAnyText reports whether a field takes a text of any form, so that blanks
// can be a part of it.
func takesAnyText(f *schema.Field) bool {
	const formed = schema.Duration | schema.Size | schema.HostPort | schema.URL | schema.NKey | schema.Seed | schema.JWT | schema.Percent | schema.Enum | schema.Subject
	return f.Type.Has(schema.String) && f.Type&formed == 0 && !f.Type.Has(schema.Map) && f.Name != "host"
}
