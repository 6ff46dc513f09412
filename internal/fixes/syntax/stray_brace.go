package syntax

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// StrayBrace finds closing braces that close nothing.
func StrayBrace() *fixes.Rule {
	return &fixes.Rule{
		Name:     "stray-brace",
		Severity: fixes.Error,
		Summary:  "a closing brace closes nothing: the server ignores it, or takes it for a key",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse or -t where something follows; silent behind a value on the same line, and at the end of the file",
			Message: `Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead; unknown field "}"`,
			What: `At the top level a } behind a value, and one at the end of the file, are ignored without a word. On a line of its own with
more text below it is a key, and the next word its value. Either there is one brace too many, or a block above was
closed too early, and what stands between the two belongs into it.`,
			Fix: `The brace is taken out.`,
			Applicability: `Safe where the server ignores the brace, where it stands directly behind the end of a block, and where no block or
list stands before it. Manual where entries stand between the last block and the brace: they may belong into that block.`,
			Effect: `None.`,
			Before: "cluster {\n  name: east\n}\n}\nport: 4222\n",
			After:  "cluster {\n  name: east\n}\nport: 4222\n",
		},
		CheckDoc: checkStrayBrace,
	}
}

func checkStrayBrace(p *fixes.Pass, d *fleet.Doc) {
	src := d.Tree.Source()
	if bytes.IndexByte(src, '}') < 0 || bytes.Contains(src, []byte("{{")) || bytes.Contains(src, []byte("${")) {
		return // templates have braces of their own
	}
	mendAll(p, d, findStrayBrace)
}

func findStrayBrace(t *ast.Document) *mend {
	if gluedBefore(t) {
		return nil
	}
	e := firstError(t)
	prev := ast.Node{}
	for n := range t.Root().Children() {
		if e != nil && n.Start() > e.Span.Start {
			return nil
		}
		if m := ignoredBrace(t, prev, n.Start()); m != nil {
			return m
		}
		if n.Kind() == ast.KindEntry && n.Quote() == ast.Bare && n.Key()[0] == '}' {
			return braceKey(t, prev, n)
		}
		prev = n
	}
	if e != nil {
		return nil
	}
	return ignoredBrace(t, prev, len(t.Source()))
}

// ignoredBrace knows a brace between two entries, or behind the last one, that
// the server passes over.
func ignoredBrace(t *ast.Document, prev ast.Node, end int) *mend {
	if !prev.Valid() || prev.Kind() == ast.KindError || bytes.IndexByte(t.Source()[prev.End():end], '}') < 0 {
		return nil
	}
	for tok := range t.GapTokens(ast.Span{Start: prev.End(), End: end}) {
		if tok.Kind != ast.TokenPunct && tok.Kind != ast.TokenJunk || t.Source()[tok.Start] != '}' {
			continue
		}
		if tok.Start == prev.End() && prev.Kind() == ast.KindEntry && !(prev.Value().Valid() && isComplete(prev.Value())) {
			return nil // the brace may be a part of the text before it
		}
		m := takeOut(t, tok.Start)
		m.message = "this \"}\" closes nothing, and the server ignores it: there is one too many, or a block above was closed too early"
		m.severity = fixes.Warning
		return m
	}
	return nil
}

// braceKey knows a brace that the server takes for a key.
func braceKey(t *ast.Document, prev, n ast.Node) *mend {
	m := takeOut(t, n.Start())
	m.message = "this \"}\" closes nothing, and the server takes it for a key and what follows for its value"
	if (!prev.Valid() || !endsInBracket(prev)) && hasOpened(t, n.Start()) {
		m.edits = nil
		m.reason = "there is one brace too many, or a block above was closed too early and what stands between belongs into it"
	}
	return m
}

// hasOpened reports whether a block or list starts before off.
func hasOpened(t *ast.Document, off int) bool {
	for tok := range t.Tokens() {
		if tok.Start >= off {
			break
		}
		if c := t.Source()[tok.Start]; tok.Kind != ast.TokenComment && tok.Kind != ast.TokenSpace && (c == '{' || c == '[' || strings.Contains(t.Text(tok.Span), "{")) {
			return true
		}
	}
	return false
}

// endsInBracket reports whether a top-level node ends in the bracket of a block
// or list.
func endsInBracket(n ast.Node) bool {
	raw := n.Raw()
	return strings.HasSuffix(raw, "}") || strings.HasSuffix(raw, "]")
}

// takeOut deletes the brace at off: its whole line if nothing else stands there.
func takeOut(t *ast.Document, off int) *mend {
	src := t.Source()
	start, end := off, off+1
	for start > 0 && isBlank(src[start-1]) {
		start--
	}
	if t.LineStart(off) == start && t.LineEnd(off) == skipBlanks(src, end) {
		end = skipBlanks(src, end)
		if end < len(src) && src[end] == '\r' {
			end++
		}
		if end < len(src) && src[end] == '\n' {
			end++
		}
	} else if t.LineStart(off) == start {
		start, end = off, skipBlanks(src, end)
	} else if !isValueEnd(src, end) {
		start = off
	}
	return &mend{
		span:  ast.Span{Start: off, End: off + 1},
		title: "take out the brace that closes nothing",
		edits: []ast.Edit{{Start: start, End: end}},
		cause: true,
	}
}
