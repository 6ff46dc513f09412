package syntax

import (
	"fmt"
	"slices"
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
			Applicability: `Safe: no variable of that name is known, and the name is one of the server's own subjects
or accounts, a part of a mapping ($1), or a hash. Other names, which the environment may define, are left alone, and so are $SYS and $G where neither
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
	if n := t.NodeAt(span.Start); n.Kind() == ast.KindVariable && n.Span() == span {
		return n
	}
	return ast.Node{}
}

// IsDollarText reports whether a variable that nothing defines was meant as
// text: a subject of the server's own, a part of a mapping, a bcrypt hash; or one
// of the server's own accounts where an account or a subject belongs.
func IsDollarText(f *fleet.Fleet, n ast.Node) bool {
	name := n.Text()
	if isBcrypt(name) {
		return true
	}
	first, _, isSubject := strings.Cut(name, ".")
	if first != "" && strings.Trim(first, "0123456789") == "" {
		return true // $1 or $1.bar, a part of a subject in a mapping
	}
	if isSubject && slices.Contains(subjectRoots[:], first) {
		return true
	}
	if name != "SYS" && name != "G" {
		return false
	}
	uses := f.Uses(n)
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(u fleet.Use) bool {
		field := schema.Root().Find(fleet.SplitPath(u.Path)...)
		return field == nil || (field.Type|field.Elem)&(schema.Account|schema.Subject) == 0
	})
}

// subjectRoots are the first parts, behind the dollar sign, of the subjects that
// the server and its clients keep for themselves (server/events.go, jetstream_api.go,
// mqtt.go; buckets of keys and objects).
var subjectRoots = [...]string{"SYS", "JS", "KV", "O", "MQTT", "SRV", "LDS", "NRG", "JSC", "GR", "G"}

// isBcrypt reports whether the name of a variable is the rest of a bcrypt hash.
func isBcrypt(name string) bool {
	return len(name) > 20 && name[0] == '2' && strings.IndexByte("abxy", name[1]) >= 0 && name[2] == '$'
}
