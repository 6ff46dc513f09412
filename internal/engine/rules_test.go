package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// find returns the value at a path of a server, or nil.
func find(s *fleet.Server, path string) *fleet.Value {
	var found *fleet.Value
	s.Each(func(p string, _ *fleet.Entry, v *fleet.Value) {
		if p == path {
			found = v
		}
	})
	return found
}

// report reports a fix at a value.
func report(p *fixes.Pass, v *fleet.Value, a fixes.Applicability, fix *fixes.Fix) {
	p.Report(&fixes.Finding{Message: "it is wrong", Doc: v.Doc, Span: v.Node.Span(), Applicability: a, Fix: fix})
}

// setter makes a rule that sets the value at a path wherever it is from.
func setter(name, path, from, to string) *fixes.Rule {
	return rule(name, func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			if v := find(s, path); v != nil && v.Text() == from {
				fix, err := p.Rewrite([]fixes.SetWant{{Server: s, Path: path, Value: v, To: fixes.Text(to)}}, nil)
				if err == nil {
					fix.Title = fmt.Sprintf("set %s to %s", path, to)
					report(p, v, fixes.Safe, fix)
				}
			}
		}
	})
}

// adder makes a rule that adds a top-level entry where there is none.
func adder(name, key, value string) *fixes.Rule {
	return rule(name, func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			if s.Values.Get(key) != nil {
				continue
			}
			fix, err := p.Rewrite(nil, []fixes.InsertWant{{Server: s, Field: fixes.NewField{Key: key, Value: fixes.Text(value)}}})
			if err == nil {
				fix.Title = "add " + key
				p.Report(&fixes.Finding{Message: "there is no " + key, Doc: s.Root, Fix: fix})
			}
		}
	})
}

// raw makes a rule that edits the bytes of the value at a path, if they are
// from, and declares what it is told to.
func raw(name, path, from, to string, declare ...fixes.Change) *fixes.Rule {
	return rule(name, func(p *fixes.Pass) {
		for _, s := range p.Fleet.Servers {
			v := find(s, path)
			if v == nil || v.Node.Raw() != from {
				continue
			}
			fix := &fixes.Fix{Title: name, Edits: []fixes.Edit{{Doc: v.Doc, Edit: ast.Edit{Start: v.Node.Start(), End: v.Node.End(), New: to}}}}
			for _, c := range declare {
				c.Server = s
				fix.Changes = append(fix.Changes, c)
			}
			report(p, v, fixes.Safe, fix)
		}
	})
}

func withRules(f files, rules ...*fixes.Rule) engine.Request {
	req := f.request()
	req.Rules = rules
	return req
}

// states lists what became of each finding.
func states(res *engine.Result) string {
	var out []string
	for _, f := range res.Findings {
		state := "fixed"
		if !f.Fixed {
			state = "left (" + f.Hidden + ")"
		}
		out = append(out, f.Rule+" "+state)
	}
	return strings.Join(out, "; ")
}

// expect compares the text of a.conf after a run.
func expect(t *testing.T, f files, res *engine.Result, want string) {
	t.Helper()
	if got := f.after(res)["a.conf"]; got != want {
		t.Errorf("the result is\n%s\nwant\n%s\n%s", got, want, states(res))
	}
}

func TestRulesRunToRest(t *testing.T) {
	f := files{"a.conf": "a: 1\nb: x\n"}
	// Each rule waits for what the one behind it does.
	res := run(t, withRules(f, setter("third", "b", "z", "end"), setter("second", "b", "y", "z"), setter("first", "b", "x", "y")))
	expect(t, f, res, "a: 1\nb: end\n")
	for i, f := range res.Findings {
		if !f.Fixed || f.Offset != 8 || f.End != 9 || f.Line != 2 || f.Column != 4 || f.Round != i+1 {
			t.Errorf("%s: fixed %t at %d-%d, line %d, column %d, round %d", f.Rule, f.Fixed, f.Offset, f.End, f.Line, f.Column, f.Round)
		}
	}
	if len(res.Groups) != 1 || len(res.Groups[0].Changes) != 1 {
		t.Fatalf("groups %v", res.Groups)
	}
	if c := res.Groups[0].Changes[0]; c.Path != "b" || c.Before != `"x"` || c.After != `"end"` {
		t.Errorf("the change as a whole is %v", c)
	}
}

func TestFixesAtOnePlace(t *testing.T) {
	f := files{"a.conf": "a: 1\n"}
	res := run(t, proved(withRules(f, adder("one", "server_name", "n"), adder("two", "client_advertise", "c")), newJudge(t)))
	if got := states(res); strings.Contains(got, "left") || strings.Count(got, "fixed") != 2 {
		t.Errorf("one after the other: %s", got)
	}
	// And two by one rule, in one step.
	both := rule("both", func(p *fixes.Pass) {
		for _, key := range []string{"server_name", "client_advertise"} {
			adder("", key, "x").Check(p)
		}
	})
	res = run(t, withRules(f, both))
	expect(t, f, res, "a: 1\nserver_name: \"x\"\nclient_advertise: \"x\"\n")
	if got := states(res); got != "both fixed; both fixed" {
		t.Errorf("by one rule: %s", got)
	}
}

func TestOverlappingFixesOfOneRule(t *testing.T) {
	f := files{"a.conf": "a: x\n"}
	// Both want the value; the second asks again and finds nothing to do.
	both := rule("both", func(p *fixes.Pass) {
		setter("", "a", "x", "y").Check(p)
		setter("", "a", "x", "z").Check(p)
	})
	res := run(t, withRules(f, both))
	expect(t, f, res, "a: y\n")
}

func TestFightingRulesAreNamedAndTheirGroupLeftAlone(t *testing.T) {
	f := files{"a.conf": "a: x\n", "b.conf": "b: 1\n"}
	rules := []*fixes.Rule{setter("to-y", "a", "x", "y"), setter("to-x", "a", "y", "x"), setter("to-2", "b", "1", "two")}
	res := run(t, withRules(f, rules...))
	expect(t, f, res, "a: x\n")
	if got := f.after(res)["b.conf"]; !strings.Contains(got, "two") {
		t.Errorf("another file is left alone, too: %q", got)
	}
	var why string
	for _, f := range res.Findings {
		if f.Rule == "to-y" {
			why = f.Hidden
		}
	}
	if !strings.Contains(why, "to-y") || !strings.Contains(why, "to-x") || strings.Contains(why, "to-2") {
		t.Errorf("the reason is %q", why)
	}
}

func TestOneRuleThatNeverRests(t *testing.T) {
	f := files{"a.conf": "a: x\n"}
	grow := rule("grow", func(p *fixes.Pass) {
		v := p.Fleet.Servers[0].Values.Value("a")
		setter("", "a", v.Text(), v.Text()+"x").Check(p)
	})
	res := run(t, withRules(f, grow))
	expect(t, f, res, "a: x\n")
	if len(res.Groups) != 0 {
		t.Errorf("%d groups would be written", len(res.Groups))
	}
}

func TestWrongFixesAreLeftOut(t *testing.T) {
	good := setter("good", "a", "x", "y")
	for _, tt := range []struct {
		name string
		rule *fixes.Rule
		why  string
	}{
		{"declares nothing", raw("bad", "b", "1", "2"), "b changes and was not declared"},
		{"declares another value", raw("bad", "b", "1", "2", fixes.Change{Path: "b", Before: "1", After: "3"}), "b changes to another value than declared"},
		{"declares too much", raw("bad", "b", "1", "2", fixes.Change{Path: "b", Before: "1", After: "2"}, fixes.Change{Path: "c", After: "3"}), "c was declared and does not change"},
		{"breaks the syntax", raw("bad", "b", "1", "{ [", fixes.Change{Path: "b", Before: "1"}), "could no longer be read"},
		{"eats the next key", raw("bad", "b", "1", "", fixes.Change{Path: "b", Before: "1"}), ""},
		{"makes a variable", raw("bad", "b", "1", "$NONE", fixes.Change{Path: "b", Before: "1", After: `"$NONE"`}), "could no longer be resolved: variable $NONE"},
		{"edits outside the document", rule("bad", func(p *fixes.Pass) {
			s := p.Fleet.Servers[0]
			report(p, s.Values.Value("b"), fixes.Safe, &fixes.Fix{Title: "bad", Edits: []fixes.Edit{{Doc: s.Root, Edit: ast.Edit{Start: 5, End: 500}}}})
		}), "this is a bug of the rule"},
		{"overlaps itself", rule("bad", func(p *fixes.Pass) {
			s := p.Fleet.Servers[0]
			report(p, s.Values.Value("b"), fixes.Safe, &fixes.Fix{Title: "bad", Edits: []fixes.Edit{
				{Doc: s.Root, Edit: ast.Edit{Start: 0, End: 3}}, {Doc: s.Root, Edit: ast.Edit{Start: 2, End: 4}}}})
		}), "this is a bug of the rule"},
		{"edits nothing", rule("bad", func(p *fixes.Pass) {
			report(p, p.Fleet.Servers[0].Values.Value("b"), fixes.Safe, &fixes.Fix{Title: "bad"})
		}), "edits nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{"a.conf": "a: x\nb: 1\nc: 2\n"}
			res := run(t, proved(withRules(f, good, tt.rule), newJudge(t)))
			expect(t, f, res, "a: y\nb: 1\nc: 2\n")
			var bad *engine.Finding
			for _, f := range res.Findings {
				if f.Rule == "bad" {
					bad = f
				}
			}
			if bad == nil || bad.Fixed || bad.Hidden == "" || !strings.Contains(bad.Hidden, tt.why) {
				t.Errorf("%s; want %q", states(res), tt.why)
			}
		})
	}
}

func TestBadFixesOfOneStepAreToldApart(t *testing.T) {
	f := files{"a.conf": "a: 1\nb: 1\nc: 1\nd: 1\n"}
	all := rule("all", func(p *fixes.Pass) {
		for _, path := range []string{"a", "b", "c", "d"} {
			c := fixes.Change{Path: path, Before: "1", After: "2"}
			if path == "b" || path == "c" {
				c.After = "3" // wrongly declared
			}
			raw("", path, "1", "2", c).Check(p)
		}
	})
	res := run(t, withRules(f, all))
	expect(t, f, res, "a: 2\nb: 1\nc: 1\nd: 2\n")
	if got := strings.Count(states(res), "all fixed"); got != 2 {
		t.Errorf("%d findings are fixed: %s", got, states(res))
	}
}

func TestUnsafeManualAndChosenFixes(t *testing.T) {
	mixed := rule("mixed", func(p *fixes.Pass) {
		for _, path := range []string{"a", "b", "c", "d"} {
			v := p.Fleet.Servers[0].Values.Value(path)
			if v.Text() != "x" {
				continue
			}
			fix, err := p.Rewrite([]fixes.SetWant{{Server: p.Fleet.Servers[0], Path: path, Value: v, To: fixes.Text("y")}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			applicability := map[string]fixes.Applicability{"a": fixes.Safe, "b": fixes.NeedsChoice, "c": fixes.ChangesBehaviour, "d": fixes.Manual}
			report(p, v, applicability[path], fix)
		}
	})
	f := files{"a.conf": "a: x\nb: x\nc: x\nd: x\n"}
	req := withRules(f, mixed)
	res := run(t, req)
	expect(t, f, res, "a: y\nb: x\nc: x\nd: x\n")
	if got, want := states(res), "mixed fixed; mixed left (needs a choice); mixed left (unsafe); mixed left (manual)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	req.UnsafeRules = map[string]bool{"other": true}
	expect(t, f, run(t, req), "a: y\nb: x\nc: x\nd: x\n")
	req.UnsafeRules = map[string]bool{"mixed": true}
	expect(t, f, run(t, req), "a: y\nb: y\nc: y\nd: x\n")
	req.UnsafeRules, req.Unsafe = nil, true
	expect(t, f, run(t, req), "a: y\nb: y\nc: y\nd: x\n")
}
