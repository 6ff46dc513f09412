package meaning

import (
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/schema"
)

// keysOf returns the keys that lead to a node, as its document has them.
func keysOf(n ast.Node) []string {
	var keys []string
	for ; n.Valid(); n = n.Parent() {
		if n.Kind() == ast.KindEntry {
			keys = append(keys, n.Key())
		}
	}
	slices.Reverse(keys)
	return keys
}

// fieldOf returns the field that a node gives a value to, if its document is a
// server's or is included at the top; nil if it is not known.
func fieldOf(n ast.Node) *schema.Field { return schema.Root().Find(keysOf(n)...) }
