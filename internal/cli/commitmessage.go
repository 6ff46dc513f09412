package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/report"
)

// subjectWidth is how long the first line of a commit message may be.
const subjectWidth = 72

// maxInMessage bounds how many corrections a commit message lists.
const maxInMessage = 20

// commitMessage says what a step changes, and why. name gives the names of
// files. Secrets are masked in findings already.
func (s *session) commitMessage(step *ruleStep, name func(path string) string) string {
	paths := slices.Sorted(maps.Keys(step.files))
	where := name(paths[0])
	if len(paths) > 1 {
		where = report.Count(len(paths), "file")
	}
	var b strings.Builder
	switch {
	case s.command == "edit":
		b.WriteString(subject("Edit NATS configuration", where))
	case len(step.rules) == 1:
		b.WriteString(subject("Correct "+step.rules[0].Name, where))
	default:
		b.WriteString(subject("Correct NATS configuration", where))
	}
	b.WriteString("\n")
	if s.command != "edit" {
		for _, r := range step.rules {
			fmt.Fprintf(&b, "\n%s\n", wrap(sentence(r.Name+": "+r.Summary), ""))
			if r.Doc.What != "" {
				fmt.Fprintf(&b, "\n%s\n", wrap(r.Doc.What, ""))
			}
		}
	}
	b.WriteString("\n")
	for i, f := range step.findings {
		if i == maxInMessage {
			fmt.Fprintf(&b, "- and %d more\n", len(step.findings)-i)
			break
		}
		title := f.Message
		if f.Fix != nil && f.Fix.Title != "" {
			title = f.Fix.Title
		}
		fmt.Fprintf(&b, "- %s:%d: %s\n", report.Plain(name(f.File)), f.Line, report.Plain(title))
	}
	if s.result.Judge != "" {
		fmt.Fprintf(&b, "\nProved with nats-server %s.\n", strings.TrimPrefix(s.result.Judge, "v"))
	}
	return b.String()
}

// subject returns the first line of a message, without the place if that makes
// it too long.
func subject(what, where string) string {
	if line := what + " in " + report.Plain(where); len(line) <= subjectWidth {
		return line
	}
	return what
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
