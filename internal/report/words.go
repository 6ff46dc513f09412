package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/engine"
)

// Words tells an effective change in words, without the server:
// "gateway.name: gateway -> cluster (restart)".
func Words(c engine.Change) string {
	s := fmt.Sprintf("%s: %s -> %s", Plain(c.Path), value(c.Before), value(c.After))
	switch c.Effect {
	case "", "none":
		return s
	case "coordinated-restart":
		return s + " (restart of all servers that share it)"
	}
	return s + " (" + c.Effect + ")"
}

// quotedText is a JSON string, and the colon behind it if it is a key.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*":?`)

// bareWord is a text that needs no quotes in a configuration.
var bareWord = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_.*>$-]*$`)

// value shows a value that is given as JSON text, much as it would be written
// in a configuration.
func value(text string) string {
	if text == "" {
		return "(not set)"
	}
	return Plain(quotedText.ReplaceAllStringFunc(text, func(word string) string {
		quoted, isKey := strings.CutSuffix(word, ":")
		bare := quoted[1 : len(quoted)-1]
		switch {
		case !bareWord.MatchString(bare):
			return word
		case isKey:
			return bare + ": "
		}
		switch strings.ToLower(bare) {
		case "true", "false", "yes", "no", "on", "off", "null":
			return word // without quotes it would be no string
		}
		return bare
	}))
}

// Plain returns a text with everything that a terminal would obey in a visible
// notation, on one line.
func Plain(s string) string {
	if isPrintable(s) || !strings.ContainsFunc(s, strange) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, "<%02X>", s[i])
		case r < 0x20:
			b.WriteByte('^')
			b.WriteByte(byte(r) + '@')
		case strange(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isPrintable is the quick answer for the ordinary text: whether it is ASCII
// without control characters.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Lines is Plain for a text of several lines; tabs stay, too.
func Lines(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && strange(r) }) {
		return s
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, part := range strings.Split(line, "\t") {
			if j > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(Plain(part))
		}
	}
	return b.String()
}

// strange reports whether a character does not stand for itself on a terminal.
func strange(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

// Count returns "1 file" or "2 files".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "x") {
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
