package syntax

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// MissingComma finds entries and items that stand on one line with nothing
// between them.
func MissingComma() *fixes.Rule {
	return &fixes.Rule{
		Name:     "missing-comma",
		Severity: fixes.Error,
		Summary:  "two entries or items stand on one line without a comma between them",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage: "parse",
			Message: `Expected a map value terminator ',' or a map terminator '}', but got 'x' instead; ` +
				`Expected an array value terminator ',' or an array terminator ']', but got 'x' instead; ` +
				`Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead`,
			What: `Entries and items are separated by the end of the line or by a comma (entries by a semicolon, too). On one line a blank
is not enough, nor is a semicolon in a list.`,
			Fix: `A comma goes behind the first of the two, or in the place of the semicolon.`,
			Applicability: `Safe: the server refuses the file as it is. Nothing is offered where what follows may be a part of an unquoted text:
there must be a key with its separator or bracket, which the server knows if unquoted text stands before it, or an item that is in quotes,
in brackets, like its neighbour a URL, or a subject in a list of those to publish (those to subscribe may have the name of a queue behind a blank).`,
			Effect: `None: the server does not start with the file as it is.`,
			Before: "cluster { name: east port: 6222 }\nauthorization { users: [ {user: a, password: x} {user: b, password: y} ] }\n",
			After:  "cluster { name: east, port: 6222 }\nauthorization { users: [ {user: a, password: x}, {user: b, password: y} ] }\n",
		},
		CheckDoc: func(p *fixes.Pass, d *fleet.Doc) {
			if len(d.Tree.Errors()) > 0 {
				mendAll(p, d, func(t *ast.Document) *mend { return findMissingComma(p, d, t) })
			}
		},
	}
}

func findMissingComma(p *fixes.Pass, d *fleet.Doc, t *ast.Document) *mend {
	e := firstError(t)
	if e == nil || !strings.Contains(e.Official, "but got '") || !strings.HasPrefix(e.Official, "Expected a") || gluedBefore(t) || findUnclosedQuote(t) != nil {
		return nil
	}
	prev := ast.Node{}
	for n := range t.Root().Walk() {
		if n.Kind() == ast.KindError && n.Start() == e.Span.Start {
			prev = n.Prev()
			break
		}
	}
	if !prev.Valid() || prev.End() > e.Span.Start || len(bytes.Trim(t.Source()[prev.End():e.Span.Start], " \t")) > 0 {
		return nil
	}
	if prev.Kind() == ast.KindInclude && strings.HasSuffix(prev.Path(), ",") {
		return nil // include-missing: the comma is there, as a part of the path
	}
	at, holder, last := prev.End(), prev.Parent(), prev
	if prev.Kind() == ast.KindEntry {
		last = prev.Value()
	}
	if !last.Valid() || last.Kind() == ast.KindError {
		return nil
	}
	if holder.Kind() == ast.KindArray && t.Source()[e.Span.Start] == ';' {
		return &mend{
			span:    ast.Span{Start: e.Span.Start, End: e.Span.Start + 1},
			message: "a semicolon separates the entries of a block, and the items of a list have a comma between them: the server refuses this",
			title:   "write a comma for the semicolon",
			edits:   []ast.Edit{{Start: e.Span.Start, End: e.Span.Start + 1, New: ","}},
		}
	}
	switch {
	case holder.Kind() == ast.KindArray && !startsItem(t, last, e.Span.Start) && !startsWord(p, d, t, last, e.Span.Start),
		holder.Kind() != ast.KindArray && !startsEntry(p, d, t, last, e.Span.Start):
		return nil
	}
	sep := ","
	if prev.Kind() == ast.KindInclude && prev.Quote() == ast.Bare {
		sep = ";" // a comma would be a part of the path
	}
	if at == e.Span.Start {
		sep += " "
	}
	what := "entries"
	if holder.Kind() == ast.KindArray {
		what = "items"
	}
	return &mend{
		span:    ast.Span{Start: e.Span.Start, End: e.Span.End},
		message: fmt.Sprintf("a comma is missing before this: two %s on one line, which the server refuses", what),
		title:   "put a comma between the " + what,
		edits:   []ast.Edit{{Start: at, End: at, New: sep}},
	}
}

// isComplete reports whether a value ends beyond doubt: it is no unquoted text
// that may go on behind a blank.
func isComplete(v ast.Node) bool {
	switch v.Kind() {
	case ast.KindString:
		return v.Quote() == ast.Single || v.Quote() == ast.Double
	case ast.KindMap, ast.KindArray, ast.KindBraces:
		return !v.Unclosed()
	case ast.KindBool, ast.KindInt, ast.KindFloat, ast.KindTime, ast.KindVariable:
		return true
	}
	return false
}

// startsItem reports whether an item of a list starts at off.
func startsItem(t *ast.Document, prev ast.Node, off int) bool {
	src := t.Source()
	switch src[off] {
	case '{', '[':
		return isComplete(prev)
	case '"', '\'':
		return isComplete(prev) && prev.End() < off || prev.Kind() == ast.KindString && prev.Quote() == ast.Double
	}
	word := t.Text(ast.Span{Start: off, End: wordEnd(src, off)})
	if word == "" {
		return false // a bracket or separator of another kind
	}
	if prev.Kind() == ast.KindString && prev.Quote() == ast.Bare {
		return strings.Contains(word, "://") && strings.Contains(prev.Text(), "://") && prev.End() < off
	}
	return isComplete(prev) && prev.Kind() >= ast.KindMap && prev.Kind() <= ast.KindArray
}

// startsWord reports whether an item without quotes starts at off in a list of
// subjects. To subscribe may be for a subject and the name of a queue behind a
// blank, so that nobody can tell there.
func startsWord(p *fixes.Pass, d *fleet.Doc, t *ast.Document, prev ast.Node, off int) bool {
	if prev.Kind() != ast.KindString || prev.Quote() != ast.Bare || prev.End() == off {
		return false
	}
	f := fieldOf(p.Fleet, d, prev)
	if f == nil || f.Elem&schema.Subject == 0 {
		return false
	}
	for n := prev; n.Valid(); n = n.Parent() {
		if n.Kind() == ast.KindEntry && slices.Contains(queued[:], strings.ToLower(n.Key())) {
			return false
		}
	}
	src := t.Source()
	end := wordEnd(src, off)
	word := t.Text(ast.Span{Start: off, End: end})
	if word == "" || strings.ContainsAny(word, "\"'{}[]()\\=:#") || strings.HasPrefix(word, "//") {
		return false
	}
	next := skipBlanks(src, end)
	return next == len(src) || strings.IndexByte(":={", src[next]) < 0
}

// queued are the fields whose subjects may have the name of a queue behind them.
var queued = [...]string{"subscribe", "sub", "import"}

// startsEntry reports whether an entry starts at off: a key, and its separator
// or the bracket of its block or list. Behind unquoted text the key must be one
// that the server knows there.
func startsEntry(p *fixes.Pass, d *fleet.Doc, t *ast.Document, prev ast.Node, off int) bool {
	src := t.Source()
	key, i := "", off
	if q := src[off]; q == '"' || q == '\'' {
		j := bytes.IndexByte(src[off+1:], q)
		if j < 0 {
			return false
		}
		key, i = t.Text(ast.Span{Start: off + 1, End: off + 1 + j}), off+1+j+1
	} else {
		for i < len(src) && (isName(string(src[i:i+1])) || strings.IndexByte("-.*>", src[i]) >= 0) {
			i++
		}
		key = t.Text(ast.Span{Start: off, End: i})
	}
	if key == "" || prev.End() == off && !(prev.Kind() == ast.KindMap || prev.Kind() == ast.KindArray || prev.Quote() == ast.Double) {
		return false
	}
	blank := skipBlanks(src, i) > i
	i = skipBlanks(src, i)
	if i == len(src) {
		return false
	}
	known := knownKey(p, d, prev, key)
	switch src[i] {
	case ':', '=':
		return (isComplete(prev) || known) && !bytes.HasPrefix(src[i+1:], []byte("//"))
	case '{', '[':
		return isComplete(prev) || known
	}
	return blank && known && isComplete(prev)
}

// knownKey reports whether the server knows the key in the block that holds a
// value.
func knownKey(p *fixes.Pass, d *fleet.Doc, prev ast.Node, key string) bool {
	block := schema.Root()
	entry := prev
	if prev.Kind() != ast.KindEntry {
		entry = prev.Parent()
	}
	if outer := entry.Parent(); outer.Valid() && outer.Kind() == ast.KindMap {
		f := fieldOf(p.Fleet, d, outer)
		if f == nil || f.Block == nil {
			return false
		}
		block = f.Block
	}
	return block.Data == nil && block.Field(key) != nil
}
