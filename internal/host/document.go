package host

import (
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
	// Missed are those of them that surely are configuration, and that cannot be
	// looked at all the same.
	Missed []string

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
