package ast

// SetValue replaces the value v, of an entry or in an array, with a literal.
//
// A string that replaces a string keeps its quotes, and gets quotes where it
// needs them; any other string is quoted as the strings nearby. A map takes
// several lines if the value did, or if it replaces a scalar on a line of its
// own that no comment follows, unless most maps beside it take one line.
// Comments inside a replaced map or array go with it.
func SetValue(v Node, lit Literal) ([]Edit, error) {
	if err := checkPlace(v); err != nil {
		return nil, err
	}
	if err := lit.check(); err != nil {
		return nil, err
	}
	parent := v.Parent()
	inArray := parent.Valid() && parent.Kind() == KindArray
	if v.Kind() < KindMap || !inArray && parent.Kind() != KindEntry {
		return nil, refuse(v, "a %s is no value", v.Kind())
	}
	d := v.doc
	st := styleAt(v)
	if lit.kind == litString && v.Kind() == KindString && v.Quote() != Block {
		st.stringQuote = v.Quote()
	}
	at := layout{indent: d.indent(v.Start()), lines: standsAlone(v) && !st.oneLine, array: inArray}
	if v.Kind() == KindMap || v.Kind() == KindArray {
		at.lines = d.isMultiLine(v)
	}
	text := st.literal(lit, at)
	edit := Edit{Start: v.Start(), End: v.End(), New: text + blankBefore(text, d, v.End())}
	if v.Span().Len() == 0 && !inArray {
		// A value without a byte: replace the separator with it, so that an entry inserted at the same place stays behind.
		edit.Start = parent.KeySpan().End
		edit.New = st.valueSep + edit.New
	}
	return checked(v, edit)
}

// standsAlone reports whether a value's entry, or the value itself in an
// array, starts its line and ends its line, so that a new map there may take
// several lines. A comment behind it would end up behind the closing brace.
func standsAlone(v Node) bool {
	n := v
	if p := n.Parent(); p.Kind() == KindEntry {
		n = p
	}
	t, err := trailOf(n)
	return err == nil && t.lineEnds && t.comment.Len() == 0 && ownLine(n)
}

// blankBefore returns the blank that has to stand between the text of a value
// and what follows at off.
func blankBefore(text string, d *Document, off int) string {
	if off >= len(d.src) || endsAt(text, d.src[off]) {
		return ""
	}
	return " "
}
