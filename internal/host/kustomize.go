package host

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// literal matches the beginning of an entry of literals in a configMapGenerator or
// secretGenerator of Kustomize: what stands behind the first = is the value.
var literal = regexp.MustCompile(`^[A-Za-z0-9._-]+=`)

// literalKey returns the key that a literal of Kustomize gives a value to, "" if it
// is none.
func literalKey(text string) string { return strings.TrimSuffix(literal.FindString(text), "=") }

// kustomize adds the document in a literal of Kustomize, if it stands in a block
// scalar, which begins with its key.
func (y *yamlFile) kustomize(base string, n *yaml.Node, dir string) {
	text := n.Value[len(base)+1:]
	d := &Document{Dir: dir, Base: base}
	if unquoted(text) { // a text that begins and ends with quotes loses them
		y.missedText(d, []byte(text), "Kustomize takes the quotes around it away")
		return
	}
	l := (*lines)(nil)
	if n.Style&yaml.LiteralStyle != 0 {
		l = y.block(n.Line-1, &n.Value)
	}
	if l == nil || len(l.list) == 0 || !strings.HasPrefix(string(l.text()), base+"=") {
		y.missedText(d, []byte(text), "it is a literal of Kustomize that is not written as a block scalar (|)")
		return
	}
	l.lead = base + "="
	l.list[0].content += len(l.lead)
	l.text()
	if d := y.add(base, l, y.flow, dir); d != nil {
		d.ReadOnly = locked(n)
	}
}

// unquoted reports whether Kustomize takes quotes around a value away.
func unquoted(text string) bool {
	return len(text) > 1 && text[0] == text[len(text)-1] && (text[0] == '"' || text[0] == '\'')
}
