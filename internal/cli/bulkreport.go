package cli

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/bulk"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// pullRequest returns, as Markdown, what is corrected and what is left to
// people. Secrets are masked in findings already.
func (s *session) pullRequest(groups []*engine.Group) []byte {
	var b bytes.Buffer
	byRule := make(map[string][]*engine.Finding)
	for _, g := range groups {
		for _, f := range g.Findings {
			byRule[f.Rule] = append(byRule[f.Rule], f)
		}
	}
	b.WriteString("\n## What is corrected, and why\n")
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		r := ruleNamed(s.app.Rules, rule)
		if r == nil {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", rule, bulk.Cell(sentence(r.Summary)))
		if r.Doc.What != "" {
			fmt.Fprintf(&b, "\n%s\n", bulk.Cell(strings.Join(strings.Fields(r.Doc.What), " ")))
		}
		b.WriteString("\n")
		for i, f := range byRule[rule] {
			if i == maxInMessage {
				fmt.Fprintf(&b, "- and %d more\n", len(byRule[rule])-i)
				break
			}
			title := f.Message
			if f.Fix != nil && f.Fix.Title != "" {
				title = f.Fix.Title
			}
			fmt.Fprintf(&b, "- %s:%d: %s\n", bulk.Cell(report.Plain(s.name(f.File))), f.Line, bulk.Cell(report.Plain(title)))
		}
	}
	b.WriteString("\n## What the servers will see\n\n")
	lines := make(map[string]bool)
	for _, g := range groups {
		for _, c := range effectiveChanges(g) {
			lines[fmt.Sprintf("- %s: %s\n", bulk.Cell(report.Plain(s.name(c.Server))), bulk.Cell(report.Words(c)))] = true
		}
	}
	if len(lines) == 0 {
		b.WriteString("No server sees a difference.\n")
	}
	for i, line := range slices.Sorted(maps.Keys(lines)) {
		if i == maxInMessage {
			fmt.Fprintf(&b, "- and %d more\n", len(lines)-i)
			break
		}
		b.WriteString(line)
	}
	if left := s.unfixed(); len(left) > 0 {
		b.WriteString("\n## What is left to you\n\n")
		for i, f := range left {
			if i == maxInMessage {
				fmt.Fprintf(&b, "- and %d more (natsfix check lists them)\n", len(left)-i)
				break
			}
			fmt.Fprintf(&b, "- %s:%d: %s: %s (%s)\n", bulk.Cell(report.Plain(s.name(f.File))), f.Line, f.Severity, bulk.Cell(report.Plain(f.Message)), f.Rule)
		}
	}
	if s.result.Judge != "" {
		fmt.Fprintf(&b, "\nEvery change was proved with nats-server %s: nothing but what is listed changes in the effective configuration.\n", strings.TrimPrefix(s.result.Judge, "v"))
	}
	return b.Bytes()
}

// tell reports what became of the repositories.
func (r *bulkRun) tell(outcomes []*bulk.Outcome) error {
	formats := r.opts.formats
	if r.opts.stdoutFormat() == "" {
		formats = append([]format{{name: "text"}}, formats...)
	}
	for _, f := range formats {
		write := r.table
		if f.name == "json" {
			write = r.json
		}
		if f.file == "" {
			r.app.reported = true
			if err := write(r.out, outcomes); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		if err := write(&b, outcomes); err != nil {
			return err
		}
		if err := os.WriteFile(f.file, b.Bytes(), 0o666); err != nil {
			return fmt.Errorf("cannot write the report: %w", err)
		}
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	r.bulkNotes(outcomes)
	return nil
}

// table writes a line for each repository.
func (r *bulkRun) table(w io.Writer, outcomes []*bulk.Outcome) error {
	if r.opts.verbose && !r.write {
		for _, o := range outcomes {
			if len(o.Diff) > 0 {
				fmt.Fprintf(w, "# %s\n%s", report.Plain(o.Source.Name), o.Diff)
			}
		}
	}
	rows := [][]string{{"repository", "findings", "changed", "refused", "branch"}}
	for _, o := range outcomes {
		branch := "-"
		switch o.Status {
		case bulk.StatusChanged:
			branch = r.branch
			if o.Stage == bulk.Pushed {
				branch += " (pushed)"
			}
		case bulk.StatusWouldChange:
			branch = r.branch + " (not made)"
		case bulk.StatusRefused, bulk.StatusError, bulk.StatusSkipped:
			if branch = string(o.Status); o.Status != bulk.StatusSkipped && o.HasBranch() && r.push {
				branch = r.branch + " (not pushed)"
			}
		}
		n := func(i int) string {
			if o.Counts.Files == 0 && o.Status != bulk.StatusUnchanged { // not looked at
				return "-"
			}
			return strconv.Itoa(i)
		}
		rows = append(rows, []string{report.Plain(o.Source.Name), n(o.Counts.Findings), n(o.Counts.Changed), n(o.Counts.Refused), branch})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 && i < len(row)-1 { // numbers
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// bulkNotes says on standard error what the table has no room for.
func (r *bulkRun) bulkNotes(outcomes []*bulk.Outcome) {
	count := make(map[bulk.Status]int)
	summaries, made := 0, false
	for _, o := range outcomes {
		count[o.Status]++
		made = made || o.HasBranch()
		if o.Summary != "" {
			summaries++
		}
		if o.Message != "" {
			r.warn("%s: %s", report.Plain(o.Source.Name), report.Plain(strings.ReplaceAll(o.Message, "\n", "; ")))
		}
		for _, note := range o.Notes {
			r.say("%s: %s", report.Plain(o.Source.Name), report.Plain(note))
		}
	}
	verb, changed := "changed", count[bulk.StatusChanged]
	if !r.write {
		verb, changed = "would change", count[bulk.StatusWouldChange]
	}
	earlier := ""
	if n := count[bulk.StatusChanged]; !r.write && n > 0 {
		earlier = fmt.Sprintf(", %d done by an earlier run", n)
	}
	r.say("%s: %d %s, %d as they are, %d refused, %d in error%s.", count1(len(outcomes), "repository", "repositories"),
		changed, verb, count[bulk.StatusUnchanged], count[bulk.StatusRefused], count[bulk.StatusError], earlier)
	if n := count[bulk.StatusSkipped]; n > 0 {
		r.warn("interrupted; %s not looked at; %s made; the same command goes on", count1(n, "repository", "repositories"), count1(changed, "branch", "branches"))
	}
	switch {
	case !r.write && changed > 0:
		r.say("Nothing was written. To make the branches: %s", r.again())
	case r.write && summaries > 0:
		r.say("Texts for the pull requests: %s", summaryDir(outcomes))
	}
	if made {
		r.say("To remove the branches: natsfix undo --bulk %s", shellQuote(r.branch))
	}
}

// again returns the command that makes the branches, without passwords in
// addresses.
func (r *bulkRun) again() string {
	opts := *r.opts
	opts.paths, opts.given = slices.Clone(opts.paths), slices.Clone(opts.given)
	for i, p := range opts.paths {
		opts.paths[i] = repo.MaskURL(p)
	}
	for i, flag := range opts.given {
		if name, value, ok := strings.Cut(flag, "="); ok && name == "--repos" {
			opts.given[i] = name + "=" + repo.MaskURL(value)
		}
	}
	s := &session{app: r.app, command: r.command, opts: &opts}
	return s.repeat("natsfix bulk", "--write")
}

func summaryDir(outcomes []*bulk.Outcome) string {
	for _, o := range outcomes {
		if o.Summary != "" {
			return relative(filepath.Dir(o.Summary))
		}
	}
	return ""
}

func count1(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// bulkDocument is the report of a run over repositories, as JSON.
type bulkDocument struct {
	Schema       string           `json:"schema"`
	Branch       string           `json:"branch"`
	Summary      bulkSummary      `json:"summary"`
	Repositories []bulkRepository `json:"repositories"`
	Error        string           `json:"error,omitempty"` // why the run ended before it had looked at any
}

// bulkSchema names the shape of the document.
const bulkSchema = "natsfix/bulk/1"

type bulkSummary struct {
	Repositories int `json:"repositories"`
	Changed      int `json:"changed"`
	Unchanged    int `json:"unchanged"`
	Refused      int `json:"refused"`
	Errors       int `json:"errors"`
	Skipped      int `json:"skipped"`
}

type bulkRepository struct {
	Repository string        `json:"repository"`
	Status     bulk.Status   `json:"status"`
	Message    string        `json:"message"`
	Notes      []string      `json:"notes"`
	Files      int           `json:"files"`
	Findings   int           `json:"findings"`
	Changed    int           `json:"changed"`
	Refused    int           `json:"refused"`
	Base       string        `json:"base"`
	Head       string        `json:"head"`
	Branch     string        `json:"branch"`
	Pushed     string        `json:"pushed"`
	Summary    string        `json:"summary_file"`
	Commits    []bulk.Commit `json:"commits"`
}

func (r *bulkRun) json(w io.Writer, outcomes []*bulk.Outcome) error {
	doc := bulkDocument{Schema: bulkSchema, Branch: r.branch, Repositories: []bulkRepository{}}
	doc.Summary.Repositories = len(outcomes)
	for _, o := range outcomes {
		one := bulkRepository{
			Repository: o.Source.Name, Status: o.Status, Message: o.Message, Notes: append([]string{}, o.Notes...),
			Files: o.Counts.Files, Findings: o.Counts.Findings, Changed: o.Counts.Changed, Refused: o.Counts.Refused,
			Base: o.Base, Head: o.Head, Pushed: o.Entry.Pushed, Summary: relative(o.Summary), Commits: append([]bulk.Commit{}, o.Commits...),
		}
		if o.HasBranch() {
			one.Branch = r.branch
		}
		switch o.Status {
		case bulk.StatusChanged:
			doc.Summary.Changed++
		case bulk.StatusWouldChange:
			doc.Summary.Changed++
		case bulk.StatusUnchanged:
			doc.Summary.Unchanged++
		case bulk.StatusRefused:
			doc.Summary.Refused++
		case bulk.StatusError:
			doc.Summary.Errors++
		case bulk.StatusSkipped:
			doc.Summary.Skipped++
		}
		doc.Repositories = append(doc.Repositories, one)
	}
	return writeObject(w, doc)
}
