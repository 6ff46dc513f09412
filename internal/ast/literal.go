package ast

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Literal is a value to be written into a document. How it is quoted, and
// whether a map or list takes one line or several, is decided by the place it
// is written to. The zero Literal is the empty string.
type Literal struct {
	kind   literalKind
	text   string
	fields []Field
	items  []Literal
	err    error
}

// Field is a key with its value, to be written into a map.
type Field struct {
	Key   string
	Value Literal
}

type literalKind uint8

const (
	litString literalKind = iota
	litPlain              // text is written as it is
	litMap
	litList
)

// String returns a string to be written, quoted where it has to be.
func String(s string) Literal { return Literal{text: s} }

// Int returns an integer to be written.
func Int(i int64) Literal { return Literal{kind: litPlain, text: strconv.FormatInt(i, 10)} }

// Bool returns true or false to be written.
func Bool(b bool) Literal { return Literal{kind: litPlain, text: strconv.FormatBool(b)} }

// Float returns a float to be written, with a dot and without an exponent,
// which the syntax does not have. Infinities and NaN cannot be written: the
// helper that gets one returns an error.
func Float(f float64) Literal {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return Literal{err: fmt.Errorf("the number %v cannot be written in NATS configuration syntax", f)}
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return Literal{kind: litPlain, text: text}
}

// Raw returns text that is a value in NATS syntax already, such as $name, 1GB
// or the [Node.Raw] text of another value. It must be one whole value on its
// own, and no block string, which needs lines of its own; the helper that gets
// anything else returns an error.
func Raw(text string) Literal {
	lit := Literal{kind: litPlain, text: text}
	if d := Parse("", []byte("x: "+text+"\n"), Latest); !isSingleValue(d, len("x: ")) || text[0] == '(' {
		lit.err = fmt.Errorf("the text %q is not one value in NATS configuration syntax", text)
	}
	return lit
}

// Map returns a map to be written, with its fields in the given order.
func Map(fields ...Field) Literal { return Literal{kind: litMap, fields: fields} }

// List returns an array to be written.
func List(items ...Literal) Literal { return Literal{kind: litList, items: items} }

// isSingleValue reports whether d is one entry whose value starts at start and
// reaches to the line end.
func isSingleValue(d *Document, start int) bool {
	e := d.Root().First()
	if len(d.errs) > 0 || len(d.lost) > 0 || !e.Valid() || e.Next().Valid() || d.end != len(d.src) || e.Kind() != KindEntry {
		return false
	}
	v := e.Value()
	return v.Valid() && v.Start() == start && v.End() == len(d.src)-1 && v.End() > start
}

// check returns the first reason for which the literal cannot be written.
func (lit Literal) check() error {
	if lit.err != nil {
		return lit.err
	}
	for _, f := range lit.fields {
		if err := f.check(); err != nil {
			return err
		}
	}
	for _, item := range lit.items {
		if err := item.check(); err != nil {
			return err
		}
	}
	return nil
}

func (f Field) check() error {
	if _, err := QuoteKey(f.Key, Bare); err != nil {
		return err
	}
	return f.Value.check()
}

// isScalar reports whether the literal is no map and no list.
func (lit Literal) isScalar() bool { return lit.kind == litString || lit.kind == litPlain }

// layout says where a literal is written.
type layout struct {
	indent string // of the line that the literal starts on
	lines  bool   // maps may take several lines
	array  bool   // it is an item of an array
}

// writer writes literals in a document's style.
type writer struct {
	style
	strings.Builder
}

func (st style) literal(lit Literal, at layout) string {
	w := writer{style: st}
	w.literal(lit, at)
	return w.String()
}

func (st style) field(f Field, at layout) string {
	w := writer{style: st}
	w.field(f, at)
	return w.String()
}

func (w *writer) literal(lit Literal, at layout) {
	switch lit.kind {
	case litString:
		w.WriteString(quoteString(lit.text, w.stringQuote, w.fallbackQuote, at.array))
	case litPlain:
		w.WriteString(lit.text)
	case litMap:
		w.mapping(lit.fields, at)
	case litList:
		w.list(lit.items, at)
	}
}

func (w *writer) field(f Field, at layout) {
	at.array = false
	key, _ := QuoteKey(f.Key, w.keyQuote) // Field.check has seen to it
	w.WriteString(key)
	if f.Value.kind == litMap {
		w.WriteString(w.mapSep)
	} else {
		w.WriteString(w.valueSep)
	}
	w.literal(f.Value, at)
}

func (w *writer) mapping(fields []Field, at layout) {
	if len(fields) == 0 {
		w.WriteString("{}")
		return
	}
	w.WriteByte('{')
	inner := layout{indent: at.indent + w.step, lines: at.lines}
	for i, f := range fields {
		if at.lines {
			w.WriteString(w.newline + inner.indent)
		} else if i == 0 {
			w.WriteString(w.pad)
		}
		w.field(f, inner)
		if i < len(fields)-1 {
			w.between(at.lines)
		}
	}
	if at.lines {
		w.WriteString(w.newline + at.indent)
	} else {
		w.WriteString(w.pad)
	}
	w.WriteByte('}')
}

// between writes what separates two entries of a new map.
func (w *writer) between(lines bool) {
	switch {
	case lines && w.comma:
		w.WriteByte(',')
	case !lines && w.compact:
		w.WriteByte(',')
	case !lines:
		w.WriteString(", ")
	}
}

// list writes an array: scalars on one line, maps and arrays on a line each.
func (w *writer) list(items []Literal, at layout) {
	if len(items) == 0 {
		w.WriteString("[]")
		return
	}
	lines := false
	for _, item := range items {
		lines = lines || at.lines && !item.isScalar()
	}
	w.WriteByte('[')
	inner := layout{indent: at.indent + w.step, array: true}
	for i, item := range items {
		if lines {
			w.WriteString(w.newline + inner.indent)
		}
		inner.lines = lines && item.hasNesting()
		w.literal(item, inner)
		switch {
		case i == len(items)-1:
		case lines || w.compact:
			w.WriteByte(',')
		default:
			w.WriteString(", ")
		}
	}
	if lines {
		w.WriteString(w.newline + at.indent)
	} else if last := items[len(items)-1]; last.kind == litPlain && !endsAt(last.text, ']') {
		w.WriteByte(' ')
	}
	w.WriteByte(']')
}

// hasNesting reports whether a map or array holds another map.
func (lit Literal) hasNesting() bool {
	for _, f := range lit.fields {
		if f.Value.kind == litMap || f.Value.hasNesting() {
			return true
		}
	}
	for _, item := range lit.items {
		if item.kind == litMap || item.hasNesting() {
			return true
		}
	}
	return false
}
