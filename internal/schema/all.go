package schema

import "iter"

// All returns every field of every block that can be reached from the top level,
// each once and with its block. The field for keys that are data ([Block.Data])
// comes before the block's others.
func All() iter.Seq2[*Block, *Field] {
	return func(yield func(*Block, *Field) bool) {
		seen := make(map[*Block]bool)
		var walk func(b *Block) bool
		walk = func(b *Block) bool {
			if b == nil || seen[b] {
				return true
			}
			seen[b] = true
			if b.Data != nil && !(yield(b, b.Data) && walk(b.Data.Block)) {
				return false
			}
			for i := range b.Fields {
				f := &b.Fields[i]
				if !yield(b, f) || !walk(f.Block) {
					return false
				}
			}
			return true
		}
		walk(Root())
	}
}
