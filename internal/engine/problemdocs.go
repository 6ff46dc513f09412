package engine

import "github.com/natsfix/natsfix/internal/fixes"

// Problems describes the findings that the engine itself makes, where no rule
// knows what keeps a configuration from being read. They have no check.
func Problems() []*fixes.Rule {
	const silence = "A comment (natsfix:ignore), a baseline, --skip and the settings may leave it out."
	const never = "It cannot be left out: what cannot be read cannot be judged. Exclude the file in .natsfix.yaml if it is no configuration."
	problem := func(name, summary, what, applicability string) *fixes.Rule {
		return &fixes.Rule{Name: name, Severity: fixes.Error, Summary: summary, Doc: fixes.Doc{Stage: "parse", What: what, Fix: "None: a person must correct it.", Applicability: applicability}}
	}
	return []*fixes.Rule{
		problem("syntax", "The official parser does not accept the file.", "The server refuses to start, at the place named; no rule knows what was meant there.", never),
		problem("include-unreadable", "An included file cannot be read.", "The server refuses to start if it cannot read the file either.", silence),
		problem("include-cycle", "Files include each other in a circle.", "The server's stack overflows, and it ends without a message that helps.", never),
		problem("variable-unparsable", "The value of a variable is no value.", "The server parses what the environment gives, and refuses to start.", silence),
		problem("nesting", "Blocks or includes are nested too deep.", "natsfix stops reading there, as the server's stack would end.", never),
	}
}
