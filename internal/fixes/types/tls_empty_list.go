package types

import (
	"bytes"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// TLSEmptyList finds empty lists of cipher suites and curves.
func TLSEmptyList() *fixes.Rule {
	return &fixes.Rule{
		Name:     "tls-empty-list",
		Severity: fixes.Error,
		Summary:  "cipher_suites or curve_preferences of a tls block is an empty list, which the server refuses",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "error parsing tls config, 'cipher_suites' cannot be empty",
			What: `An empty list allows nothing, so the server refuses it ("'cipher_suites' cannot be empty", "'curve_preferences' cannot be
empty"). To take the server's own choice the field is left out.`,
			Fix:           `Takes the field out.`,
			Applicability: `Safe: the server refuses the list today, and its own choice is what no list asks for.`,
			Effect:        `None: the server does not run.`,
			Before:        "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  cipher_suites: []\n}\n",
			After:         "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n}\n",
		},
		Fields: fixes.Named("cipher_suites", "curve_preferences"),
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if mistakeOf(v) != emptyList || v.Server.Garbled() {
				return
			}
			f := v.Finding("%s is an empty list (\"cannot be empty\"): the server refuses to start", name(v))
			fix, why := p.Delete(v, "take %s out", name(v)), whyNot(v)
			if fix.LosesComment() {
				fix, why = withoutComments(v, fix), "take the field out by hand, since a comment stands in it"
			}
			p.Report(f.With(fix, why))
		},
	}
}

// withoutComments returns the fix that takes out the lines of an entry, and leaves
// the comments around it where they are, nil if other things stand on its lines.
func withoutComments(v *fixes.Visit, remove *fixes.Fix) *fixes.Fix {
	doc, n := v.Entry.Doc, v.Entry.Node
	src := doc.Tree.Source()
	start, end := doc.Tree.LineStart(n.Start()), doc.Tree.LineEnd(n.End())
	if len(bytes.TrimSpace(src[start:n.Start()])) > 0 || len(bytes.Trim(src[n.End():end], " \t\r,;")) > 0 {
		return nil
	}
	if end < len(src) {
		end++
	}
	fix := fixes.NewFix(doc, []ast.Edit{{Start: start, End: end}}, "%s", remove.Title)
	if fix.LosesComment() {
		return nil
	}
	fix.Within = remove.Within
	return fix
}
