package meaning

import (
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
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

// around declares that whatever the keys lead to at the top may change in every
// server that has the document: of the keys that lead to a place, the parser
// may take any for the outermost one once it has dropped a value. What goes by
// variables of these names changes along.
func around(p *fixes.Pass, d *fleet.Doc, fix *fixes.Fix, keys ...string) *fixes.Fix {
	if fix == nil {
		return nil
	}
	for n := range d.Tree.Root().Walk() {
		if n.Kind() == ast.KindVariable && slices.Contains(keys, n.Text()) {
			if used := keysOf(n); len(used) > 0 {
				keys = append(keys, used[0])
			}
		}
	}
	for _, s := range p.Fleet.ServersWith(d.Path) {
		for _, key := range keys {
			fix.Within = append(fix.Within, fixes.Within{Server: s, Path: fleet.JoinKey("", key)})
		}
	}
	return fix
}

// isRoot reports whether the document is a server's own file and no fragment.
func isRoot(p *fixes.Pass, d *fleet.Doc) bool {
	return p.Fleet.Server(d.Path) != nil
}

// blockAround returns the block of the server that holds an entry, nil if it is
// not known or its keys are data.
func blockAround(entry ast.Node) *schema.Block {
	keys := keysOf(entry)
	if len(keys) <= 1 {
		return schema.Root()
	}
	f := schema.Root().Find(keys[:len(keys)-1]...)
	if f == nil || f.Block == nil || f.Block.Data != nil {
		return nil
	}
	return f.Block
}

// byteAt returns a byte of the document, 0 behind its end.
func byteAt(d *ast.Document, off int) byte {
	if src := d.Source(); off >= 0 && off < len(src) {
		return src[off]
	}
	return 0
}
