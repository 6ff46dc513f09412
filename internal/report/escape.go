package report

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape returns JSON in which every character beyond ASCII that does not print,
// and DEL, is written as \uXXXX: it means the same, and no terminal obeys it.
func Escape(text []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == 0x7f || r >= 0x80 && !unicode.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			out = append(out, text[done:i]...)
			if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
				out = fmt.Appendf(out, `\u%04x\u%04x`, r1, r2)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// escaping hands on JSON, of which each Write gets whole characters, with Escape.
type escaping struct{ to io.Writer }

func (e escaping) Write(text []byte) (int, error) {
	if _, err := e.to.Write(Escape(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Escaping returns a writer for JSON that applies [Escape]. Each Write must hold
// whole characters, as those of a [encoding/json.Encoder] do.
func Escaping(w io.Writer) io.Writer { return escaping{w} }
