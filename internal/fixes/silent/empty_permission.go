package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// EmptyPermission finds permissions without a subject, which restrict nothing.
func EmptyPermission() *fixes.Rule {
	return &fixes.Rule{
		Name:     "empty-permission",
		Severity: fixes.Warning,
		Summary:  "a permission without a subject restricts nothing: every subject is allowed",
		Params: []fixes.Param{{
			Name: "meaning", Default: "nothing", Values: []string{"nothing", "everything"},
			Doc: "what the empty permission was meant to allow",
		}},
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `publish: {}, publish: [] and publish: { allow: [] } read as "may publish nothing". The server takes them for no
permission at all, and allows every subject (server/opts.go, parseSubjectPermission). The same holds for subscribe, and
for import and export of cluster permissions. Beside allow_responses an empty publish does what it says: replies are allowed and nothing
else.`,
			Fix:           `A deny of ">" for what may do nothing; with --set empty-permission.meaning=everything the entry is deleted.`,
			Applicability: `Unsafe until the meaning is given: clients may rely on what they are allowed today.`,
			Effect:        `A reload of the servers concerned.`,
			Before: `authorization {
  users: [
    { user: reader, password: s3cret, permissions: { publish: {}, subscribe: "news.>" } }
  ]
}
`,
			After: `authorization {
  users: [
    { user: reader, password: s3cret, permissions: { publish: { deny: ">" }, subscribe: "news.>" } }
  ]
}
`,
		},
		Fields:     fixes.At("permissions", "publish", "subscribe"),
		CheckValue: checkEmptyPermission,
	}
}

func checkEmptyPermission(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || !v.Is("permissions", "publish") && !v.Is("permissions", "subscribe") || !emptySubjects(v.Value) || v.Server.Garbled() {
		return
	}
	if v.Field.Name == "publish" && v.Parent != nil {
		if e := v.Parent.Value.Map.Field("allow_responses", "publish_allow_responses"); e != nil && e.Value.Plain() != false {
			return // it closes publish but for replies (server/auth.go, validateResponsePermissions)
		}
	}
	f := v.KeyFinding("%s names no subject, which the server takes for no restriction: every subject is allowed", v.Field.Name)
	meaning, given := p.Param("meaning")
	if meaning == "everything" {
		f.With(p.Delete(v, "delete the empty permission"), "the permission comes from a place that cannot be edited")
	} else {
		f.With(denyAll(p, v), "the permission comes from a place that cannot be edited")
	}
	if !given {
		f.Because(fixes.NeedsChoice, "clients may rely on it; say what is meant with --set empty-permission.meaning=nothing or =everything")
	}
	p.Report(f)
}

// denyAll returns the fix that makes an empty permission deny every subject;
// comments in an empty block stay.
func denyAll(p *fixes.Pass, v *fixes.Visit) *fixes.Fix {
	deny := ast.Field{Key: "deny", Value: ast.String(">")}
	if text := v.Value.Doc.Tree.Text(v.Value.Node.Span()); v.Value.IsMap() && strings.Trim(text, "{} \t\r\n") != "" && len(v.Value.Map.Entries) == 0 {
		return p.Insert(v.Server, v.Value, deny, ast.AtEnd(), "deny every subject")
	}
	return p.Replace(v, ast.Map(deny), "deny every subject")
}

// emptySubjects reports whether a publish or subscribe permission names no
// subject at all.
func emptySubjects(v *fleet.Value) bool {
	if v.IsList() {
		return len(v.List) == 0
	}
	if v.Map == nil {
		return false
	}
	for _, e := range v.Map.Entries {
		if !e.Value.IsList() || len(e.Value.List) > 0 {
			return false
		}
	}
	return true
}
