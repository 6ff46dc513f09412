package golden

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

func parse(t *testing.T, text string) *Case {
	t.Helper()
	c, err := Parse("golden/gateway-cluster-name/x.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompareShowsEveryDifference(t *testing.T) {
	c := parse(t, "It shows.\n-- in/a --\none\n-- in/b --\ntwo\n-- findings --\nwanted\n-- out/a --\nuno\n")
	same := &Outcome{Files: map[string][]byte{"a": []byte("uno\n")}, Sections: map[string]string{"findings": "wanted\n", "changes": "not asked for\n"}}
	if d := c.Compare(same); d != "" {
		t.Errorf("what is equal differs:\n%s", d)
	}
	other := &Outcome{Files: map[string][]byte{"b": []byte("due\n")}, Sections: map[string]string{"findings": "got\n", "refused": "why\n"}}
	d := c.Compare(other)
	for _, want := range []string{"-wanted\n+got\n", "+why\n", "b/out/a\n@@ -1 +1 @@\n-uno\n+one\n", "b/out/b\n@@ -1 +1 @@\n-two\n+due\n"} {
		if !strings.Contains(d, want) {
			t.Errorf("no %q in\n%s", want, d)
		}
	}
	idle := parse(t, "It shows.\n-- in/a --\none\n-- out/a --\none\n")
	if d := idle.Compare(&Outcome{}); !strings.Contains(d, "leave it out") {
		t.Errorf("an output without a change is taken: %q", d)
	}
}

func TestCommentsKeptCountsEveryComment(t *testing.T) {
	c := parse(t, "It shows.\nlost: # may go\n-- in/a --\na: 1 # x\nb: 2 # x\n# may go\nc: \"# no comment\"\n")
	if got := commentsKept(c, map[string][]byte{"a": []byte("# x\na: 1 # x\n")}); got != nil {
		t.Errorf("moved comments are lost: %q", got)
	}
	got := commentsKept(c, map[string][]byte{"a": []byte("a: 1\nb: 2 # x\n")})
	if len(got) != 1 || !strings.Contains(got[0], `"# x"`) {
		t.Errorf("got %q, want the one comment that is lost", got)
	}
}

func TestDeclaredComparesBothWays(t *testing.T) {
	a, b := engine.Change{Server: "s", Path: "p", Before: "1", After: "2"}, engine.Change{Server: "s", Path: "q", Before: "1", After: "2"}
	result := func(declared, real []engine.Change) *engine.Result {
		return &engine.Result{Groups: []*engine.Group{{
			Findings: []*engine.Finding{{Fix: &engine.Fix{Changes: declared}}}, Changes: real,
		}}}
	}
	if got := declared(result([]engine.Change{a, b, a}, []engine.Change{b, a})); got != nil {
		t.Errorf("the same changes differ: %q", got)
	}
	wrong := a
	wrong.After = "3"
	for _, res := range []*engine.Result{
		result([]engine.Change{a}, []engine.Change{a, b}), result([]engine.Change{a, b}, []engine.Change{a}), result([]engine.Change{a}, []engine.Change{wrong}),
	} {
		if got := declared(res); len(got) != 1 {
			t.Errorf("got %q, want one difference", got)
		}
	}
}

func TestAppliesComparesBytes(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	c := parse(t, "It shows.\ncrlf: sub/a\nno-final-newline: sub/a\n-- in/sub/a --\none \ntwo\n-- in/b --\nkept\n")
	if got := applies(t.Context(), git, c, map[string][]byte{"sub/a": []byte("one \r\nzwei")}); got != nil {
		t.Errorf("the patch does not apply: %q", got)
	}
	if got := applies(t.Context(), "false", c, map[string][]byte{"b": []byte("new\n")}); len(got) != 1 {
		t.Errorf("got %q, want the failure of git", got)
	}
}

func TestAtRestShowsWhatChangesAgain(t *testing.T) {
	file := &engine.File{Path: "a", Status: engine.Unchanged}
	res := &engine.Result{Files: []*engine.File{file}}
	if got := atRest(res); got != nil {
		t.Errorf("got %q for a run without changes", got)
	}
	file.Status, file.Before, file.After = engine.WouldChange, []byte("one\n"), []byte("two\n")
	if got := atRest(res); len(got) != 1 || !strings.Contains(got[0], "-one\n+two\n") {
		t.Errorf("got %q, want the diff", got)
	}
}

// A rule that takes a comment away, or changes the bytes that it was given,
// breaks what holds for every case.
func TestRunFindsBrokenPromises(t *testing.T) {
	edit := func(change func(src []byte) ast.Edit) *fixes.Rule {
		return &fixes.Rule{Name: "bad", Severity: fixes.Warning, TakesComments: true, Check: func(p *fixes.Pass) {
			d := p.Fleet.Docs[0]
			if e := change(d.Tree.Source()); e != (ast.Edit{}) {
				p.Report(&fixes.Finding{Doc: d, Message: "bad", Fix: &fixes.Fix{Title: "t", Edits: []fixes.Edit{{Doc: d, Edit: e}}}})
			}
		}}
	}
	for name, tt := range map[string]struct {
		rule *fixes.Rule
		want string
	}{
		"comment": {edit(func(src []byte) ast.Edit {
			if at := strings.Index(string(src), "# c"); at >= 0 {
				return ast.Edit{Start: at, End: at + 3}
			}
			return ast.Edit{}
		}), `lost the comment "# c"`},
		"input": {edit(func(src []byte) ast.Edit {
			src[0] = ' '
			return ast.Edit{}
		}), "wrote to the bytes of a.conf"},
	} {
		t.Run(name, func(t *testing.T) {
			runner := newRunner(t)
			runner.Rules = []*fixes.Rule{tt.rule}
			o, err := runner.Run(t.Context(), parse(t, "It shows.\nrule: bad\n-- in/a.conf --\nport: 4222 # c\n"))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(o.Broken, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestRunRefusesUnknownRules(t *testing.T) {
	c := parse(t, "It shows.\nrule: gateway-cluster-nam\n-- in/a --\n")
	if _, err := newRunner(t).Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), `no rule "gateway-cluster-nam"`) {
		t.Errorf("got %v", err)
	}
}
