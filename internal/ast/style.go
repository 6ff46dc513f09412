package ast

import (
	"bytes"
	"strings"
)

// style is how a document is written near some place.
type style struct {
	newline       string // "\n" or "\r\n"
	step          string // indentation of one level
	keyQuote      Quote
	stringQuote   Quote
	fallbackQuote Quote  // for strings that need quotes where others have none
	valueSep      string // between a key and its value: ": ", " = ", " ", ":"
	mapSep        string // the same before a map
	json          bool   // the document is JSON, and stays so
	comma         bool   // entries on lines of their own have commas between them, as in JSON
	compact       bool   // no blanks behind commas and colons
	pad           string // inside the braces of a one-line map
	oneLine       bool   // most maps beside a new one take one line
}

// habits are looked for in so many nodes of a document.
const maxHabitNodes = 4096

// styleAt finds the style at the place of n: a container that is written into,
// or a node whose siblings set the example. What the entries of the block do
// not show is taken from the whole document, and what that does not show
// either is written as in the server's documentation.
func styleAt(n Node) style {
	d := n.doc
	st := style{
		newline: d.newline(), step: d.indentStep(),
		keyQuote: Bare, stringQuote: Bare, fallbackQuote: Double,
	}
	block := n
	for !block.Kind().IsContainer() {
		block = block.Parent()
	}

	var near, far habits
	near.entries(block)
	sample := firstMapIn(block) // the other items of an array set the example for one more
	if sample.Valid() {
		near.entries(sample)
		near.braces(sample)
	}
	for !sample.Valid() && (block.Kind() == KindArray || near.keys == 0 && block.Kind() != KindDocument) {
		// An array or an empty map says nothing: ask the block around it for separators.
		block = block.Parent()
		for !block.Kind().IsContainer() {
			block = block.Parent()
		}
		if block.Kind() != KindArray {
			near.separators(block)
			break
		}
	}
	far.document(d)

	json := far.isJSON(d)
	if near.keys > 0 && near.bareKeys == 0 || near.keys == 0 && json {
		st.keyQuote = Double
		if near.singleKeys > near.keys/2 {
			st.keyQuote = Single
		}
	}
	st.stringQuote, st.fallbackQuote = stringHabit(near, far)
	if json {
		st.stringQuote, st.fallbackQuote = Double, Double
	}
	st.json, st.comma = json, json
	st.valueSep = firstOf(near.valueSep, far.valueSep, ": ")
	mapDefault := " "
	if st.keyQuote != Bare || strings.Contains(st.valueSep, "=") {
		mapDefault = st.valueSep
	}
	st.mapSep = firstOf(near.mapSep, far.mapSep, mapDefault)
	if st.keyQuote == Bare && strings.TrimSpace(st.mapSep) == "" {
		st.mapSep = " " // a brace must not touch an unquoted key
	}
	st.compact = json && !strings.HasSuffix(st.valueSep, " ")
	st.oneLine = near.oneLineMaps > 0 && near.oneLineMaps >= near.longMaps
	st.pad = " "
	if tight := far.tightBraces > far.padBraces; st.compact || near.tightBraces > 0 || near.padBraces == 0 && tight {
		st.pad = ""
	}
	return st
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// habits count how entries are written.
type habits struct {
	keys, bareKeys, singleKeys int
	bare, single, double       int // strings
	valueSep, mapSep           string
	padBraces, tightBraces     int
	oneLineMaps, longMaps      int // with entries
}

func (h *habits) entries(block Node) {
	seen := 0
	for c := range block.Children() {
		if seen++; seen > maxHabitNodes {
			break
		}
		switch c.Kind() {
		case KindEntry:
			h.entry(c)
		case KindString:
			h.str(c)
		}
	}
}

// separators takes only the separators of a block's entries for an example.
func (h *habits) separators(block Node) {
	var other habits
	other.entries(block)
	h.valueSep, h.mapSep = other.valueSep, other.mapSep
}

func (h *habits) document(d *Document) {
	seen := 0
	for n := range d.Root().Walk() {
		if seen++; seen > maxHabitNodes {
			break
		}
		switch n.Kind() {
		case KindEntry:
			h.entry(n)
			if p := n.Parent(); p.Kind() == KindMap && p.First() == n {
				h.braces(p)
			}
		case KindString:
			if n.Parent().Kind() == KindArray {
				h.str(n)
			}
		}
	}
}

// braces notes how the braces of a map on one line stand.
func (h *habits) braces(m Node) {
	switch {
	case m.doc.isMultiLine(m):
	case m.First().Start() == m.Start()+1:
		h.tightBraces++
	default:
		h.padBraces++
	}
}

// firstMapIn returns the first item of an array if that is a map with entries,
// else none.
func firstMapIn(block Node) Node {
	if block.Kind() != KindArray {
		return Node{}
	}
	if item := block.First(); item.Valid() && item.Kind() == KindMap && item.First().Valid() && item.First().Kind() == KindEntry {
		return item
	}
	return Node{}
}

func (h *habits) entry(e Node) {
	v := e.Value()
	if !v.Valid() || e.Lost() {
		return
	}
	h.keys++
	switch e.Quote() {
	case Bare:
		h.bareKeys++
	case Single:
		h.singleKeys++
	}
	if v.Kind() == KindString {
		h.str(v)
	}
	if v.Span().Len() == 0 {
		return
	}
	sep := &h.valueSep
	if v.Kind() == KindMap {
		sep = &h.mapSep
		switch {
		case !v.First().Valid():
		case e.doc.isMultiLine(v):
			h.longMaps++
		default:
			h.oneLineMaps++
		}
	}
	if *sep == "" {
		*sep = separator(e.doc.src[e.KeySpan().End:v.Start()])
	}
}

func (h *habits) str(v Node) {
	switch v.Quote() {
	case Bare:
		h.bare++
	case Single:
		h.single++
	case Double:
		h.double++
	}
}

// isJSON reports whether the document is written as JSON: one pair of braces
// around entries whose keys are all quoted.
func (h *habits) isJSON(d *Document) bool {
	top := d.Root().First()
	return top.Valid() && top.Kind() == KindBraces && h.keys > 0 && h.bareKeys == 0
}

// stringHabit returns how strings are quoted, and how those are that need
// quotes where others have none. Entries nearby count before the document.
func stringHabit(near, far habits) (quote, fallback Quote) {
	fallback = Double
	if far.single > far.double {
		fallback = Single
	}
	for _, h := range [...]habits{near, far} {
		switch most := max(h.bare, h.single, h.double); most {
		case 0:
		case h.double:
			return Double, fallback
		case h.single:
			return Single, fallback
		default:
			return Bare, fallback
		}
	}
	return Double, fallback
}

// separator reduces what stands between a key and its value to what a new
// entry takes: alignment and line ends become one blank.
func separator(between []byte) string {
	i := bytes.IndexAny(between, ":=")
	if i < 0 {
		if len(between) == 0 {
			return ":" // a quoted key may touch its value, but should not
		}
		return " "
	}
	sep := string(between[i])
	// "port    : 1" is alignment only if there are several blanks.
	if i == 1 && between[0] == ' ' || i > 0 && sep == "=" {
		sep = " " + sep
	}
	if i < len(between)-1 {
		sep += " "
	}
	return sep
}

// newline returns the line end that the document's first line has.
func (d *Document) newline() string {
	if i := bytes.IndexByte(d.src, '\n'); i > 0 && d.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// isMultiLine reports whether a node takes more than one line.
func (d *Document) isMultiLine(n Node) bool {
	return bytes.IndexByte(d.src[n.Start():n.End()], '\n') >= 0
}

// indentStep returns by how much a nested block is indented: as the first that
// stands on lines of its own, else a tab if any line starts with one, else two
// blanks.
func (d *Document) indentStep() string {
	seen := 0
	for n := range d.Root().Walk() {
		if seen++; seen > maxHabitNodes {
			break
		}
		k := n.Kind()
		if k != KindMap && k != KindArray && k != KindBraces || !n.First().Valid() || !d.startsLine(n.First().Start()) {
			continue
		}
		outer, inner := d.indent(n.Start()), d.indent(n.First().Start())
		if len(inner) > len(outer) && strings.HasPrefix(inner, outer) {
			return inner[len(outer):]
		}
	}
	if bytes.HasPrefix(d.src, []byte("\t")) || bytes.Contains(d.src, []byte("\n\t")) {
		return "\t"
	}
	return "  "
}

// indent returns the white space that the line with the byte at off begins
// with, as far as off.
func (d *Document) indent(off int) string {
	start := d.LineStart(off)
	end := start
	for end < off && class[d.src[end]]&isBlankByte != 0 {
		end++
	}
	return string(d.src[start:end])
}

// startsLine reports whether only blanks stand before off on its line.
func (d *Document) startsLine(off int) bool {
	return d.LineStart(off)+len(d.indent(off)) == off
}
