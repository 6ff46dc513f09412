package syntax

import (
	"bytes"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// isBlank reports whether c is a blank or a tab.
func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// endsWord reports whether an unquoted word ends at c, quotes taken for a part
// of it.
func endsWord(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', 0, ',', ';', ']', '}':
		return true
	}
	return false
}

// wordEnd returns where the unquoted word that holds off ends.
func wordEnd(src []byte, off int) int {
	for off < len(src) && !endsWord(src[off]) {
		off++
	}
	return off
}

// skipBlanks returns the offset of the next byte that is no blank or tab.
func skipBlanks(src []byte, off int) int {
	for off < len(src) && isBlank(src[off]) {
		off++
	}
	return off
}

// isValueEnd reports whether a value that ends at off is followed by what may
// follow a value: the end of the line, a comment, a separator or a closing
// bracket.
func isValueEnd(src []byte, off int) bool {
	i := skipBlanks(src, off)
	if i == len(src) {
		return true
	}
	switch src[i] {
	case '\n', '\r', ',', ';', ']', '}', '#':
		return true
	case '/':
		return i+1 < len(src) && src[i+1] == '/'
	}
	return false
}

// valueStart returns where the value that the parser could not read to its end
// starts, if its reading failed at off: behind the key or the item before it.
func valueStart(t *ast.Document, off int) (start int, holder ast.Node, ok bool) {
	last := ast.Node{}
	for n := range t.Root().Walk() {
		if n.Start() > off || n.Kind() == ast.KindError && n.Start() == off {
			break
		}
		last = n
	}
	if !last.Valid() {
		return 0, last, false
	}
	from := last.End()
	switch last.Kind() {
	case ast.KindEntry:
		from = last.KeySpan().End
	case ast.KindArray, ast.KindMap, ast.KindBraces:
		if last.End() > off {
			from = last.Start() + 1
		}
	case ast.KindDocument:
		from = 0
	}
	for tok := range t.GapTokens(ast.Span{Start: from, End: off + 1}) {
		switch tok.Kind {
		case ast.TokenSpace, ast.TokenNewline, ast.TokenComment:
		case ast.TokenPunct:
			if c := t.Source()[tok.Start]; c == '{' || c == '}' {
				return 0, last, false
			}
		default:
			return tok.Start, last, true
		}
	}
	return 0, last, false
}

// fieldOf returns the server's field that a node is the value of, or part of,
// nil if that is not known: the server does not know it, or the document is no
// server but a part of one.
func fieldOf(f *fleet.Fleet, d *fleet.Doc, n ast.Node) *schema.Field {
	var keys []string
	for ; n.Valid(); n = n.Parent() {
		if n.Kind() == ast.KindEntry {
			keys = append(keys, n.Key())
		}
	}
	if f.Server(d.Path) == nil {
		return nil
	}
	slices.Reverse(keys)
	return schema.Root().Find(keys...)
}

// isName reports whether text may be a key: letters, digits and what stands in
// names, subjects and account keys.
func isName(text string) bool {
	for i, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r == '_', '0' <= r && r <= '9', r == '$':
		case i > 0 && strings.ContainsRune("-.*>@/", r):
		default:
			return false
		}
	}
	return text != ""
}

// keyNear returns the words by which a message names the entry around a node:
// no value, which may be a secret.
func keyNear(n ast.Node) string {
	for ; n.Valid(); n = n.Parent() {
		if n.Kind() == ast.KindEntry {
			return "the value of " + n.Key()
		}
	}
	return "a value"
}

// isLetter reports whether c is an ASCII letter.
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isDigit reports whether c is an ASCII digit.
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isTemplate reports whether a document holds {{ }} where no such thing can
// stand, so that it is no configuration but makes one.
func isTemplate(t *ast.Document) bool {
	if !bytes.Contains(t.Source(), []byte("{{")) {
		return false
	}
	for n := range t.Root().Walk() {
		switch n.Kind() {
		case ast.KindEntry:
			if n.Quote() == ast.Bare && (n.Key()[0] == '{' || strings.Contains(n.Key(), "{{")) {
				return true
			}
		case ast.KindBraces:
			if n.Parent().Kind() == ast.KindBraces && n.Start() == n.Parent().Start()+1 {
				return true
			}
		case ast.KindMap:
			if n.Parent().Kind() == ast.KindArray && n.First().Valid() && n.First().Kind() == ast.KindError {
				return true
			}
		}
	}
	return false
}
