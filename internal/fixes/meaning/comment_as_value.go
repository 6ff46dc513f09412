package meaning

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// CommentAsValue finds comments that the parser takes for a value, or for a
// part of one.
func CommentAsValue() *fixes.Rule {
	return &fixes.Rule{
		Name:     "comment-as-value",
		Severity: fixes.Error,
		Summary:  "a comment between a key and its value, or glued to a value, is read as the value",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse, -t, or silent",
			Message: "Expected a top-level value to end with a new line, comment or EOF, but got 'h' instead.",
			What: `Behind a key the parser wants a value, and takes a # for its first letter: cluster: # east and the brace on the next
line give a cluster of the value "#", and then an error. Nor does a # without a blank before it end a value without
quotes: port: 4222#clients is the text "4222#clients", and no port.`,
			Fix: `A comment between a key and the brace or bracket on the next line moves above the key. A blank separates a glued
comment from a number, a bool, a duration or an address.`,
			Applicability: `Safe: the server refuses the file today. Manual if no block follows, or other text stands before the key.`,
			Effect:        `The server does not run.`,
			Before: `cluster: # east
{
  name: east
}
`,
			After: `# east
cluster: {
  name: east
}
`,
			References: []string{"conf/lex.go, lexString"},
		},
		CheckDoc: checkCommentAsValue,
	}
}

func checkCommentAsValue(p *fixes.Pass, d *fleet.Doc) {
	if src := d.Tree.Source(); bytes.IndexByte(src, '#') < 0 && !bytes.Contains(src, []byte("//")) {
		return
	}
	for n := range d.Tree.Root().Walk() {
		if n.Kind() != ast.KindString || n.Quote() != ast.Bare || n.Parent().Kind() != ast.KindEntry {
			continue
		}
		raw := n.Raw()
		i := strings.IndexByte(raw, '#')
		switch {
		case strings.HasPrefix(raw, "#{") || strings.ContainsAny(n.Parent().Key(), "{}[]"):
			// a placeholder of a template, or the parser has lost its way before
		case i == 0 || raw == "//":
			reportCommentAsValue(p, d, n)
		case i > 0:
			reportGluedComment(p, d, n, i)
		}
	}
}

func reportCommentAsValue(p *fixes.Pass, d *fleet.Doc, n ast.Node) {
	t, entry := d.Tree, n.Parent()
	if f := fieldOf(n); f != nil && f.Secret && len(n.Raw()) > 1 {
		return // may be the secret itself
	}
	end := t.LineEnd(n.Start())
	comment := strings.TrimRight(t.Text(ast.Span{Start: n.Start(), End: end}), " \t\r\n")
	f := &fixes.Finding{Doc: d, Span: ast.Span{Start: n.Start(), End: n.Start() + len(comment)},
		Message: sprintf("the comment behind %s is read as its value: a comment must not stand between a key and its value", entry.Key())}
	src, at := t.Source(), end
	for at < len(src) && strings.IndexByte(" \t\r\n", src[at]) >= 0 {
		at++
	}
	start := t.LineStart(entry.Start())
	indent := t.Text(ast.Span{Start: start, End: entry.Start()})
	if c := byteAt(t, at); (c == '{' || c == '[') && strings.TrimSpace(indent) == "" && t.LineStart(n.Start()) == start {
		newline := "\n"
		if strings.Contains(t.Text(ast.Span{Start: n.Start(), End: at}), "\r\n") {
			newline = "\r\n"
		}
		f.Fix = fixes.NewFix(d, []ast.Edit{
			{Start: start, End: start, New: indent + comment + newline},
			{Start: n.Start(), End: at},
		}, "move the comment above %s", entry.Key())
		around(p, d, f.Fix, append(keysOf(n), keysIn(entry.Next(), at)...)...)
		if c == '{' {
			f.Related = []fixes.Related{{Doc: d, Span: ast.Span{Start: at, End: at + 1}, Message: "the block of " + entry.Key() + ", which the server takes for a part of the block around it"}}
		} else {
			f.Span.End = t.LineEnd(at) // what goes wrong there follows from this
		}
	} else {
		f.Because(fixes.Manual, "move the comment away, and give "+entry.Key()+" its value; put it in quotes if it begins with #")
	}
	if len(t.Errors()) == 0 && f.Fix == nil {
		f.Severity = fixes.Warning
	}
	p.Report(f)
}

// keysIn returns the keys in the braces at off that the parser takes for braces of
// the top level, because what they belong to has the comment for its value.
func keysIn(n ast.Node, off int) []string {
	if !n.Valid() || n.Kind() != ast.KindBraces || n.Start() != off {
		return nil
	}
	var keys []string
	for c := range n.Children() {
		if c.Kind() == ast.KindEntry {
			keys = append(keys, c.Key())
		}
	}
	return keys
}

// reportGluedComment speaks of a # in a value whose field takes no such text.
func reportGluedComment(p *fixes.Pass, d *fleet.Doc, n ast.Node, i int) {
	if !fixes.GluedComment(fieldOf(n), n) {
		return
	}
	f := &fixes.Finding{Doc: d, Span: n.Span(),
		Message: sprintf("the # is a part of this value of %s, since no blank stands before it: the server refuses it", n.Parent().Key())}
	at := n.Start() + i
	var fix *fixes.Fix
	if rest := d.Tree.Text(ast.Span{Start: n.End(), End: d.Tree.LineEnd(n.End())}); strings.TrimSpace(rest) == "" { // else the comment would swallow more
		fix = fixes.NewFix(d, []ast.Edit{{Start: at, End: at, New: " "}}, "separate the comment from the value")
	}
	p.Report(f.With(around(p, d, fix, keysOf(n)...), "a comment there would take in what stands behind it: put it on a line of its own"))
}
