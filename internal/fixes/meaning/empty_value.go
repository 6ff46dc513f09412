package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// EmptyValue finds keys without a value on their line.
func EmptyValue() *fixes.Rule {
	return &fixes.Rule{
		Name:     "empty-value",
		Severity: fixes.Error,
		Summary:  "a key has no value, so that the parser takes what follows for it, or renames the block",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "silent, parse, or -t with a message that names another key",
			Message: "Expected value but found new line",
			What: `A key needs a value on its line. Inside a block the parser goes on to the next line and takes that for the value:
of name: and below it port=5 it makes the name "port=5", and there is no port. Before a closing brace it finds nothing,
and then calls the block by the name of the key: a { foo } is foo { }. A key alone on a line (debug) takes the next line
too, also at the top level; with a colon the parser refuses that there ("Expected value but found new line").`,
			Fix: `A block or list that starts on the next line is drawn up to its key. Else somebody has to say what the value is,
or take the key out.`,
			Applicability: `Safe for a block or list on the next line, which the parser refuses today. Else manual.`,
			Effect:        `That of the fields which come to life.`,
			Before: `cluster:
{
  name: east
}
`,
			After: `cluster: {
  name: east
}
`,
			References: []string{"conf/lex.go, lexMapValue"},
		},
		CheckDoc: checkEmptyValue,
	}
}

func checkEmptyValue(p *fixes.Pass, d *fleet.Doc) {
	lost := d.Tree.LostNodes()
	if d.Env != "" || len(lost)+len(d.Tree.Errors()) == 0 {
		return
	}
	manual := func(n ast.Node, end int, format string, args ...any) {
		if g := fixes.Glued(n); g.Valid() && g.Raw() != "" || n.Quote() == ast.Bare && isMiswritten(n.Key()) {
			return // unquoted-special, extra-comma, and rules for braces
		}
		if n.Quote() == ast.Bare && n.Key() == "{" && len(d.Tree.Errors()) > 0 && strings.TrimSpace(d.Tree.Text(ast.Span{Start: d.Tree.LineStart(n.Start()), End: n.Start()})) == "" {
			return // unclosed-block, or syntax: the start of a block where none can be
		}
		f := &fixes.Finding{Doc: d, Span: ast.Span{Start: n.Start(), End: end}, Message: sprintf(format, args...)}
		p.Report(f.Because(fixes.Manual, "give "+n.Key()+" a value on its line, or take it out"))
	}
	done := make(map[ast.Node]bool)
	for _, n := range lost {
		if n.Kind() != ast.KindEntry {
			continue
		}
		done[n] = true
		keys := keysOf(n)
		switch v := n.Value(); {
		case v.Valid():
			manual(n, max(n.End(), d.Tree.LineEnd(v.Start())), "%s has no value on its line: the server takes the text of the next line for it, and that entry is lost", n.Key())
		case len(keys) > 1:
			manual(n, n.End(), "%s has no value: the server then calls the block %s by the name %s", n.Key(), keys[len(keys)-2], n.Key())
		default:
			manual(n, n.End(), "%s has no value", n.Key())
		}
	}
	for _, e := range d.Tree.Errors() {
		n := entryBefore(d.Tree, e.Span.Start)
		if !n.Valid() || n.Value().Valid() || done[n] {
			continue
		}
		switch {
		case e.Official == "Expected value but found new line":
			if fix := drawUp(d, n, e.Span.Start); fix != nil {
				f := &fixes.Finding{Doc: d, Span: ast.Span{Start: n.Start(), End: e.Span.Start}, Fix: fix,
					Message: sprintf("the value of %s starts on the next line, which the parser refuses here (\"Expected value but found new line\")", n.Key())}
				p.Report(f)
				continue
			}
			manual(n, e.Span.Start, "%s has no value: the server refuses the file (\"Expected value but found new line\")", n.Key())
		case strings.HasPrefix(e.Official, "Unexpected map value terminator"), e.Official == "config is invalid" && n.End() >= e.Span.Start:
			manual(n, max(n.End(), e.Span.Start), "%s has no value: the server refuses the file (%q)", n.Key(), e.Official)
		}
	}
}

// entryBefore returns the last entry that starts before an offset.
func entryBefore(d *ast.Document, off int) ast.Node {
	var last ast.Node
	for n := range d.Root().Walk() {
		if n.Start() >= off {
			break
		}
		if n.Kind() == ast.KindEntry {
			last = n
		}
	}
	return last
}

// drawUp returns the fix that joins a key and the block or list on a line below
// it, nil if something else stands there.
func drawUp(d *fleet.Doc, n ast.Node, lineEnd int) *fixes.Fix {
	src := d.Tree.Source()
	at := lineEnd
	for at < len(src) && strings.IndexByte(" \t\r\n", src[at]) >= 0 {
		at++
	}
	if c := byteAt(d.Tree, at); c != '{' && c != '[' {
		return nil
	}
	start := lineEnd
	for start > n.End() && (src[start-1] == ' ' || src[start-1] == '\t' || src[start-1] == '\r') {
		start--
	}
	return fixes.NewFix(d, []ast.Edit{{Start: start, End: at, New: " "}}, "put the value of %s on its line", n.Key())
}

// isMiswritten reports whether a key holds a bracket or a separator of which
// glued-brace, int-before-bracket, stray-brace or extra-comma speaks.
func isMiswritten(key string) bool {
	switch {
	case key == "":
		return false
	case strings.Trim(key, "{}[]") == "":
		return key[0] == '}'
	}
	return strings.IndexByte("{}[,;", key[0]) >= 0 || strings.ContainsAny(key[1:], "{[")
}
