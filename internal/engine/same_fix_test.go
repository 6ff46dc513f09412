package engine_test

import (
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// Two fields take their value from one variable: the edit of its definition
// cures both findings.
func TestOneEditCuresTwoFindings(t *testing.T) {
	f := files{"a.conf": "V = 30\nx: $V\ny: $V\n"}
	both := &fixes.Rule{Name: "both", Severity: fixes.Warning, CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Value.Use.Valid() || v.Value.Node.Raw() != "30" {
			return
		}
		n := v.Value.Node
		fix := &fixes.Fix{Title: "t", Edits: []fixes.Edit{{Doc: v.Value.Doc, Edit: ast.Edit{Start: n.Start(), End: n.End(), New: "31"}}}}
		for _, path := range []string{"V", "x", "y"} {
			fix.Within = append(fix.Within, fixes.Within{Server: v.Server, Path: path})
		}
		p.Report(v.Finding("too old").With(fix, ""))
	}}
	res := run(t, withRules(f, both))
	expect(t, f, res, "V = 31\nx: $V\ny: $V\n")
	if got := states(res); got != "both fixed; both fixed" {
		t.Error(got)
	}
}
