package fixes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Page returns the documentation of the rule in Markdown, as it stands in
// docs/rules.
func (r *Rule) Page() string {
	var b strings.Builder
	d := r.Doc
	fmt.Fprintf(&b, "<!-- Made from the rule's own text; edit that and run: go test ./internal/fixes/suite -update -->\n\n")
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n", r.Name, strings.TrimSuffix(r.Summary, "."))
	fmt.Fprintf(&b, "| | |\n| --- | --- |\n| Severity | %s |\n| The server notices | %s |\n", r.Severity, d.Stage)
	if d.Message != "" {
		fmt.Fprintf(&b, "| The server says | `%s` |\n", d.Message)
	}
	if d.Since != "" {
		fmt.Fprintf(&b, "| Since | nats-server %s |\n", d.Since)
	}
	if d.Until != "" {
		fmt.Fprintf(&b, "| Until | nats-server %s |\n", d.Until)
	}
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", title, strings.TrimSpace(text))
		}
	}
	section("What happens", d.What)
	section("What the fix does", d.Fix)
	section("When it is applied", d.Applicability)
	section("Effect on running servers", d.Effect)
	if len(r.Params) > 0 {
		b.WriteString("\n## Parameters\n\n")
		for _, p := range r.Params {
			fmt.Fprintf(&b, "- `--set %s.%s=", r.Name, p.Name)
			if p.Values != nil {
				fmt.Fprintf(&b, "%s`", strings.Join(p.Values, "|"))
			} else {
				b.WriteString("VALUE`")
			}
			fmt.Fprintf(&b, ": %s. Default: %s.\n", p.Doc, p.Default)
		}
	}
	if d.Before != "" {
		b.WriteString("\n## Example\n\nBefore:\n")
		example(&b, d.Before, d.BeforeFiles)
		b.WriteString("\nAfter:\n")
		example(&b, d.After, d.AfterFiles)
	}
	fmt.Fprintf(&b, "\n## To silence it\n\nSkip the rule with `--skip %s`, or switch it off in `.natsfix.yaml`:\n\n```yaml\nrules:\n  %s: off\n```\n", r.Name, r.Name)
	if !r.Ignores {
		fmt.Fprintf(&b, "\nFor one place, a comment on the line or above it says why ([more](../ignoring.md)):\n\n```\n# natsfix:ignore %s -- reason\n```\n", r.Name)
	}
	if len(d.References) > 0 {
		fmt.Fprintf(&b, "\n## References\n\n%s\n", strings.Join(d.References, ", "))
	}
	return b.String()
}

func example(b *strings.Builder, main string, files map[string]string) {
	fmt.Fprintf(b, "\n```\n%s```\n", main)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(b, "\n`%s`:\n\n```\n%s```\n", name, files[name])
	}
}

// Index returns the list of rules in Markdown, as it stands in
// docs/rules/README.md.
func Index(rules []*Rule) string {
	var b strings.Builder
	b.WriteString("<!-- Made from the rules' own texts: go test ./internal/fixes/suite -update -->\n\n# Rules\n\n")
	b.WriteString("In the order in which they run. `natsfix explain RULE` shows a rule's page in a terminal.\n\n")
	b.WriteString("A fix that a page calls safe is unsafe where a comment goes with what it takes out: a person may have written there what no rule knows.\n\n")
	b.WriteString("| rule | severity | what is wrong |\n| --- | --- | --- |\n")
	for _, r := range rules {
		name := fmt.Sprintf("[%s](%s.md)", r.Name, r.Name)
		if r.Off {
			name += " (off by default)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, r.Severity, strings.ReplaceAll(r.Summary, "|", "\\|"))
	}
	return b.String()
}
