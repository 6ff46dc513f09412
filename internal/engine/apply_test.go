package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// includer makes a rule that lets an include of a name that does not exist name
// another file.
func includer(name, from, to string) *fixes.Rule {
	return rule(name, func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			for _, pr := range s.Problems {
				if pr.Kind == fleet.MissingInclude && pr.Name == from {
					fix := fixes.NewFix(pr.Doc, []ast.Edit{{Start: pr.Span.Start, End: pr.Span.End, New: to}}, "include %s", to)
					fix.Within = []fixes.Within{{Server: s}}
					p.Report(&fixes.Finding{Message: "no such file", Doc: pr.Doc, Span: pr.Span, Fix: fix})
				}
			}
		}
	})
}

// A fix that came out wrong for what stands in another file is tried again once
// that file is cured.
func TestAFixIsTriedAgainWhenAFileThatItNeedsIsCured(t *testing.T) {
	f := files{"a.conf": "include 'x.conf'\n", "b.conf": "k: $MISSING\n"}
	res := run(t, withRules(f, includer("includer", "x.conf", "b.conf"), raw("cure", "k", "$MISSING", "known",
		fixes.Change{Path: "k", Before: `"$MISSING"`, After: `"known"`})))
	expect(t, f, res, "include 'b.conf'\n")
	if got := states(res); !strings.Contains(got, "includer fixed; cure fixed") {
		t.Error(got)
	}
}

// Of many fixes of one step those that come out wrong are left out and all
// others applied, whether they stand in one server or in many.
func TestOnlyTheFixesAtFaultAreLeftOut(t *testing.T) {
	f := make(files)
	for i := range 20 {
		f[fmt.Sprintf("%02d.conf", i)] = "a: x\nb: x\nc: x\n"
	}
	wrong := func(s *fleet.Server, path string) bool {
		return path == "b" && strings.HasSuffix(s.Root.Path, "5.conf")
	}
	many := rule("many", func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			for _, path := range []string{"a", "b", "c"} {
				v := find(s, path)
				if v.Text() != "x" {
					continue
				}
				fix := &fixes.Fix{Title: "set " + path, Edits: []fixes.Edit{{Doc: v.Doc, Edit: ast.Edit{Start: v.Node.Start(), End: v.Node.End(), New: "y"}}}}
				if !wrong(s, path) { // else it declares nothing
					fix.Changes = []fixes.Change{{Server: s, Path: path, Before: `"x"`, After: `"y"`}}
				}
				report(p, v, fixes.Safe, fix)
			}
		}
	})
	res := run(t, withRules(f, many))
	after := f.after(res)
	for name := range f {
		want := "a: y\nb: y\nc: y\n"
		if strings.HasSuffix(name, "5.conf") {
			want = "a: y\nb: x\nc: y\n"
		}
		if after[name] != want {
			t.Errorf("%s is\n%s", name, after[name])
		}
	}
	left := 0
	for _, finding := range res.Findings {
		if !finding.Fixed {
			left++
			if !strings.Contains(finding.Hidden, "this is a bug of the rule") {
				t.Errorf("%s: left out for %q", finding.File, finding.Hidden)
			}
		}
	}
	if left != 2 {
		t.Errorf("%d fixes are left out", left)
	}
}
