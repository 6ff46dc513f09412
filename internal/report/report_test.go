package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

func testRun(res *engine.Result) *Run {
	same := func(path string) string { return path }
	return &Run{Result: res, Name: same, DiffName: same, Context: 3}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		change engine.Change
		want   string
	}{
		{engine.Change{Path: "gateway.name", Before: `"gateway"`, After: `"cluster"`, Effect: "restart"}, "gateway.name: gateway -> cluster (restart)"},
		{engine.Change{Path: "jetstream.domain", After: `"hub"`, Effect: "coordinated-restart"}, "jetstream.domain: (not set) -> hub (restart of all servers that share it)"},
		{engine.Change{Path: "port", Before: "4222", Effect: "none"}, "port: 4222 -> (not set)"},
		{engine.Change{Path: "x", Before: `"4222"`, After: "4222"}, `x: "4222" -> 4222`},
		{engine.Change{Path: "x", Before: `"true"`, After: "true"}, `x: "true" -> true`},
		{engine.Change{Path: "x", Before: `"a b"`, After: `{"domain":"hub","n":[1,"x"]}`}, `x: "a b" -> {domain: hub,n: [1,x]}`},
		{engine.Change{Path: "x", Before: `"it\"s"`, After: `{"a":"\"b\"","c.d":"e:"}`}, `x: "it\"s" -> {a: "\"b\"",c.d: "e:"}`},
	} {
		if got := Words(c.change); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestPlainShowsWhatATerminalWouldObey(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[2Jb":   "a^[[2Jb",
		"a\nb\tc":     "a^Jb^Ic",
		"\xff\u202eé": "<FF><U+202E>é",
		"\x7f\u0085":  "<U+007F><U+0085>",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{"0 files": Count(0, "file"), "1 fix": Count(1, "fix"), "2 fixes": Count(2, "fix")} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTextPointsAtTheFinding(t *testing.T) {
	before := "\tpass: \"größe\", name: old\r\n"
	at, secret := strings.Index(before, "old"), strings.Index(before, "größe")
	res := &engine.Result{
		Files: []*engine.File{{
			Path: "a.conf", Status: engine.WouldChange, Before: []byte(before), After: []byte("x"),
			SecretsBefore: []engine.Span{{Start: secret, End: secret + len("größe")}},
		}},
		Findings: []*engine.Finding{{
			Rule: "r", Severity: fixes.Error, Message: "no\x1b[m", File: "a.conf", Line: 1, Column: 23, Offset: at, End: at + 3,
		}},
	}
	var out bytes.Buffer
	run := testRun(res)
	if err := (text{}).Report(&out, run); err != nil {
		t.Fatal(err)
	}
	want := "a.conf:1:23: error: no^[[m [r]\n" +
		"     pass: \"********\", name: old\n" +
		"                             ^~~\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if !run.Masked() {
		t.Error("a secret was masked, and the run does not say so")
	}
}

func TestTextLeavesOutErrorsThatAreFindings(t *testing.T) {
	res := &engine.Result{
		Findings: []*engine.Finding{{Rule: "syntax", Message: "twice", File: "a", Line: 1, Column: 1}},
		Errors: []engine.Error{
			{File: "a", Line: 1, Column: 1, Message: "twice", Kind: engine.Syntax, Finding: true},
			{File: "b", Message: "once"},
		},
	}
	var out bytes.Buffer
	if err := (text{}).Report(&out, testRun(res)); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "twice") != 1 || strings.Count(got, "b: error: once\n") != 1 {
		t.Errorf("%s", got)
	}
}

func TestJSONMasksSecretEdits(t *testing.T) {
	res := &engine.Result{
		Files: []*engine.File{{Path: "a", Status: engine.Changed}},
		Findings: []*engine.Finding{{File: "a", Fixed: true, Fix: &engine.Fix{
			Group: []string{"a"}, Edits: []engine.Edit{{File: "a", New: "s3cret", Secret: true}, {File: "a", New: "plain"}},
		}}},
	}
	run := testRun(res)
	doc := run.document()
	edits := doc.Findings[0].Fix.Edits
	if edits[0].New != "********" || edits[1].New != "plain" || !run.Masked() {
		t.Errorf("%+v, masked %v", edits, run.Masked())
	}
	if !doc.Findings[0].Fixed {
		t.Error("the file was changed, but the finding is not fixed")
	}
	run = testRun(res)
	run.Reveal = true
	if got := run.document().Findings[0].Fix.Edits[0].New; got != "s3cret" || run.Masked() {
		t.Errorf("with Reveal: %s", got)
	}
}

func TestNewKnowsEveryFormat(t *testing.T) {
	for _, name := range Formats() {
		if _, err := New(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := New("jsno"); err == nil {
		t.Error("jsno is a format")
	}
}
