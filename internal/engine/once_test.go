package engine_test

import (
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// A rule that is asked for once edits each file once, and is not taken for one
// that never comes to rest.
func TestRuleThatRunsOnceEditsAFileOnce(t *testing.T) {
	f := files{"a.conf": "x: a\n", "b.conf": "x: b\n", "c.conf": "x: c\n"}
	longer := &fixes.Rule{Name: "longer", Severity: fixes.Info, Once: true, Check: func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			v := s.Values.Value("x")
			n, text := v.Node, v.Text()+v.Text()
			fix := &fixes.Fix{Title: "t", Edits: []fixes.Edit{{Doc: v.Doc, Edit: ast.Edit{Start: n.Start(), End: n.End(), New: text}}}}
			if s.Root.Path != "b.conf" { // nothing is declared there, so that it is not applied with the others
				fix.Changes = []fixes.Change{fixes.NewChange(s, "x", v.Text(), text)}
			}
			p.Report(&fixes.Finding{Doc: v.Doc, Span: n.Span(), Message: "short", Fix: fix})
		}
	}}
	after := f.after(run(t, withRules(f, longer)))
	for name, want := range map[string]string{"a.conf": "x: aa\n", "b.conf": "x: b\n", "c.conf": "x: cc\n"} {
		if after[name] != want {
			t.Errorf("%s is %q, want %q", name, after[name], want)
		}
	}
}
