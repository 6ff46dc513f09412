package engine

import (
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/schema"
)

// secretSet are the secrets of one file, each once. The zero set is empty.
type secretSet struct {
	list []secretText
	has  map[string]bool // of more than a few
}

// secretText is a secret.
type secretText struct {
	text string
	// plain is how much of it stands in messages whatever they do with quotes and
	// other special characters: all of it, or the part in front of the first of these.
	plain string
	bare  bool // to be looked for without quotes around it, too
}

// fewSecrets is up to how many secrets looking at each of them is quicker than
// making a map, or a replacer, which the ordinary message needs not.
const fewSecrets = 16

func (s *secretSet) add(text string) {
	if text == "" || s.holds(text) {
		return
	}
	plain := text
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			plain = text[:i]
			break
		}
	}
	s.list = append(s.list, secretText{text, plain, len(text) >= shortestBare && !isFieldName(text)})
	switch {
	case s.has != nil:
		s.has[text] = true
	case len(s.list) > fewSecrets:
		s.has = make(map[string]bool, 2*fewSecrets)
		for _, one := range s.list {
			s.has[one.text] = true
		}
	}
}

// holds reports whether a text is one of the secrets.
func (s *secretSet) holds(text string) bool {
	switch {
	case s == nil:
		return false
	case s.has != nil:
		return s.has[text]
	}
	for _, one := range s.list {
		if one.text == text {
			return true
		}
	}
	return false
}

// mayStandIn reports whether a secret may stand in a message.
func (s *secretSet) mayStandIn(message string) bool {
	if s.has != nil {
		return true
	}
	for _, one := range s.list {
		if len(one.plain) < len(one.text) || one.bare {
			if strings.Contains(message, one.plain) {
				return true
			}
		} else if inQuotes(message, one.text) {
			return true
		}
	}
	return false
}

// inQuotes reports whether a word stands in quotes somewhere in a text.
func inQuotes(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		start := from + i
		end := start + len(word)
		if start > 0 && end < len(s) && s[start-1] == s[end] && (s[end] == '"' || s[end] == '\'') {
			return true
		}
		from = start + 1
	}
}

// longestFirst returns the secrets so that one that holds another is hidden as a
// whole.
func (s *secretSet) longestFirst() []secretText {
	return slices.SortedStableFunc(slices.Values(s.list), func(a, b secretText) int { return len(b.text) - len(a.text) })
}

// pairs returns what to look for in messages, each with what to put in its place.
func (s secretText) pairs() []string {
	pairs := []string{jsonText(s.text), `"` + mask + `"`, "'" + s.text + "'", "'" + mask + "'"}
	if s.bare {
		pairs = append(pairs, s.text, mask)
	}
	return pairs
}

// isFieldName reports whether a text is the name of a field. Messages and files
// are full of these, so that blacking out each would tell that this one is a
// password, and leave nothing to read: password: password.
func isFieldName(text string) bool { return fieldNames()[strings.ToLower(text)] }

var fieldNames = sync.OnceValue(func() map[string]bool {
	names := make(map[string]bool)
	for b, f := range schema.All() {
		if f == b.Data {
			continue
		}
		names[f.Name] = true
		for _, name := range f.Aliases {
			names[name] = true
		}
	}
	return names
})
