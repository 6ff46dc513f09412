package ast

import (
	"iter"
	"unicode"
)

// TokenKind says what a token is.
type TokenKind uint8

const (
	TokenSpace   TokenKind = iota // white space other than line ends
	TokenNewline                  // LF, CR LF or CR
	TokenComment                  // # or // up to the end of the line
	TokenKey                      // a key, quotes included
	TokenInclude                  // the word include
	TokenPath                     // an include's path, quotes included
	TokenScalar                   // a value other than a map or array, quotes included
	TokenPunct                    // one of { } [ ] : = , ;
	TokenSlash                    // a single / that the official parser ignores
	TokenJunk                     // text that could not be read, or that the official parser ignores at the end
)

// Token is a piece of a document. The tokens of a document follow each other
// without a gap.
type Token struct {
	Kind TokenKind
	Span
}

// Tokens lists the tokens of the document: every byte belongs to exactly one.
func (d *Document) Tokens() iter.Seq[Token] {
	return func(yield func(Token) bool) {
		t := tokenizer{doc: d, yield: yield}
		for n := range d.Root().Walk() {
			if !t.node(n) {
				return
			}
		}
		if t.gap(d.end) && d.end < len(d.src) {
			t.emit(TokenJunk, len(d.src))
		}
	}
}

// Print returns the text of the tree: the concatenation of its tokens. It is
// the text that was parsed, which [Document.RoundTrips] checks.
func (d *Document) Print() []byte {
	out := make([]byte, 0, len(d.src))
	for t := range d.Tokens() {
		out = append(out, d.src[t.Start:t.End]...)
	}
	return out
}

// RoundTrips reports whether the tokens cover the text byte by byte.
func (d *Document) RoundTrips() bool {
	at := 0
	for t := range d.Tokens() {
		if t.Start != at || t.End <= t.Start {
			return false
		}
		at = t.End
	}
	return at == len(d.src)
}

// GapTokens lists the tokens of a stretch of text between two nodes: white
// space, comments and punctuation.
func (d *Document) GapTokens(s Span) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		t := tokenizer{doc: d, yield: yield, at: s.Start}
		t.gap(s.End)
	}
}

type tokenizer struct {
	doc   *Document
	yield func(Token) bool
	at    int // everything before is emitted
}

func (t *tokenizer) emit(kind TokenKind, end int) bool {
	if end <= t.at {
		return true
	}
	tok := Token{kind, Span{t.at, end}}
	t.at = end
	return t.yield(tok)
}

// node emits the gap before a node and the tokens of its own first bytes.
func (t *tokenizer) node(n Node) bool {
	if !t.gap(n.Start()) {
		return false
	}
	switch n.Kind() {
	case KindDocument, KindBraces, KindMap, KindArray:
		return true // brackets are read as part of the gaps
	case KindEntry:
		return t.emit(TokenKey, n.KeySpan().End)
	case KindInclude:
		if !t.emit(TokenInclude, n.Start()+len("include")) {
			return false
		}
		start := n.TextSpan().Start
		if n.Quote() != Bare {
			start--
		}
		return t.gap(start) && t.emit(TokenPath, n.End())
	case KindError:
		return t.emit(TokenJunk, n.End())
	}
	return t.emit(TokenScalar, n.End())
}

// gap emits the tokens between nodes up to end.
func (t *tokenizer) gap(end int) bool {
	src := t.doc.src
	for t.at < end {
		i := t.at
		kind := TokenJunk
		switch c := src[i]; {
		case c == '\n':
			kind, i = TokenNewline, i+1
		case c == '\r':
			kind, i = TokenNewline, i+1
			if i < end && src[i] == '\n' {
				i++
			}
		case c == '#', c == '/' && i+1 < end && src[i+1] == '/':
			kind = TokenComment
			for i < end && src[i] != '\n' && src[i] != '\r' && src[i] != 0 {
				i++
			}
		case c == '/':
			kind, i = TokenSlash, i+1
		case c == '{', c == '}', c == '[', c == ']', c == ':', c == '=', c == ',', c == ';':
			kind, i = TokenPunct, i+1
		default:
			for i < end {
				r, w := runeAt(src, i)
				if !unicode.IsSpace(r) || isNL(r) {
					break
				}
				kind = TokenSpace
				i += w
			}
			if i == t.at {
				_, w := runeAt(src, i)
				i += w
			}
		}
		if !t.emit(kind, i) {
			return false
		}
	}
	return true
}
