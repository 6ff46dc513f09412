package meaning

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// HiddenBlank finds blanks that look like none, or like others, in values
// without quotes.
func HiddenBlank() *fixes.Rule {
	return &fixes.Rule{
		Name:     "hidden-blank",
		Severity: fixes.Warning,
		Summary:  "a no-break space or another blank that cannot be seen is a part of the value",
		Doc: fixes.Doc{
			Stage: "silent",
			What: `Between a key and its value the server passes over blanks and tabs only. A no-break space, or a blank of no width, as they
come along when text is copied from a web page or a chat, becomes a part of the value: a password that nobody can type, or a name that
equals no other.`,
			Fix:           "Takes the hidden blanks at both ends of the value away, and those of no width wherever they are.",
			Applicability: "Unsafe: the value changes, and others may have copied it as it is.",
			Effect:        "That of a change of the field.",
			Before:        "server_name:\u00a0hub\nport: 4222\n",
			After:         "server_name:hub\nport: 4222\n",
		},
		Fields: fixes.All,
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if !v.Value.IsString() || v.Value.Use.Valid() || v.Value.Node.Quote() != ast.Bare {
				return
			}
			text := v.Value.Text()
			names := hidden(text)
			if len(names) == 0 || !utf8.ValidString(text) {
				return
			}
			clean := strings.TrimFunc(strings.Map(dropWidthless, text), unicode.IsSpace)
			if clean == text || clean == "" {
				return
			}
			f := v.Finding("a blank that cannot be seen is a part of this value (%s): the server takes it along", strings.Join(names, ", "))
			f.With(p.Replace(v, ast.String(clean), "take the hidden blanks away"), "the text is shared with other fields")
			p.Report(f.Because(fixes.ChangesBehaviour, "the value changes, and others may have copied it as it is"))
		},
	}
}

// hidden names the blanks of a text that are not the usual one, each once. The
// text itself may be a secret.
func hidden(text string) []string {
	var names []string
	for _, r := range text {
		if r <= unicode.MaxASCII || !unicode.IsSpace(r) && dropWidthless(r) >= 0 {
			continue
		}
		if name := sprintf("U+%04X", r); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// dropWidthless drops the blanks and joiners that have no width.
func dropWidthless(r rune) rune {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return -1
	}
	return r
}
