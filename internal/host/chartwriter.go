package host

import (
	"encoding/json"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
)

// verbatim matches a text that the chart writes without quotes.
var verbatim = regexp.MustCompile(`^<<\s*(.*?)\s*>>$`)

// chartWriter writes a configuration and notes where each byte comes from.
type chartWriter struct {
	*yamlFile
	at     int // where the values of the configuration begin
	text   []byte
	places []int
	masked []ast.Span
	leaves []leaf
	// notes says that the file has comments for natsfix, which are written where
	// they belong.
	notes bool
}

// own writes what no value says: nothing is reported there.
func (w *chartWriter) own(s string) {
	w.masked = append(w.masked, ast.Span{Start: len(w.text), End: len(w.text) + len(s)})
	w.write(s, w.at, false)
}

// write writes a text that stands at an offset in the file, byte for byte if it
// is written there in the same way.
func (w *chartWriter) write(s string, at int, same bool) {
	for i := range len(s) {
		off := at
		if same {
			off += i
		}
		w.text, w.places = append(w.text, s[i]), append(w.places, off)
	}
}

func (w *chartWriter) tree(t *tree, indent string) {
	for _, key := range t.keys {
		at := t.at[key]
		if text, ok := t.text[key]; ok {
			w.own(indent + key + ": " + text + "\n")
			continue
		}
		n := t.node[key]
		beside := w.above(indent, at, n)
		w.own(indent)
		if n != nil && chartInclude.MatchString(key) {
			w.write("include "+ast.QuoteString(n.Value, ast.Double), w.offset(n).Start, false)
			w.lineEnd(beside)
			continue
		}
		w.key(key, at)
		if sub := t.sub[key]; sub != nil {
			if w.notes && sub.onLine(at) {
				w.own(": ")
				w.inline(sub)
				w.lineEnd(beside)
				continue
			}
			w.own(": {")
			w.lineEnd(beside)
			w.tree(sub, indent+"  ")
			w.own(indent + "}\n")
			continue
		}
		w.own(": ")
		w.put(n, indent, beside)
	}
}

// put writes a value to the end of its line, or line by line as it is in the file.
func (w *chartWriter) put(n *yaml.Node, indent string, beside []ast.Span) {
	if w.overLines(n) {
		w.items(n, indent, beside)
		return
	}
	w.value(n)
	w.lineEnd(beside)
}

func (w *chartWriter) key(key string, at *yaml.Node) {
	quoted, err := ast.QuoteKey(key, ast.Bare)
	if err != nil {
		quoted = ast.QuoteString(key, ast.Double)
	}
	if at == nil {
		w.own(quoted)
		return
	}
	w.write(quoted, w.offset(at).Start, at.Style == 0 && quoted == at.Value)
}

func (w *chartWriter) value(n *yaml.Node) {
	switch {
	case n == nil || n.Kind == yaml.AliasNode:
		w.own("$NATS_CHART")
	case n.Kind == yaml.SequenceNode:
		w.own("[ ")
		for i, item := range n.Content {
			if i > 0 {
				w.own(", ")
			}
			w.value(item)
		}
		w.own(" ]")
	case n.Kind == yaml.MappingNode:
		w.own("{ ")
		t := newTree("")
		t.merge(n)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				w.own(", ")
			}
			w.key(n.Content[i].Value, n.Content[i])
			w.own(": ")
			w.value(n.Content[i+1])
		}
		w.own(" }")
	default:
		at, start := w.offset(n).Start, len(w.text)
		switch m := verbatim.FindStringSubmatch(n.Value); {
		case m != nil:
			w.write(m[1], at, false)
		case n.Style == 0 && n.Tag == "!!str" && oldBool.MatchString(n.Value):
			w.write(strconv.FormatBool(oldTrue.MatchString(n.Value)), at, false)
			return // Helm reads YAML 1.1
		case n.Tag == "!!str" || n.Tag == "!!timestamp":
			w.write(ast.QuoteString(n.Value, ast.Double), at, false)
		case n.Tag == "!!null":
			w.own("$NATS_CHART")
		default:
			text := number(n)
			w.write(text, at, text == n.Value)
		}
		if n.Tag != "!!null" {
			w.leaf(start, n)
		}
	}
}

// oldBool matches the words that YAML 1.1 takes for bools, oldTrue those for true.
var (
	oldBool = regexp.MustCompile(`^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$`)
	oldTrue = regexp.MustCompile(`^[yYoO][^fF]*$`)
)

// number returns a number or bool of YAML as JSON writes it.
func number(n *yaml.Node) string {
	var v any
	if err := n.Decode(&v); err != nil {
		return n.Value
	}
	text, err := json.Marshal(v)
	if err != nil {
		return n.Value
	}
	return string(text)
}
