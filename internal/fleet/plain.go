package fleet

import "github.com/natsfix/natsfix/internal/ast"

// Plain returns the value as the official parser gives it: a map[string]any,
// []any, string, bool, int64, float64 or time.Time. An unknown variable comes
// back as its text, $NAME.
func (v *Value) Plain() any {
	switch v.Kind() {
	case ast.KindMap:
		return v.Map.Plain()
	case ast.KindArray:
		list := make([]any, 0, len(v.List))
		for _, item := range v.List {
			list = append(list, item.Plain())
		}
		return list
	case ast.KindBool:
		return v.Node.BoolValue()
	case ast.KindInt:
		return v.Node.IntValue()
	case ast.KindFloat:
		return v.Node.FloatValue()
	case ast.KindTime:
		return v.Node.TimeValue()
	}
	return v.Text()
}

// Plain returns the map as the official parser gives it; see [Value.Plain].
func (m *Map) Plain() map[string]any {
	out := make(map[string]any, len(m.Entries))
	for _, e := range m.Entries {
		out[e.Key] = e.Value.Plain()
	}
	return out
}
