package recipe

import (
	"fmt"
	"strings"
)

// expand replaces each ${name} of a template. Inside quotes of the template a
// value is escaped so that it stays inside them; outside it is put as it is.
// ${1} and other names that do not start with a letter are left alone: they are
// for regular expressions.
func expand(template string, value func(name string) (string, error)) (string, error) {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(template); i++ {
		c := template[i]
		if c == '$' {
			if name, ok := reference(template[i:]); ok {
				text, err := value(name)
				if err != nil {
					return "", err
				}
				if text, err = quoted(text, quote); err != nil {
					return "", fmt.Errorf("${%s}: %w", name, err)
				}
				b.WriteString(text)
				i += len("${}") + len(name) - 1
				continue
			}
		}
		b.WriteByte(c)
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == c:
			quote = 0
		case quote == '"' && c == '\\' && i+1 < len(template):
			i++
			b.WriteByte(template[i])
		}
	}
	return b.String(), nil
}

// reference returns the name in a text that starts with ${name}.
func reference(text string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(text, "${")
	end := strings.IndexByte(rest, '}')
	if !ok || end <= 0 || !isName(rest[:end]) {
		return "", false
	}
	return rest[:end], true
}

// isName reports whether a text can be the name of a parameter.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// quoted escapes a value for the quotes that it stands in.
func quoted(text string, quote byte) (string, error) {
	switch quote {
	case '"':
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text), nil
	case '\'':
		if strings.ContainsAny(text, "'\n\r") {
			return "", fmt.Errorf("the value has a single quote or a line end, which cannot stand in single quotes; use double quotes")
		}
	}
	return text, nil
}
