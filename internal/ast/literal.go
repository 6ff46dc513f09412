package ast

import (
	"fmt"
	"math"
	"slices"
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
	node   Node // of a copy
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
	litCopy // the text of node
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

// CopyOf returns a value of a document to be written elsewhere. A map or array
// keeps its text, comments included, but for its indentation; a string is
// quoted as where it is written to.
func CopyOf(v Node) Literal {
	switch {
	case checkPlace(v) != nil:
		return Literal{err: checkPlace(v)}
	case v.Kind() == KindString:
		return String(v.Text())
	case v.Kind() == KindMap || v.Kind() == KindArray:
		return Literal{kind: litCopy, node: v}
	}
	return Raw(v.Raw())
}

// EmptyBlock returns a map without entries that takes two lines, where maps
// may take several, so that what is put into it later stands on its own lines.
func EmptyBlock() Literal {
	return CopyOf(Parse("", []byte("x {\n}\n"), Latest).Root().First().Value())
}

// isMap reports whether a map is written.
func (lit Literal) isMap() bool {
	return lit.kind == litMap || lit.kind == litCopy && lit.node.Kind() == KindMap
}

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
		if w.json {
			w.WriteString(jsonScalar(lit.text))
			break
		}
		w.WriteString(lit.text)
	case litMap:
		w.mapping(lit.fields, at)
	case litList:
		w.list(lit.items, at)
	case litCopy:
		w.copy(lit.node, at)
	}
}

// jsonScalar returns how JSON writes a scalar in NATS syntax: a size or a bool
// in other words as the number or bool that it is. A variable has no form in
// JSON and stays.
func jsonScalar(text string) string {
	v := Parse("", []byte("x: "+text+"\n"), Latest).Root().First().Value()
	switch v.Kind() {
	case KindInt:
		return strconv.FormatInt(v.IntValue(), 10)
	case KindBool:
		return strconv.FormatBool(v.BoolValue())
	}
	return text
}

// copy writes the text of a map or array. Lines that start inside a string of
// it stay as they are.
func (w *writer) copy(v Node, at layout) {
	d := v.doc
	if !at.lines && v.Kind() == KindMap && !v.First().Valid() && isAllSpace(d, Span{v.Start() + 1, v.End() - 1}) {
		w.WriteString("{}")
		return
	}
	var fixed []Span
	for n := range v.Walk() {
		if n.Kind() == KindString && d.isMultiLine(n) {
			fixed = append(fixed, n.Span())
		}
	}
	indent, off := d.indent(v.Start()), v.Start()
	for line := range strings.Lines(d.Text(v.Span())) {
		start := off
		off += len(line)
		inside := func(s Span) bool { return s.Start < start && start < s.End }
		if start > v.Start() && !slices.ContainsFunc(fixed, inside) {
			line = at.indent + strings.TrimPrefix(line, indent)
		}
		if text, ended := strings.CutSuffix(line, "\n"); ended && !slices.ContainsFunc(fixed, func(s Span) bool { return s.Start < off && off < s.End }) {
			line = strings.TrimSuffix(text, "\r") + w.newline
		}
		w.WriteString(line)
	}
}

func (w *writer) field(f Field, at layout) {
	at.array = false
	key, _ := QuoteKey(f.Key, w.keyQuote) // Field.check has seen to it
	w.WriteString(key)
	if f.Value.isMap() {
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

// hasNesting reports whether a map or array holds another map, or is a copy of
// one that takes several lines.
func (lit Literal) hasNesting() bool {
	if lit.kind == litCopy {
		return lit.node.doc.isMultiLine(lit.node)
	}
	for _, f := range lit.fields {
		if f.Value.isMap() || f.Value.hasNesting() {
			return true
		}
	}
	for _, item := range lit.items {
		if item.isMap() || item.hasNesting() {
			return true
		}
	}
	return false
}
