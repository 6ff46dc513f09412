package host

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/repo"
)

// Find returns the documents in a file. What kind of file it is is judged by
// its name, of one that has no telling name by its content; a file that is a
// document itself has none. The bytes are kept and must not be changed.
func Find(name string, src []byte) *File {
	f := &File{Name: name, Src: src}
	var lang Language
	f.Form, lang = FormOf(name)
	if f.Form == Other || f.Form == Plain && isManifest(name, src) {
		f.Form = guess(src)
	}
	f.find(lang)
	return f
}

// find looks for the documents of a file of a known form.
func (f *File) find(lang Language) {
	switch f.Form {
	case Plain:
		f.plain(lang)
	case YAML:
		f.yaml(lang)
	case Markdown:
		f.markdown()
	case HCL:
		f.heredocs()
	case Unit:
		f.unit()
	case Script:
		f.shell(lang)
	}
	f.unique()
}

// isManifest reports whether a file that may be JSON is an object of Kubernetes,
// which is YAML as well.
func isManifest(name string, src []byte) bool {
	text := bytes.TrimLeft(src, " \t\r\n")
	return (name == "" || mayBeManifest(name)) && bytes.HasPrefix(text, []byte("{")) &&
		bytes.Contains(text, []byte(`"apiVersion"`)) && bytes.Contains(text, []byte(`"kind"`))
}

// mayBeManifest reports whether a file may be an object of Kubernetes whatever the
// rest of its name: it is looked into as far as its beginning shows that.
func mayBeManifest(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".json") }

// shell looks for documents in a script, which may be in a template language.
func (f *File) shell(lang Language) {
	var fl *flow
	if lang != NoTemplate && lang != Shell { // ${NAME} is the script's own
		if list := constructs(language(lang, f.Src), f.Src); len(list) > 0 {
			f.lang = language(lang, f.Src)
			fl = newFlow(f.Src, list)
		}
	}
	f.script(&lines{src: f.Src, eol: "\n", list: cut(f.Src, 0, len(f.Src))}, fl, "")
}

// guess says what a file is whose name says nothing.
func guess(src []byte) Form {
	if !isManifest("", src) && Sniff("", src).Class == repo.Ours {
		return Plain
	}
	head := upTo(src, maxHead)
	if first, _, _ := bytes.Cut(head, []byte("\n")); bytes.HasPrefix(first, []byte("#!")) && bytes.Contains(first, []byte("sh")) {
		return Script
	}
	if isManifest("", src) || bytes.HasPrefix(head, []byte("---\n")) || bytes.Contains(head, []byte("apiVersion:")) || bytes.Contains(head, []byte("\nservices:")) {
		return YAML
	}
	return Plain
}

// plain makes a document of a file in a template language.
func (f *File) plain(lang Language) {
	lang = language(lang, f.Src)
	if lang == NoTemplate {
		return
	}
	list := constructs(lang, f.Src)
	if len(list) == 0 {
		return
	}
	f.template, f.lang = true, lang
	l := &lines{src: f.Src, eol: "\n", exact: true, list: cut(f.Src, 0, len(f.Src))}
	f.add(filepath.Base(f.Name), l, newFlow(f.Src, list), "")
}

// cut cuts a text into lines that are whole lines of a document.
func cut(src []byte, start, end int) []line {
	var list []line
	for start < end {
		n := line{start: start, content: start, end: end, next: end}
		if i := bytes.IndexByte(src[start:end], '\n'); i >= 0 {
			n.end, n.next, n.hasEnd = start+i, start+i+1, true
		}
		list = append(list, n)
		start = n.next
	}
	return list
}

// add makes a document of lines, if it surely is one or another document of
// its directory may include it. fl is the control flow of the whole file, nil
// if it has no template language.
func (f *File) add(base string, l *lines, fl *flow, dir string) *Document {
	d := &Document{Dir: dir, Base: base, layout: l}
	text := l.text()
	d.Text = text
	if fl != nil {
		d.file, d.flow = fl, fl.within(l)
		d.Apart = slices.ContainsFunc(fl.dead, func(s ast.Span) bool { return fl.covers(s, l) })
		d.Text, d.Masked = mask(text, d.flow)
	}
	return f.judge(d)
}

// judge adds a document to the file if it is one.
func (f *File) judge(d *Document) *Document {
	d.Dir, d.Base = safeName(d.Dir), safeName(d.Base)
	d.number, d.lang, d.Object = f.candidates, f.lang, f.object
	f.candidates++
	if f.taken != nil {
		if !f.taken[d.number] {
			return nil
		}
		f.Documents = append(f.Documents, d)
		return d
	}
	name := d.Base
	if f.Form != Markdown && nameSpeaks(f.Name) {
		name = "nats/" + name
	}
	v := Sniff(name, d.Text)
	switch {
	case v.Class == repo.Part || v.Class == repo.Unsure && (d.Dir != "" || v.Includes):
		d.Part = true
	case v.Class != repo.Ours:
		if hint(d.Text) {
			f.left(d, v.Why)
		}
		return nil
	}
	if tree := ast.Parse("", d.Text, ast.Latest); len(tree.Errors()) > 0 {
		switch {
		case f.Form == Markdown:
			f.left(d, "it cannot be parsed, as text that only shows the idea")
			return nil
		case d.flow != nil:
			const why = "it cannot be parsed as long as the template is not filled in"
			if v.Class == repo.Ours {
				f.missed(d, why)
			} else {
				f.left(d, why)
			}
			return nil
		}
	}
	f.Documents = append(f.Documents, d)
	return d
}

// safeName makes a part of a path of a name that a file gives.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	if name == "." || name == ".." {
		return "_"
	}
	return name
}

func (f *File) left(d *Document, why string) {
	f.Left = append(f.Left, fmt.Sprintf("%s: %s", d.Name(), why))
}

// missed says why a text is left that is configuration.
func (f *File) missed(d *Document, why string) {
	f.left(d, why)
	f.Missed = append(f.Missed, f.Left[len(f.Left)-1])
}

// missedText says why a text is left that may be configuration, if it is.
func (f *File) missedText(d *Document, text []byte, why string) {
	switch name := d.Base; {
	case !hint(text):
	case Sniff(name, text).Class == repo.Ours:
		f.missed(d, why)
	default:
		f.left(d, why)
	}
}

// within returns the flow of the lines of a document: its constructs have
// offsets in the document.
func (f *flow) within(l *lines) *flow {
	span := l.span()
	p := &flow{marks: []flowMark{{0, f.at(span.Start)}}}
	for _, c := range f.list {
		if c.start >= span.Start && c.end <= span.End {
			p.list = append(p.list, construct{l.inDoc(c.start), l.inDoc(c.end), c.role})
		}
	}
	for _, m := range f.marks {
		if m.off > span.Start && m.off <= span.End {
			p.marks = append(p.marks, flowMark{l.inDoc(m.off), m.id})
		}
	}
	for _, d := range f.dead {
		if f.covers(d, l) {
			continue // all of it is another branch's
		}
		if d.Start < span.End && d.End > span.Start {
			p.dead = append(p.dead, ast.Span{Start: l.inDoc(max(d.Start, span.Start)), End: l.inDoc(min(d.End, span.End))})
		}
	}
	return p
}

// covers reports whether a part of a template that is not looked at has all of a
// document in it, but for the construct that ends it.
func (f *flow) covers(dead ast.Span, l *lines) bool {
	doc := l.span()
	if doc.Start < dead.Start || doc.Start >= dead.End {
		return false
	}
	m := &masker{text: l.src, flow: f}
	return doc.End <= dead.End || m.onlyConstructs(ast.Span{Start: dead.End, End: doc.End}, false)
}

// unique sees to it that no two documents have the same name, and that parts
// are kept only where a document may include them.
func (f *File) unique() {
	slices.SortStableFunc(f.Documents, func(a, b *Document) int { return a.Span().Start - b.Span().Start })
	for i, d := range f.Documents { // a text among the values of a chart
		if c := d.values(); c != nil && i+1 < len(f.Documents) && f.Documents[i+1].Span().Start < c.span().End {
			c.leaves, d.ReadOnly = nil, chartReason
		}
	}
	if f.taken != nil {
		return
	}
	roots := map[string]bool{}
	for _, d := range f.Documents {
		roots[d.Dir] = roots[d.Dir] || !d.Part && bytes.Contains(bytes.ToLower(d.Text), []byte("include"))
	}
	seen := map[string]int{}
	kept := f.Documents[:0]
	for _, d := range f.Documents {
		if d.Part && !roots[d.Dir] {
			f.left(d, "it is a part, and nothing in the file includes it")
			continue
		}
		key := d.Dir + "/" + d.Base
		if seen[key]++; seen[key] > 1 {
			if d.Dir != "" {
				d.Dir += ":"
			}
			d.Dir += strconv.Itoa(seen[key])
		}
		kept = append(kept, d)
	}
	f.Documents = kept
}

// Name names the document inside its file.
func (d *Document) Name() string { return strings.TrimPrefix(d.Dir+"/"+d.Base, "/") }
