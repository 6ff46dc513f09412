package ast

// WrapInList puts a value into an array of its own: x becomes [x]. A value
// that would be read differently there gets quotes.
func WrapInList(v Node) ([]Edit, error) {
	if err := checkPlace(v); err != nil {
		return nil, err
	}
	if p := v.Parent(); v.Kind() < KindMap || p.Kind() != KindEntry && p.Kind() != KindArray {
		return nil, refuse(v, "a %s is no value", v.Kind())
	}
	if v.Kind() == KindString && (v.Quote() == Block || v.Quote() == Bare && !isBareText(v.Raw(), v.Text(), true)) {
		st := styleAt(v)
		text := "[" + quoteString(v.Text(), st.stringQuote, st.fallbackQuote, true) + "]"
		edit := Edit{v.Start(), v.End(), text}
		if e := v.Parent(); v.Span().Len() == 0 && e.Kind() == KindEntry {
			edit.Start, edit.New = e.KeySpan().End, st.valueSep+text
		}
		return checked(v, edit)
	}
	end := "]"
	if v.Kind() == KindInt {
		end = " ]" // an unquoted integer swallows the bracket
	}
	return checked(v, Edit{v.Start(), v.Start(), "["}, Edit{v.End(), v.End(), end})
}

// Unwrap replaces an array that has one item with that item: [x] becomes x. It
// returns an error if the array has more or fewer items, or holds a comment
// that would be lost.
func Unwrap(list Node) ([]Edit, error) {
	if err := checkPlace(list); err != nil {
		return nil, err
	}
	item := Node{}
	if list.Kind() == KindArray {
		item = list.First()
	}
	d := list.doc
	switch {
	case !item.Valid() || item.Next().Valid():
		return nil, refuse(list, "only an array with one item can be unwrapped")
	case item.Lost() || item.Kind() == KindError:
		return nil, checkPlace(item)
	case !isAllSpace(d, Span{list.Start() + 1, item.Start()}) || !isAllSpace(d, Span{item.End(), list.End() - 1}):
		return nil, refuse(list, "a comment in the array would be lost")
	}
	if item.Kind() == KindString && (item.Quote() == Block || item.Quote() == Bare && !staysBare(item, list)) {
		return SetValue(list, String(item.Text()))
	}
	edits := []Edit{{Start: list.Start(), End: item.Start()}, {Start: item.End(), End: list.End()}}
	edits[1].New = blankBefore(item.Raw(), d, list.End())
	return checked(list, edits...)
}

// staysBare reports whether an unquoted item is read as the same string in
// place of its array.
func staysBare(item, list Node) bool {
	raw := item.Raw()
	return raw != "" && !isSep(raw[0]) && isBareText(raw, item.Text(), list.Parent().Kind() == KindArray)
}
