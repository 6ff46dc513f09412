package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/syntax"
	"github.com/natsfix/natsfix/internal/schema"
)

// SecretByVariable finds secrets that come from the environment, whose values
// the parser reads as configuration text.
func SecretByVariable() *fixes.Rule {
	return &fixes.Rule{
		Name:     "secret-by-variable",
		Severity: fixes.Info,
		Summary:  "a secret from the environment is read as configuration text, which not every secret survives",
		Doc: fixes.Doc{
			Stage:   "parse or -t, as soon as the secret has such characters",
			Message: "variable reference for 'PASSWORD' on line 2 could not be parsed",
			What: `The parser reads the value of an environment variable as if it stood in the file: 12345 is a number ("interface
conversion: interface {} is int64, not string"), 2026-06-25abc a broken date, true a boolean; a b, a,b, a;b, a'b, a}b, a
backslash, and what begins with - . ( [ or { do not parse, a text behind " #" is dropped, and $x is a variable. Up to
2.14 a value such as 8k1abc (digits, a size letter, more) does not parse either. A generated secret hits one of these
sooner or later, mostly when it is rotated. With quotes inside the value, PASSWORD='"2026-06-25abc"', all of this is
text.`,
			Fix: `None: the value is not in the file. Put double quotes inside the value of the variable (single quotes, if it has a
backslash), or use a password hash by nats server passwd in the file.`,
			Applicability: `Manual. Warning instead of info if a value was given with --env or --env-file and the server does not read it as
the text that it is.`,
			Effect: `none`,
			Before: `authorization {
  user: app
  password: $APP_PASSWORD
}
`,
			After: `authorization {
  user: app
  password: "$2a$11$n2h7Qd6ogGGgQ1fLfGxyYeR8jFOSnNz6a4/uRULDHDLrnmqo.wKUa"
}
`,
			References: []string{"conf/parse.go, lookupVariable", "nats-server#8263"},
		},
		Fields:     func(_ *schema.Block, f *schema.Field) bool { return f != nil && f.Secret },
		CheckValue: checkSecretByVariable,
	}
}

func checkSecretByVariable(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || !v.Field.Secret || v.Entry == nil || !v.Field.Takes(schema.String) || v.Block == nil {
		return
	}
	if v.Value.Unknown() {
		name := v.Value.Node.Text()
		if syntax.IsDollarText(p.Fleet, v.Value.Node) || !environmentName(name) {
			return
		}
		before := ""
		if p.Window.Before(2, 15, 0) {
			before = ", 8k1abc (up to 2.14)"
		}
		f := v.Finding("no file defines $%s, and what the environment gives is read as configuration text: a secret such as 12345, 2026-06-25abc%s, a b or a,b stops the server from starting", name, before)
		p.Report(f.Because(fixes.Manual, "put double quotes inside the variable's value: "+name+`='"..."'`))
		return
	}
	doc := v.Value.Doc
	if doc.Env == "" {
		return
	}
	given := strings.TrimPrefix(string(doc.Tree.Source()), "pk=")
	if !v.Value.IsString() || v.Value.Node.Quote() != ast.Bare || v.Value.Text() == given {
		return // scalar-type and wrap-in-list speak of what is no text
	}
	f := v.Finding("the value of $%s is not read as the text that it is: a part is lost", doc.Env)
	f.Severity = fixes.Warning
	p.Report(f.Because(fixes.Manual, "put double quotes inside the variable's value: "+doc.Env+`='"..."'`))
}
