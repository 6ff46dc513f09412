package fleet

// pool hands out variables of one type from chunks, so that allocating many
// small ones costs little, and takes all of them back at once for the next use.
type pool[T any] struct {
	chunks [][]T
	chunk  int // the one that is being handed out
	next   int // the next of it
}

const (
	firstChunk = 16  // variables; each further chunk has twice as many
	maxChunk   = 256 // variables
	keptChunks = 16
)

// take returns a variable, which holds what it held before if the pool was
// reset.
func (p *pool[T]) take() *T {
	if p.chunk == len(p.chunks) {
		size := firstChunk
		if p.chunk > 0 {
			size = min(2*len(p.chunks[p.chunk-1]), maxChunk)
		}
		p.chunks = append(p.chunks, make([]T, size))
	}
	v := &p.chunks[p.chunk][p.next]
	if p.next++; p.next == len(p.chunks[p.chunk]) {
		p.chunk, p.next = p.chunk+1, 0
	}
	return v
}

// reset takes all variables back. What very many of them took is let go.
func (p *pool[T]) reset() {
	p.chunk, p.next = 0, 0
	if len(p.chunks) > keptChunks {
		clear(p.chunks[keptChunks:])
		p.chunks = p.chunks[:keptChunks]
	}
}
