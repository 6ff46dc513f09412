package ast

import (
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what a node is.
type Kind uint8

const (
	KindDocument Kind = iota // the whole text
	KindBraces               // { } at the top level: its entries belong to the map around it
	KindEntry                // key and value
	KindInclude              // include path
	KindMap                  // { } as a value
	KindArray                // [ ]
	KindString
	KindBool
	KindInt
	KindFloat
	KindTime     // 2006-01-02T15:04:05Z
	KindVariable // $name
	KindError    // text that the parser could not read
)

var kindNames = [...]string{
	"document", "braces", "entry", "include", "map", "array", "string", "bool", "int", "float", "time", "variable", "error",
}

func (k Kind) String() string { return kindNames[k] }

// IsContainer reports whether nodes of the kind hold entries or values.
func (k Kind) IsContainer() bool {
	return k == KindDocument || k == KindBraces || k == KindMap || k == KindArray
}

// Quote says how a string is written.
type Quote uint8

const (
	Bare   Quote = iota // foo
	Single              // 'foo'
	Double              // "foo"
	Block               // ( foo ) over several lines
)

type nodeFlags uint8

const (
	flagEscaped  nodeFlags = 1 << iota // the text has \ escapes to be decoded
	flagLost                           // the official parser drops or misplaces this
	flagUnclosed                       // the text ends before the closing bracket
	flagTail                           // a bare string that a ' ends (the ' is dropped)
	flagRawFirst                       // the first \ is no escape: it directly follows leading digits
)

// Span is a half-open range of bytes in a document's source.
type Span struct{ Start, End int }

// Len returns the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether off lies inside the span.
func (s Span) Contains(off int) bool { return s.Start <= off && off < s.End }

// Node is one node of a document's tree: a small value that can be compared
// and used as a map key. The zero Node stands for "none"; see [Node.Valid].
type Node struct {
	doc *Document
	id  int32
}

// record is what a document keeps of a node. It holds no pointers, so that
// trees cost the garbage collector nothing. Links are indexes into
// Document.nodes; 0 (the root) stands for "none".
type record struct {
	parent, first, last, next, prev int32
	start, end                      int32
	contentStart, contentEnd        int32 // key, include path or scalar text without quotes
	kind                            Kind
	quote                           Quote
	flags                           nodeFlags
}

func (n Node) rec() *record { return &n.doc.nodes[n.id] }

// link returns the node that a record's link leads to.
func (n Node) link(id int32) Node {
	if id == 0 {
		return Node{}
	}
	return Node{n.doc, id}
}

// Valid reports whether n is a node; it is false for the zero Node, which
// stands for "none". Other methods must not be called on it.
func (n Node) Valid() bool { return n.doc != nil }

// Kind returns what the node is.
func (n Node) Kind() Kind { return n.rec().kind }

// Doc returns the document that the node belongs to.
func (n Node) Doc() *Document { return n.doc }

// Span returns the bytes of the node: brackets and quotes included; an entry
// reaches from its key to the end of its value.
func (n Node) Span() Span {
	r := n.rec()
	return Span{int(r.start), int(r.end)}
}

// Start returns the offset of the node's first byte.
func (n Node) Start() int { return int(n.rec().start) }

// End returns the offset behind the node's last byte.
func (n Node) End() int { return int(n.rec().end) }

// Parent returns the node around n, none for a document's root.
func (n Node) Parent() Node {
	if n.id == 0 {
		return Node{}
	}
	return Node{n.doc, n.rec().parent}
}

// First returns the first child or none.
func (n Node) First() Node { return n.link(n.rec().first) }

// Last returns the last child or none.
func (n Node) Last() Node { return n.link(n.rec().last) }

// Next returns the following sibling or none.
func (n Node) Next() Node { return n.link(n.rec().next) }

// Prev returns the preceding sibling or none.
func (n Node) Prev() Node { return n.link(n.rec().prev) }

// Children iterates over the children in the order of the text.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := n.First(); c.Valid(); c = c.Next() {
			if !yield(c) {
				return
			}
		}
	}
}

// Raw returns the node's text as written.
func (n Node) Raw() string {
	r := n.rec()
	return n.doc.text[r.start:r.end]
}

// Lost reports whether the official parser drops or misplaces this value
// without a word: a size with an unknown suffix (8MBi), an entry without a
// value in a map (a { foo }), an entry whose value was looked for on the next
// line and found there in the next entry (name: newline port=5), or an array
// or map that the text does not close. Rules leave such places alone.
func (n Node) Lost() bool { return n.rec().flags&flagLost != 0 }

// Unclosed reports whether the text ends before the node's closing bracket.
func (n Node) Unclosed() bool { return n.rec().flags&flagUnclosed != 0 }

// Key returns the key of an entry, as the official parser reads it: quoted
// keys have no escapes.
func (n Node) Key() string { return n.content() }

// KeySpan returns the bytes of an entry's key, quotes included.
func (n Node) KeySpan() Span {
	r := n.rec()
	s := Span{int(r.contentStart), int(r.contentEnd)}
	if r.quote != Bare {
		s.Start--
		s.End++
	}
	return s
}

// Value returns the value of an entry, or none if the text has none.
func (n Node) Value() Node {
	if r := n.rec(); r.kind == KindEntry {
		return n.link(r.first)
	}
	return Node{}
}

// Path returns the path of an include, as written between its quotes.
func (n Node) Path() string { return n.content() }

// Quote returns how a string, an entry's key or an include's path is quoted.
func (n Node) Quote() Quote { return n.rec().quote }

func (n Node) content() string {
	r := n.rec()
	return n.doc.text[r.contentStart:r.contentEnd]
}

// TextSpan returns the bytes of a scalar or of an include's path without
// quotes.
func (n Node) TextSpan() Span {
	r := n.rec()
	return Span{int(r.contentStart), int(r.contentEnd)}
}

// HasEscapes reports whether a string is written with \ escapes.
func (n Node) HasEscapes() bool { return n.rec().flags&flagEscaped != 0 }

// Text returns a scalar's text: of a string its value, of a variable its name
// without the $, of other scalars the text as written.
func (n Node) Text() string {
	flags, text := n.rec().flags, n.content()
	switch {
	case flags&flagEscaped == 0:
		return text
	case flags&flagRawFirst != 0:
		raw := strings.IndexByte(text, '\\') + 1
		return text[:raw] + unescape(text[raw:])
	}
	return unescape(text)
}

// BoolValue returns the value of a bool: true, yes and on in any letter case
// are true.
func (n Node) BoolValue() bool {
	text := n.content()
	switch text[0] | 0x20 {
	case 't', 'y':
		return true
	}
	return len(text) == 2 && text[0]|0x20 == 'o'
}

// IntValue returns the value of an int, its size suffix applied as the
// official parser does it, silent overflow included (conf/parse.go). It is 0
// for a suffix that the parser does not know; such a node is [Node.Lost].
func (n Node) IntValue() int64 {
	digits, suffix := n.intParts()
	v, _ := strconv.ParseInt(digits, 10, 64)
	m, _ := sizeFactor(suffix)
	return v * m
}

// IntSuffix returns the size suffix of an int as written, or "".
func (n Node) IntSuffix() string {
	_, suffix := n.intParts()
	return suffix
}

func (n Node) intParts() (digits, suffix string) {
	text := n.content()
	i := len(text)
	for i > 0 && isASCIILetter(text[i-1]) {
		i--
	}
	return text[:i], text[i:]
}

// sizeFactor returns what a size suffix multiplies by.
func sizeFactor(suffix string) (int64, bool) {
	if suffix == "" {
		return 1, true
	}
	const letters = "kmgtpe"
	power := strings.IndexByte(letters, suffix[0]|0x20) + 1
	base := int64(1000)
	switch strings.ToLower(suffix[1:]) {
	case "":
	case "b", "i", "ib":
		base = 1024
	default:
		return 0, false
	}
	factor := int64(1)
	for range power {
		factor *= base
	}
	return factor, true
}

// FloatValue returns the value of a float.
func (n Node) FloatValue() float64 {
	f, _ := strconv.ParseFloat(n.content(), 64)
	return f
}

const timeLayout = "2006-01-02T15:04:05Z"

// TimeValue returns the value of a time.
func (n Node) TimeValue() time.Time {
	t, _ := time.Parse(timeLayout, n.content())
	return t
}

// unescape decodes the escapes \xHH \t \n \r \" \\ of a string that the parser
// has accepted.
func unescape(src string) string {
	var b strings.Builder
	b.Grow(len(src))
	for i := 0; i < len(src); i++ {
		if src[i] != '\\' || i+1 == len(src) {
			b.WriteByte(src[i])
			continue
		}
		i++
		switch src[i] {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 'x':
			if i+2 < len(src) {
				b.WriteByte(unhex(src[i+1])<<4 | unhex(src[i+2]))
				i += 2
			}
		default:
			b.WriteByte(src[i])
		}
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	default:
		return c | 0x20 - 'a' + 10
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// runeAt decodes the rune at off; past the end it returns 0, 0 as the official
// lexer does.
func runeAt(src []byte, off int) (rune, int) {
	if off >= len(src) {
		return 0, 0
	}
	if c := src[off]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRune(src[off:])
}
