package conformance

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestEveryMessageHasItsRule holds what the server can say against the suite:
// each of our own configurations brings the message that its header names, and
// an error of the rule that knows it. "syntax" is the engine's own finding.
func TestEveryMessageHasItsRule(t *testing.T) {
	judge := newJudge(t)
	list := ownInputs(t, "refused.cases")
	for i, m := range measureAll(t, judge, list) {
		in := list[i]
		if in.message == "" || in.rule == "" || !slices.Contains([]string{"safe", "choice", "hand"}, in.cure) {
			t.Errorf("%s: the header is not PART safe|choice|hand RULE | MESSAGE", in.name)
			continue
		}
		said := false
		for _, p := range m.verdict.Problems {
			// Some of what it says depends on the order in which it reads a map.
			said = said || strings.Contains(p.Message, in.message) || p.Kind() == (oracle.Problem{Message: in.message}).Kind()
		}
		if !said {
			t.Errorf("%s: the server says something else: %v", in.name, m.verdict.Problems)
		}
		if in.rule == "-" {
			if m.class == refused {
				t.Errorf("%s: only what is not in the file may have no rule", in.name)
			}
			continue
		}
		if !slices.ContainsFunc(m.findings, finds(in.rule)) {
			t.Errorf("%s: no error of %s\n%s", in.name, in.rule, m.describe(nil))
		}
	}
}

func finds(rule string) func(*engine.Finding) bool {
	return func(f *engine.Finding) bool { return f.Rule == rule && f.Severity == fixes.Error }
}

// TestHeadersSayWhatTheFixesDo holds what the headers say of each configuration
// against what the fixes do: with the file alone, with the choices made here, or
// not at all the server starts afterwards.
func TestHeadersSayWhatTheFixesDo(t *testing.T) {
	judge := newJudge(t)
	for _, in := range ownInputs(t, "refused.cases") {
		cure := "hand"
		if v := ask(t, judge, fixed(t, check(t, judge, in.text, true, nil), in.text)); v.Accepted() {
			cure = "safe"
		} else if v := ask(t, judge, fixed(t, check(t, judge, in.text, true, Choices), in.text)); v.Accepted() {
			cure = "choice"
		}
		if cure != in.cure {
			t.Errorf("%s: it is %s now", in.name, cure)
		}
	}
}

// TestOtherMessagesHaveRuleOrReason holds what no configuration of ours can
// bring about, and what the server says nothing of.
func TestOtherMessagesHaveRuleOrReason(t *testing.T) {
	text, err := os.ReadFile("testdata/messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(cells) != 4 || slices.Contains(cells, "") {
			t.Errorf("not PART, message, rule or -, and why: %q", row)
			continue
		}
		if rule := cells[2]; rule != "-" && rule != "syntax" && !slices.ContainsFunc(suite.All(), func(r *fixes.Rule) bool { return r.Name == rule }) {
			t.Errorf("%s: there is no rule %s", cells[1], rule)
		}
	}
}
