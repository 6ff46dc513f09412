package host

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// fence matches the line that opens a fenced block of Markdown.
var fence = regexp.MustCompile("^([ \t]*)(```+|~~~+)[ \t]*([^`]*?)[ \t]*\r?$")

// markdown looks for documents in fenced blocks.
func (f *File) markdown() {
	all := cut(f.Src, 0, len(f.Src))
	for i := 0; i < len(all); i++ {
		m := fence.FindSubmatch(f.Src[all[i].start:all[i].end])
		if m == nil {
			continue
		}
		indent, mark := len(m[1]), m[2]
		body := i + 1
		for i = body; i < len(all); i++ {
			line := bytes.TrimRight(f.Src[all[i].start:all[i].end], " \t\r")
			if text := bytes.TrimLeft(line, " \t"); len(text) >= len(mark) && len(bytes.Trim(text, string(mark[:1]))) == 0 {
				break
			}
		}
		if i < len(all) && f.fencedYAML(string(m[3]), all, body, i) {
			continue
		}
		if i == len(all) {
			continue
		}
		text := f.Src[all[min(body, i)].start:all[i].start]
		l := dedent(f.Src, all[body:i], indent)
		l.prefix = string(m[1])
		if have := len(f.Documents); bytes.Contains(text, []byte("<<")) {
			if f.script(l, nil, fmt.Sprintf("L%d", body)); len(f.Documents) > have {
				continue
			}
		}
		if otherLanguage(string(m[3]), text) {
			continue
		}
		f.add("fence.conf", l, nil, fmt.Sprintf("L%d", body))
	}
}

// fencedYAML looks for documents in the YAML of a fenced block, as in a file of
// its own, and reports whether there are any.
func (f *File) fencedYAML(info string, all []line, from, to int) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(info)), " ")
	if word != "" && word != "yaml" && word != "yml" || from >= to {
		return false
	}
	part := &File{Src: f.Src[all[from].start:all[to].start]}
	if !part.mayHold() && !mayBeChart(part.Src) {
		return false
	}
	nodes, err := parseYAML(part.Src)
	if err != nil {
		return false
	}
	have := len(f.Documents)
	y := &yamlFile{File: f, text: f.Src, lines: slices.Clone(all[from:to])}
	for i, n := range nodes {
		y.document(n, fmt.Sprintf("L%d.%d", from, i+1))
		if startsServer(part.Src) {
			y.commands(n)
		}
	}
	return len(f.Documents) > have
}

// otherLanguage reports whether the words behind the opening of a fence name a
// language that is surely not NATS configuration.
func otherLanguage(info string, text []byte) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(info)), " ")
	switch strings.Trim(word, "{}.") {
	case "", "conf", "config", "nats", "nats.conf", "text", "txt", "plain", "plaintext", "hcl", "json", "json5", "ini", "properties", "nginx",
		"javascript", "js", "none", "cfg", "console", "sh", "bash", "shell", "code", "ruby", "markup":
		return false
	case "yaml", "yml": // for the colours
		return !bytes.ContainsAny(text, "{=")
	}
	return true
}

// dedent returns the lines without up to so many blanks in front of each.
func dedent(src []byte, list []line, indent int) *lines {
	l := &lines{src: src, eol: "\n"}
	for _, n := range list {
		text := src[n.start:n.end]
		if n.hasEnd && bytes.HasSuffix(text, []byte("\r")) {
			n.end--
			l.eol = "\r\n"
			text = text[:len(text)-1]
		}
		lead := len(text) - len(bytes.TrimLeft(text, " \t"))
		n.content = n.start + min(indent, lead)
		l.list = append(l.list, n)
	}
	return l
}

// heredoc matches what opens a heredoc of HCL at the end of a line.
var heredoc = regexp.MustCompile(`<<(-?)([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\r?$`)

// heredocs looks for documents in the heredocs of Terraform and Nomad. Those
// of Nomad are templates of Go, too.
func (f *File) heredocs() {
	all := cut(f.Src, 0, len(f.Src))
	for i := 0; i < len(all); i++ {
		text := f.Src[all[i].start:all[i].end]
		m := heredoc.FindSubmatch(text)
		if lead := bytes.TrimLeft(text, " \t"); m == nil || bytes.HasPrefix(lead, []byte("#")) || bytes.HasPrefix(lead, []byte("//")) {
			continue
		}
		head := i
		for i++; i < len(all) && string(bytes.TrimSpace(f.Src[all[i].start:all[i].end])) != string(m[2]); i++ {
		}
		if i == len(all) {
			break
		}
		body := all[head+1 : i]
		indent := 0
		if string(m[1]) == "-" {
			indent = leastIndent(f.Src, body)
		}
		l := dedent(f.Src, body, indent)
		l.prefix = strings.Repeat(" ", indent)
		at := l.span()
		text = f.Src[at.Start:at.End]
		f.lang = GoTemplate
		list := constructs(f.lang, text)
		if len(list) == 0 {
			f.lang = Terraform
			list = constructs(f.lang, text)
		}
		for i := range list {
			list[i].start += at.Start
			list[i].end += at.Start
		}
		f.add("heredoc.conf", l, newFlow(f.Src, list), fmt.Sprintf("L%d", head+1))
	}
}

// leastIndent returns how many blanks all lines that are not empty begin with.
func leastIndent(src []byte, list []line) int {
	least := -1
	for _, n := range list {
		text := bytes.TrimRight(src[n.start:n.end], "\r")
		if lead := len(text) - len(bytes.TrimLeft(text, " ")); lead < len(text) && (least < 0 || lead < least) {
			least = lead
		}
	}
	return max(0, least)
}
