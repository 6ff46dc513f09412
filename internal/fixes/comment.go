package fixes

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LosesComment reports whether a comment is gone when the fix is applied: its
// edits touch it, none of them writes it elsewhere, and no other comment of the
// document says the same. The fix may be nil.
func (fix *Fix) LosesComment() bool {
	if fix == nil {
		return false
	}
	for _, e := range fix.Edits {
		src := e.Doc.Tree.Source()
		if e.Start < 0 || e.End > len(src) || e.Start >= e.End {
			continue // an insertion, or what the engine refuses
		}
		if old := src[e.Start:e.End]; !bytes.Contains(old, []byte("#")) && !bytes.Contains(old, []byte("//")) {
			continue
		}
		for t := range e.Doc.Tree.Tokens() {
			if t.Start >= e.End {
				break
			}
			if t.Kind == ast.TokenComment && t.End > e.Start && !fix.keeps(e.Doc, commentText(e.Doc, t)) {
				return true
			}
		}
	}
	return false
}

// keeps reports whether a comment still stands in the document when the fix is
// applied.
func (fix *Fix) keeps(doc *fleet.Doc, comment string) bool {
	for _, e := range fix.Edits {
		if strings.Contains(e.New, comment) {
			return true
		}
	}
	for t := range doc.Tree.Tokens() {
		if t.Kind == ast.TokenComment && commentText(doc, t) == comment && !fix.touches(doc, t.Start, t.End) {
			return true
		}
	}
	return false
}

func (fix *Fix) touches(doc *fleet.Doc, start, end int) bool {
	for _, e := range fix.Edits {
		if e.Doc == doc && e.Start < end && start < e.End {
			return true
		}
	}
	return false
}

func commentText(doc *fleet.Doc, t ast.Token) string {
	return strings.TrimSpace(string(doc.Tree.Source()[t.Start:t.End]))
}

// commentGoes is why a fix is unsafe that does nothing else that could be missed.
const commentGoes = "a comment goes with what is taken out"

// keepComments makes a safe fix an unsafe one if a comment goes with it: a person
// may have written there what no rule knows.
func (f *Finding) keepComments() {
	if f.Applicability == Safe && f.Fix.LosesComment() {
		f.Applicability = ChangesBehaviour
		f.Reason = commentGoes
	}
}
