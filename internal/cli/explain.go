package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

func (a *App) explainCommand() *command {
	return &command{
		name: "explain", operands: "RULE...", summary: "Explain a rule: what is wrong, and what its fix does",
		examples: []string{"natsfix explain gateway-cluster-name"},
		flags:    slices.Concat(recipeFlags(), messageFlags(), pick(inputFlags(), "config", "no-config")),
		run:      a.explain,
	}
}

func (a *App) explain(_ context.Context, c *call) (int, error) {
	if c.NArg() == 0 {
		return 0, &usageError{text: "explain needs the name of a rule", hint: "natsfix rules lists them."}
	}
	always, never, err := colorChoice(c.String("color"))
	if err != nil {
		return 0, err
	}
	var rules []*fixes.Rule
	for _, name := range c.Args().Slice() {
		r, err := findRule(slices.Concat(a.Rules, engine.Problems()), "explain", name)
		if err != nil {
			return 0, err
		}
		rules = append(rules, r)
	}
	w := bufio.NewWriter(a.Stdout)
	for i, r := range rules {
		if i > 0 {
			fmt.Fprintln(w)
		}
		explainRule(w, r, useColor(always, never, a.Stdout))
	}
	return exitDone, w.Flush()
}

// explainRule writes one rule's page.
func explainRule(w io.Writer, r *fixes.Rule, color bool) {
	fmt.Fprintf(w, "%s (%s)\n\n%s\n", r.Name, r.Severity, wrap(r.Summary, "  "))
	d := r.Doc
	section := func(title, text string) {
		if text = strings.TrimSpace(text); text != "" {
			fmt.Fprintf(w, "\n%s\n%s\n", title, wrap(text, "  "))
		}
	}
	section("What happens", d.What)
	section("Noticed by the server at", d.Stage)
	section("The server says", d.Message)
	section("Releases", releases(d.Since, d.Until))
	section("The fix", d.Fix)
	section("When it is safe", d.Applicability)
	section("Effect on running servers", d.Effect)
	if len(r.Params) > 0 {
		fmt.Fprint(w, "\nParameters\n")
		for _, p := range r.Params {
			fmt.Fprintf(w, "  --set %s.%s=%s\n%s\n", r.Name, p.Name, paramValues(p), wrap(paramText(p), "      "))
		}
	}
	explainExample(w, d, color)
	if len(d.References) > 0 {
		fmt.Fprint(w, "\nSee also\n")
		for _, ref := range d.References {
			fmt.Fprintf(w, "  %s\n", ref)
		}
	}
}

func explainExample(w io.Writer, d fixes.Doc, color bool) {
	if d.Before == "" && len(d.BeforeFiles) == 0 {
		return
	}
	fmt.Fprint(w, "\nExample\n")
	example(w, "nats.conf", d.Before, d.After, color)
	for _, name := range slices.Sorted(maps.Keys(d.BeforeFiles)) {
		after, changed := d.AfterFiles[name]
		if !changed {
			after = d.BeforeFiles[name]
		}
		example(w, name, d.BeforeFiles[name], after, color)
	}
}

// example shows what a fix does to one file, or the file if it stays.
func example(w io.Writer, name, before, after string, color bool) {
	d := diff.Compute(diff.Change{Name: name, Old: []byte(before), New: []byte(after)}, strings.Count(before, "\n"))
	text := string(d.Terminal(color))
	if i := strings.Index(text, "\n"); i >= 0 {
		text = text[i+1:] // git's own header
	} else if before != "" {
		text = name + "\n" + before
	}
	for line := range strings.Lines(text) {
		fmt.Fprint(w, "  "+line)
	}
}

func releases(since, until string) string {
	switch {
	case since == "" && until == "":
		return ""
	case until == "":
		return "from " + since
	case since == "":
		return "up to " + until
	}
	return since + " to " + until
}

// paramValues returns what a parameter takes: "cluster|gateway" or "VALUE".
func paramValues(p fixes.Param) string {
	if p.Values == nil {
		return "VALUE"
	}
	return strings.Join(p.Values, "|")
}

func paramText(p fixes.Param) string {
	if p.Default == "" {
		return p.Doc
	}
	return strings.TrimSuffix(strings.TrimSpace(p.Doc), ".") + ". Default: " + p.Default + "."
}

// lineWidth is how wide pages are, in characters.
const lineWidth = 80

// wrap breaks paragraphs into lines; lines that are indented stay as they are.
func wrap(text, indent string) string {
	var lines []string
	line := ""
	end := func() {
		if line != "" {
			lines = append(lines, indent+line)
			line = ""
		}
	}
	for raw := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if strings.TrimSpace(raw) == "" || raw[0] == ' ' || raw[0] == '\t' || strings.HasPrefix(raw, "- ") {
			end()
			lines = append(lines, strings.TrimRight(indent+raw, " \t"))
			continue
		}
		for word := range strings.FieldsSeq(raw) {
			if line != "" && len(indent)+len(line)+1+len(word) > lineWidth {
				end()
			}
			if line != "" {
				line += " "
			}
			line += word
		}
	}
	end()
	return strings.Join(lines, "\n")
}
