package oracle

import "time"

// greeting is the first thing that a child reads.
type greeting struct {
	Dir    string // the child's private directory
	Memory uint64 // bytes after which the child gives up
}

// request is one case for a child; fields as in [Case].
type request struct {
	Case Case
}

// answer is a verdict with its values encoded: gob does not know their types.
type answer struct {
	Verdict Verdict
	Tree    []byte
	HasTree bool
}

// patience is how often a child looks at its memory while it judges.
const patience = 20 * time.Millisecond
