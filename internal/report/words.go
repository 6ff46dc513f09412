package report

import (
	"encoding/json"
	"fmt"
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

// value shows a value that is given as JSON text. Quotes are left out where
// nothing is lost by it.
func value(text string) string {
	if text == "" {
		return "(not set)"
	}
	var s string
	if json.Unmarshal([]byte(text), &s) != nil || s == "" || strings.ContainsAny(s, " \t\n\"'") {
		return Plain(text)
	}
	return Plain(s)
}

// Plain returns a text with everything that a terminal would obey in a visible
// notation, on one line.
func Plain(s string) string {
	if !strings.ContainsFunc(s, strange) {
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
