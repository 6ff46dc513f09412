package host

import (
	"bytes"
	"regexp"
	"strings"
)

// inline joins blocks that begin and end on one line with all that is in them:
// what they give is one text, of which nothing is known. With entries those are
// left as they are in which whole entries of a configuration stand.
func inline(text []byte, list []construct, entries bool) []construct {
	var out []construct
	var begun []int // indexes in out
	for i, c := range list {
		out = append(out, c)
		switch c.role {
		case opens, opensAway:
			begun = append(begun, len(out)-1)
		case closes:
			if len(begun) == 0 {
				continue
			}
			from := begun[len(begun)-1]
			begun = begun[:len(begun)-1]
			start := out[from].start
			if bytes.IndexByte(text[start:c.end], '\n') >= 0 || entries && holdsEntries(text, out, from, list[i+1:]) {
				continue
			}
			out = append(out[:from], construct{start, c.end, prints})
		}
	}
	return out
}

// holdsEntries reports whether the block of a line that begins with the construct
// of an index, and ends with the last, gives whole entries or items: what its
// first branch gives is set off from what stands around it, by a separator at its
// beginning or end, or by standing alone between brackets. after are the constructs
// behind it. A block that gives a separator and nothing else is left as it is only
// where one may stand.
//
//	jetstream { {{ if .x }}max_mem: 1G, {{ end }}store_dir: /data }
func holdsEntries(text []byte, list []construct, from int, after []construct) bool {
	open, end := list[from], list[len(list)-1]
	line := text[bytes.LastIndexByte(text[:open.start], '\n')+1 : open.start]
	if open.role == opensAway || inString(line) {
		return false
	}
	first := bytes.TrimSpace(firstBranch(text, list[from:]))
	if len(first) == 0 || !isBalanced(first) {
		return false
	}
	if isSeparator(first) {
		return !begins(text, list[:from], open.start, "\n\r{[,;")
	}
	if separates(first[0]) {
		return true
	}
	if !beginsEntry(text, list[:from], open.start) {
		return false
	}
	return separates(first[len(first)-1]) || isEntry.Match(first) && endsEntry(text, end.end, after)
}

func separates(b byte) bool { return b == ',' || b == ';' }

// isSeparator reports whether a text consists of separators.
func isSeparator(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && len(bytes.Trim(text, ",;")) == 0
}

// isEntry matches what begins with a key and its value.
var isEntry = regexp.MustCompile(`^("[^"]*"|'[^']*'|[\w$.-]+)[ \t]*([:=]([^/]|$)|\{)`)

// firstBranch returns the text of a block up to its second branch, with a word for
// each construct that gives text and blanks for the others.
func firstBranch(text []byte, block []construct) []byte {
	var out []byte
	at, depth := block[0].end, 0
	for _, c := range block[1:] {
		out = append(out, text[at:c.start]...)
		at = c.end
		switch c.role {
		case opens, opensAway:
			depth++
		case closes:
			depth--
		case turns:
			if depth == 0 {
				return out
			}
		}
		for range c.end - c.start {
			if c.role == prints {
				out = append(out, 'x')
			} else {
				out = append(out, ' ')
			}
		}
	}
	return out
}

// isBalanced reports whether all brackets in a text are closed in it.
func isBalanced(text []byte) bool {
	depth := 0
	for _, b := range text {
		switch b {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

// inString reports whether the rest of a line that begins so stands in a string,
// or in a comment.
func inString(line []byte) bool {
	start := bytes.TrimSpace(line)
	return bytes.HasPrefix(start, []byte("#")) || bytes.HasPrefix(start, []byte("//")) ||
		bytes.Count(line, []byte{'"'})%2 > 0 || bytes.Count(line, []byte{'\''})%2 > 0
}

// beginsEntry reports whether an entry or item may begin at an offset, in front of
// which stand these constructs.
func beginsEntry(text []byte, before []construct, off int) bool {
	return begins(text, before, off, "\n\r{}[],;")
}

// begins reports whether one of some bytes stands in front of an offset, or nothing
// at all, but for blanks and constructs that give no text.
func begins(text []byte, before []construct, off int, behind string) bool {
	for {
		for off > 0 && (text[off-1] == ' ' || text[off-1] == '\t') {
			off--
		}
		n := len(before) - 1
		if n < 0 || before[n].end != off {
			break
		}
		if before[n].role == prints {
			return false
		}
		off, before = before[n].start, before[:n]
	}
	return off == 0 || strings.IndexByte(behind, text[off-1]) >= 0
}

// endsEntry reports whether an entry or item ends in front of an offset, behind which
// stand these constructs: a block may give the separator.
func endsEntry(text []byte, off int, after []construct) bool {
	rest := text[off:]
	if len(after) > 1 && after[0].role == opens && len(bytes.TrimLeft(text[off:after[0].start], " \t")) == 0 &&
		isSeparator(text[after[0].end:after[1].start]) {
		return true
	}
	rest = bytes.TrimLeft(rest, " \t\r")
	return len(rest) == 0 || bytes.IndexByte([]byte("\n}],;#"), rest[0]) >= 0
}
