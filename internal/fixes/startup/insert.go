package startup

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

func emptyAccount(name string) ast.Field { return ast.Field{Key: name, Value: ast.Map()} }

func accountsField(name string) ast.Field {
	return ast.Field{Key: "accounts", Value: ast.Map(emptyAccount(name))}
}

// chosen marks a finding whose fix rests on a value that somebody must pick:
// with the rule's parameter given it is safe.
func chosen(p *fixes.Pass, f *fixes.Finding, param, reason string) *fixes.Finding {
	if _, given := p.Param(param); given {
		return f
	}
	return f.Because(fixes.NeedsChoice, reason+" (choose with --set "+p.Rule.Name+"."+param+"=VALUE)")
}

// template fills in {file}, {dir}, {server_name} and {cluster} with what a
// server has. It returns what is asked for and missing, "" if nothing.
func template(s *fleet.Server, text string) (name, missing string) {
	for _, field := range []struct{ mark, value, what string }{
		{"{file}", fileName(s), "a file name"},
		{"{dir}", dirName(s), "a directory with a name"},
		{"{server_name}", s.ServerName.Text, "server_name"},
		{"{cluster}", s.EffectiveClusterName(), "cluster.name"},
	} {
		if strings.Contains(text, field.mark) && field.value == "" {
			missing = field.what
		}
		text = strings.ReplaceAll(text, field.mark, field.value)
	}
	return text, missing
}

func fileName(s *fleet.Server) string {
	base := filepath.Base(s.Root.Path)
	return legal(strings.TrimSuffix(base, filepath.Ext(base)))
}

func dirName(s *fleet.Server) string {
	dir := filepath.Base(filepath.Dir(s.Root.Path))
	return legal(strings.Trim(dir, "./\\"))
}

// legal makes a text fit for names: what is no letter, digit, - or _ becomes
// a -.
func legal(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, text), "-")
}

// rooted points a finding at the server's own file if its fix edits that and
// nothing else: in an include it would stand for all servers that share it.
func rooted(s *fleet.Server, f *fixes.Finding) *fixes.Finding {
	if f.Fix == nil || slices.ContainsFunc(f.Fix.Edits, func(e fixes.Edit) bool { return e.Doc != s.Root }) {
		return f
	}
	return atRoot(s, f)
}

// atRoot points a finding at the include by which the server's own file comes
// to what it speaks of.
func atRoot(s *fleet.Server, f *fixes.Finding) *fixes.Finding {
	if f.Doc == s.Root {
		return f
	}
	place := fixes.Related{Doc: f.Doc, Span: f.Span, Message: "it stands here"}
	f.Related = append([]fixes.Related{place}, f.Related...)
	f.Doc, f.Span = s.Root, firstInclude(s.Root)
	return f
}

// replaceName fills in {name}.
func replaceName(text, name string) string { return strings.ReplaceAll(text, "{name}", name) }
