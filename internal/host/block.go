package host

import (
	"bytes"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// blockHeader matches a line that ends in the header of a block scalar: | or >
// with indicators, and perhaps a comment.
var blockHeader = regexp.MustCompile(`(?:^|[:\-?][ \t]+|[!&][^ \t]+[ \t]+)([|>])([-+0-9]{0,2})[ \t]*(?:[ \t]#.*)?\r?$`)

// locked says why a scalar must not be rewritten, or "".
func locked(n *yaml.Node) string {
	switch {
	case n.Anchor != "":
		return "the anchor &" + n.Anchor + " makes it stand elsewhere, too"
	case n.Tag != "" && n.Tag != "!!str" && n.Style&yaml.TaggedStyle != 0:
		return "its tag " + n.Tag + " makes something else of it"
	}
	return ""
}

// literal adds the document in a block scalar.
func (y *yamlFile) literal(base string, n *yaml.Node, dir string) {
	l := y.block(n.Line-1, &n.Value)
	if l == nil {
		y.shown(base, n, dir, "its lines in the YAML cannot be told for sure")
		return
	}
	have := len(y.Documents)
	if strings.Contains(n.Value, "<<") {
		y.script(l, y.flow, strings.Trim(dir+"."+base, "."))
	}
	if len(y.Documents) == have {
		y.add(base, l, y.flow, dir)
	}
	for _, d := range y.Documents[have:] {
		d.ReadOnly = locked(n)
	}
}

// block returns the lines of the block scalar whose header is on a line. If
// want is given the result has that value, or is nil.
func (y *yamlFile) block(header int, want *string) *lines {
	m := blockHeader.FindSubmatch(y.text[y.lines[header].start:y.lines[header].end])
	if m == nil || string(m[1]) != "|" {
		return nil
	}
	most := 0
	for _, n := range y.lines[header+1:] {
		if text := y.text[n.start:n.end]; len(bytes.TrimRight(text, " \r")) > 0 {
			most = len(text) - len(bytes.TrimLeft(text, " "))
			break
		}
	}
	for indent := most; indent > 0; indent-- {
		list := y.content(header+1, indent, string(m[2]))
		l := &lines{src: y.text, list: list, prefix: strings.Repeat(" ", indent), eol: y.eol(header)}
		if want != nil && string(l.text()) != *want {
			if len(list) == 0 {
				continue
			}
			last := &list[len(list)-1] // the file may end without a line end
			if last.hasEnd = false; string(l.text()) != *want {
				continue
			}
			last.next = last.end
		}
		l.src = y.Src
		for i := range l.list { // directives may begin further to the left
			n := &l.list[i]
			if text := y.Src[n.start:n.end]; !bytes.Equal(text, y.text[n.start:n.end]) {
				n.content = n.start + min(n.content-n.start, len(text)-len(bytes.TrimLeft(text, " ")))
			}
		}
		l.text()
		return l
	}
	return nil
}

// content returns the lines of a block scalar from a line on.
func (y *yamlFile) content(from, indent int, indicators string) []line {
	var list []line
	for _, n := range y.lines[from:] {
		text := bytes.TrimSuffix(y.text[n.start:n.end], []byte("\r"))
		n.end = n.start + len(text)
		blank := len(bytes.TrimLeft(text, " ")) == 0
		if lead := len(text) - len(bytes.TrimLeft(text, " ")); lead < indent && !blank {
			break
		}
		n.content = n.start + min(indent, len(text))
		list = append(list, n)
	}
	if !strings.Contains(indicators, "+") {
		for len(list) > 0 && list[len(list)-1].content == list[len(list)-1].end {
			list = list[:len(list)-1]
		}
	}
	if strings.Contains(indicators, "-") && len(list) > 0 {
		last := &list[len(list)-1]
		last.hasEnd, last.next = false, last.end
	}
	return list
}

// eol returns how a line ends.
func (y *yamlFile) eol(i int) string {
	if n := y.lines[i]; n.end > n.start && y.text[n.end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// shown adds a document that cannot be rewritten.
func (y *yamlFile) shown(base string, n *yaml.Node, dir, why string) {
	at := y.offset(n)
	if y.flow != nil && len(y.flow.list) > 0 {
		y.missedText(&Document{Dir: dir, Base: base}, []byte(n.Value), "what the template fills in cannot be told from the rest: write it with |")
		return
	}
	d := &Document{Dir: dir, Base: base, Text: []byte(n.Value), layout: &whole{at: at, text: []byte(n.Value)}}
	if d = y.judge(d); d != nil {
		d.ReadOnly = why
	}
}

// scan looks for block scalars in a file that is no YAML as it stands.
func (y *yamlFile) scan(why string) {
	for i := range y.lines {
		text := y.text[y.lines[i].start:y.lines[i].end]
		if !blockHeader.Match(text) {
			continue
		}
		key, _, _ := strings.Cut(strings.TrimLeft(string(text), "- \t\"'"), ":")
		l := y.block(i, nil)
		if l == nil || len(l.list) == 0 {
			continue
		}
		base := strings.ReplaceAll(strings.Trim(key, "\"' \t"), "/", "_")
		if d := y.add(base, l, y.flow, ""); d != nil {
			d.ReadOnly = why
		}
	}
}
