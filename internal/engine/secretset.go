package engine

import "strings"

// secretSet are the secrets of one file, each once. The zero set is empty.
type secretSet struct {
	list []secretText
	has  map[string]bool // of more than a few
}

// secretText is a secret, and how much of it stands in messages whatever they do
// with quotes and other special characters: all of it, or the part in front of
// the first of these.
type secretText struct{ text, plain string }

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
	s.list = append(s.list, secretText{text, plain})
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
		if len(one.plain) < len(one.text) || len(one.text) >= shortestBare {
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
