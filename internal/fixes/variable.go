package fixes

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
)

// VariableLike reports whether an entry whose key the server does not know, and
// that no variable refers to, was meant to define a variable: its key is all
// capitals (PORT_A, at least two letters), or the document refers to a
// variable of that name somewhere. Such an entry is unused-variable's, other
// unknown keys are unknown-field's.
func VariableLike(e *fleet.Entry) bool {
	if e == nil || !e.Node.Valid() || e.Used || e.Value.IsMap() {
		return false
	}
	return allCapitals(e.Key) || Refers(e.Doc, e.Key)
}

// Refers reports whether the document has a variable of that name, wherever.
func Refers(d *fleet.Doc, name string) bool {
	for n := range d.Tree.Root().Walk() {
		if n.Kind() == ast.KindVariable && n.Text() == name {
			return true
		}
	}
	return false
}

func allCapitals(key string) bool {
	letters := 0
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case 'A' <= c && c <= 'Z':
			letters++
		case c != '_' && (c < '0' || c > '9' || i == 0):
			return false
		}
	}
	return letters >= 2
}
