package startup

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// named returns the entry of exactly this key, such as an account.
func named(block *fixes.Visit, key string) *fixes.Visit {
	if block == nil || block.Value.Map == nil {
		return nil
	}
	e := block.Value.Map.Get(key)
	if e == nil {
		return nil
	}
	return fixes.VisitEntry(block.Server, block, block.Inner(), e)
}

// items returns the items of a list, or the value itself if it is a string:
// most lists of the server may be given as one string.
func items(list *fixes.Visit) []*fixes.Visit {
	switch {
	case list == nil:
		return nil
	case list.Value.IsString():
		return []*fixes.Visit{list}
	}
	out := make([]*fixes.Visit, 0, len(list.Value.List))
	for i, v := range list.Value.List {
		out = append(out, &fixes.Visit{Server: list.Server, Parent: list, Block: list.Block, Field: list.Field, Value: v, Index: i})
	}
	return out
}

// text returns the value of a string field, "" if it is absent or no string.
func text(v *fixes.Visit) string {
	if v == nil || !v.Value.IsString() {
		return ""
	}
	return v.Value.Text()
}

// unknown reports whether a field is there and nothing tells its value.
func unknown(v *fixes.Visit) bool { return v != nil && v.Value.Unknown() }

// isTrue reports whether a field is there and true.
func isTrue(v *fixes.Visit) bool {
	return v != nil && v.Value.Kind() == ast.KindBool && v.Value.Node.BoolValue()
}

// number returns the value of an integer field, or the default if it is
// absent; known is false if it cannot be told.
func number(v *fixes.Visit, def int64) (n int64, known bool) {
	switch {
	case v == nil:
		return def, true
	case v.Value.Kind() == ast.KindInt:
		return v.Value.Node.IntValue(), true
	}
	return 0, false
}

// beside adds the place of a value to a finding.
func beside(f *fixes.Finding, v *fixes.Visit, message string) {
	if v == nil {
		return
	}
	n, doc := v.Value.Place()
	span := n.Span()
	if v.Entry != nil && v.Entry.Node.Valid() && (v.Value.IsMap() || v.Value.IsList()) {
		doc, span = v.Entry.Doc, v.Entry.Node.KeySpan()
	}
	f.Related = append(f.Related, fixes.Related{Doc: doc, Span: span, Message: message})
}
