package meaning

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// KeyAsVariable finds fields that a variable refers to, which some releases
// then drop.
func KeyAsVariable() *fixes.Rule {
	return &fixes.Rule{
		Name:     "key-as-variable",
		Severity: fixes.Error,
		Summary:  "a variable refers to a field of the server, which some releases then drop",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.11.0",
			Until: "2.12.5",
			What: `A variable may refer to any key above it, also to a field of the server: port: 4222 and below http_port: $port.
Releases 2.11.0 to 2.11.17 and 2.12.0 to 2.12.5 delete each key that a variable refers to, once the file is read, and so
lose the field: the server above listens on a default or random port and says nothing. Other releases keep it.`,
			Fix:           `The value is written out where the variable stands.`,
			Applicability: `Safe: all other releases read the same. Manual for blocks and lists.`,
			Effect:        `For the releases concerned a restart: the field comes back.`,
			Before: `port: 4333
http_port: $port
`,
			After: `port: 4333
http_port: 4333
`,
			References: []string{"nats-server commit 937d22d6d (2.12.6, 2.14.0)"},
		},
		Fields:     fixes.Known,
		CheckValue: checkKeyAsVariable,
	}
}

func checkKeyAsVariable(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || !v.Entry.Used || v.Field == nil || !v.Entry.Node.Valid() {
		return
	}
	if !(p.Window.Before(2, 11, 18) && p.Window.Reaches(2, 11, 0)) && !(p.Window.Before(2, 12, 6) && p.Window.Reaches(2, 12, 0)) {
		return
	}
	f := v.KeyFinding("a variable refers to %s: releases 2.11.0 to 2.11.17 and 2.12.0 to 2.12.5 then drop this field without a word", v.Entry.Key)
	var fix *fixes.Fix
	n := v.Value.Node
	if v.Value.Map == nil && v.Value.List == nil && !v.Value.Use.Valid() && v.Value.Doc.Env == "" && !v.Value.Unknown() && n.Quote() != ast.Block {
		for use := range v.Entry.Doc.Tree.Root().Walk() {
			if use.Kind() != ast.KindVariable || !refersTo(p, use, v) {
				continue
			}
			edits, err := ast.SetValue(use, ast.Raw(n.Raw()))
			if err != nil {
				fix = nil
				break
			}
			more := fixes.NewFix(v.Entry.Doc, edits, "write the value of %s out", v.Entry.Key)
			if fix == nil {
				fix = more
			} else {
				fix = fix.Join(more)
			}
			f.Related = append(f.Related, fixes.Related{Doc: v.Entry.Doc, Span: use.Span(), Message: "the variable"})
		}
	}
	p.Report(f.With(fix, "give the value to a variable of its own above, and use that in both places"))
}

// refersTo reports whether the variable stands for the value.
func refersTo(p *fixes.Pass, use ast.Node, v *fixes.Visit) bool {
	for _, u := range p.Fleet.Uses(use) {
		if u.Value.Def != nil && u.Value.Def.Node == v.Entry.Node {
			return true
		}
	}
	return false
}
