package conformance

import (
	_ "embed"
	"strings"

	"github.com/natsfix/natsfix/internal/oracle"
)

//go:embed testdata/refused.cases
var refusedCases string

// Messages knows which rules speak of what the server says.
type Messages struct {
	said []known
}

type known struct{ text, kind, rule string }

// KnownMessages reads the headers of our own refused configurations, each of
// which names a message and its rule.
func KnownMessages() Messages {
	var m Messages
	for line := range strings.Lines(refusedCases) {
		title, ok := strings.CutPrefix(strings.TrimSpace(line), "=== ")
		if !ok {
			continue
		}
		head, message, ok := strings.Cut(strings.TrimSuffix(title, " [esc]"), " | ")
		if f := strings.Fields(head); ok && len(f) == 3 {
			m.said = append(m.said, known{message, oracle.Problem{Message: message}.Kind(), f[2]})
		}
	}
	return m
}

// Rules returns the rules that know a message of the server.
func (m Messages) Rules(p oracle.Problem) map[string]bool {
	rules := make(map[string]bool)
	for _, k := range m.said {
		if k.kind == p.Kind() || strings.Contains(p.Message, k.text) || wrongValue(k.text) != "" && wrongValue(k.text) == wrongValue(p.Message) {
			rules[k.rule] = true
		}
	}
	return rules
}

// wrongValue returns what a message about a value says before it names the value
// or its kind, "" for others.
func wrongValue(message string) string {
	for _, word := range []string{", got ", " value of "} {
		if before, _, ok := strings.Cut(message, word); ok {
			return before
		}
	}
	return ""
}
