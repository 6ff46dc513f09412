package fixes

import "github.com/natsfix/natsfix/internal/ast"

// LosesComment reports whether the edits of a fix touch a comment. The fix may
// be nil.
func (fix *Fix) LosesComment() bool {
	if fix == nil {
		return false
	}
	for _, e := range fix.Edits {
		if e.Start == e.End {
			continue
		}
		for t := range e.Doc.Tree.Tokens() {
			if t.Start >= e.End {
				break
			}
			if t.Kind == ast.TokenComment && t.End > e.Start {
				return true
			}
		}
	}
	return false
}
