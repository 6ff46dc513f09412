package meaning

import (
	"regexp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// QuotedVariable finds texts in quotes that look like a variable.
func QuotedVariable() *fixes.Rule {
	return &fixes.Rule{
		Name:     "quoted-variable",
		Severity: fixes.Warning,
		Summary:  "a variable in quotes is no variable: the server uses the text with its dollar sign",
		Doc: fixes.Doc{
			Stage: "silent",
			What: `Only a value without quotes that begins with $ is a variable. "$TOKEN" is the text $TOKEN, and so the token is the
same for everybody who reads the file. Nor is there any replacement inside a text, with quotes or without: nats://u:$PASS@hub
logs in with the password $PASS. The rule speaks of values that are nothing but a dollar sign and a name, the name in capitals
as those of environments are, or that of a key above; and of URLs whose user, password or host is a dollar sign and a name in
capitals. It does not speak of subjects, and not of $SYS, $G, $JS and their like.`,
			Fix: `The quotes go, if the file defines the variable above.`,
			Applicability: `Unsafe (changes behaviour): the server works with the text today. Manual if the variable would have to come from
the environment: without it the server refuses to start. Manual for URLs: the variable must hold the whole URL.`,
			Effect: `As for any change of the field.`,
			Before: `TOKEN = "s3cret-t0ken"
authorization { token: "$TOKEN" }
websocket {
  port: 8080
  no_tls: true
  authorization { token: $TOKEN }
}
`,
			After: `TOKEN = "s3cret-t0ken"
authorization { token: $TOKEN }
websocket {
  port: 8080
  no_tls: true
  authorization { token: $TOKEN }
}
`,
		},
		Fields:     fixes.Known,
		CheckValue: checkQuotedVariable,
	}
}

func checkQuotedVariable(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || !v.Value.IsString() || v.Value.Doc.Env != "" {
		return
	}
	n := v.Value.Node
	if strings.IndexByte(n.Text(), '$') < 0 {
		return
	}
	if m := inURL.FindStringSubmatch(n.Text()); m != nil && !slices.Contains(reserved[:], m[1]) {
		f := v.Finding("nothing is replaced inside a text: the server takes the dollar sign and the name in this URL as they stand, and not the value of a variable")
		p.Report(f.Because(fixes.Manual, "put the whole URL in a variable, and write that without quotes"))
		return
	}
	if q := n.Quote(); q != ast.Single && q != ast.Double {
		return
	}
	name, ok := strings.CutPrefix(n.Text(), "$")
	if !ok || !environmentName(name) || strings.Contains(name, ".") || slices.Contains(reserved[:], name) || v.Field.Type&schema.Subject != 0 || v.Field.Elem&schema.Subject != 0 {
		return
	}
	defined := definedAbove(n, name)
	if !defined && name != strings.ToUpper(name) {
		return
	}
	f := v.Finding("in quotes this is a text that begins with a dollar sign, and not the value of a variable")
	if !defined {
		f.Because(fixes.Manual, "take the quotes away if the server's environment defines the variable; without it the server refuses to start")
	} else {
		f.With(p.Replace(v, ast.Raw("$"+name), "take the quotes away"), "the text is shared with other fields")
		f.Because(fixes.ChangesBehaviour, "the server works with the text today")
	}
	p.Report(f)
}

// inURL matches a URL whose user, password or host is a variable's name.
var inURL = regexp.MustCompile(`^[a-z+-]+://(?:[^/@]*[:@])?\$([A-Z_][A-Z0-9_]+)(?:[:@/]|$)`)

// reserved are first parts of subjects, and accounts, that have a dollar sign of
// their own.
var reserved = [...]string{"SYS", "G", "JS", "JSC", "KV", "O", "OBJ", "MQTT", "NRG", "SRV", "LDS", "GNR", "GR"}

// definedAbove reports whether an entry of that name stands above the node, in
// its block or one around it.
func definedAbove(n ast.Node, name string) bool {
	for at := n; at.Valid(); at = at.Parent() {
		for prev := at.Prev(); prev.Valid(); prev = prev.Prev() {
			if prev.Kind() == ast.KindEntry && prev.Key() == name {
				return true
			}
		}
	}
	return false
}
