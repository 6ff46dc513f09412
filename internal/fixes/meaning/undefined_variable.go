package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/syntax"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// UndefinedVariable finds variables that nothing in the files defines where the
// parser looks for them.
func UndefinedVariable() *fixes.Rule {
	return &fixes.Rule{
		Name:     "undefined-variable",
		Severity: fixes.Info,
		Summary:  "a variable has to come from the environment, or is defined where the parser does not look",
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: "variable reference for 'TOKEN' on line 1 can not be found",
			What: `A text that begins with $ and has no quotes is a variable. The parser looks for a key of that name above it, in the
same block or one around it, in the same file; then in the environment of the server's process. It finds nothing that is
defined further down, in another block, in a file that includes this one, or as the key whose value it stands in. Without
a definition nats-server, and nats-server -t, refuse the file. There are no braces: ${TOKEN} is a variable by the name of
"{TOKEN" with a bracket behind it.`,
			Fix: `None: rules do not move definitions. Define the variable above its use, give it with --env NAME=VALUE or
--env-file when checking, or put the value in quotes if the dollar is meant.`,
			Applicability: `Manual. The severity is info if the environment may well define it (the usual case for secrets), warning if
the files define it at a place where the parser does not look, error if no environment can define it.`,
			Effect: `The server does not start without the variable.`,
			Before: `authorization { token: $TOKEN }
TOKEN = "s3cret"
`,
			After: `TOKEN = "s3cret"
authorization { token: $TOKEN }
`,
			References: []string{"conf/parse.go, lookupVariable"},
		},
		CheckServer: checkUndefinedVariable,
	}
}

func checkUndefinedVariable(p *fixes.Pass, s *fleet.Server) {
	if len(s.Problems) == 0 || s.Broken() {
		return // what is missing may define it
	}
	var entries definitions
	for _, problem := range s.Problems {
		if problem.Kind != fleet.UnknownVariable || problem.Doc.Env != "" {
			continue
		}
		n := problem.Doc.Tree.NodeAt(problem.Span.Start)
		if n.Kind() != ast.KindVariable || syntax.IsDollarText(p.Fleet, n) {
			continue // quote-dollar-value
		}
		if name, _, ok := strings.Cut(problem.Name, ":-"); ok {
			problem.Name = name + ":-..." // as ${NAME:-default}: the default may be a secret
		}
		f := &fixes.Finding{
			Doc: problem.Doc, Span: problem.Span, Applicability: fixes.Manual,
			Message: sprintf("no file defines $%s: the server refuses to start (\"variable reference for '%s' can not be found\") unless its environment does", problem.Name, problem.Name),
			Reason:  "define it in the server's environment, and give it here with --env or --env-file to have it checked",
		}
		own := ownKey(n, problem.Name)
		if own.Valid() && isUnusedDefinition(p, own) {
			continue // unused-variable
		}
		switch at, why := entries.elsewhere(s, problem); {
		case strings.HasPrefix(problem.Name, "{"):
			f.Severity = fixes.Error
			f.Message = sprintf("$%s} is no variable: the parser looks for one by the name of %q and refuses the file; variables have no braces", problem.Name, problem.Name)
			f.Reason = "write $" + strings.TrimPrefix(problem.Name, "{") + ", or have a program put in the value before the server reads the file"
		case !environmentName(problem.Name):
			f.Severity = fixes.Error
			f.Message = sprintf("$%s is no variable that an environment can define: the server refuses to start (\"variable reference for '%s' can not be found\")", problem.Name, problem.Name)
			f.Reason = "put the text in quotes if the dollar is meant, or define the variable above"
		case own.Valid():
			f.Message = sprintf("$%s stands in the value of its own key and cannot refer to that: the server refuses to start (\"variable reference for '%s' can not be found\") unless its environment defines it", problem.Name, problem.Name)
		case why != "":
			f.Severity = fixes.Warning
			f.Message = sprintf("$%s is defined %s, where the parser does not look: the server refuses to start unless its environment defines it", problem.Name, why)
			f.Reason = "move the definition above the use, into the same block or one around it, in the same file"
			f.Related = append(f.Related, at)
		}
		if f.Severity == fixes.Info {
			if field := fieldOf(n); field != nil && field.Secret {
				continue // secret-by-variable says more
			}
		}
		p.Report(f)
	}
}

// ownKey returns the entry of the variable's name in whose value the variable
// stands: the parser knows its key only behind it.
func ownKey(n ast.Node, name string) ast.Node {
	for n = n.Parent(); n.Valid(); n = n.Parent() {
		if n.Kind() == ast.KindEntry && n.Key() == name {
			return n
		}
	}
	return ast.Node{}
}

// isUnusedDefinition reports whether an entry defines nothing but a variable,
// and some server that has it does not use that.
func isUnusedDefinition(p *fixes.Pass, entry ast.Node) bool {
	for _, u := range p.Fleet.Uses(entry.Value()) {
		if u.Entry == nil || u.Entry.Node != entry || u.Entry.Used {
			continue
		}
		block := schema.Root()
		if keys := fleet.SplitPath(u.Path); len(keys) > 1 {
			f := block.Find(keys[:len(keys)-1]...)
			if f == nil || f.Block == nil {
				continue
			}
			block = f.Block
		}
		if block.Field(u.Entry.Key) == nil && !block.Lenient {
			return true
		}
	}
	return false
}

// definitions are the first entries of each name in the files of a server. A
// template may leave as many variables undefined as it has places.
type definitions map[string]fixes.Related

// elsewhere returns where else in the server's files an entry of the
// variable's name stands, and says how that place differs.
func (defs *definitions) elsewhere(s *fleet.Server, problem fleet.Problem) (fixes.Related, string) {
	if *defs == nil {
		*defs = make(definitions)
		for _, d := range s.Docs {
			for n := range d.Tree.Root().Walk() {
				if n.Kind() != ast.KindEntry {
					continue
				}
				if _, ok := (*defs)[n.Key()]; !ok {
					(*defs)[n.Key()] = fixes.Related{Doc: d, Span: n.KeySpan(), Message: "the definition"}
				}
			}
		}
	}
	at, ok := (*defs)[problem.Name]
	switch {
	case !ok:
		return at, ""
	case at.Doc != problem.Doc:
		return at, "in another file"
	case at.Span.Start > problem.Span.Start:
		return at, "further down"
	}
	return at, "in another block"
}

// environmentName reports whether shells and container files can define a
// variable of that name.
func environmentName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.' || i > 0 && c >= '0' && c <= '9' {
			continue
		}
		return false
	}
	return name != ""
}
