package ast

import (
	"bytes"
	"math"
	"slices"
	"sync"
	"unicode"
	"unsafe"
)

// MaxSize is the largest text in bytes that can be parsed: offsets are kept in
// 32 bits.
const MaxSize = math.MaxInt32

// maxErrors bounds how many errors are listed for one document.
const maxErrors = 100

// Parse reads a document. It never fails: errors are listed by
// [Document.Errors], and the tree holds what could be read around them. The
// name stands in error messages. The tree refers to src, which must not be
// changed afterwards; it must not be longer than [MaxSize].
func Parse(name string, src []byte, syntax Syntax) *Document {
	d := &Document{}
	spare := spareNodes.Get().(*[]record)
	d.parse(name, src, syntax, (*spare)[:0])
	if cap(d.nodes) <= keptNodes {
		*spare = d.nodes
		d.nodes = slices.Clone(d.nodes) // no larger than they need be, since documents are kept
		spareNodes.Put(spare)
	}
	return d
}

// spareNodes is memory to parse in.
var spareNodes = sync.Pool{New: func() any { return new([]record) }}

// parse is Parse into d, with room for the nodes.
func (d *Document) parse(name string, src []byte, syntax Syntax, room []record) {
	d.name, d.src, d.syntax, d.end = name, src, syntax, len(src)
	// Nobody changes src from here on, so that keys and values may share it.
	d.text = unsafe.String(unsafe.SliceData(src), len(src))
	p := parser{
		doc:     d,
		src:     src,
		nodes:   append(room, record{}),
		special: bytes.IndexByte(src, 0) >= 0 || bytes.IndexByte(src, '\r') >= 0,
	}
	p.run()
}

// state is what the parser expects next. The states are those of the official
// lexer between items; which one follows a value depends on the container
// that holds it, so the tree itself is the stack.
type state uint8

const (
	stTop         state = iota // lexTop
	stTopEnd                   // lexTopValueEnd
	stBraces                   // lexBlockStart
	stBracesEnd                // lexBlockValueEnd
	stBracesClose              // lexBlockEnd
	stArrayValue               // lexArrayValue
	stArrayEnd                 // lexArrayValueEnd
	stMapKey                   // lexMapKeyStart
	stMapEnd                   // lexMapValueEnd
	stDone
)

type parser struct {
	doc     *Document
	src     []byte
	pos     int
	nodes   []record
	cur     int32 // the container that is being read
	special bool  // the text has CR or NUL bytes, which end a comment as LF does
}

func (p *parser) run() {
	st := stTop
	for st != stDone {
		switch st {
		case stTop:
			st = p.top()
		case stTopEnd:
			st = p.topEnd()
		case stBraces:
			st = p.braces()
		case stBracesEnd:
			st = p.bracesEnd()
		case stBracesClose:
			st = p.bracesClose()
		case stArrayValue:
			st = p.arrayValue()
		case stArrayEnd:
			st = p.arrayEnd()
		case stMapKey:
			st = p.mapKey()
		case stMapEnd:
			st = p.mapEnd()
		}
	}
	p.finish()
	p.doc.nodes = p.nodes
}

// finish closes what the text leaves open.
func (p *parser) finish() {
	for id := p.cur; id != 0; id = p.nodes[id].parent {
		n := &p.nodes[id]
		n.end = int32(p.doc.end)
		if n.kind == KindMap || n.kind == KindArray {
			p.markLost(id)
		}
		if n.kind != KindEntry {
			n.flags |= flagUnclosed
		}
	}
	p.nodes[0].end = int32(len(p.src))
}

// add appends a new node to parent and returns its index.
func (p *parser) add(parent int32, kind Kind, start int) int32 {
	id := int32(len(p.nodes))
	up := &p.nodes[parent]
	prev := up.last
	up.last = id
	if prev == 0 {
		up.first = id
	} else {
		p.nodes[prev].next = id
	}
	p.nodes = append(p.nodes, record{parent: parent, prev: prev, kind: kind, start: int32(start), end: int32(start)})
	return id
}

// kind returns the kind of the container that is being read.
func (p *parser) kind() Kind { return p.nodes[p.cur].kind }

func (p *parser) markLost(id int32) {
	if n := &p.nodes[id]; n.flags&flagLost == 0 {
		n.flags |= flagLost
		p.doc.lost = append(p.doc.lost, id)
	}
}

// afterValue returns the state that follows a value in the current container.
func (p *parser) afterValue() state {
	switch p.kind() {
	case KindMap:
		return stMapEnd
	case KindArray:
		return stArrayEnd
	case KindBraces:
		return stBracesEnd
	}
	return stTopEnd
}

// close ends the current container behind the bracket at p.pos and returns the
// state that follows it.
func (p *parser) close() state {
	p.pos++
	n := &p.nodes[p.cur]
	n.end = int32(p.pos)
	p.cur = n.parent
	if n.kind == KindBraces {
		if p.kind() == KindBraces {
			return stBracesClose
		}
		return stTop
	}
	if e := &p.nodes[p.cur]; e.kind == KindEntry {
		e.end = n.end
		p.cur = e.parent
	}
	return p.afterValue()
}

func (p *parser) openBraces() state {
	p.cur = p.add(p.cur, KindBraces, p.pos)
	p.pos++
	return stBraces
}

func (p *parser) top() state {
	p.skipSpace()
	if p.pos == len(p.src) {
		return stDone
	}
	switch p.src[p.pos] {
	case '{':
		return p.openBraces()
	case '#':
		p.skipComment()
		return stTop
	case '/':
		if p.isSlashComment() {
			p.skipComment()
			return stTop
		}
		return p.fail(p.pos, p.pos+1, "Unexpected EOF.", "a key or a comment that starts with # or //")
	case 0:
		return p.fail(p.pos, p.pos+1, "Unexpected EOF.", "text without NUL bytes")
	}
	return p.key()
}

func (p *parser) topEnd() state {
	for ; p.pos < len(p.src); p.pos++ {
		switch p.src[p.pos] {
		case ' ', '\t':
		case '#':
			p.skipComment()
			return stTop
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stTop
			}
		case '\n', '\r', 0, ';', ',', '}':
			p.pos++
			return stTop
		default:
			return p.failRune("Expected a top-level value to end with a new line, comment or EOF, but got '%v' instead.",
				"the end of the line, a comment, a comma or a semicolon behind the value")
		}
	}
	return stDone
}

func (p *parser) braces() state {
	p.skipSpace()
	if p.pos == len(p.src) {
		return stDone
	}
	switch p.src[p.pos] {
	case '{':
		return p.openBraces()
	case '}':
		return p.close()
	case '#':
		p.skipComment()
		return stBraces
	case '/':
		if p.isSlashComment() {
			p.skipComment()
			return stBraces
		}
		return p.fail(p.pos, p.pos+1, "Unexpected EOF.", "a key or a comment that starts with # or //")
	case 0:
		return p.fail(p.pos, p.pos+1, "Unexpected EOF.", "text without NUL bytes")
	}
	return p.key()
}

func (p *parser) bracesEnd() state {
	for ; p.pos < len(p.src); p.pos++ {
		switch p.src[p.pos] {
		case ' ', '\t':
			continue
		case '#':
			p.skipComment()
			return stBracesEnd
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stBracesEnd
			}
			continue
		case '\n', '\r', ';', ',':
			p.pos++
			return stBraces
		case '}':
			return stBracesClose
		}
		break
	}
	return p.failRune("Expected a block-level value to end with a new line, comment or EOF, but got '%v' instead.",
		`the end of the line, a comment, a comma or "}" behind the value`)
}

func (p *parser) bracesClose() state {
	for ; p.pos < len(p.src); p.pos++ {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			continue
		case '#':
			p.skipComment()
			return stBraces
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stBraces
			}
			continue
		case ';', ',':
			p.pos++
			return stBraces
		case '}':
			return p.close()
		}
		break
	}
	return p.failRune("Expected a block-level to end with a '}', but got '%v' instead.", `"}" or a comma`)
}

func (p *parser) arrayValue() state {
	p.skipSpace()
	if p.pos < len(p.src) {
		switch p.src[p.pos] {
		case '#':
			p.skipComment()
			return stArrayValue
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stArrayValue
			}
			return p.fail(p.pos, p.pos+1, "Unexpected array value terminator ','.", "a value")
		case ',':
			return p.fail(p.pos, p.pos+1, "Unexpected array value terminator ','.", "a value before the comma")
		case ']':
			return p.close()
		}
	}
	return p.value(p.cur)
}

func (p *parser) arrayEnd() state {
	for ; p.pos < len(p.src); p.pos++ {
		switch p.src[p.pos] {
		case ' ', '\t':
			continue
		case '#':
			p.skipComment()
			return stArrayEnd
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stArrayEnd
			}
			p.pos++
			return stArrayValue
		case ',', '\n', '\r':
			p.pos++
			return stArrayValue
		case ']':
			return p.close()
		}
		break
	}
	return p.failRune(`Expected an array value terminator "," or an array terminator "]", but got '%v' instead.`,
		`a comma, the end of the line or "]" behind the value`)
}

func (p *parser) mapKey() state {
	p.skipSpace()
	if p.pos == len(p.src) {
		return p.fail(p.pos, p.pos, "Unexpected EOF processing map.", `a key or "}"`)
	}
	switch c := p.src[p.pos]; c {
	case '=', ':':
		return p.failRune("Unexpected key separator '%v'.", `a key before the separator`)
	case ']':
		return p.failRune("Unexpected array end '%v' processing map.", `a key or "}"`)
	case '}':
		return p.close()
	case '#':
		p.skipComment()
		return stMapKey
	case '/':
		if p.isSlashComment() {
			p.skipComment()
			return stMapKey
		}
		// A single slash is dropped, and whatever follows it begins a key.
		p.pos++
	case '"', '\'':
		return p.mapQuotedKey(c)
	case 0:
		return p.fail(p.pos, p.pos+1, "Unexpected EOF processing map.", "text without NUL bytes")
	}
	start := p.pos
	_, w := runeAt(p.src, p.pos)
	end, space := p.scanKey(p.pos + w)
	if end == len(p.src) || p.src[end] == 0 {
		return p.fail(start, end, "Unexpected EOF processing map key.", `a value behind the key, and "}"`)
	}
	p.pos = end
	if space && isInclude(p.src[start:end]) {
		return p.include(start)
	}
	e := p.addEntry(start, end, Bare)
	return p.mapValue(e)
}

func (p *parser) mapQuotedKey(quote byte) state {
	start := p.pos
	end, ok := p.scanQuote(start+1, quote)
	if !ok {
		msg := "Unexpected EOF processing double quoted map key."
		if quote == '\'' {
			msg = "Unexpected EOF processing quoted map key."
		}
		return p.failOpen(start, p.lineEnd(start), msg, "the closing quote of the key", start)
	}
	p.pos = end + 1
	return p.mapValue(p.addEntry(start+1, end, quoteKind(quote)))
}

// mapValue reads the separator and the value of an entry in a map.
func (p *parser) mapValue(e int32) state {
	p.skipSpace()
	if p.pos < len(p.src) && isSep(p.src[p.pos]) {
		p.pos++
		p.skipSpace()
	}
	if p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ',':
			return p.fail(p.pos, p.pos+1, `Unexpected map value terminator ",".`, "a value before the comma")
		case '}':
			p.markLost(e)
			return p.close()
		}
	}
	return p.value(e)
}

func (p *parser) mapEnd() state {
	for ; p.pos < len(p.src); p.pos++ {
		switch p.src[p.pos] {
		case ' ', '\t':
			continue
		case '#':
			p.skipComment()
			return stMapEnd
		case '/':
			if p.isSlashComment() {
				p.skipComment()
				return stMapEnd
			}
			p.pos++
			return stMapKey
		case ',', ';', '\n', '\r':
			p.pos++
			return stMapKey
		case '}':
			return p.close()
		}
		break
	}
	return p.failRune(`Expected a map value terminator "," or a map terminator "}", but got '%v' instead.`,
		`a comma, the end of the line or "}" behind the value`)
}

// key reads a key at the top level or in top-level braces, then its value.
func (p *parser) key() state {
	start := p.pos
	var e int32
	switch c := p.src[start]; c {
	case '=', ':':
		return p.failRune("Unexpected key separator '%v'", "a key before the separator")
	case '"', '\'':
		end, ok := p.scanQuote(start+1, c)
		if !ok {
			if end == start+1 {
				// The official lexer takes a lone quote for the end of the text.
				p.doc.end = start
				return stDone
			}
			return p.failOpen(start, p.lineEnd(start), "Unexpected EOF.", "the closing quote of the key", start)
		}
		p.pos = end + 1
		e = p.addEntry(start+1, end, quoteKind(c))
	default:
		_, w := runeAt(p.src, start)
		end, space := p.scanKey(start + w)
		p.pos = end
		if space && isInclude(p.src[start:end]) {
			return p.include(start)
		}
		e = p.addEntry(start, end, Bare)
	}
	p.skipSpace()
	if p.pos == len(p.src) || p.src[p.pos] == 0 {
		return p.keyAtEnd(e)
	}
	if isSep(p.src[p.pos]) {
		p.pos++
	}
	return p.value(e)
}

// keyAtEnd handles a key that ends the text. The official parser allows the
// key to be a "}", which supports JSON with a brace too many.
func (p *parser) keyAtEnd(e int32) state {
	if p.isBraceKey(e) {
		p.doc.end = p.pos
		p.unlink(e)
		return stDone
	}
	n := &p.nodes[e]
	return p.fail(int(n.start), int(n.end), "config is invalid", "a value behind the key")
}

// isBraceKey reports whether the key of an entry is "}".
func (p *parser) isBraceKey(e int32) bool {
	n := &p.nodes[e]
	return n.contentEnd-n.contentStart == 1 && p.src[n.contentStart] == '}'
}

// unlink takes the node that was added last out of its container.
func (p *parser) unlink(id int32) {
	n := &p.nodes[id]
	parent := &p.nodes[n.parent]
	parent.last = n.prev
	if n.prev == 0 {
		parent.first = 0
	} else {
		p.nodes[n.prev].next = 0
	}
	p.nodes = p.nodes[:id]
}

// addEntry adds an entry whose key is start to end, without its quotes.
func (p *parser) addEntry(start, end int, quote Quote) int32 {
	id := p.add(p.cur, KindEntry, start)
	e := &p.nodes[id]
	e.contentStart, e.contentEnd, e.quote = int32(start), int32(end), quote
	e.end = int32(end)
	if quote != Bare {
		e.start--
		e.end++
	}
	return id
}

// include reads the path behind the keyword that starts at start and ends at
// p.pos.
func (p *parser) include(start int) state {
	p.skipBlank()
	p.doc.includes = true
	id := p.add(p.cur, KindInclude, start)
	n := &p.nodes[id]
	n.end = int32(p.pos)
	r, w := runeAt(p.src, p.pos)
	switch {
	case r == '\'' || r == '"':
		open := p.pos
		end, ok := p.scanQuote(open+1, byte(r))
		if !ok {
			msg := "Unexpected EOF in double quoted include"
			if r == '\'' {
				msg = "Unexpected EOF in quoted include"
			}
			return p.failOpen(open, p.lineEnd(open), msg, "the closing quote of the path", open)
		}
		n.contentStart, n.contentEnd, n.quote = int32(open+1), int32(end), quoteKind(byte(r))
		p.pos = end + 1
		n.end = int32(p.pos)
		return p.afterValue()
	case w > 0 && (r == '[' || r == '{' || r == '(' || r == '-' || r == '\\' || isNL(r) || unicode.IsDigit(r)):
		return p.fail(p.pos, p.pos+w, includeErrors(r), "a path in quotes")
	}
	end := p.pos
	for end < len(p.src) && class[p.src[end]]&endsInclude == 0 {
		end++
	}
	n.contentStart, n.contentEnd = int32(p.pos), int32(end)
	if end < len(p.src) && p.src[end] == '\'' {
		end++
	}
	p.pos = end
	n.end = int32(end)
	return p.afterValue()
}

func includeErrors(r rune) string {
	what := "start of a number"
	switch {
	case r == '[':
		what = "start of an array"
	case r == '{':
		what = "start of a map"
	case r == '(':
		what = "start of a block"
	case r == '\\':
		what = "escape sequence"
	case isNL(r):
		what = "new line"
	}
	return "Expected include value but found " + what
}
