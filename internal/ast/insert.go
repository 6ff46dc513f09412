package ast

import (
	"bytes"
	"strings"
)

// Where says where in a container something is inserted.
type Where struct {
	place  wherePlace
	anchor Node
}

type wherePlace uint8

const (
	atEnd wherePlace = iota
	atStart
	before
	after
)

// AtEnd is behind the last entry or item. Comments below that one stay below
// what is inserted.
func AtEnd() Where { return Where{place: atEnd} }

// AtStart is before the first entry or item, and above the comments that
// belong to it. The header of a file or block stays on top.
func AtStart() Where { return Where{place: atStart} }

// Before is directly before an entry, include or item, above its comments.
func Before(n Node) Where { return Where{before, n} }

// After is directly behind an entry, include or item.
func After(n Node) Where { return Where{after, n} }

// InsertEntry inserts an entry into a block: a map, top-level braces or a
// document. If all of a document stands in one pair of top-level braces, as in
// JSON, the entry is put inside them.
//
// The entry is written as its neighbours are: indentation, separators, quotes,
// lines. Inserts at one place that are computed one by one can be made
// together and keep their order, except in an empty block on one line, where
// their edits overlap; [InsertEntries] does that case.
func InsertEntry(block Node, f Field, where Where) ([]Edit, error) {
	return InsertEntries(block, []Field{f}, where)
}

// InsertEntries inserts several entries at one place, as [InsertEntry] does it
// with one.
func InsertEntries(block Node, fields []Field, where Where) ([]Edit, error) {
	for _, f := range fields {
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	return insertInto(block, len(fields), where, func(st *style) func(int, layout) string {
		return func(i int, at layout) string { return st.field(fields[i], at) }
	})
}

// insertInto inserts count texts into a block.
func insertInto(block Node, count int, where Where, text func(*style) func(int, layout) string) ([]Edit, error) {
	if err := checkPlace(block); err != nil {
		return nil, err
	}
	for block.Kind() == KindDocument && where.place <= atStart && block.First().Valid() &&
		block.First() == block.Last() && block.First().Kind() == KindBraces {
		block = block.First()
		if err := checkPlace(block); err != nil {
			return nil, err
		}
	}
	switch block.Kind() {
	case KindDocument, KindBraces, KindMap:
	default:
		return nil, refuse(block, "a %s holds no entries", block.Kind())
	}
	in := inserter{block: block, style: styleAt(block), count: count}
	in.text = text(&in.style)
	return in.edits(where)
}

// InsertInclude inserts an include into a block, as [InsertEntry] inserts an
// entry. The path is quoted, as in the document's first include if that is.
func InsertInclude(block Node, path string, where Where) ([]Edit, error) {
	quote := `"`
	for n := range block.doc.Root().Walk() {
		if n.Kind() == KindInclude && n.Quote() != Bare {
			quote = n.Raw()[len(n.Raw())-1:]
			break
		}
	}
	if strings.Contains(path, quote) {
		quote = map[string]string{`"`: "'", "'": `"`}[quote]
	}
	if path == "" || strings.Contains(path, quote) || strings.ContainsAny(path, "\n\x00") {
		return nil, refuse(block, "the path %q cannot be written in an include", path)
	}
	return insertInto(block, 1, where, func(*style) func(int, layout) string {
		return func(int, layout) string { return "include " + quote + path + quote }
	})
}

// InsertItem inserts an item into an array, written as its neighbours are. For
// several at one place see [InsertEntry].
func InsertItem(list Node, lit Literal, where Where) ([]Edit, error) {
	return InsertItems(list, []Literal{lit}, where)
}

// InsertItems inserts several items at one place, as [InsertItem] does it with
// one.
func InsertItems(list Node, items []Literal, where Where) ([]Edit, error) {
	if err := checkPlace(list); err != nil {
		return nil, err
	}
	if list.Kind() != KindArray {
		return nil, refuse(list, "a %s holds no items", list.Kind())
	}
	for _, lit := range items {
		if err := lit.check(); err != nil {
			return nil, err
		}
	}
	in := inserter{block: list, style: styleAt(list), count: len(items)}
	in.text = func(i int, at layout) string {
		at.array = true
		if first := list.First(); first.Valid() && first.Kind() == KindMap {
			at.lines = at.lines && list.doc.isMultiLine(first)
		} else {
			at.lines = at.lines && items[i].hasNesting()
		}
		return in.style.literal(items[i], at)
	}
	return in.edits(where)
}

// inserter puts count texts into a container.
type inserter struct {
	block Node
	style style
	count int
	text  func(i int, at layout) string
}

func (in *inserter) edits(where Where) ([]Edit, error) {
	if in.count == 0 {
		return nil, nil
	}
	prev, next := in.block.Last(), Node{}
	switch where.place {
	case atStart:
		prev, next = Node{}, in.block.First()
	case before, after:
		a := where.anchor
		if err := checkPlace(a); err != nil {
			return nil, err
		}
		if a.Parent() != in.block {
			return nil, refuse(a, "the %s is not a direct part of the block", a.Kind())
		}
		prev, next = a, Node{}
		if where.place == before {
			prev, next = Node{}, a
		}
	}
	switch {
	case prev.Valid():
		return in.after(prev)
	case next.Valid():
		return in.before(next)
	}
	return in.intoEmpty()
}

// lines returns the texts, each on a line of its own that starts with indent
// and ends with sep and a line end.
func (in *inserter) lines(indent, sep string) string {
	var b strings.Builder
	for i := range in.count {
		b.WriteString(indent + in.text(i, layout{indent: indent, lines: !in.style.oneLine}) + sep + in.style.newline)
	}
	return b.String()
}

// newLines returns the texts, each behind before, a line end and indent.
func (in *inserter) newLines(before, indent, after string) string {
	var b strings.Builder
	for i := range in.count {
		b.WriteString(before + in.style.newline + indent + in.text(i, layout{indent: indent, lines: !in.style.oneLine}) + after)
	}
	return b.String()
}

// after inserts behind prev.
func (in *inserter) after(prev Node) ([]Edit, error) {
	d := in.block.doc
	if err := in.checkNeighbour(prev); err != nil {
		return nil, err
	}
	if hasEmptyValue(prev) {
		return nil, refuse(prev, "the entry has no value, and would take what follows for it")
	}
	t, err := trailOf(prev)
	if err != nil {
		return nil, err
	}
	if !t.lineEnds {
		return in.afterOnLine(prev, t)
	}
	indent := in.indentOf(prev)
	apart := ""
	if in.keepsApart(prev) {
		apart = in.style.newline
	}
	sep := ""
	if t.sep == ',' || t.sep == ';' {
		sep = string(t.sep)
	}
	blockString := endsInBlockString(prev)
	switch {
	case blockString && prev.End() == len(d.src):
		return nil, refuse(prev, "text behind the block string at the end of the file would change its value")
	case sep == "" && !prev.Next().Valid() && t.comment.Len() == 0 && !blockString && !endsInBarePath(prev) && prev.Kind() != KindBraces:
		// A last entry without a separator gets one if the others have one. A comment behind it would
		// have to be split from it: then the line end alone separates.
		if s := in.lineSeparator(prev); s != "" {
			text := in.newLines(s, indent, "")
			return checked(prev, Edit{prev.End(), prev.End(), s + apart + text[len(s):]})
		}
	}
	if t.next == len(d.src) && (t.next == 0 || d.src[t.next-1] != '\n') {
		return checked(prev, Edit{t.next, t.next, apart + in.newLines("", indent, sep)})
	}
	return checked(prev, Edit{t.next, t.next, apart + in.lines(indent, sep)})
}

// afterOnLine inserts behind prev, which the next node or the closing bracket
// follows on its line.
func (in *inserter) afterOnLine(prev Node, t trail) ([]Edit, error) {
	d := in.block.doc
	if endsInBlockString(prev) || prev.Kind() == KindBraces {
		return nil, refuse(prev, "nothing may follow on its line")
	}
	if last := lastScalar(prev); last.Valid() && last.Kind() == KindString && last.Quote() == Bare && isIntText(last.Raw()) {
		return nil, refuse(last, "the text is a string only because of the bracket behind it: put it in quotes first")
	}
	if !prev.Next().Valid() && ownLine(prev) && d.isMultiLine(in.block) && t.sep == 0 {
		// The closing bracket stands behind the last entry, which has a line of its own.
		text := in.newLines(in.lineSeparator(prev), d.indent(prev.Start()), "")
		return checked(prev, Edit{prev.End(), prev.End(), text + in.guard(text, prev.End())})
	}
	sep := in.inlineSeparator(prev)
	if endsInBarePath(prev) {
		sep = "; " // an unquoted path goes on behind a comma
	}
	var b strings.Builder
	for i := range in.count {
		b.WriteString(sep + in.text(i, layout{indent: d.indent(prev.Start())}))
	}
	return checked(prev, Edit{prev.End(), prev.End(), b.String() + in.guard(b.String(), prev.End())})
}

// before inserts before next.
func (in *inserter) before(next Node) ([]Edit, error) {
	d := in.block.doc
	if err := in.checkNeighbour(next); err != nil {
		return nil, err
	}
	if ownLine(next) {
		at := commentsAbove(next)
		return checked(next, Edit{at, at, in.lines(d.indent(next.Start()), in.lineSeparator(next))})
	}
	if next.Start() > 0 && d.src[next.Start()-1] == '/' {
		return nil, refuse(next, "a stray / stands before it")
	}
	sep := in.inlineSeparator(next)
	var b strings.Builder
	for i := range in.count {
		b.WriteString(in.text(i, layout{indent: d.indent(next.Start())}) + sep)
	}
	return checked(next, Edit{next.Start(), next.Start(), b.String()})
}

// intoEmpty inserts into a container without entries.
func (in *inserter) intoEmpty() ([]Edit, error) {
	block, d := in.block, in.block.doc
	if block.Kind() == KindDocument {
		end := len(d.src)
		if !isAllComments(d, Span{0, d.end}) {
			return nil, refuse(block, "the document has text that could not be read")
		}
		if end > 0 && d.src[end-1] != '\n' {
			return checked(block, Edit{end, end, in.newLines("", "", "")})
		}
		return checked(block, Edit{end, end, in.lines("", "")})
	}
	inner := Span{block.Start() + 1, block.End() - 1}
	if !isAllComments(d, inner) {
		return nil, refuse(block, "the block has text that the official parser ignores")
	}
	indent := d.indent(block.Start()) + in.style.step
	if bytes.IndexByte(d.src[inner.Start:inner.End], '\n') >= 0 {
		at := d.LineStart(inner.End)
		if at > inner.Start+1 {
			if above := d.LineStart(at - 1); above >= inner.Start && isCommentText(bytes.TrimSpace(d.src[above:at])) {
				indent = d.indent(above + len(d.src[above:at]) - len(bytes.TrimLeft(d.src[above:at], " \t")))
			}
		}
		return checked(block, Edit{at, at, in.lines(indent, "")})
	}
	open, end := string(d.src[block.Start()]), string(d.src[inner.End])
	if in.style.comma && !in.style.compact && block.Kind() != KindArray {
		// JSON on several lines has no blocks on one line.
		text := strings.TrimSuffix(in.newLines("", indent, ","), ",")
		return checked(block, Edit{block.Start(), block.End(), open + text + in.style.newline + d.indent(block.Start()) + end})
	}
	pad, sep := in.style.pad, ", "
	if in.style.compact {
		sep = ","
	}
	if block.Kind() == KindArray {
		pad = ""
	}
	var b strings.Builder
	for i := range in.count {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(in.text(i, layout{indent: d.indent(block.Start())}))
	}
	text := b.String()
	if pad == "" {
		text += in.guard(text, inner.End)
	}
	return checked(block, Edit{block.Start(), block.End(), open + pad + text + pad + end})
}
