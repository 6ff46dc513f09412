package campaign

import (
	"strings"
)

// damage breaks a text as people and tools do: a brace, a comma or a quote too
// many or too few, a line cut off, a byte order mark.
func (g *generator) damage(s string) string {
	if s == "" {
		return s
	}
	switch g.rng.IntN(9) {
	case 0, 1: // without one of the characters that hold it together
		if i := g.index(s, "{}[]\"',:=\n;"); i >= 0 {
			return s[:i] + s[i+1:]
		}
	case 2, 3: // with one more
		i := g.rng.IntN(len(s) + 1)
		return s[:i] + pick(g, "{", "}", "[", "]", "\"", "'", ",", ":", "=", "\n", "#", "//", "$", "\\", "(", ")", "\t", ";", "%", "@") + s[i:]
	case 4: // the end is missing
		return s[:g.rng.IntN(len(s))]
	case 5: // a line is missing, or there twice, or where another was
		lines := strings.SplitAfter(s, "\n")
		i, j := g.rng.IntN(len(lines)), g.rng.IntN(len(lines))
		lines[i] = pick(g, "", lines[i]+lines[i], lines[j])
		return strings.Join(lines, "")
	case 6:
		return pick(g, "\ufeff"+s, "\x00"+s, s+"\x00", s+"}", "{"+s, "\n\n"+s)
	case 7: // a character is another
		i := g.rng.IntN(len(s))
		return s[:i] + pick(g, "}", "{", " ", "\n", "\"", "$", "é", "0", "x", "]") + s[i+1:]
	case 8: // glued
		if i := g.index(s, " \n"); i >= 0 {
			return s[:i] + s[i+1:]
		}
	}
	return s
}

// index returns the place of one of the characters at random, or -1.
func (g *generator) index(s, chars string) int {
	var at []int
	for i := range len(s) {
		if strings.IndexByte(chars, s[i]) >= 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return -1
	}
	return at[g.rng.IntN(len(at))]
}
