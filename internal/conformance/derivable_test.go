package conformance

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
)

// judgement is what a person said of a refused configuration with nothing but
// it and the server's messages at hand: whether it leaves one right answer.
type judgement struct {
	derivable bool
	reason    string
}

// ownJudgements returns those of our own refused cases, by part, message, and
// how many of that message came before.
func ownJudgements(tb testing.TB) map[string]judgement {
	tb.Helper()
	text, err := os.ReadFile("testdata/derivable.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	list := make(map[string]judgement)
	for row := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(cells) != 5 || cells[4] == "" || cells[3] != "derivable" && cells[3] != "hand" {
			tb.Errorf("not PART, message, number, derivable or hand, and why: %q", row)
			continue
		}
		key := strings.Join(cells[:3], "\t")
		if _, twice := list[key]; twice {
			tb.Errorf("judged twice: %q", key)
		}
		list[key] = judgement{cells[3] == "derivable", cells[4]}
	}
	return list
}

// TestDerivableAnswersAreGiven holds what the suite cures against what was
// judged without it: each configuration that leaves one right answer, but for a
// name or a number that somebody picks, starts after the fix.
func TestDerivableAnswersAreGiven(t *testing.T) {
	judge := newJudge(t)
	judged := ownJudgements(t)
	inputs := ownInputs(t, "refused.cases")
	measured := measureAll(t, judge, inputs)
	count, derivable, cured := make(map[string]int), 0, 0
	seen := make(map[string]bool)
	for i, in := range inputs {
		count[in.part+"\t"+in.message]++
		key := fmt.Sprintf("%s\t%s\t%d", in.part, in.message, count[in.part+"\t"+in.message])
		if measured[i].class != refused || seen[in.text] {
			continue
		}
		seen[in.text] = true
		j, ok := judged[key]
		if !ok {
			t.Errorf("%s: no judgement in derivable.tsv under %q", in.name, key)
			continue
		}
		delete(judged, key)
		if !j.derivable {
			continue
		}
		derivable++
		after := fixed(t, check(t, judge, in.text, true, Choices), in.text)
		if v := ask(t, judge, after); !v.Accepted() {
			t.Errorf("%s: derivable (%s), and still refused: %v\n%s", in.name, j.reason, v.Problems, after)
			continue
		}
		cured++
	}
	for key := range judged {
		t.Errorf("derivable.tsv speaks of a case that is none: %q", key)
	}
	t.Logf("%d judged derivable, %d of them cured", derivable, cured)
}

// fixed returns the text of the one file after a run.
func fixed(tb testing.TB, res *engine.Result, before string) string {
	tb.Helper()
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			return string(f.After)
		}
	}
	return before
}
