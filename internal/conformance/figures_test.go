package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
)

// What the figures must not fall below, in percent.
const (
	recallFloor = 99
	cureFloor   = 100
)

// figures are the counts of one collection.
type figures struct {
	inputs, starts, refused, outside, notJudged int

	places, found          int // what the server points at, and how much of it has a finding
	recalled               int // refused inputs of which every place has a finding
	falseErrors, lost      int // inputs that start and have an error; with a value that the server loses
	derivable, cured       int
	warnings               int
	acceptedChanged, worse int
}

func newJudge(tb testing.TB) *oracle.Judge {
	tb.Helper()
	judge, err := oracle.Start(tb.Context(), oracle.Options{Jobs: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(judge.Close)
	return judge
}

// measureAll measures inputs, two at a time, in their order.
func measureAll(tb testing.TB, judge *oracle.Judge, list []input) []*measured {
	tb.Helper()
	out := make([]*measured, len(list))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2)
	for i, in := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			out[i] = measure(tb, judge, in)
		})
	}
	wg.Wait()
	return out
}

// TestFigures measures recall, precision and cure over the configurations of
// the nats-server module and our own cases, which must not fall; and over the
// collection that NATSFIX_CORPUS names, if any, which is only told.
func TestFigures(t *testing.T) {
	judge := newJudge(t)
	public := slices.Concat(moduleInputs(t), ownInputs(t, "refused.cases"), ownInputs(t, "accepted.cases"))
	f := count(t, judge, "module and own cases", public)
	if f.recalled*100 < f.refused*recallFloor {
		t.Errorf("recall: %d of %d refused configurations have a finding at every place, less than %d %%", f.recalled, f.refused, recallFloor)
	}
	if f.falseErrors > 0 {
		t.Errorf("precision: %d configurations that start get an error", f.falseErrors)
	}
	if f.cured*100 < f.derivable*cureFloor {
		t.Errorf("cure: %d of %d configurations with a derivable answer are accepted after the fix", f.cured, f.derivable)
	}
	if corpus := corpusInputs(t); len(corpus) > 0 {
		count(t, judge, "NATSFIX_CORPUS", corpus)
	}
}

// count measures a collection and logs its figures and every miss.
func count(t *testing.T, judge *oracle.Judge, title string, list []input) figures {
	t.Helper()
	list = distinct(list)
	f := figures{inputs: len(list)}
	why := map[string]int{}
	for _, m := range measureAll(t, judge, list) {
		switch m.class {
		case notJudged:
			f.notJudged++
			why[m.why]++
			t.Logf("not judged: %s: %s", m.name, m.why)
		case outside:
			f.outside++
			why[m.why]++
		case refused:
			f.refused++
			f.places += len(m.problems)
			f.found += len(m.problems) - len(m.missed)
			if len(m.missed) == 0 {
				f.recalled++
			} else {
				t.Logf("missed: %s", m.describe(m.missed))
			}
		case starts:
			f.starts++
			if bad := slices.DeleteFunc(m.errors(), func(f *engine.Finding) bool {
				return LosesValue(f) || f.Round > 1 // what a fix brings to light
			}); len(bad) > 0 {
				f.falseErrors++
				t.Logf("error on a configuration that starts: %s", m.describe(nil))
			} else if len(m.errors()) > 0 {
				f.lost++
				t.Logf("a value is lost: %s", m.describe(nil))
			}
		}
		for _, w := range m.findings {
			if w.Severity == fixes.Warning && m.class == starts {
				f.warnings++
				t.Logf("warning: %s:%d: %s: %s\n\t%s", m.name, w.Line, w.Rule, w.Message, line(m.text, w.Line))
			}
		}
		cure(t, judge, m, &f)
	}
	t.Logf("%s: %d inputs: %d start, %d refused, %d refused for what is not in the file, %d not judged", title, f.inputs, f.starts, f.refused, f.outside, f.notJudged)
	for _, w := range slices.SortedFunc(keys(why), func(a, b string) int { return cmp.Or(why[b]-why[a], strings.Compare(a, b)) }) {
		t.Logf("  %4d %s", why[w], w)
	}
	t.Logf("%s: recall: %d of %d configurations (%.2f %%), %d of %d places", title, f.recalled, f.refused, percent(f.recalled, f.refused), f.found, f.places)
	t.Logf("%s: precision: %d false errors on %d that start; %d more lose a value; %d warnings", title, f.falseErrors, f.starts, f.lost, f.warnings)
	t.Logf("%s: cure: %d of %d with a derivable answer start after the fix (%.2f %%); %d that start change, %d of them wrongly",
		title, f.cured, f.derivable, percent(f.cured, f.derivable), f.acceptedChanged, f.worse)
	return f
}

// cure applies what the suite offers. The answer is derivable if every error
// has a fix that is safe, or safe by a choice that is made here.
func cure(t *testing.T, judge *oracle.Judge, m *measured, f *figures) {
	t.Helper()
	if m.class != refused && m.class != starts {
		return
	}
	res := check(t, judge, m.text, true, Choices)
	after, changed := m.text, false
	for _, file := range res.Files {
		if file.Status == engine.WouldChange {
			after, changed = string(file.After), true
		}
	}
	if m.class == starts {
		if !changed {
			return
		}
		f.acceptedChanged++
		if v := ask(t, judge, after); !v.Accepted() {
			f.worse++
			t.Errorf("refused after the fix: %s\n%s\n%v", m.name, after, v.Problems)
		}
		return
	}
	if len(m.missed) > 0 || !Derivable(res) || !Derivable(check(t, judge, m.text, false, Choices)) {
		return
	}
	f.derivable++
	if v := ask(t, judge, after); v.Accepted() {
		f.cured++
	} else {
		t.Logf("not cured: %s\n  after:\n%s  %v", m.describe(nil), indent(after), v.Problems)
	}
}

func ask(tb testing.TB, judge *oracle.Judge, text string) oracle.Verdict {
	tb.Helper()
	v, err := judge.Ask(tb.Context(), oracle.Case{Root: root, Files: map[string][]byte{root: []byte(text)}})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// describe shows an input with both answers, compactly. Of a long input only
// the lines that the server points at are shown.
func (m *measured) describe(places []oracle.Problem) string {
	var b strings.Builder
	fmt.Fprintln(&b, m.name)
	if len(m.text) < 400 {
		b.WriteString(indent(m.text))
	}
	if places == nil {
		places = m.problems
	}
	for _, p := range places {
		fmt.Fprintf(&b, "    server: %s %d: %.160s\n", p.Stage, p.Line, p.Message)
		if len(m.text) >= 400 && p.Line > 0 {
			fmt.Fprintf(&b, "      | %s\n", line(m.text, p.Line))
		}
	}
	for _, f := range m.errors() {
		fmt.Fprintf(&b, "    natsfix: %s %s %d: %.120s\n      | %s\n", f.Rule, f.Applicability, f.Line, f.Message, line(m.text, f.Line))
	}
	return b.String()
}

func indent(text string) string {
	return "      " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n      ") + "\n"
}

func line(text string, n int) string {
	lines := strings.Split(text, "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return fmt.Sprintf("%.140s", strings.TrimSpace(lines[n-1]))
}

// distinct leaves out inputs whose text came before.
func distinct(list []input) []input {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(in input) bool {
		was := seen[in.text]
		seen[in.text] = true
		return was
	})
}

func keys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func percent(n, of int) float64 {
	if of == 0 {
		return 100
	}
	return 100 * float64(n) / float64(of)
}
