package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
)

// report tells how the cases went, in the formats asked for, and sums up.
func (t *testRun) report(mode string, updated map[*golden.Result]bool) error {
	formats := t.opts.formats
	if len(formats) == 0 {
		formats = []format{{name: "text"}}
	}
	for _, f := range formats {
		write := t.writeText
		if f.name == "json" {
			write = t.writeJSON
		}
		if f.file == "" {
			t.app.reported = true
			if err := write(t.out, mode, updated); err != nil {
				return err
			}
			continue
		}
		if err := toFile(f.file, func(w io.Writer) error { return write(w, mode, updated) }); err != nil {
			return err
		}
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	for _, res := range t.results {
		if res.Err != nil {
			t.invalid(res)
		} else if !res.Passed() && !updated[res] {
			t.fail(exitFindings)
		}
	}
	t.sumUp(mode, updated)
	return nil
}

func toFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(file)
	if err := write(w); err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return w.Flush()
}

// invalid says on standard error why a case could not be run.
func (t *testRun) invalid(res *golden.Result) {
	t.warn("%s", report.Plain(res.Err.Error()))
	t.fail(exitUsage)
}

// writeText lists what failed, with a diff that git apply takes where the case
// may be changed so that it passes.
func (t *testRun) writeText(w io.Writer, mode string, updated map[*golden.Result]bool) error {
	out := bufio.NewWriter(w)
	for _, res := range t.results {
		name := report.Plain(t.name(res.File))
		switch {
		case res.Err != nil:
		case updated[res]:
			fmt.Fprintf(out, "updated %s\n", name)
		case res.Passed():
			if t.opts.verbose && mode != "pending" {
				fmt.Fprintf(out, "passed %s (%d ms)\n", name, res.Time.Milliseconds())
			}
		case mode == "pending" && res.Acceptable():
			fmt.Fprintf(out, "pending %s\n", name)
			if t.opts.verbose {
				out.Write(t.caseDiff(res, w == io.Writer(t.out)))
			}
		default:
			fmt.Fprintf(out, "FAILED %s: %s\n", name, report.Plain(res.About))
			t.writeProblems(out, res)
			out.Write(t.caseDiff(res, w == io.Writer(t.out)))
		}
	}
	if mode == "pending" {
		for _, p := range t.found.Pending {
			if p.Orphan {
				fmt.Fprintf(out, "pending %s: the case is gone\n", report.Plain(t.name(p.Case)))
			}
		}
	}
	return out.Flush()
}

// writeProblems lists what keeps a case from being accepted.
func (t *testRun) writeProblems(w io.Writer, res *golden.Result) {
	for _, problem := range res.Problems() {
		for line := range strings.Lines(problem) {
			fmt.Fprintf(w, "    %s\n", report.Plain(strings.TrimSuffix(line, "\n")))
		}
	}
}

// caseDiff returns the difference of a case: as that of its file, so that it
// can be applied, or section by section if no file can hold it.
func (t *testRun) caseDiff(res *golden.Result, stdout bool) []byte {
	if res.After == nil {
		return []byte(res.Differs)
	}
	d := diff.Compute(diff.Change{Name: t.diffName(res.File), Old: res.Before, New: res.After}, t.opts.context)
	color := stdout && useColor(t.opts.alwaysColor, t.opts.noColor, t.app.Stdout)
	if color || stdout && isTerminal(t.app.Stdout) {
		return d.Terminal(color)
	}
	return d.Unified()
}

// testDocument is what --format json writes.
type testDocument struct {
	Schema  string      `json:"schema"`
	Summary testSummary `json:"summary"`
	Cases   []testCase  `json:"cases"`
	Error   string      `json:"error,omitempty"` // why the run ended before it had run any
}

// testSchema names the shape of the document.
const testSchema = "natsfix/test/1"

type testSummary struct {
	Cases   int `json:"cases"`
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Invalid int `json:"invalid"`
	Updated int `json:"updated"`
	Pending int `json:"pending"`
}

type testCase struct {
	Case     string   `json:"case"`
	About    string   `json:"about"`
	Rules    []string `json:"rules"`
	Status   string   `json:"status"`   // passed, failed, invalid, updated
	Problems []string `json:"problems"` // what cannot be accepted, or why the case cannot be run
	Diff     string   `json:"diff"`     // of the case file
	Pending  string   `json:"pending"`  // the file that holds the result, "" if there is none
	Millis   int64    `json:"milliseconds"`
}

// writeJSON writes one object for programs.
func (t *testRun) writeJSON(w io.Writer, mode string, updated map[*golden.Result]bool) error {
	doc := testDocument{Schema: testSchema, Summary: t.count(updated), Cases: []testCase{}}
	for _, res := range t.results {
		one := testCase{
			Case: t.name(res.File), About: res.About, Rules: append([]string{}, res.Rules...), Status: "passed",
			Problems: append([]string{}, res.Problems()...), Millis: res.Time.Milliseconds(),
		}
		switch {
		case res.Err != nil:
			one.Status, one.Problems = "invalid", []string{res.Err.Error()}
		case updated[res]:
			one.Status = "updated"
		case !res.Passed():
			one.Status, one.Diff = "failed", string(t.caseDiff(res, false))
			if mode == "pending" && res.Acceptable() {
				one.Pending = t.name(golden.Pending{Case: res.File}.File())
			}
		}
		doc.Cases = append(doc.Cases, one)
	}
	return writeObject(w, doc)
}

func (t *testRun) count(updated map[*golden.Result]bool) testSummary {
	sum := testSummary{Cases: len(t.results)}
	for _, res := range t.results {
		switch {
		case res.Err != nil:
			sum.Invalid++
		case updated[res]:
			sum.Updated++
		case res.Passed():
			sum.Passed++
		default:
			sum.Failed++
			if res.Acceptable() {
				sum.Pending++
			}
		}
	}
	return sum
}

// sumUp ends a run: how many cases there were, and what to type next.
func (t *testRun) sumUp(mode string, updated map[*golden.Result]bool) {
	sum := t.count(updated)
	text := fmt.Sprintf("%s: %d passed", report.Count(sum.Cases, "case"), sum.Passed)
	for _, part := range []struct {
		n    int
		what string
	}{{sum.Updated, "updated"}, {sum.Failed, "failed"}, {sum.Invalid, "could not be run"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	var total time.Duration
	for _, res := range t.results {
		total += res.Time
	}
	if t.opts.verbose {
		text += fmt.Sprintf(" (%.1f s of work)", total.Seconds())
	}
	t.say("%s.", text)
	switch {
	case sum.Updated > 0:
		t.say("To take this back: natsfix undo")
	case mode == "pending" && sum.Pending > 0:
		t.say("To accept: natsfix test --accept PATTERN; to drop: natsfix test --reject PATTERN")
	case sum.Pending > 0:
		t.say("To decide about the differences: %s", t.repeatTest("--review"))
	case mode == "" && len(t.found.Pending) > 0:
		t.say("%s out of date: %s", is(len(t.found.Pending), "pending result"), t.repeatTest("--pending"))
	}
}

// repeatTest returns the command that goes on with the same cases.
func (t *testRun) repeatTest(flag string) string {
	words := "natsfix test " + flag
	for _, path := range t.given {
		words += " " + shellQuote(path)
	}
	return words
}
