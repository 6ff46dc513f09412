package recipe

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// page returns what explain shows of the recipe; its first test is the example.
func (r *Recipe) page() fixes.Doc {
	d := fixes.Doc{
		Stage:  fmt.Sprintf("never: this is a recipe (%s)", r.Pos.File),
		What:   r.Doc,
		Fix:    r.stepList(),
		Effect: "As the fields that change ask for; the summary of a run says so.",
	}
	if d.What == "" {
		d.What = r.Description
	}
	d.Applicability = "Safe, as its author says."
	if r.Applicability != fixes.Safe {
		d.Applicability = "Unsafe: " + r.Reason + "."
	}
	if r.Where.Text != "" {
		d.Applicability += "\n\nOnly servers for which this holds:\n\n    " + strings.Join(strings.Fields(r.Where.Text), " ")
	}
	if len(r.Tests) > 0 {
		t := r.Tests[0]
		main := slices.Sorted(maps.Keys(t.Files))[0]
		if _, ok := t.Files["nats.conf"]; ok {
			main = "nats.conf"
		}
		after := maps.Clone(t.Files)
		maps.Copy(after, t.Want)
		d.Before, d.After = t.Files[main], after[main]
		d.BeforeFiles, d.AfterFiles = maps.Clone(t.Files), after
		delete(d.BeforeFiles, main)
		delete(d.AfterFiles, main)
	}
	return d
}

// stepList shows the steps, one a line.
func (r *Recipe) stepList() string {
	var b strings.Builder
	for _, s := range r.Steps {
		text := s.Command
		if s.Rule != "" {
			text = "rule " + s.Rule
		}
		if s.Recipe != "" {
			text = "recipe " + s.Recipe
		}
		for _, name := range sortedKeys(s.With) {
			text += fmt.Sprintf(" %s=%s", name, s.With[name])
		}
		fmt.Fprintf(&b, "    %s\n", strings.Join(strings.Fields(text), " "))
	}
	return "\n" + b.String()
}
