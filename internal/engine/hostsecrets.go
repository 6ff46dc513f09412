package engine

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/host"
	"github.com/natsfix/natsfix/internal/schema"
)

// secretsAround finds what must not be shown of a file around its documents,
// and what is known to be secret in documents without knowing their servers.
func secretsAround(f *host.File) []Span {
	var out []Span
	off := 0
	for line := range bytes.Lines(f.Src) {
		for _, s := range commentedSecrets(string(line)) {
			if end, secret := valueEnd(line, s); secret {
				out = append(out, Span{off + s.Start, off + end})
			}
		}
		for _, s := range schema.SecretSpans(string(line)) {
			out = append(out, Span{off + s.Start, off + s.End})
		}
		off += len(line)
	}
	for _, s := range f.Secrets {
		out = append(out, Span(s))
	}
	for _, d := range f.Documents {
		if d.Encoded() {
			out = append(out, Span(d.Span()))
			continue
		}
		out = append(out, spansIn(d, SecretSpans(ast.Parse("", d.Text, ast.Latest), nil))...)
	}
	return out
}

// fills matches what a template fills in: in the first form no text of its own
// can stand.
var fills = regexp.MustCompile(`^(?:(\{\{[^{}"'` + "`" + `]*\}\}|\{[%#][^"'` + "`" + `]*?[%#]\}|<%[^"']*?%>|[$%]\{[^"'{}:?+-]*\}|\$[A-Za-z_]\w*|@\w+@)` +
	`|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|[$%]\{.*?\})`)

// valueEnd returns where the value ends that begins with a span of a line, and
// whether there is a secret in it: a value that is all filled in has none, and
// one with a text of its own has ("${PASSWORD:-secret}", or between if and else).
func valueEnd(line []byte, s Span) (end int, secret bool) {
	if !fills.Match(line[s.Start:]) {
		return s.End, true
	}
	for end = s.Start; end < len(line) && bytes.IndexByte([]byte(",;}]\r\n"), line[end]) < 0; {
		m := fills.FindSubmatchIndex(line[end:])
		switch {
		case m != nil:
			secret = secret || m[2] < 0
			end += m[1]
		default:
			secret = secret || strings.IndexByte(" \t\"'", line[end]) < 0
			end++
		}
	}
	return s.Start + len(bytes.TrimRight(line[s.Start:end], " \t\"'")), secret
}

// everywhere adds the other places of a file at which its secrets stand.
func everywhere(src []byte, spans []Span) []Span {
	known := make(map[string]bool)
	for _, s := range spans {
		known[string(src[s.Start:s.End])] = true
	}
	return union(append(spans, repeats(src, known)...))
}
