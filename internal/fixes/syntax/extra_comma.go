package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ExtraComma finds commas and semicolons with nothing to separate.
func ExtraComma() *fixes.Rule {
	return &fixes.Rule{
		Name:     "extra-comma",
		Severity: fixes.Error,
		Summary:  "a comma or semicolon stands where nothing is to be separated",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse; -t if the file happens to parse (unknown field)",
			Message: `Unexpected array value terminator ','; Expected a map value terminator ',' or a map terminator '}', but got 'x' instead; unknown field ",b"`,
			What: `One separator may stand behind each entry or item: a comma, or the end of the line, and a semicolon between entries. A
second one, or one in front of the first, is an error in a list, and in a block it becomes the first letter of the next key. The end
of the line is a separator, so that a comma at the start of the next line is one too many.`,
			Fix:           `The comma or semicolon is taken out.`,
			Applicability: `Safe: the server refuses the file as it is.`,
			Effect:        `None: the server does not start with the file as it is.`,
			Before:        "server_tags: [a,, b]\ncluster { name: east,, port: 6222 }\n",
			After:         "server_tags: [a, b]\ncluster { name: east, port: 6222 }\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) { mendAll(p, d, findExtraComma) },
	}
}

func findExtraComma(t *ast.Document) *mend {
	src := t.Source()
	at := -1
	e := firstError(t)
	for n := range t.Root().Walk() {
		if e != nil && n.Start() > e.Span.Start {
			break
		}
		if n.Kind() == ast.KindEntry && n.Quote() == ast.Bare && strings.IndexByte(",;", n.Key()[0]) >= 0 {
			at = n.Start()
			break
		}
	}
	if at < 0 && e != nil && strings.HasPrefix(e.Official, "Unexpected array value terminator") && src[e.Span.Start] == ',' {
		at = e.Span.Start
	}
	if at < 0 {
		return nil
	}
	end := at + 1
	if i := skipBlanks(src, end); i < len(src) && (at == 0 || src[at-1] == '[' || src[at-1] == '{' || isBlank(src[at-1]) || src[at-1] == '\n') {
		end = i
	}
	return &mend{
		span:    ast.Span{Start: at, End: at + 1},
		message: fmt.Sprintf("this %q separates nothing: the server refuses a list with it, and takes it for a part of the next key in a block", src[at:at+1]),
		title:   "take out the extra separator",
		edits:   []ast.Edit{{Start: at, End: end}},
		cause:   true,
	}
}
