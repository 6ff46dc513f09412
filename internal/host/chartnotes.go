package host

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
)

// Comments for natsfix (natsfix:ignore) that stand in the values of a chart are
// written into the configuration, beside and above what becomes of the values
// that they stand at: so they silence what they would silence in a configuration.

// noteAlone and noteBeside match such comments on lines of their own, and behind
// something else.
var (
	noteAlone  = regexp.MustCompile(`^[ \t]*(#+[ \t]*natsfix:[^\r]*)`)
	noteBeside = regexp.MustCompile(`[ \t](#+[ \t]*natsfix:[^\r]*)`)
	comment    = regexp.MustCompile(`^[ \t]*#`)
)

// atTop writes the comments for the whole file that stand at its top.
func (w *chartWriter) atTop() {
	for _, n := range w.lines {
		text := w.yamlFile.text[n.start:n.end]
		if !comment.Match(text) {
			return
		}
		if m := noteFile.FindSubmatchIndex(text); m != nil {
			w.write(string(text[m[2]:m[3]]), n.start+m[2], true)
			w.own("\n")
		}
	}
}

// noteFile matches a comment that is for the whole file.
var noteFile = regexp.MustCompile(`^[ \t]*(#+[ \t]*natsfix:ignore-file[^\r]*)`)

// above writes the comments that stand above an entry or item, and returns those
// that stand behind it.
func (w *chartWriter) above(indent string, nodes ...*yaml.Node) (beside []ast.Span) {
	if !w.notes {
		return nil
	}
	for i, n := range nodes {
		if n == nil || n.Line < 1 || n.Line > len(w.lines) || w.overLines(n) { // such a one begins with its first item
			continue
		}
		if slices.ContainsFunc(nodes[i+1:], func(o *yaml.Node) bool { return o != nil && o.Line == n.Line && !w.overLines(o) }) {
			continue // what stands there as the last has them
		}
		first := n.Line - 1
		for first > 0 && comment.Match(w.yamlFile.text[w.lines[first-1].start:w.lines[first-1].end]) {
			first--
		}
		for _, l := range w.lines[first : n.Line-1] {
			text := w.yamlFile.text[l.start:l.end]
			if m := noteAlone.FindSubmatchIndex(text); m != nil && !noteFile.Match(text) {
				w.own(indent)
				w.write(string(text[m[2]:m[3]]), l.start+m[2], true)
				w.own("\n")
			}
		}
		at := w.offset(n)
		if n.Kind == yaml.ScalarNode {
			at.Start += len(w.raw(at)) // what looks like a comment in quotes is none
		}
		if m := noteBeside.FindSubmatchIndex(w.yamlFile.text[at.Start:at.End]); m != nil {
			beside = append(beside, ast.Span{Start: at.Start + m[2], End: at.Start + m[3]})
		}
	}
	return beside
}

// lineEnd ends a line with the comments that belong there.
func (w *chartWriter) lineEnd(beside []ast.Span) {
	if len(beside) > 0 { // only the first of two would be one of its own
		w.own(" ")
		w.write(string(w.yamlFile.text[beside[0].Start:beside[0].End]), beside[0].Start, true)
	}
	w.own("\n")
}

// overLines reports whether a list or map is written over several lines, so that
// each comment stands at its item.
func (w *chartWriter) overLines(n *yaml.Node) bool {
	return w.notes && n != nil && (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode) && n.Style&yaml.FlowStyle == 0
}

// items writes a list or map over several lines. beside are the comments that
// stand behind its key.
func (w *chartWriter) items(n *yaml.Node, indent string, beside []ast.Span) {
	begin, end := "[", "]"
	if n.Kind == yaml.MappingNode {
		begin, end = "{", "}"
	}
	w.own(begin)
	w.lineEnd(beside)
	inner := indent + "  "
	entry := func(key, v *yaml.Node) {
		var beside []ast.Span
		if key != nil || v.Kind == yaml.ScalarNode { // else its first entry has them
			beside = w.above(inner, key, v)
		}
		w.own(inner)
		if key != nil {
			w.key(key.Value, key)
			w.own(": ")
		}
		w.put(v, inner, beside)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			entry(nil, item)
		}
	default:
		for i := 0; i+1 < len(n.Content); i += 2 {
			entry(n.Content[i], n.Content[i+1])
		}
	}
	w.own(indent + end + "\n")
}

// onLine reports whether all of a map is written on the line of its key, in braces.
func (t *tree) onLine(key *yaml.Node) bool {
	return key != nil && !slices.ContainsFunc(t.keys, func(k string) bool {
		at := t.at[k]
		return at == nil || at.Line != key.Line || chartInclude.MatchString(k) || t.sub[k] != nil && !t.sub[k].onLine(key)
	})
}

// inline writes a map on one line, as it is written among the values, so that what
// stands behind it is for all of it.
func (w *chartWriter) inline(t *tree) {
	w.own("{ ")
	for i, key := range t.keys {
		if i > 0 {
			w.own(", ")
		}
		w.key(key, t.at[key])
		w.own(": ")
		if sub := t.sub[key]; sub != nil {
			w.inline(sub)
		} else {
			w.value(t.node[key])
		}
	}
	w.own(" }")
}
