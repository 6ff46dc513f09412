package ast

import (
	"bytes"
	"strconv"
	"time"
)

// value reads a value for parent: an entry, or an array.
func (p *parser) value(parent int32) state {
	p.skipBlank()
	if p.pos == len(p.src) {
		return p.scalar(parent, KindString, p.pos, p.pos)
	}
	switch c := p.src[p.pos]; c {
	case '[':
		p.cur = p.add(parent, KindArray, p.pos)
		p.pos++
		return stArrayValue
	case '{':
		p.cur = p.add(parent, KindMap, p.pos)
		p.pos++
		return stMapKey
	case '\'':
		return p.singleQuoted(parent)
	case '"':
		return p.doubleQuoted(parent)
	case '(':
		return p.block(parent)
	case '-':
		return p.negative(parent)
	case '.':
		return p.fail(p.pos, p.pos+1, "Floats must start with a digit", "a value in quotes if it starts with a dot")
	case '\n', '\r':
		return p.fail(p.pos, p.pos+1, "Expected value but found new line", "a value on the line of its key")
	}
	if _, ok := p.isDigitAt(p.pos); ok {
		return p.number(parent)
	}
	return p.bare(parent, p.pos, p.pos)
}

// scalar adds the node of a scalar whose text is start to end.
func (p *parser) scalar(parent int32, kind Kind, start, end int) state {
	p.addScalar(parent, kind, start, end)
	p.pos = end
	return p.afterValue()
}

func (p *parser) addScalar(parent int32, kind Kind, start, end int) *record {
	n := &p.nodes[p.add(parent, kind, start)]
	n.contentStart, n.contentEnd, n.end = int32(start), int32(end), int32(end)
	if e := &p.nodes[parent]; e.kind == KindEntry {
		e.end = n.end
		if kind == KindString && p.isSwallowed(e, n) {
			p.markLost(parent)
		}
	}
	return n
}

// isSwallowed reports whether the value of e was looked for on a later line and
// found in what is plainly the next entry.
func (p *parser) isSwallowed(e, v *record) bool {
	if bytes.IndexByte(p.src[e.contentEnd:v.start], '\n') < 0 {
		return false
	}
	text := p.src[v.start:v.end]
	i := bytes.IndexAny(text, "=:")
	if i <= 0 || bytes.HasPrefix(text[i:], []byte("://")) {
		return false
	}
	for _, c := range text[:i] {
		if !isASCIILetter(c) && c != '_' {
			return false
		}
	}
	return true
}

// endsEarly handles a quote that the end of the text leaves open with nothing
// behind it: the official lexer then reports the end of the text and drops the
// value; the official parser accepts that unless a key is waiting for it.
func (p *parser) endsEarly(parent int32, open int) state {
	p.doc.end = open
	if p.nodes[parent].kind == KindEntry && !p.isBraceKey(parent) {
		p.doc.end = len(p.src)
		return p.failOpen(open, len(p.src), "config is invalid", "the closing quote of the value", open)
	}
	return stDone
}

func (p *parser) singleQuoted(parent int32) state {
	open := p.pos
	end, ok := p.scanQuote(open+1, '\'')
	if !ok {
		if end == open+1 && end == len(p.src) {
			return p.endsEarly(parent, open)
		}
		return p.failOpen(open, p.lineEnd(open), "Unexpected EOF.", "the closing quote of the value", open)
	}
	p.quoted(parent, open, end, Single)
	return p.afterValue()
}

func (p *parser) quoted(parent int32, open, end int, quote Quote) *record {
	n := &p.nodes[p.add(parent, KindString, open)]
	n.contentStart, n.contentEnd, n.end = int32(open+1), int32(end), int32(end+1)
	n.quote = quote
	p.endEntry(parent, n.end)
	p.pos = end + 1
	return n
}

// endEntry moves the end of a value's entry to the end of the value.
func (p *parser) endEntry(parent, end int32) {
	if e := &p.nodes[parent]; e.kind == KindEntry {
		e.end = end
	}
}

func (p *parser) doubleQuoted(parent int32) state {
	open := p.pos
	part := open + 1 // where the official lexer's current piece of the string starts
	escaped := false
	for i := open + 1; ; {
		j := i
		for j < len(p.src) && class[p.src[j]]&stopsQuoted == 0 {
			j++
		}
		switch {
		case j == len(p.src):
			if j == part {
				return p.endsEarly(parent, open)
			}
			return p.failOpen(open, p.lineEnd(open), "Unexpected EOF.", "the closing quote of the value", open)
		case p.src[j] == 0:
			return p.failOpen(open, p.lineEnd(open), "Unexpected EOF.", "the closing quote of the value, and no NUL byte", open)
		case p.src[j] == '"':
			n := p.quoted(parent, open, j, Double)
			if escaped {
				n.flags |= flagEscaped
			}
			return p.afterValue()
		}
		w, st := p.escape(j)
		if w == 0 {
			return st
		}
		escaped = true
		i = j + w
		part = i
	}
}

// escape checks the escape at i and returns its width, or 0 and the state
// after the failure.
func (p *parser) escape(i int) (width int, st state) {
	if i+1 < len(p.src) {
		switch p.src[i+1] {
		case 't', 'n', 'r', '"', '\\':
			return 2, 0
		case 'x':
			if i+3 < len(p.src) && isHex(p.src[i+2]) && isHex(p.src[i+3]) {
				return 4, 0
			}
			end := min(i+4, p.lineEnd(i))
			return 0, p.fail(i, end, `Expected two hexadecimal digits after '\x'`, `two hexadecimal digits behind \x`)
		}
	}
	_, w := runeAt(p.src, i+1)
	return 0, p.fail(i, i+1+w, `Invalid escape character. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.`,
		`one of the escapes \xHH \t \n \r \" \\, or the text in single quotes, which have no escapes`)
}

// bare reads the rest of an unquoted value from i on; its text starts at
// start.
func (p *parser) bare(parent int32, start, i int) state {
	var flags nodeFlags
	for {
		for i < len(p.src) && class[p.src[i]]&stopsBare == 0 {
			i++
		}
		if i == len(p.src) || p.src[i] != '\\' {
			break
		}
		w, st := p.escape(i)
		if w == 0 {
			return st
		}
		flags |= flagEscaped
		i += w
	}
	if i < len(p.src) && p.src[i] == '\'' {
		n := p.addScalar(parent, KindString, start, i)
		n.flags |= flags | flagTail
		n.end++
		p.endEntry(parent, n.end)
		p.pos = i + 1
		return p.afterValue()
	}
	kind := KindString
	if flags == 0 {
		switch text := p.src[start:i]; {
		case len(text) > 0 && text[0] == '$':
			n := p.addScalar(parent, KindVariable, start, i)
			n.contentStart++
			p.pos = i
			return p.afterValue()
		case isBool(text):
			kind = KindBool
		}
	}
	n := p.addScalar(parent, kind, start, i)
	n.flags |= flags
	p.pos = i
	return p.afterValue()
}

func isBool(text []byte) bool {
	if len(text) < 2 || len(text) > 5 {
		return false
	}
	switch text[0] {
	case 't', 'T', 'f', 'F', 'o', 'O', 'y', 'Y', 'n', 'N':
	default:
		return false
	}
	for _, word := range [...]string{"true", "false", "on", "off", "yes", "no"} {
		if equalFold(text, word) {
			return true
		}
	}
	return false
}

// block reads a ( ) string: it ends at a ) on a line by itself.
func (p *parser) block(parent int32) state {
	open := p.pos
	for i := open + 1; i < len(p.src) && p.src[i] != 0; i++ {
		if p.src[i] != ')' || p.src[i-1] != '\n' {
			continue
		}
		if i+1 == len(p.src) {
			// At the very end of the text the bracket becomes part of the value.
			n := p.quoted(parent, open, i+1, Block)
			n.end--
			p.endEntry(parent, n.end)
			p.pos--
			return p.afterValue()
		}
		if c := p.src[i+1]; c == '\n' || c == 0 {
			p.quoted(parent, open, i, Block)
			return p.afterValue()
		}
	}
	return p.failOpen(open, p.lineEnd(open), "Unexpected EOF processing block.",
		`")" on a line by itself, with LF line ends`, open)
}

// number reads what starts with a digit: an int, a float, a time, an address
// or an unquoted string.
func (p *parser) number(parent int32) state {
	start := p.pos
	i := start
	for {
		w, ok := p.isDigitAt(i)
		if !ok {
			break
		}
		i += w
	}
	if i == len(p.src) {
		return p.int(parent, start, i, i)
	}
	switch c := p.src[i]; {
	case c == '-':
		if i-start != 4 {
			return p.fail(start, p.tokenEnd(i), "All ISO8601 dates must be in full Zulu form.",
				"a number, or the value in quotes")
		}
		return p.date(parent, start, i+1)
	case c == '.':
		return p.float(parent, start, i+1)
	case isNumberSuffix(c):
		return p.suffix(parent, start, i)
	case c == '\n' || c == '\r' || c == 0 || c == '}' || c == ';' || c == ',' || c == ' ' || c == '\t':
		return p.int(parent, start, i, i)
	}
	// Any other character makes it a string, and is itself taken as it is.
	_, w := runeAt(p.src, i)
	raw := p.src[i] == '\\'
	st := p.bare(parent, start, i+w)
	if raw {
		if n := &p.nodes[p.nodes[parent].last]; int(n.start) == start && n.flags&flagEscaped != 0 {
			n.flags |= flagRawFirst
		}
	}
	return st
}

// int adds the node of an int; its suffix starts at digitsEnd.
func (p *parser) int(parent int32, start, digitsEnd, end int) state {
	if digitsEnd-start > 18 || !isASCIINumber(p.src[start:digitsEnd]) {
		digits := string(p.src[start:digitsEnd])
		if _, err := strconv.ParseInt(digits, 10, 64); err != nil {
			msg := "expected integer, but got '" + digits + "'"
			if numErr, ok := err.(*strconv.NumError); ok && numErr.Err == strconv.ErrRange {
				msg = "integer '" + string(p.src[start:end]) + "' is out of the range"
			}
			return p.fail(start, end, msg, "an integer of at most 64 bits, or the value in quotes")
		}
	}
	p.addScalar(parent, KindInt, start, end)
	if end > digitsEnd {
		if _, ok := sizeFactor(string(p.src[digitsEnd:end])); !ok {
			p.markLost(int32(len(p.nodes) - 1))
		}
	}
	p.pos = end
	return p.afterValue()
}

// isASCIINumber reports whether text holds ASCII digits, a minus sign and dots
// only. The official lexer takes digits of every script; its parser then
// refuses them.
func isASCIINumber(text []byte) bool {
	for _, c := range text {
		if class[c]&isDigitByte == 0 && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func isNumberSuffix(c byte) bool {
	switch c | 0x20 {
	case 'k', 'm', 'g', 't', 'p', 'e':
		return c >= 'A'
	}
	return false
}

// suffix reads on behind a number whose size letter stands at i.
func (p *parser) suffix(parent int32, start, i int) state {
	digitsEnd := i
	for i++; i < len(p.src); i++ {
		if c := p.src[i] | 0x20; c != 'b' && c != 'i' || p.src[i] < 'A' {
			break
		}
	}
	if i == len(p.src) {
		return p.int(parent, start, digitsEnd, i)
	}
	switch c := p.src[i]; c {
	case '\n', '\r', 0, '}', ';', ',', ' ', '\t':
		return p.int(parent, start, digitsEnd, i)
	}
	if _, digit := p.isDigitAt(i); digit && !p.doc.syntax.suffixThenDigit() {
		return p.int(parent, start, digitsEnd, i)
	}
	return p.bare(parent, start, i)
}

// date reads a time whose year and first dash end at i.
func (p *parser) date(parent int32, start, i int) state {
	for _, want := range "00-00T00:00:00Z" {
		r, w := runeAt(p.src, i)
		if want == '0' {
			if _, ok := p.isDigitAt(i); !ok {
				return p.fail(start, p.tokenEnd(i), "Expected digit in ISO8601 datetime, but found '"+string(r)+"' instead.",
					"a time such as 2006-01-02T15:04:05Z, or the value in quotes")
			}
		} else if r != want {
			return p.fail(start, p.tokenEnd(i), "Expected '"+string(want)+"' in ISO8601 datetime, but found '"+string(r)+"' instead.",
				"a time such as 2006-01-02T15:04:05Z, or the value in quotes")
		}
		i += w
	}
	if _, err := time.Parse(timeLayout, string(p.src[start:i])); err != nil {
		return p.fail(start, i, "expected Zulu formatted DateTime, but got '"+string(p.src[start:i])+"'",
			"a time that exists, or the value in quotes")
	}
	return p.scalar(parent, KindTime, start, i)
}

// float reads on behind the first dot of a number: a float or an address.
func (p *parser) float(parent int32, start, i int) state {
	w, ok := p.isDigitAt(i)
	if !ok {
		return p.fail(start, p.tokenEnd(i), "Floats must have a digit after the '.'", "a digit behind the dot, or the value in quotes")
	}
	for ok {
		i += w
		w, ok = p.isDigitAt(i)
	}
	if i < len(p.src) && p.src[i] == '.' {
		return p.address(parent, start, i+1)
	}
	// Only hundreds of digits can be out of range.
	if text := p.src[start:i]; len(text) > 300 || !isASCIINumber(text) {
		if _, err := strconv.ParseFloat(string(text), 64); err == nil {
			return p.scalar(parent, KindFloat, start, i)
		}
		return p.fail(start, i, "expected float, but got '"+string(p.src[start:i])+"'", "a float, or the value in quotes")
	}
	return p.scalar(parent, KindFloat, start, i)
}

func (p *parser) address(parent int32, start, i int) state {
	for i < len(p.src) {
		if c := p.src[i]; c == '.' || c == ':' || c == '-' {
			i++
			continue
		}
		w, ok := p.isDigitAt(i)
		if !ok {
			break
		}
		i += w
	}
	return p.scalar(parent, KindString, start, i)
}

// negative reads what starts with a minus sign.
func (p *parser) negative(parent int32) state {
	start := p.pos
	w, ok := p.isDigitAt(start + 1)
	if !ok {
		r, _ := runeAt(p.src, start+1)
		msg := "Expected a digit but got '" + string(r) + "'."
		if r == '.' {
			msg = "Floats must start with a digit, not '.'."
		}
		return p.fail(start, p.tokenEnd(start+1), msg, "a digit behind the minus sign, or the value in quotes")
	}
	i := start + 1
	for ok {
		i += w
		w, ok = p.isDigitAt(i)
	}
	if i < len(p.src) {
		if p.src[i] == '.' {
			return p.float(parent, start, i+1)
		}
		if isNumberSuffix(p.src[i]) {
			return p.suffix(parent, start, i)
		}
	}
	return p.int(parent, start, i, i)
}

// tokenEnd returns where the run of text without separators around i ends.
func (p *parser) tokenEnd(i int) int {
	for i < len(p.src) && class[p.src[i]]&endsBare == 0 {
		i++
	}
	return min(i, len(p.src))
}
