package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// IncludeAssignment finds includes that are written like a field, with a colon
// or an equals sign.
func IncludeAssignment() *fixes.Rule {
	return &fixes.Rule{
		Name:     "include-assignment",
		Severity: fixes.Error,
		Summary:  "an include is written with a colon or an equals sign, which makes it something else",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse (include = x); -t (include: x)",
			Message: `error parsing include file '=', open =: no such file or directory; unknown field "include"`,
			What: `include is a word and not a field: the path follows it behind a blank. In include = x the path is "=", and what follows it
is an error; include: x and "include": "x" are an ordinary key, which the server does not know.`,
			Fix:           `The colon or equals sign is taken out, and the quotes around the word.`,
			Applicability: `Safe: the server refuses the file as it is.`,
			Effect:        `None: the server does not start with the file as it is.`,
			Before:        "include: accounts.conf\nport: 4222\n",
			After:         "include accounts.conf\nport: 4222\n",
			BeforeFiles:   map[string]string{"accounts.conf": "accounts { A: {} }\n"},
			AfterFiles:    map[string]string{"accounts.conf": "accounts { A: {} }\n"},
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			mendAll(p, d, func(t *ast.Document) *mend { return findIncludeAssignment(p, d, t) })
		},
	}
}

func findIncludeAssignment(p *fixes.Pass, d *fleet.Doc, t *ast.Document) *mend {
	e := firstError(t)
	for n := range t.Root().Walk() {
		if e != nil && n.Start() > e.Span.Start {
			return nil
		}
		switch n.Kind() {
		case ast.KindInclude:
			if m := separatorPath(t, n); m != nil {
				return m
			}
		case ast.KindEntry:
			if strings.EqualFold(n.Key(), "include") && isIncludeKey(p, d, t, n) {
				return includeEntry(t, n)
			}
		}
	}
	return nil
}

// separatorPath knows include = x and include =x.
func separatorPath(t *ast.Document, n ast.Node) *mend {
	src := t.Source()
	if n.Quote() != ast.Bare || n.Path() == "" || n.Path()[0] != '=' && n.Path()[0] != ':' {
		return nil
	}
	start := n.TextSpan().Start
	end := skipBlanks(src, start+1)
	if end == len(src) || src[end] == '\n' || src[end] == '\r' {
		return nil
	}
	return &mend{
		span:    ast.Span{Start: start, End: start + 1},
		message: fmt.Sprintf("include takes its path behind a blank: the server takes %q for the path", n.Path()),
		title:   fmt.Sprintf("take out the %q", string(src[start])),
		edits:   []ast.Edit{{Start: start, End: end}},
		cause:   true,
	}
}

// isIncludeKey reports whether an entry of the key include is meant as one: the
// server knows no such key there, and the value is text.
func isIncludeKey(p *fixes.Pass, d *fleet.Doc, t *ast.Document, n ast.Node) bool {
	v := n.Value()
	if !v.Valid() || v.Kind() != ast.KindString || v.Quote() == ast.Block || v.HasEscapes() || strings.ContainsAny(v.Text(), "\"'\n\r") || v.Text() == "" {
		return false
	}
	block := schema.Root()
	if outer := n.Parent(); outer.Kind() == ast.KindMap {
		f := fieldOf(p.Fleet, d, outer)
		if f == nil || f.Block == nil {
			return strings.HasSuffix(v.Text(), ".conf")
		}
		block = f.Block
	}
	if block.Data != nil { // accounts, subjects, headers
		return strings.HasSuffix(v.Text(), ".conf") && !block.Data.Takes(schema.String)
	}
	return block.Field(n.Key()) == nil
}

// includeEntry writes an entry as an include.
func includeEntry(t *ast.Document, n ast.Node) *mend {
	v := n.Value()
	path := v.Raw()
	if v.Quote() == ast.Bare {
		path = v.Text()
		next := byte('\n')
		if v.End() < len(t.Source()) {
			next = t.Source()[v.End()]
		}
		if next == ',' || isDigit(path[0]) || strings.ContainsAny(path, ",[]{}()") || v.End() > v.TextSpan().End {
			path = `"` + path + `"`
		}
	}
	return &mend{
		span:    n.KeySpan(),
		message: "include is no field: with a colon or an equals sign behind it, or in quotes, the server takes it for a key that it does not know",
		title:   "include the file",
		edits:   []ast.Edit{{Start: n.Start(), End: v.End(), New: "include " + path}},
		cause:   true,
	}
}
