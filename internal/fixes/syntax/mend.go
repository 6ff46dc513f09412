package syntax

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// mend is one place that a rule knows, and the edits that put it right: none if
// a person must decide.
type mend struct {
	span    ast.Span
	message string
	title   string
	edits   []ast.Edit
	// cause says that this is wrong beyond doubt, though the parser may stop at
	// the same place once it is put right: for something else that is wrong there.
	cause bool
	// severity, applicability and reason are those of the finding; 0 and "" for
	// the rule's severity and a safe fix. A mend without edits is manual.
	severity      fixes.Severity
	applicability fixes.Applicability
	reason        string
}

// finder returns the first place of a text that a rule knows, nil if there is
// none. In a text that the parser refuses that is what causes the first error:
// what stands behind it comes from reading on and may be wrong.
type finder func(t *ast.Document) *mend

// maxMends bounds how often a text is read anew in one step of a rule; the next
// step goes on from there.
const maxMends = 50

// mendAll reports what a rule finds in a document, one place after the other,
// each in the text as the mends before it leave it; in templates nothing. Mends that lead nowhere by
// themselves, such as the first of two nested braces, share a fix with those
// behind them.
func mendAll(p *fixes.Pass, d *fleet.Doc, find finder) {
	if isTemplate(d.Tree) {
		return // what it is made into may be right
	}
	m := &mending{doc: d, text: d.Tree, good: d.Tree}
	for range maxMends {
		next := find(m.text)
		if next == nil {
			break
		}
		f := m.finding(next)
		if len(next.edits) == 0 {
			p.Report(f.Because(fixes.Manual, next.reason))
			break
		}
		if !m.apply(next.edits) {
			break
		}
		m.pending = append(m.pending, f)
		m.titles = append(m.titles, next.title)
		if ahead := progress(m.good, m.text); ahead < 0 || ahead == 0 && !next.cause {
			continue
		}
		fix := m.fix(p)
		for _, f := range m.pending {
			p.Report(f.With(fix, "").Because(next.applicability, next.reason))
		}
		m.good, m.pending, m.titles, m.edits = m.text, nil, nil, nil
		if next.applicability != fixes.Safe {
			break // what stands behind it shows when that is applied
		}
	}
	for _, f := range m.pending {
		p.Report(f.Because(fixes.Manual, "putting this right by itself does not make the text readable"))
	}
}

// mending is the state of mendAll.
type mending struct {
	doc     *fleet.Doc
	text    *ast.Document // as the mends so far leave it
	good    *ast.Document // the last text for which a fix was made
	steps   [][]ast.Edit  // from doc.Tree to text
	edits   []ast.Edit    // from good to text, in places of doc.Tree
	pending []*fixes.Finding
	titles  []string
}

func (m *mending) finding(next *mend) *fixes.Finding {
	f := &fixes.Finding{
		Doc: m.doc, Message: next.message, Severity: next.severity,
		Span: ast.Span{Start: m.back(next.span.Start), End: m.back(next.span.End)},
	}
	e, first := firstError(m.text), firstError(m.doc.Tree)
	if m.text != m.doc.Tree && (e == nil || first == nil || m.back(e.Span.Start) != first.Span.Start) {
		return f // what the server stops at in the document is put right already
	}
	if e != nil && m.text.LineStart(e.Span.Start) != m.text.LineStart(next.span.Start) {
		f.Related = append(f.Related, fixes.Related{Doc: m.doc, Span: first.Span, Message: "here the server stops reading"})
	}
	return f
}

// apply makes the edits, unless they touch what was edited before.
func (m *mending) apply(edits []ast.Edit) bool {
	for _, e := range edits {
		at := ast.Edit{Start: m.back(e.Start), End: m.back(e.End), New: e.New}
		if at.End < at.Start || m.doc.Tree.Text(ast.Span{Start: at.Start, End: at.End}) != m.text.Text(ast.Span{Start: e.Start, End: e.End}) {
			return false
		}
		for _, old := range m.edits {
			if old.Start == at.Start || at.Start < old.End && old.Start < at.End {
				return false
			}
		}
		m.edits = append(m.edits, at)
	}
	text, err := ast.Apply(m.text.Source(), edits)
	if err != nil {
		return false
	}
	sorted := append([]ast.Edit(nil), edits...)
	ast.SortEdits(sorted)
	m.steps = append(m.steps, sorted)
	m.text = ast.Parse(m.text.Name(), text, m.text.Syntax())
	return true
}

// back maps an offset of the text to the document. An offset in inserted text
// maps to where that was inserted.
func (m *mending) back(off int) int {
	for i := len(m.steps) - 1; i >= 0; i-- {
		shift := 0
		for _, e := range m.steps[i] {
			start := e.Start + shift
			if off < start {
				break
			}
			if off < start+len(e.New) {
				off, shift = e.Start, 0
				break
			}
			shift += len(e.New) - (e.End - e.Start)
		}
		off -= shift
	}
	return off
}

// fix returns the fix for the pending findings. If the document can be read as
// it is its servers change.
func (m *mending) fix(p *fixes.Pass) *fixes.Fix {
	title := m.titles[0]
	if n := len(m.titles) - 1; n > 0 {
		title += fmt.Sprintf(" (and %d more)", n)
	}
	ast.SortEdits(m.edits)
	fix := fixes.NewFix(m.doc, m.edits, "%s", title)
	if fix != nil && len(m.doc.Tree.Errors()) == 0 {
		fix.Within = wholeServers(p, m.doc)
	}
	return fix
}

// wholeServers allows the whole configuration of every server that the
// document is a part of to change.
func wholeServers(p *fixes.Pass, d *fleet.Doc) []fixes.Within {
	var all []fixes.Within
	for _, s := range p.Fleet.ServersWith(d.Path) {
		all = append(all, fixes.Within{Server: s})
	}
	return all
}

// firstError returns what the official parser stops at, or nil.
func firstError(t *ast.Document) *ast.SyntaxError {
	if errs := t.Errors(); len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// progress returns how many bytes further a text can be read than it was before:
// 1 at least if the parser takes it now, -1 if only the one before was taken.
func progress(was, is *ast.Document) int {
	a, b := firstError(was), firstError(is)
	switch {
	case b == nil:
		return 1
	case a == nil:
		return -1
	}
	return len(was.Source()) - a.Span.Start - (len(is.Source()) - b.Span.Start)
}
