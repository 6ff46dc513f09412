package ast

import (
	"fmt"
	"strconv"
	"strings"
)

// SyntaxError is a place at which the official parser refuses a document.
type SyntaxError struct {
	Doc      *Document
	Span     Span   // the text at fault; empty at the end of the text
	Official string // what the official parser says, without its line number (conf/lex.go, conf/parse.go)
	Expected string // what could have stood here
	Open     int    // offset of the innermost bracket or quote that is still open, -1 if none
}

// Position returns where the text at fault begins.
func (e *SyntaxError) Position() Position { return e.Doc.Position(e.Span.Start) }

// Found describes the text at fault, shortened to what fits in a message.
func (e *SyntaxError) Found() string {
	if e.Span.Start >= len(e.Doc.src) {
		return "the end of the file"
	}
	text := e.Doc.Text(e.Span)
	switch {
	case strings.HasPrefix(text, "\n"), strings.HasPrefix(text, "\r"):
		return "the end of the line"
	case strings.HasPrefix(text, "\x00"):
		return "a NUL byte"
	}
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		text = text[:i]
	}
	if runes := []rune(text); len(runes) > 32 {
		text = string(runes[:32]) + "..."
	}
	return strconv.Quote(text)
}

// Message says what was found, what was expected, and which bracket is open.
func (e *SyntaxError) Message() string {
	var b strings.Builder
	fmt.Fprintf(&b, "found %s, expected %s", e.Found(), e.Expected)
	if e.Open >= 0 {
		p := e.Doc.Position(e.Open)
		fmt.Fprintf(&b, " (the %q of line %d, column %d is still open)", e.Doc.src[e.Open:e.Open+1], p.Line, p.Column)
	}
	return b.String()
}

// Error returns file:line:column and the message.
func (e *SyntaxError) Error() string {
	p := e.Position()
	return fmt.Sprintf("%s:%d:%d: %s", e.Doc.name, p.Line, p.Column, e.Message())
}
