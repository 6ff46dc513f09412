package host

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
)

// File is a file with the documents that were found in it.
type File struct {
	Name string
	Form Form
	Src  []byte
	// Documents are in the order of the file and do not overlap. A plain file
	// without a template language has none: it is a document itself.
	Documents []*Document
	// Commands are the ways in which the file starts a nats-server.
	Commands []Command
	// Secrets are the bytes of values that are secret as a whole: those of a
	// Kubernetes Secret that are no documents.
	Secrets []ast.Span
	// Left says of texts that look like documents why they are none.
	Left []string

	template   bool         // a plain file in a template language
	lang       Language     // the template language of what is looked at
	object     Object       // that is looked at
	candidates int          // texts that were looked at
	taken      map[int]bool // which of them are documents; nil if that is to be judged
}

// Whole reports whether the file as it stands is a document.
func (f *File) Whole() bool { return f.Form == Plain && !f.template }

// Document is one text in NATS configuration syntax inside a file.
type Document struct {
	// Dir and Base name the document: documents of one Dir include each other
	// by Base. Both together are unique in the file.
	Dir, Base string
	// Text is what nats-server would read, with stand-ins of the same length for
	// what a template language would put there.
	Text []byte
	// Masked are the bytes of Text that stand for something else. They must not
	// be edited, and what is found there is unknown and not wrong.
	Masked []ast.Span
	// Object is the ConfigMap or Secret whose key Base is; the zero value for
	// what stands elsewhere.
	Object Object
	// ReadOnly says why the document cannot be rewritten, "" if it can.
	ReadOnly string
	// Part says that the document makes sense only inside another one of its
	// Dir, which includes it.
	Part bool

	// Apart says that the document stands in another branch of a template than
	// the others of the file: it is not there when they are.
	Apart bool

	number int      // among the texts of the file that were looked at
	lang   Language // that of the file around it
	scalar int      // where the script begins whose heredoc it is
	layout layout
	flow   *flow // nil if there is no template

	file     *flow      // of the whole file, nil if there is no template
	branch   ast.Span   // in a reading by another branch: what only that one shows
	branches []ast.Span // in branch, and shown by other readings only

	restore sync.Once
	names   *strings.Replacer
	parse   sync.Once
	tree    *ast.Document
}

// layout says where a document stands in its file.
type layout interface {
	// offset returns the offset in the file of a byte of the document.
	offset(off int) int
	// source returns the file.
	source() []byte
	// span returns the bytes of the file that the document takes up.
	span() ast.Span
	// rewrite returns what stands there after the edits, one step after the
	// other, each on the text that the one before left.
	rewrite(steps [][]ast.Edit) (string, error)
}

// Offset returns the offset in the file of the byte at off in Text, where off
// may be the end of it.
func (d *Document) Offset(off int) int { return d.layout.offset(max(0, min(off, len(d.Text)))) }

// OffsetEnd returns the offset in the file behind the byte of Text in front of
// end.
func (d *Document) OffsetEnd(end int) int {
	if w, ok := d.layout.(*whole); ok && w.places != nil {
		return d.Offset(end) // an escape is longer than the byte that it stands for
	}
	if end == 0 {
		return d.Offset(0)
	}
	return d.Offset(end-1) + 1
}

// Encoded reports whether the file holds the document in another form, in which
// no byte stands for one of its own.
func (d *Document) Encoded() bool {
	w, ok := d.layout.(*whole)
	return ok && w.places == nil
}

// Span returns the bytes of the file that the document takes up.
func (d *Document) Span() ast.Span { return d.layout.span() }

// Unknown reports whether something that was found at a span of Text is about
// bytes that stand for something else.
func (d *Document) Unknown(s ast.Span) bool {
	i := sort.Search(len(d.Masked), func(i int) bool { return d.Masked[i].End > s.Start })
	for _, m := range d.Masked[i:] {
		if m.Start > s.Start && m.Start >= s.End {
			break
		}
		if m.Start <= s.Start && s.Start < m.End {
			return true
		}
		if m.End == s.End && s.Start < m.Start && !strings.Contains(string(d.Text[s.Start:s.End]), "\n") {
			return true // the entry whose value it is
		}
	}
	return false
}

// Restore puts what a template says in the place of stand-ins for it in a text
// about the document. What was only a part of a value is not shown.
func (d *Document) Restore(text string) string {
	if d.flow == nil || !strings.Contains(text, "P") {
		return text
	}
	l, ok := d.layout.(*lines)
	if !ok {
		return text
	}
	d.restore.Do(func() {
		src := l.text()
		var pairs []string
		for _, m := range d.Masked {
			standIn := string(d.Text[m.Start:m.End])
			said := strings.Trim(string(src[m.Start:m.End]), `"'`)
			if !strings.HasPrefix(standIn, "$P") && !strings.HasPrefix(standIn, "P") || strings.Contains(said, "\n") {
				continue
			}
			i := d.flow.from(m.Start)
			if i == len(d.flow.list) || said != string(src[d.flow.list[i].start:d.flow.list[i].end]) {
				said = "..."
			}
			pairs = append(pairs, standIn, said)
		}
		d.names = strings.NewReplacer(pairs...)
	})
	return d.names.Replace(text)
}

// MayEdit says why bytes of Text must not be replaced, or "".
func (d *Document) MayEdit(start, end int, text string) string {
	if d.ReadOnly != "" {
		return d.ReadOnly
	}
	if c := d.values(); c != nil {
		return c.mayEdit(start, end, text)
	}
	for _, m := range d.Masked {
		if m.Start < end && start < m.End {
			return "a template fills in what would be changed"
		}
		if strings.Contains(text, string(d.Text[m.Start:m.End])) && d.Text[m.Start] != '#' {
			return "a template fills in what would be copied"
		}
	}
	if madeOf(d.lang, text) {
		return "a template would read what is written there as its own"
	}
	if d.flow == nil || start != end {
		return ""
	}
	if d.flow.at(start) != d.around(start) {
		return "a template may leave out the place where something would be added"
	}
	if l, ok := d.layout.(*lines); ok && d.file != nil && d.file.swallowed(l.src, d.Offset(start)) {
		return "a template may join what would be added to the line in front of it"
	}
	return ""
}

// around returns in which block of the template the braces around a place
// begin. Those of the document are where its first and last entry are, if both
// are in the same.
func (d *Document) around(off int) int {
	d.parse.Do(func() { d.tree = ast.Parse("", d.Text, ast.Latest) })
	n := d.tree.NodeAt(off)
	for n.Valid() && (n.Kind() != ast.KindMap && n.Kind() != ast.KindArray || n.Start() == off) {
		n = n.Parent()
	}
	if n.Valid() {
		return d.flow.at(n.Start())
	}
	root := d.tree.Root()
	if root.First().Valid() {
		if id := d.flow.at(root.First().Start()); id == d.flow.at(root.Last().Start()) {
			return id
		}
	}
	return d.flow.at(0)
}

// lines is the layout of a document whose lines are lines of the file, behind a
// prefix.
type lines struct {
	src    []byte
	list   []line
	prefix string // what new lines get in front
	eol    string
	exact  bool // whether the document ends in a line end is kept as edits want it
}

// line is a line of a document. Offsets are those of the file but for doc.
type line struct {
	doc     int // where it begins in the document
	start   int // of the line in the file
	content int
	end     int // behind the content
	next    int // behind the line end; end if the document has none there
	hasEnd  bool
}

// text returns the document.
func (l *lines) text() []byte {
	var out []byte
	for i := range l.list {
		n := &l.list[i]
		n.doc = len(out)
		out = append(out, l.src[n.content:n.end]...)
		if n.hasEnd {
			out = append(out, '\n')
		}
	}
	return out
}

func (l *lines) offset(off int) int {
	i := sort.Search(len(l.list), func(i int) bool { return l.list[i].doc > off }) - 1
	if i < 0 {
		return l.span().Start
	}
	n := l.list[i]
	if over := off - n.doc - (n.end - n.content); over > 0 {
		return n.next
	}
	return n.content + off - n.doc
}

// inDoc returns the offset in the document of a byte of the file.
func (l *lines) inDoc(off int) int {
	i := sort.Search(len(l.list), func(i int) bool { return l.list[i].start > off }) - 1
	if i < 0 {
		return 0
	}
	n := l.list[i]
	return n.doc + min(max(0, off-n.content), n.end-n.content+1)
}

func (l *lines) source() []byte { return l.src }

func (l *lines) span() ast.Span {
	if len(l.list) == 0 {
		return ast.Span{}
	}
	return ast.Span{Start: l.list[0].start, End: l.list[len(l.list)-1].next}
}

// around returns the lines that an edit touches, and the edit in them; the whole
// document for its last line.
func (l *lines) around(e ast.Edit) (*lines, ast.Edit) {
	at := func(off int) int {
		return max(0, sort.Search(len(l.list), func(i int) bool { return l.list[i].doc > off })-1)
	}
	a, b := at(e.Start), at(e.End)
	if b == len(l.list)-1 {
		return l, e // how it ends depends on what is in front
	}
	part := &lines{src: l.src, prefix: l.prefix, eol: l.eol, exact: true}
	first := l.list[a].doc
	for _, n := range l.list[a : b+1] {
		n.doc -= first
		part.list = append(part.list, n)
	}
	return part, ast.Edit{Start: e.Start - first, End: e.End - first, New: e.New}
}

// piece is a line while it is edited.
type piece struct{ text, raw, eol string }

func (l *lines) rewrite(steps [][]ast.Edit) (string, error) {
	var ps []piece
	for _, n := range l.list {
		ps = append(ps, piece{string(l.src[n.content:n.end]), string(l.src[n.start:n.end]), string(l.src[n.end:n.next])})
	}
	last := len(l.list) - 1
	ended := last >= 0 && l.list[last].hasEnd
	if ended || last < 0 {
		ps = append(ps, piece{})
	}
	for _, edits := range steps {
		for i := len(edits) - 1; i >= 0; i-- {
			var err error
			if ps, err = l.edit(ps, edits[i]); err != nil {
				return "", err
			}
		}
	}
	if !l.exact {
		if n := len(ps) - 1; ended && ps[n].text != "" {
			ps[n].eol = l.eol
		} else if !ended && n > 0 && ps[n].text == "" && ps[n].raw == "" {
			ps = ps[:n]
			ps[n-1].eol = ""
		}
	}
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.raw)
		b.WriteString(p.eol)
	}
	return b.String(), nil
}

// edit replaces the lines that an edit touches.
func (l *lines) edit(ps []piece, e ast.Edit) ([]piece, error) {
	find := func(off int) (i, in int) {
		for i = 0; i < len(ps)-1 && off > len(ps[i].text); i++ {
			off -= len(ps[i].text) + 1
		}
		return i, off
	}
	a, from := find(e.Start)
	b, to := find(e.End)
	if from > len(ps[a].text) || to > len(ps[b].text) {
		return nil, fmt.Errorf("an edit ends at %d, outside of the document", e.End)
	}
	texts := strings.Split(ps[a].text[:from]+e.New+ps[b].text[to:], "\n")
	fresh := make([]piece, len(texts))
	for i, t := range texts {
		if l.eol == "\r\n" {
			t = strings.TrimSuffix(t, "\r")
		}
		fresh[i] = piece{t, l.prefix + t, l.eol}
		if t == "" {
			fresh[i].raw = ""
		}
	}
	n := len(fresh) - 1
	if from > 0 {
		fresh[0].raw = strings.TrimSuffix(ps[a].raw, ps[a].text) + fresh[0].text
	}
	// Lines that stay as they are keep what is in front of them.
	for _, keep := range []struct{ i, old int }{{0, a}, {n, b}} {
		if fresh[keep.i].text == ps[keep.old].text {
			fresh[keep.i].raw = ps[keep.old].raw
		}
	}
	fresh[n].eol = ps[b].eol
	return append(ps[:a:a], append(fresh, ps[b+1:]...)...), nil
}

// whole is the layout of a document that is written in another form, and
// replaced as a whole.
type whole struct {
	src    []byte
	at     ast.Span
	text   []byte
	places []int // offset in the file of each byte of the text, nil if there is no such thing
	encode func(text []byte) (string, error)
}

func (w *whole) offset(off int) int {
	if w.places == nil {
		return w.at.Start
	}
	return w.places[min(off, len(w.places)-1)]
}

func (w *whole) source() []byte { return w.src }

func (w *whole) span() ast.Span { return w.at }

func (w *whole) rewrite(steps [][]ast.Edit) (string, error) {
	if w.encode == nil {
		return "", errors.New("it can only be read")
	}
	text := w.text
	for _, edits := range steps {
		var err error
		if text, err = ast.Apply(text, edits); err != nil {
			return "", err
		}
	}
	return w.encode(text)
}
