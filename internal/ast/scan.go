package ast

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Classes of bytes, for scanning without branches.
const (
	endsBare    = 1 << iota // ends an unquoted value: LF CR NUL ; , ] } blank tab '
	endsInclude             // ends an unquoted include path: LF CR NUL ; } blank tab '
	endsKey                 // ends an unquoted key: white space, = : NUL, or a byte above ASCII that may be a space
	isBlankByte             // blank or tab
	isSpaceByte             // ASCII white space
	isDigitByte
	stopsBare   // endsBare or a backslash
	stopsQuoted // " NUL or a backslash: ends or breaks a double-quoted value
)

var class = func() (t [256]uint8) {
	for _, c := range []byte("\n\r\x00;,]} \t'") {
		t[c] |= endsBare | stopsBare
	}
	t['\\'] |= stopsBare | stopsQuoted
	t['"'] |= stopsQuoted
	t[0] |= stopsQuoted
	for _, c := range []byte("\n\r\x00;} \t'") {
		t[c] |= endsInclude
	}
	for _, c := range []byte("=:\x00 \t\n\v\f\r") {
		t[c] |= endsKey
	}
	for c := utf8.RuneSelf; c < 256; c++ {
		t[c] |= endsKey
	}
	for _, c := range []byte(" \t") {
		t[c] |= isBlankByte
	}
	for _, c := range []byte(" \t\n\v\f\r") {
		t[c] |= isSpaceByte
	}
	for c := '0'; c <= '9'; c++ {
		t[c] |= isDigitByte
	}
	return t
}()

func isNL(r rune) bool { return r == '\n' || r == '\r' }

func isSep(c byte) bool { return c == '=' || c == ':' }

func isInclude(key []byte) bool { return equalFold(key, "include") }

// equalFold reports whether text is the lower-case ASCII word in any letter
// case.
func equalFold(text []byte, word string) bool {
	if len(text) != len(word) {
		return false
	}
	for i, c := range text {
		if c|0x20 != word[i] || c < 'A' {
			return false
		}
	}
	return true
}

func quoteKind(c byte) Quote {
	if c == '\'' {
		return Single
	}
	return Double
}

// skipSpace skips white space as unicode.IsSpace has it, line ends included.
func (p *parser) skipSpace() {
	i := p.pos
	for {
		for i < len(p.src) && class[p.src[i]]&isSpaceByte != 0 {
			i++
		}
		if i == len(p.src) || p.src[i] < utf8.RuneSelf {
			break
		}
		r, w := utf8.DecodeRune(p.src[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += w
	}
	p.pos = i
}

// skipBlank skips blanks and tabs.
func (p *parser) skipBlank() {
	for p.pos < len(p.src) && class[p.src[p.pos]]&isBlankByte != 0 {
		p.pos++
	}
}

func (p *parser) isSlashComment() bool {
	return p.pos+1 < len(p.src) && p.src[p.pos+1] == '/'
}

// skipComment skips up to the end of the line.
func (p *parser) skipComment() { p.pos = p.lineEnd(p.pos) }

// lineEnd returns where the line that holds off ends for the official lexer:
// at LF, CR, NUL or the end of the text.
func (p *parser) lineEnd(off int) int {
	end := len(p.src)
	if i := bytes.IndexByte(p.src[off:], '\n'); i >= 0 {
		end = off + i
	}
	if p.special {
		if i := bytes.IndexByte(p.src[off:end], '\r'); i >= 0 {
			end = off + i
		}
		if i := bytes.IndexByte(p.src[off:end], 0); i >= 0 {
			end = off + i
		}
	}
	return end
}

// scanKey returns where an unquoted key ends: at white space (then space is
// true), a separator, a NUL byte or the end of the text.
func (p *parser) scanKey(i int) (end int, space bool) {
	for ; i < len(p.src); i++ {
		c := p.src[i]
		if class[c]&endsKey == 0 {
			continue
		}
		if c < utf8.RuneSelf {
			return i, class[c]&isSpaceByte != 0
		}
		r, w := utf8.DecodeRune(p.src[i:])
		if unicode.IsSpace(r) {
			return i, true
		}
		i += w - 1
	}
	return i, false
}

// scanQuote returns the offset of the closing quote. It is not ok at a NUL
// byte or the end of the text, whose offset it returns then.
func (p *parser) scanQuote(i int, quote byte) (end int, ok bool) {
	end = len(p.src)
	if j := bytes.IndexByte(p.src[i:], quote); j >= 0 {
		end, ok = i+j, true
	}
	if p.special {
		if j := bytes.IndexByte(p.src[i:end], 0); j >= 0 {
			return i + j, false
		}
	}
	return end, ok
}

// isDigitAt reports whether a digit (of any script, as for the official
// lexer) stands at i, and its width.
func (p *parser) isDigitAt(i int) (width int, ok bool) {
	if i >= len(p.src) {
		return 0, false
	}
	if c := p.src[i]; c < utf8.RuneSelf {
		return 1, class[c]&isDigitByte != 0
	}
	r, w := utf8.DecodeRune(p.src[i:])
	return w, unicode.IsDigit(r)
}
