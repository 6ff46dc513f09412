package fixes

import "strings"

// IsFormat reports whether a text has in it what a format string or a language
// with strings of its own would replace, or is nothing but dots that stand for
// something else.
func IsFormat(text string) bool {
	if strings.Trim(text, ".") == "" {
		return true
	}
	for _, verb := range []string{"%d", "%s", "%v", "%q", "%[", "#{", "${"} {
		if strings.Contains(text, verb) {
			return true
		}
	}
	return false
}
