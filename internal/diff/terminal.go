package diff

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// The colours are those of git diff. Words are pointed out in reverse video, as git's diff-highlight does.
const (
	bold       = "\x1b[1m"
	red        = "\x1b[31m"
	green      = "\x1b[32m"
	cyan       = "\x1b[36m"
	reset      = "\x1b[m"
	reverse    = "\x1b[7m"
	reverseOff = "\x1b[27m"
)

// Terminal returns the diff for people to read, with colours or without. Characters that a terminal would obey or
// not show appear in the notation of less: ^[ for escape, <9B> for a byte that is not UTF-8, <U+202E> for a control
// character beyond ASCII. Carriage returns before line feeds are left out if all lines shown have them. This form
// is not meant to be applied.
func (f *File) Terminal(color bool) []byte {
	p := printer{color: color}
	for _, l := range f.header() {
		p.line(bold, "", []byte(l), nil)
	}
	hideCR := f.allCRLF()
	for i := range f.Hunks {
		h := &f.Hunks[i]
		p.line(cyan, "", []byte(h.Header()), nil)
		words := h.Words()
		for n, l := range h.Lines {
			text := bytes.TrimSuffix(l.Text, []byte("\n"))
			if hideCR {
				text = content(l.Text)
			}
			p.line(colorOf(l.Kind), string(rune(l.Kind)), text, words[n])
			if !terminated(l.Text) {
				p.line("", "", []byte(noNewline), nil)
			}
		}
	}
	return p.out
}

// allCRLF reports whether every line of the hunks that has an ending has the same one, CR LF.
func (f *File) allCRLF() bool {
	for _, h := range f.Hunks {
		for _, l := range h.Lines {
			if terminated(l.Text) && !bytes.HasSuffix(l.Text, []byte("\r\n")) {
				return false
			}
		}
	}
	return true
}

func colorOf(k Kind) string {
	switch k {
	case Delete:
		return red
	case Add:
		return green
	}
	return ""
}

type printer struct {
	color bool
	out   []byte
}

// escape writes an escape sequence if colours are wanted.
func (p *printer) escape(sequence string) {
	if p.color {
		p.out = append(p.out, sequence...)
	}
}

// line prints prefix and text in a style, with the marked ranges of text in reverse video.
func (p *printer) line(style, prefix string, text []byte, marks []Span) {
	p.escape(style)
	p.out = append(p.out, prefix...)
	pos := 0
	for _, m := range marks {
		p.out = appendVisible(p.out, text[pos:m.Start])
		p.escape(reverse)
		p.out = appendVisible(p.out, text[m.Start:m.End])
		p.escape(reverseOff)
		pos = m.End
	}
	p.out = appendVisible(p.out, text[pos:])
	if style != "" {
		p.escape(reset)
	}
	p.out = append(p.out, '\n')
}

// appendVisible appends text with every character that does not print, tabs aside, in visible notation.
func appendVisible(out, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch c := text[0]; {
		case r == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, "<%02X>", c)
		case r == '\t' || unicode.IsPrint(r):
			out = append(out, text[:size]...)
		case r < utf8.RuneSelf:
			out = append(out, '^', c^0x40)
		default:
			out = fmt.Appendf(out, "<U+%04X>", r)
		}
		text = text[size:]
	}
	return out
}
