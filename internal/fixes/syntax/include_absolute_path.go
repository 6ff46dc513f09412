package syntax

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// IncludeAbsolutePath finds includes of absolute paths, which the server looks
// for below the folder of the including file.
func IncludeAbsolutePath() *fixes.Rule {
	return &fixes.Rule{
		Name:     "include-absolute-path",
		Severity: fixes.Error,
		Summary:  "an include names an absolute path, which the server looks for below the folder of the including file",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "folder", Default: "where the including file is now",
			Doc: "the absolute path of the folder in which the including files lie on the servers",
		}},
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: `error parsing include file '/etc/nats/accounts.conf', open /etc/nats/etc/nats/accounts.conf: no such file or directory`,
			What: `The server joins the path of every include to the folder of the including file, absolute paths, too (conf/parse.go). An
include of /etc/nats/accounts.conf in /etc/nats/nats.conf opens /etc/nats/etc/nats/accounts.conf.`,
			Fix: `The path is written relative to the including file. With --set include-absolute-path.folder=DIR it is taken relative to
the folder in which the including file lies on the server.`,
			Applicability: `Safe if the absolute path is that of a file of the run, or if the parameter tells the folder. If not, and a file
of that name lies where the end of the path leads from the including file, it needs a choice. Manual otherwise.`,
			Effect:      `None: the server does not start with the file as it is.`,
			Before:      "include /etc/nats/accounts.conf\nport: 4222\n",
			After:       "include accounts.conf\nport: 4222\n",
			BeforeFiles: map[string]string{"accounts.conf": "accounts { A: {} }\n"},
			AfterFiles:  map[string]string{"accounts.conf": "accounts { A: {} }\n"},
		},
		CheckServer: checkIncludeAbsolutePath,
	}
}

func checkIncludeAbsolutePath(p *fixes.Pass, s *fleet.Server) {
	for _, problem := range s.Problems {
		if problem.Kind != fleet.MissingInclude || !isAbsolute(problem.Name) {
			continue
		}
		name := slashed(problem.Name)
		f := &fixes.Finding{
			Doc: problem.Doc, Span: problem.Span,
			Message: fmt.Sprintf("the server joins every include to the folder of the including file: it looks for %s there and finds nothing", problem.Name),
		}
		rel, sure := relativeInclude(p, problem.Doc, name)
		if rel == "" {
			p.Report(f.Because(fixes.Manual, "write the path relative to this file; --set include-absolute-path.folder=DIR tells in which folder it lies on the server"))
			continue
		}
		f.With(includeFix(p, problem, rel, ""), "the include cannot be edited here")
		if !sure {
			f.Because(fixes.NeedsChoice, fmt.Sprintf("%s is taken for %s: --set include-absolute-path.folder=DIR tells in which folder this file lies on the server", rel, name))
		}
		p.Report(f)
	}
}

// isAbsolute reports whether a path is absolute on any system.
func isAbsolute(name string) bool {
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\\`) || len(name) > 2 && isLetter(name[0]) && name[1] == ':' && (name[2] == '\\' || name[2] == '/')
}

// slashed writes a path of Windows with slashes.
func slashed(name string) string {
	if isWindowsPath(name) {
		return strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

// relativeInclude returns the path that leads from a document to what an
// absolute path means, "" if that is not known, and whether there is no doubt.
func relativeInclude(p *fixes.Pass, d *fleet.Doc, name string) (rel string, sure bool) {
	if folder, ok := p.Param("folder"); ok {
		if rel, err := filepath.Rel(slashed(folder), name); err == nil && isAbsolute(folder) {
			return filepath.ToSlash(rel), true
		}
	}
	if here, err := filepath.Abs("."); err == nil {
		// Documents are known by the paths they were asked for, absolute or not.
		abs := filepath.FromSlash(name)
		local, err := filepath.Rel(here, abs)
		if err == nil && p.Fleet.Exists(local) || p.Fleet.Exists(abs) {
			from, _ := filepath.Abs(filepath.Dir(d.Path))
			if rel, err := filepath.Rel(from, abs); err == nil {
				return filepath.ToSlash(rel), true
			}
		}
	}
	// The longest end of the path that leads to a file from here.
	parts := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	for i := range parts {
		rel := path.Join(parts[i:]...)
		if p.Fleet.Exists(filepath.Join(filepath.Dir(d.Path), filepath.FromSlash(rel))) {
			return rel, false
		}
	}
	return "", false
}

// includeFix returns the fix that makes an include name another file, with what
// goes behind it.
func includeFix(p *fixes.Pass, problem fleet.Problem, rel, behind string) *fixes.Fix {
	edit, ok := includePath(problem.Doc.Tree, problem.Span, rel, behind)
	if !ok {
		return nil
	}
	fix := fixes.NewFix(problem.Doc, []ast.Edit{edit}, "include %s", rel)
	if fix != nil {
		fix.Within = wholeServers(p, problem.Doc)
	}
	return fix
}

// includePath returns the edit that gives the include whose path is at span
// another one, with quotes if need be.
func includePath(t *ast.Document, span ast.Span, rel, behind string) (ast.Edit, bool) {
	src := t.Source()
	if rel == "" || strings.ContainsAny(rel, "\"'\n\r\x00") {
		return ast.Edit{}, false
	}
	quoted := span.Start > 0 && (src[span.Start-1] == '"' || src[span.Start-1] == '\'') && span.End < len(src) && src[span.End] == src[span.Start-1]
	if !quoted && (behind != "" || rel[0] == '-' || isDigit(rel[0]) || strings.ContainsAny(rel, " \t;}[{(\\,")) {
		rel = `"` + rel + `"`
	}
	return ast.Edit{Start: span.Start, End: span.End, New: rel + behind}, true
}
