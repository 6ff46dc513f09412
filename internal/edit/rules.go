package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// maxFixes bounds how many fixes of a rule a runner applies.
const maxFixes = 1000

// Rule applies the safe fixes of a rule to the servers that only names, one
// after the other until none is left. A fix that changes a server otherwise
// than it declares is left out.
func (r *Runner) Rule(rule *fixes.Rule, params map[string]string, window fixes.Window, only func(*fleet.Server) bool) {
	suite := fixes.NewSuite([]*fixes.Rule{rule}, params, window, 1)
	tried := make(map[string]bool)
	for range maxFixes {
		var next *fixes.Finding
		for _, f := range suite.Run(r.fleet).Of(0) {
			if f.Fix != nil && f.Applicability == fixes.Safe && len(f.Fix.Edits) > 0 && !tried[fixKey(f.Fix)] && r.concerns(f.Fix, only) {
				next = f
				break
			}
		}
		if next == nil {
			return
		}
		tried[fixKey(next.Fix)] = true
		r.applyFix(rule, next)
	}
}

// fixKey tells fixes apart.
func fixKey(fix *fixes.Fix) string {
	var b strings.Builder
	for _, e := range fix.Edits {
		fmt.Fprintf(&b, "%s\x00%d\x00%d\x00%s\x00", e.Doc.Path, e.Start, e.End, e.New)
	}
	return b.String()
}

// concerns reports whether a fix edits only documents of servers that are
// meant.
func (r *Runner) concerns(fix *fixes.Fix, only func(*fleet.Server) bool) bool {
	for _, e := range fix.Edits {
		if _, refused := r.refused[r.unit(e.Doc.Path)]; refused || r.original(e.Doc.Path) == nil {
			return false
		}
		meant := func(s *fleet.Server) bool {
			return r.meant[s.Root.Path] && (only == nil || only(s)) && slices.Contains(s.Docs, e.Doc)
		}
		if !slices.ContainsFunc(r.fleet.Servers, meant) {
			return false
		}
	}
	return true
}

// applyFix makes the edits of a fix, if they do what it declares.
func (r *Runner) applyFix(rule *fixes.Rule, f *fixes.Finding) {
	byDoc := make(map[*fleet.Doc][]ast.Edit)
	for _, e := range f.Fix.Edits {
		byDoc[e.Doc] = append(byDoc[e.Doc], e.Edit)
	}
	texts := make(map[string][]byte)
	for d, edits := range byDoc {
		text, err := ast.Apply(d.Tree.Source(), edits)
		if err != nil {
			return
		}
		texts[d.Path] = text
	}
	next := r.fleet.With(texts)
	for _, s := range r.fleet.Servers {
		after := serverOf(next, s.Root.Path)
		if after != nil && !declares(f.Fix, s, oracle.Delta(s.Values.Plain(), after.Values.Plain())) {
			return
		}
	}
	for d, edits := range byDoc {
		st := &step{run: r, command: &Command{label: rule.Name}}
		span := ast.Span{Start: edits[0].Start, End: edits[0].End}
		message := fmt.Sprintf("%s: %s", rule.Name, f.Fix.Title)
		unit := r.unit(d.Path)
		r.notes[unit] = append(r.notes[unit], note{d.Path, st.back(d, span), message, rule.Name})
		if r.texts[d.Path] == nil {
			r.texts[d.Path] = ast.NewPieces(r.original(d.Path).Tree.Source())
		}
		if err := r.texts[d.Path].Apply(edits); err != nil {
			return // it was applied above
		}
	}
	r.fleet = next
	for _, s := range next.Servers {
		if slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return texts[d.Path] != nil }) {
			r.models[s.Root.Path] = model{s.Values.Plain()}
		}
	}
}

// declares reports whether a fix declares all changes of a server.
func declares(fix *fixes.Fix, s *fleet.Server, delta []oracle.Change) bool {
	return !slices.ContainsFunc(delta, func(c oracle.Change) bool {
		inside := func(w fixes.Within) bool {
			rest, ok := strings.CutPrefix(c.Path, w.Path)
			return w.Server.Root.Path == s.Root.Path && (w.Path == "" || ok && (rest == "" || rest[0] == '.' || rest[0] == '['))
		}
		same := func(d fixes.Change) bool {
			want := fixes.NewChange(s, c.Path, c.Before, c.After)
			return d.Server.Root.Path == s.Root.Path && d.Path == c.Path && d.Before == want.Before && d.After == want.After
		}
		return !slices.ContainsFunc(fix.Within, inside) && !slices.ContainsFunc(fix.Changes, same)
	})
}
