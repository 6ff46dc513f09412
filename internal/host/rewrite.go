package host

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
)

// Rewrite returns the file with edits made to some of its documents, by their
// index: for each, steps one after the other, each on the text that the one
// before left. The documents of the new file are in the same order. Not one byte outside of the documents changes. It fails, and
// says why, unless the documents that are found in the result are those that
// the edits make, and a YAML file means the same but for the changed texts.
func (f *File) Rewrite(steps map[int][][]ast.Edit) (*File, error) {
	var out []byte
	at := 0
	want := make([][]byte, len(f.Documents))
	for i, d := range f.Documents {
		want[i] = d.Text
		if len(steps[i]) == 0 {
			continue
		}
		if d.ReadOnly != "" {
			return nil, fmt.Errorf("%s: %s cannot be rewritten: %s", f.Name, d.Name(), d.ReadOnly)
		}
		for _, edits := range steps[i] {
			var err error
			if want[i], err = ast.Apply(want[i], edits); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.Name, d.Name(), err)
			}
		}
		raw, err := d.layout.rewrite(sorted(steps[i]))
		if err != nil {
			return nil, fmt.Errorf("%s: %s cannot be rewritten: %w", f.Name, d.Name(), err)
		}
		s := d.Span()
		out = append(append(out, f.Src[at:s.Start]...), raw...)
		at = s.End
	}
	out = append(out, f.Src[at:]...)
	after, err := f.verify(out, want)
	if err != nil {
		return nil, fmt.Errorf("%s: the rewritten file would read otherwise than meant (%w); it is left alone", f.Name, err)
	}
	return after, nil
}

func sorted(steps [][]ast.Edit) [][]ast.Edit {
	out := make([][]ast.Edit, len(steps))
	for i, edits := range steps {
		out[i] = slices.Clone(edits)
		ast.SortEdits(out[i])
	}
	return out
}

// verify looks for the documents in a rewritten file.
func (f *File) verify(out []byte, want [][]byte) (*File, error) {
	after := &File{Name: f.Name, Src: out, Form: f.Form, taken: make(map[int]bool)}
	for _, d := range f.Documents {
		after.taken[d.number] = true
	}
	_, lang := FormOf(f.Name)
	after.find(lang)
	if len(after.Documents) != len(f.Documents) {
		return nil, fmt.Errorf("%d documents in place of %d", len(after.Documents), len(f.Documents))
	}
	for i, d := range after.Documents {
		was := f.Documents[i]
		if !same(d.Text, want[i]) {
			return nil, fmt.Errorf("%s has another text", was.Name())
		}
		if d.ReadOnly != was.ReadOnly {
			return nil, errors.New(d.ReadOnly)
		}
		if !slices.Equal(placeholders(d), placeholders(was)) {
			return nil, fmt.Errorf("%s has other placeholders", was.Name())
		}
	}
	if f.Form == YAML {
		return after, f.sameYAML(after)
	}
	return after, nil
}

// same compares two texts but for line ends at their end, which some forms
// cannot express.
func same(a, b []byte) bool {
	return bytes.Equal(a, b) || bytes.Equal(bytes.TrimRight(a, "\n"), bytes.TrimRight(b, "\n"))
}

// placeholders returns what a template fills in, as it is written.
func placeholders(d *Document) []string {
	l, ok := d.layout.(*lines)
	if !ok || d.flow == nil {
		return nil
	}
	text := l.text()
	var list []string
	for _, c := range d.flow.list {
		list = append(list, string(text[c.start:c.end]))
	}
	return list
}

// sameYAML compares what two YAML files mean, but for the documents in them.
func (f *File) sameYAML(after *File) error {
	a, errA := f.outline()
	b, errB := after.outline()
	switch {
	case (errA == nil) != (errB == nil):
		return errors.New("the YAML around it would not be the same")
	case errA != nil:
		return nil // it is no YAML as it stands; what can be rewritten there was told without
	case !slices.Equal(a, b):
		return errors.New("the YAML around it would not mean the same")
	}
	return nil
}

// outline lists the nodes of a YAML file, without the texts of documents.
func (f *File) outline() ([]string, error) {
	text := f.Src
	_, lang := FormOf(f.Name)
	if lang = yamlLanguage(lang, f.Src); lang != NoTemplate {
		text = yamlMask(f.Src, newFlow(f.Src, constructs(lang, f.Src)))
	}
	nodes, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	y := &yamlFile{File: f, text: text, lines: cut(text, 0, len(text))}
	var out []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		value, tag := n.Value, n.Tag
		if n.Kind == yaml.ScalarNode && n.Line > 0 && n.Line <= len(y.lines) {
			switch at := y.offset(n).Start; {
			case slices.ContainsFunc(y.Documents, func(d *Document) bool { return d.values() != nil && d.values().holds(at) }):
				value, tag = "", ""
			case y.holds(n):
				value = ""
			}
		}
		out = append(out, fmt.Sprintf("%d %s %q %s", n.Kind, tag, value, n.Anchor))
		for _, c := range n.Content {
			walk(c)
		}
		out = append(out, "end")
	}
	for _, n := range nodes {
		walk(n)
	}
	return out, nil
}

// holds reports whether a document stands in a scalar.
func (y *yamlFile) holds(n *yaml.Node) bool {
	at := y.offset(n)
	for _, d := range y.Documents {
		s := d.Span()
		if d.values() != nil {
			continue
		}
		if d.scalarOf(at) {
			return true
		}
		if at.Start <= s.Start && s.Start <= at.End+1 && (n.Style&yaml.LiteralStyle != 0 || s.Start < at.End) {
			return true
		}
	}
	return false
}

// Edit returns what an edit of the document's text is in the file. It is for
// showing; Rewrite makes edits.
func (d *Document) Edit(e ast.Edit) (start, end int, text string) {
	layout := d.layout
	limit := d.Offset(e.Start)
	if l, ok := layout.(*lines); ok && len(l.list) > 0 { // a document may have as many edits as lines
		layout, e = l.around(e)
	}
	s := layout.span()
	raw, err := layout.rewrite([][]ast.Edit{{e}})
	switch {
	case err != nil && d.Encoded():
		return s.Start, s.End, e.New
	case err != nil:
		return limit, max(limit, layout.offset(e.End)), e.New
	case d.Encoded():
		return s.Start, s.End, raw
	}
	old := string(layout.source()[s.Start:s.End])
	head := 0
	for most := min(len(old), len(raw)); head < most && old[head] == raw[head] && s.Start+head < limit; {
		head++
	}
	tail := 0
	for most := min(len(old), len(raw)) - head; tail < most && old[len(old)-1-tail] == raw[len(raw)-1-tail]; {
		tail++
	}
	return s.Start + head, s.End - tail, strings.Clone(raw[head : len(raw)-tail])
}
