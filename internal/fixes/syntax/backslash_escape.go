package syntax

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// BackslashEscape finds backslashes that the server takes for the start of an
// escape and that were meant as they stand, or as JSON has them.
func BackslashEscape() *fixes.Rule {
	return &fixes.Rule{
		Name:     "backslash-escape",
		Severity: fixes.Error,
		Summary:  "a backslash in double quotes or without quotes starts an escape that the server does not know, or did not mean",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "meaning", Default: "worked out from the text", Values: []string{"literal", "character"},
			Doc: `what a backslash before a punctuation mark stands for: a backslash (literal), or nothing but a mark for the character behind it (character)`,
		}},
		Doc: fixes.Doc{
			Stage: "parse; silent where the letter behind the backslash makes an escape that exists",
			Message: `Invalid escape character 'x'. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.; ` +
				`Expected two hexadecimal digits after '\x'`,
			What: `In double quotes and without quotes the server knows the escapes \t \n \r \" \\ and \xHH and refuses every other
backslash: Windows paths, regular expressions, and the \/ and \uXXXX of JSON. Worse, C:\temp and C:\nats are accepted, with a TAB
and a line end in them. In single quotes a backslash is a backslash.`,
			Fix: `A Windows path goes into single quotes, or gets its backslashes doubled if it has a single quote in it. JSON's escapes
become the characters that they stand for. Any other backslash before a letter or digit is doubled.`,
			Applicability: `Safe where the server refuses the file and the text says what is meant. Before a punctuation mark a backslash
may be meant as it stands, or as a shell has it: unsafe until --set backslash-escape.meaning tells. A Windows path that the
server accepts, with a TAB or a line end in it, is unsafe: the server uses another file or folder then.`,
			Effect: `None where the server refuses the file. Another path takes a restart, mostly.`,
			Before: "log_file: \"C:\\logs\\nats.log\"\nserver_name: \"a\\/b\"\n",
			After:  "log_file: 'C:\\logs\\nats.log'\nserver_name: \"a/b\"\n",
		},
		CheckDoc: checkBackslashEscape,
	}
}

func checkBackslashEscape(p *fixes.Pass, d *fleet.Doc) {
	if len(d.Tree.Errors()) > 0 {
		meaning, _ := p.Param("meaning")
		mendAll(p, d, func(t *ast.Document) *mend { return findBackslash(t, meaning) })
		return
	}
	if bytes.IndexByte(d.Tree.Source(), '\\') < 0 {
		return
	}
	for n := range d.Tree.Root().Walk() {
		if n.Kind() != ast.KindString || !n.HasEscapes() || !isWindowsPath(n.Doc().Text(n.TextSpan())) || !strings.ContainsAny(n.Text(), "\t\n\r") {
			continue
		}
		raw := d.Tree.Text(n.TextSpan())
		f := &fixes.Finding{
			Doc: d, Span: n.Span(), Severity: fixes.Warning,
			Message: fmt.Sprintf("a backslash in %s makes a TAB or a line end of the letter behind it: the server uses another path than is written", keyNear(n)),
		}
		fix := fixes.NewFix(d, []ast.Edit{{Start: n.Start(), End: n.End(), New: literalPath(raw)}}, "write %s as it is meant", keyNear(n))
		if fix != nil {
			for _, u := range p.Fleet.Uses(n) {
				fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
			}
		}
		p.Report(f.With(fix, "the value comes from the environment").Because(fixes.ChangesBehaviour, "the server uses another file or folder then"))
	}
}

func findBackslash(t *ast.Document, meaning string) *mend {
	e := firstError(t)
	if e == nil || gluedBefore(t) {
		return nil
	}
	src := t.Source()
	if n := endlessPath(t, e); n.Valid() {
		return n.mend(t)
	}
	if !strings.HasPrefix(e.Official, "Invalid escape") && !strings.HasPrefix(e.Official, "Expected two hexadecimal") {
		return nil
	}
	start, holder, ok := valueStart(t, e.Span.Start)
	if !ok {
		return nil
	}
	m := &mend{span: e.Span, message: fmt.Sprintf("a backslash in %s starts an escape that the server does not know, so it refuses the file", keyNear(holder))}
	quoted := src[start] == '"'
	end := wordEnd(src, start)
	text := t.Text(ast.Span{Start: start, End: end})
	if quoted {
		end = t.LineEnd(start)
		if i := strings.IndexByte(t.Text(ast.Span{Start: start + 1, End: end}), '"'); i >= 0 {
			end = start + 1 + i + 1
		}
		text = strings.Trim(t.Text(ast.Span{Start: start, End: end}), `"`)
	}
	if isWindowsPath(text) && isValueEnd(src, end) && (!quoted || src[end-1] == '"' && end > start+1) {
		m.title = "write the path as it is meant"
		m.edits = []ast.Edit{{Start: start, End: end, New: literalPath(text)}}
		return m
	}
	at := e.Span.Start
	if at+1 >= len(src) {
		return nil
	}
	double := []ast.Edit{{Start: at, End: at, New: `\`}}
	switch c := src[at+1]; {
	case c == 'x':
		m.reason = `nobody can tell which byte is meant: write \xHH, or \\x for a backslash`
	case c == '/', c == 'u', quoted && (c == 'b' || c == 'f') && isJSON(t):
		text, width := jsonEscape(t.Text(ast.Span{Start: at, End: t.LineEnd(at)}))
		if width == 0 {
			m.title, m.edits = "double the backslash", double
			break
		}
		m.title, m.edits = "write the character for the escape of JSON", []ast.Edit{{Start: at, End: at + width, New: text}}
	case c == '\n', c == '\r', c == 0, isBlank(c) && !quoted:
		m.reason = "a backslash does not continue a line: write the value on one line"
	case isLetter(c), isDigit(c):
		m.title, m.edits = "double the backslash", double
	case meaning == "character" && c != '\'' && c < 0x80:
		m.title, m.edits = "take out the backslash", []ast.Edit{{Start: at, End: at + 1}}
	default:
		m.title, m.edits = "double the backslash", double
		if meaning != "literal" {
			m.applicability = fixes.NeedsChoice
			m.reason = "the backslash may be meant as it stands, or as a mark for the character behind it: --set backslash-escape.meaning=literal or =character tells"
		}
	}
	return m
}

// isWindowsPath reports whether a text starts as a path with a drive letter
// does, or one to a network share.
func isWindowsPath(text string) bool {
	if strings.Contains(text, `\/`) {
		return false
	}
	if len(text) > 3 && isLetter(text[0]) && text[1:3] == `:\` {
		return true
	}
	rest, ok := strings.CutPrefix(text, `\\`)
	return ok && rest != "" && isLetter(rest[0]) && strings.ContainsRune(rest, '\\')
}

// literalPath writes a path in single quotes. If some of its backslashes are
// doubled the others are, too; so are all if a single quote stands in the path.
func literalPath(text string) string {
	body := text
	if strings.HasPrefix(text, `\\`) {
		body = text[2:]
	}
	doubled := strings.Contains(body, `\\`)
	if !doubled && !strings.ContainsAny(text, "'\"") {
		return "'" + text + "'"
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		b.WriteByte(text[i])
		if text[i] != '\\' {
			continue
		}
		if doubled && i+1 < len(text) && text[i+1] == '\\' {
			i++
		}
		b.WriteByte('\\')
	}
	return `"` + b.String() + `"`
}

// isJSON reports whether a document looks like JSON: a { as its first character.
func isJSON(t *ast.Document) bool {
	first := t.Root().First()
	return first.Valid() && first.Kind() == ast.KindBraces
}
