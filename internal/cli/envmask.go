package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
)

// minSecretText is the length from which on a value is looked for inside
// messages: shorter ones stand there for other reasons.
const minSecretText = 6

// maskEnvironment masks values of --env-file in what the engine says. The
// engine masks what is secret in the files themselves; it cannot know which
// variables hold secrets.
func (s *session) maskEnvironment() {
	if s.opts.reveal || len(s.opts.env.secret) == 0 {
		return
	}
	m := newEnvMask(s.opts.env)
	for _, f := range s.result.Findings {
		m.text(&f.Message)
		m.text(&f.Reason)
		for i := range f.Related {
			m.text(&f.Related[i].Message)
		}
		for i := range f.Official {
			m.text(&f.Official[i].Message)
		}
		if f.Fix != nil {
			m.text(&f.Fix.Title)
			m.changes(f.Fix.Changes)
		}
	}
	for _, g := range s.result.Groups {
		m.text(&g.Refused)
		for i := range g.Notes {
			m.text(&g.Notes[i])
		}
		m.changes(g.Changes)
	}
	for i := range s.result.NotChecked {
		m.text(&s.result.NotChecked[i].Message)
	}
	for i := range s.result.Errors {
		m.text(&s.result.Errors[i].Message)
	}
	s.masked = s.masked || m.used
}

type envMask struct {
	values map[string]bool // as JSON text
	words  *strings.Replacer
	used   bool
}

func newEnvMask(env environment) *envMask {
	m := &envMask{values: make(map[string]bool)}
	var words []string
	for name := range env.secret {
		value := env.values[name]
		m.values[value] = true
		if quoted, err := json.Marshal(value); err == nil {
			m.values[string(quoted)] = true
		}
		for _, word := range heard(value) {
			if len(word) >= minSecretText {
				words = append(words, word)
			}
		}
	}
	// Of two values of which one begins the other the longer one counts.
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, w, diff.Mask)
	}
	m.words = strings.NewReplacer(pairs...)
	return m
}

// heard returns what the server may say of a value: all of it; what the parser
// reads of it, without quotes and what it ends at; and either without its last
// letter, which the server takes for the unit of a size ("max_mem_store
// strconv.ParseInt: parsing ...", getStorageSize in server/opts.go).
func heard(value string) []string {
	words := []string{value}
	words = append(words, strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("\"' \t\r\n,;{}[]", r) })...)
	for _, w := range words {
		if w != "" {
			words = append(words, w[:len(w)-1])
		}
	}
	return words
}

func (m *envMask) text(s *string) {
	if masked := m.words.Replace(*s); masked != *s {
		*s, m.used = masked, true
	}
}

func (m *envMask) changes(list []engine.Change) {
	for i := range list {
		for _, v := range []*string{&list[i].Before, &list[i].After} {
			if *v != "" && m.values[*v] {
				*v, m.used = `"`+diff.Mask+`"`, true
			}
		}
	}
}
