package ast

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// QuoteString returns text that every release of the official parser reads
// back as the string s, as the value of an entry and as an item of an array.
// It keeps the wanted quoting if s can be written that way; else, and instead
// of a block, it takes double quotes, in which every string can be written.
func QuoteString(s string, want Quote) string {
	return quoteString(s, want, Double, true)
}

// quoteString is QuoteString that quotes with fallback what cannot be written
// as wanted. An unquoted item of an array has more limits than a value.
func quoteString(s string, want, fallback Quote, array bool) string {
	if want == Bare {
		if canBeBare(s, array) {
			return s
		}
		want = fallback
	}
	if want == Single && canBeSingle(s) {
		return "'" + s + "'"
	}
	return doubleQuoted(s)
}

// canBeSingle reports whether s can stand in single quotes, which have no
// escapes, on one line.
func canBeSingle(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == '\'' || r != '\t' && unicode.IsControl(r)
	}) < 0
}

// doubleQuoted writes s in double quotes, with the escapes that the official
// lexer knows: \t \n \r \" \\ \xHH.
func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(s[i])
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f || r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		default:
			b.WriteString(s[i : i+w])
		}
		i += w
	}
	b.WriteByte('"')
	return b.String()
}

// canBeBare reports whether s can stand without quotes in every syntax: it has
// no character that ends, escapes or starts something else, and is read as a
// string, not as a number, bool or variable.
func canBeBare(s string, array bool) bool {
	if s == "" || strings.ContainsRune("=:$-.@%*?!&|><~^`+", rune(s[0])) || strings.HasPrefix(s, "//") || array && s[0] == '/' {
		return false
	}
	for _, r := range s {
		if r == utf8.RuneError || strings.ContainsRune("\\'\",;{}[]()#", r) || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return false
		}
	}
	return isBareText(s, s, array)
}

// isBareText reports whether raw, written without quotes, is read as the
// string want in every syntax.
func isBareText(raw, want string, array bool) bool {
	before, after := "x: ", "\n"
	if array {
		before, after = "x: [", "]\n"
	}
	for _, syntax := range [...]Syntax{Syntax214, Syntax215} {
		d := Parse("", []byte(before+raw+after), syntax)
		e := d.Root().First()
		if len(d.errs) > 0 || len(d.lost) > 0 || !e.Valid() || e.Next().Valid() || e.Kind() != KindEntry {
			return false
		}
		v := e.Value()
		if array {
			if v.Kind() != KindArray || v.First() != v.Last() {
				return false
			}
			v = v.First()
		}
		if !v.Valid() || v.Kind() != KindString || v.Quote() != Bare || v.Start() != len(before) || v.Text() != want {
			return false
		}
	}
	// A bracket behind a number makes a string of it (conf/lex.go), as does
	// nothing else: such a text is no bare string anywhere else.
	return !array || isBareText(raw, want, false)
}

// QuoteKey returns text that the official parser reads back as the key, with
// the wanted quoting if the key can be written that way. Quoted keys have no
// escapes, so that a few keys cannot be written at all: one with a NUL byte,
// or with both kinds of quotes.
func QuoteKey(key string, want Quote) (string, error) {
	if want == Bare && canBeBareKey(key) {
		return key, nil
	}
	switch {
	case strings.ContainsRune(key, 0):
	case want == Single && !strings.Contains(key, "'"):
		return "'" + key + "'", nil
	case !strings.Contains(key, `"`):
		return `"` + key + `"`, nil
	case !strings.Contains(key, "'"):
		return "'" + key + "'", nil
	}
	return "", fmt.Errorf("the key %q cannot be written in NATS configuration syntax, which has no escapes in keys", key)
}

// canBeBareKey reports whether a key needs no quotes wherever it stands.
func canBeBareKey(key string) bool {
	for i, r := range key {
		switch {
		case r == '_', r == '$', r == '*', r == '>', unicode.IsLetter(r), unicode.IsDigit(r):
		case i > 0 && strings.ContainsRune("-./@+%~<|&^", r):
		default:
			return false
		}
	}
	return key != "" && !isInclude([]byte(key))
}

// endsAt reports whether the text of a value, written directly before c, still
// ends there: an unquoted value goes on until white space or a separator, and
// an unquoted number also swallows a "]" (conf/lex.go, lexNumberOrDate...).
func endsAt(text string, c byte) bool {
	if text == "" {
		return true
	}
	switch c {
	case 0, '\n', '\r', ' ', '\t', ',', ';', '}':
		return true
	}
	switch text[0] {
	case '"', '{', '[':
		return true
	case '\'':
		return c != '\''
	}
	if strings.HasSuffix(text, "'") {
		return true
	}
	return c == ']' && !isIntText(text)
}

// isIntText reports whether an unquoted text is an integer, with or without a
// size suffix.
func isIntText(text string) bool {
	d := Parse("", []byte("x: "+text+"\n"), Latest)
	e := d.Root().First()
	return e.Valid() && e.Kind() == KindEntry && e.Value().Valid() && e.Value().Kind() == KindInt
}
