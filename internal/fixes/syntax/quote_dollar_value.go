package syntax

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// QuoteDollarValue finds unquoted values that start with a dollar sign and are
// no variables, and puts them in quotes.
func QuoteDollarValue() *fixes.Rule {
	return &fixes.Rule{
		Name:     "quote-dollar-value",
		Severity: fixes.Error,
		Summary:  "an unquoted value that starts with $ is a variable to the server, and was meant as text",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: `variable reference for 'SYS' on line 1 can not be found`,
			What: `Every unquoted value that starts with $ is a reference to a variable: the subjects $JS.API.> and $SYS.>, the accounts
$SYS and $G, a reference $1 to a part of a subject, and bcrypt hashes, except those that start with $2a$. If neither a key above nor the
environment has that name the server refuses the file.`,
			Fix: `The value is put in quotes.`,
			Applicability: `Safe: no variable of that name is known, and the name is one of the server's own, or has characters in it that names
of environment variables do not have. Other names, which the environment may define, are left alone, and so are $SYS and $G where neither
an account nor a subject belongs.`,
			Effect: `None: the server does not start with the file as it is.`,
			Before: "accounts { SYS: { users: [ {user: a, password: b, permissions: { subscribe: [$SYS.>, $JS.API.>] }} ] } }\nsystem_account: SYS\n",
			After:  "accounts { SYS: { users: [ {user: a, password: b, permissions: { subscribe: [\"$SYS.>\", \"$JS.API.>\"] }} ] } }\nsystem_account: SYS\n",
		},
		CheckServer: checkQuoteDollarValue,
	}
}

func checkQuoteDollarValue(p *fixes.Pass, s *fleet.Server) {
	for _, problem := range s.Problems {
		if problem.Kind != fleet.UnknownVariable || problem.Doc.Env != "" {
			continue
		}
		n := nodeAt(problem.Doc.Tree, problem.Span)
		if !n.Valid() || !IsDollarText(p.Fleet, n) {
			continue
		}
		what := "$" + n.Text()
		if isBcrypt(n.Text()) {
			what = "a bcrypt hash that starts with " + what[:4]
		}
		f := &fixes.Finding{
			Doc: problem.Doc, Span: n.Span(),
			Message: fmt.Sprintf("%s is %s without quotes: the server looks for a variable of that name, finds none and refuses the file (%q)", keyNear(n), what, "variable reference ... can not be found"),
		}
		if len(problem.Doc.Tree.Errors()) > 0 {
			p.Report(f.Because(fixes.Manual, "the file has an error of another kind, too, which must be cured first"))
			continue
		}
		var fix *fixes.Fix
		if edits, err := ast.SetValue(n, ast.String("$"+n.Text())); err == nil {
			fix = fixes.NewFix(problem.Doc, edits, "put %s in quotes", keyNear(n))
		}
		if fix != nil {
			for _, u := range p.Fleet.Uses(n) {
				fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
			}
		}
		p.Report(f.With(fix, "the value cannot be edited here"))
	}
}

// nodeAt returns the variable at a place of a document, or none.
func nodeAt(t *ast.Document, span ast.Span) ast.Node {
	for n := range t.Root().Walk() {
		if n.Kind() == ast.KindVariable && n.Span() == span {
			return n
		}
	}
	return ast.Node{}
}

// IsDollarText reports whether a variable that nothing defines was meant as
// text: its name is one that no variable of an environment has, or that of one
// of the server's own accounts where an account or a subject belongs.
func IsDollarText(f *fleet.Fleet, n ast.Node) bool {
	name := n.Text()
	if isBcrypt(name) {
		return true
	}
	if strings.ContainsAny(name, `{}()<"'%`) {
		return false // a template
	}
	if name != "" && (isDigit(name[0]) || strings.ContainsAny(name, ".>*") && name[0] != '.') {
		return true
	}
	if name != "SYS" && name != "G" {
		return false
	}
	for _, u := range f.Uses(n) {
		field := schema.Root().Find(fleet.SplitPath(u.Path)...)
		if field == nil || (field.Type|field.Elem)&(schema.Account|schema.Subject) == 0 {
			return false
		}
	}
	return true
}

// isBcrypt reports whether the name of a variable is the rest of a bcrypt hash.
func isBcrypt(name string) bool {
	return len(name) > 20 && name[0] == '2' && strings.IndexByte("abxy", name[1]) >= 0 && name[2] == '$'
}
