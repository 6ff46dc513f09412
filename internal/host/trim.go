package host

import (
	"bytes"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
)

// swallowed reports whether what is put in at an offset may be joined to the line
// in front of it: a construct there takes away the line end behind it, as
// {% %} does in Ansible's templates and -}} in all, and text stands in front of
// it on its line.
func (f *flow) swallowed(src []byte, off int) bool {
	i := f.from(off) - 1
	if i < 0 || f.list[i].end > off || len(bytes.TrimSpace(src[f.list[i].end:off])) > 0 {
		return false
	}
	c := f.list[i]
	text := src[c.start:c.end]
	if !takesBehind(text) {
		return false
	}
	m := &masker{text: src, flow: f}
	line := ast.Span{Start: bytes.LastIndexByte(src[:c.start], '\n') + 1, End: c.start}
	return c.role == prints || takesBefore(text) || !m.onlyConstructs(line, false)
}

// takesBehind reports whether a construct takes away white space behind it, at
// least where a template engine is set up so.
func takesBehind(text []byte) bool {
	return hasAnySuffix(text, "%}", "#}", "-}}", "-%>", "~}")
}

// takesBefore reports whether a construct takes away line ends in front of it.
func takesBefore(text []byte) bool {
	for _, begin := range []string{"{%-", "{{-", "{#-", "%{~", "${~"} {
		if bytes.HasPrefix(text, []byte(begin)) {
			return true
		}
	}
	return false
}

func hasAnySuffix(text []byte, ends ...string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return bytes.HasSuffix(text, []byte(end)) })
}
