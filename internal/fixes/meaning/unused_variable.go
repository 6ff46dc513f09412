package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/suggest"
)

// UnusedVariable finds definitions of variables that nothing refers to.
func UnusedVariable() *fixes.Rule {
	return &fixes.Rule{
		Name:     "unused-variable",
		Severity: fixes.Error,
		Summary:  "nothing refers to the variable, so the server takes it for an unknown field and refuses to start",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: `unknown field "TOKEN"`,
			What: `A variable is a key that the server does not know and that some $name refers to. Without a reference the key is an
unknown field, and the server refuses to start. The reference must stand below the definition, in the same file (an
included file hands its keys up to the including one), in the same block or one inside. Some blocks (tls, ocsp,
mapping destinations) take no definitions at all, used or not.`,
			Fix: `The definition goes if the file has no $ of that name.`,
			Applicability: `Safe: the server refuses the file today, and nothing refers to the definition. Manual if a reference stands where
the parser does not see the definition, if an undefined variable has a similar name, if another server uses it, or if
the block takes no definitions.`,
			Effect: `The server does not run.`,
			Before: `PORT_A = 4222
PORT_B = 4333
port: $PORT_A
`,
			After: `PORT_A = 4222
port: $PORT_A
`,
		},
		Fields:     fixes.Unknown,
		CheckValue: checkUnusedVariable,
	}
}

func checkUnusedVariable(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Field != nil || v.Block == nil || v.Block.Lenient || !v.Entry.Node.Valid() || v.Server.Broken() {
		return
	}
	if v.Entry.Used {
		if v.Block.NoVariables {
			f := v.KeyFinding("no variable can be defined in this block: the server takes %s for a field that it does not know, and refuses to start (\"unknown field %q\")", v.Entry.Key, v.Entry.Key)
			p.Report(f.Because(fixes.Manual, "define it at the top of the file"))
		}
		return
	}
	if !fixes.VariableLike(v.Entry) || v.Entry.Node.Lost() {
		return
	}
	key := v.Entry.Key
	if strings.EqualFold(key, "include") || v.Block.Exact && v.Block.Field(strings.ToLower(key)) != nil {
		return // include-assignment, field-case
	}
	f := v.KeyFinding("nothing refers to $%s: the server takes the definition for a field, and refuses to start (\"unknown field %q\")", key, key)
	switch similar := similarUnknown(v.Server, key); {
	case onlyItself(v.Entry):
		f.Message = sprintf("nothing but its own value refers to $%s: the server refuses to start (\"variable reference for '%s' can not be found\", or \"unknown field %q\" if its environment defines it)", key, key, key)
		f.Because(fixes.Manual, "a definition cannot refer to itself: take it out, or write its value here and $"+key+" where it is meant to stand")
	case fixes.Refers(v.Entry.Doc, key):
		f.Message = sprintf("$%s is not used where the parser sees this definition: the server takes it for a field, and refuses to start (\"unknown field %q\")", key, key)
		f.Because(fixes.Manual, "$"+key+" stands above the definition or in another block, where the parser does not see it: move the definition")
	case strings.Contains(string(v.Entry.Doc.Tree.Source()), "$"+key):
		f.Because(fixes.Manual, "$"+key+" stands in quotes or inside a text, where it is no variable: mend that, or take out the definition")
	case similar != "":
		f.Because(fixes.Manual, "$"+similar+" is defined nowhere: give both the same name")
	case usedElsewhere(p, v):
		f.Because(fixes.Manual, "another server that includes this file uses the variable: move it to where it is used")
	default:
		f.With(p.Delete(v, "take out %s", key), "it cannot be edited here")
	}
	p.Report(f)
}

// onlyItself reports whether a variable of the entry's name stands in the entry
// and nowhere else in the document.
func onlyItself(e *fleet.Entry) bool {
	inside := false
	for n := range e.Doc.Tree.Root().Walk() {
		if n.Kind() != ast.KindVariable || n.Text() != e.Key {
			continue
		}
		if n.Start() < e.Node.Start() || n.End() > e.Node.End() {
			return false
		}
		inside = true
	}
	return inside
}

// similarUnknown returns the name of an undefined variable that looks like the
// key, or "".
func similarUnknown(s *fleet.Server, key string) string {
	var names []string
	for _, problem := range s.Problems {
		if problem.Kind == fleet.UnknownVariable {
			names = append(names, strings.Trim(problem.Name, "{}"))
		}
	}
	return suggest.Suggest(key, names)
}

// usedElsewhere reports whether some server refers to the entry.
func usedElsewhere(p *fixes.Pass, v *fixes.Visit) bool {
	for _, u := range p.Fleet.Uses(v.Value.Node) {
		if u.Entry != nil && u.Entry.Node == v.Entry.Node && u.Entry.Used {
			return true
		}
	}
	return false
}
