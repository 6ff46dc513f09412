package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yaml looks for documents in the scalars of a YAML file.
func (f *File) yaml(lang Language) {
	starts := startsServer(f.Src)
	if f.taken == nil && !starts && !f.mayHold() && !mayBeChart(f.Src) {
		return
	}
	var fl *flow
	text := f.Src
	lang = yamlLanguage(lang, f.Src)
	if f.lang = lang; isCompose(f.Src) {
		f.lang = Compose // it may have nothing to replace yet
	}
	if lang != NoTemplate {
		list := constructs(lang, f.Src)
		if len(list) > 0 {
			fl = newFlow(f.Src, list)
			text = yamlMask(f.Src, fl)
		}
	}
	y := &yamlFile{File: f, text: text, flow: fl, lines: cut(text, 0, len(text))}
	nodes, err := parseYAML(text)
	if err != nil {
		why := "the YAML around it cannot be parsed: " + err.Error()
		if fl != nil {
			why = "the YAML around it cannot be parsed as long as the template is not filled in"
		}
		y.scan(why)
		return
	}
	for i, n := range nodes {
		name := ""
		if len(nodes) > 1 {
			name = fmt.Sprint(i + 1)
		}
		y.document(n, name)
		if starts {
			y.commands(n)
		}
	}
}

// yamlLanguage returns the template language of a YAML file. Compose replaces
// variables in its files.
func yamlLanguage(lang Language, src []byte) Language {
	lang = language(lang, src)
	if (lang == NoTemplate || lang == Shell) && isCompose(src) && bytes.Contains(src, []byte("$")) {
		return Compose
	}
	return lang
}

// isCompose reports whether a file may be a Compose file with texts in it.
func isCompose(src []byte) bool {
	return bytes.Contains(src, []byte("services:")) && bytes.Contains(src, []byte("content:"))
}

// parseYAML returns the documents of a YAML stream.
func parseYAML(text []byte) (nodes []*yaml.Node, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		n := &yaml.Node{}
		err := dec.Decode(n)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
		}
		nodes = append(nodes, n)
	}
}

// mayHold is a quick look for what can hold a document: most YAML files are
// turned away here without being parsed.
func (f *File) mayHold() bool {
	if bytes.Contains(f.Src, []byte(".conf:")) || bytes.Contains(f.Src, []byte(".conf\":")) || bytes.Contains(f.Src, []byte(".conf':")) ||
		bytes.Contains(f.Src, []byte(".conf=")) {
		return true
	}
	for _, n := range cut(f.Src, 0, len(f.Src)) {
		if c := lastByte(f.Src[n.start:n.end]); c != '|' && c != '-' && c != '+' && c != '>' && (c < '0' || c > '9') {
			continue
		}
		if blockHeader.Match(f.Src[n.start:n.end]) && hint(upTo(f.Src[n.next:], 2*maxFirst)) {
			return true
		}
	}
	return false
}

// mayBeChart is a quick look for values of the NATS chart.
func mayBeChart(src []byte) bool {
	return bytes.Contains(src, []byte("config:")) && (bytes.Contains(src, []byte("merge:")) || bytes.Contains(src, []byte("patch:")))
}

// lastByte returns the last byte of a line that is no blank.
func lastByte(line []byte) byte {
	if line = bytes.TrimRight(line, " \t\r"); len(line) > 0 {
		return line[len(line)-1]
	}
	return 0
}

// yamlMask replaces the constructs of a template so that the YAML around them
// can be parsed: lines that consist of them become blank, and what else they
// give is a word of the same length.
func yamlMask(src []byte, fl *flow) []byte {
	m := &masker{text: src, out: bytes.Clone(src), flow: &flow{list: fl.joined}}
	for _, c := range fl.joined {
		rest := byte('x')
		if c.role != prints || m.onlyConstructs(lineSpan(src, c), true) {
			rest = ' '
		}
		for i := c.start; i < c.end; i++ {
			if src[i] != '\n' && src[i] != '\r' {
				m.out[i] = rest
			}
		}
	}
	return m.out
}

// filled matches what stands for a construct in what is read of the YAML.
var filled = regexp.MustCompile(`x{5,}`)

// yamlFile is a YAML file while it is looked through.
type yamlFile struct {
	*File
	text  []byte // with its constructs replaced
	flow  *flow  // nil if it is no template
	lines []line // of text
}

// scope is where in the YAML a scalar stands.
type scope struct {
	dir    string // of documents
	parent string // the key of the map
	secret bool   // values are in base64
}

// document looks through one YAML document. An object of Kubernetes has a name
// and is a directory of its own.
func (y *yamlFile) document(n *yaml.Node, number string) {
	for n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	kind, name := field(n, "kind"), field(field(n, "metadata"), "name")
	s := scope{dir: number}
	if scalar(kind) != "" && scalar(name) != "" {
		if s.dir = scalar(name); y.flow != nil {
			s.dir = filled.ReplaceAllString(s.dir, "{}")
		}
	}
	if scalar(kind) == "List" {
		if items := field(n, "items"); items != nil {
			for i, item := range items.Content {
				y.document(item, fmt.Sprint(i+1))
			}
			return
		}
	}
	if kind == nil {
		y.helm(n, number)
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			y.helm(n.Content[i+1], strings.Trim(number+"."+n.Content[i].Value, ".")) // of a chart that has the NATS chart in it
		}
	}
	object := scalar(kind) == "ConfigMap" || scalar(kind) == "Secret"
	defer func() { y.File.object = Object{} }()
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		inner := s
		inner.parent = key
		inner.secret = scalar(kind) == "Secret" && key == "data"
		y.File.object = Object{}
		if object && (key == "data" || key == "stringData") {
			y.File.object = y.object(n)
		} else {
			inner.dir = strings.Trim(s.dir+"."+key, ".")
		}
		y.value(key, v, inner)
		if scalar(kind) == "Secret" && (key == "data" || key == "stringData") && v.Kind == yaml.MappingNode {
			y.secrets(v)
		}
	}
	if n.Kind == yaml.SequenceNode {
		y.value("", n, s)
	}
}

// value looks through what a key holds.
func (y *yamlFile) value(key string, n *yaml.Node, s scope) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i].Value, n.Content[i+1]
			inner := s
			if v.Kind != yaml.ScalarNode {
				inner.dir = strings.Trim(s.dir+"."+k, ".")
				inner.parent = k
			}
			y.value(k, v, inner)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			inner := s
			if item.Kind != yaml.ScalarNode {
				inner.dir = fmt.Sprintf("%s.%d", s.dir, i+1)
			}
			y.value(key, item, inner)
		}
	case yaml.ScalarNode:
		y.scalar(key, n, s)
	}
}

// field returns the value of a key of a map, or nil.
func field(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// scalar adds the document that a scalar holds, if it is one.
func (y *yamlFile) scalar(key string, n *yaml.Node, s scope) {
	base := key
	if key == "content" || key == "contents" || key == "inline" {
		// Compose: configs.NAME.content. The name of the config says more.
		base, s.dir = s.parent, strings.TrimSuffix(strings.TrimSuffix(s.dir, s.parent), ".")
	}
	if base == "" {
		base = "text"
	}
	base = strings.ReplaceAll(base, "/", "_")
	switch {
	case n.Alias != nil || n.Line < 1 || n.Line > len(y.lines):
	case key == "literals" && literalKey(n.Value) != "":
		y.kustomize(literalKey(n.Value), n, s.dir)
	case s.secret:
		y.base64(base, n, s.dir)
	case n.Style&yaml.LiteralStyle != 0:
		y.literal(base, n, s.dir)
	case n.Style&yaml.FoldedStyle != 0:
		y.shown(base, n, s.dir, "it is written as a folded scalar (>), which joins lines; write it with |")
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && (strings.Contains(n.Value, "\n") || strings.HasSuffix(key, ".conf") || strings.HasPrefix(n.Value, "{")):
		y.quoted(base, n, s.dir)
	}
}
