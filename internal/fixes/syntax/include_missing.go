package syntax

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/suggest"
)

// IncludeMissing finds includes of files that do not exist, and says which one
// was probably meant.
func IncludeMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "include-missing",
		Severity: fixes.Error,
		Summary:  "an include names a file that does not exist",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "path", Default: "the file that is likest", Doc: "the file to include instead, relative to the including file",
		}},
		Doc: fixes.Doc{
			Stage:   "parse",
			Message: `error parsing include file 'acounts.conf', open acounts.conf: no such file or directory`,
			What: `The server refuses to start if an included file cannot be read. Paths are relative to the including file. The server
expands no patterns (conf.d/*.conf), no variables and no ~ in them. Without quotes a comma behind the path is a part of it.`,
			Fix: `The path of the file that was probably meant: one of nearly the same name, or of the same name in another folder of the
run. A comma that became a part of the path is left outside.`,
			Applicability: `Safe if the path without the comma is a file of the run. It needs a choice where another file is likely, and
is safe with --set include-missing.path=FILE. Manual if no file is.`,
			Effect:      `None: the server does not start with the file as it is.`,
			Before:      "include acounts.conf\nport: 4222\n",
			After:       "include accounts.conf\nport: 4222\n",
			BeforeFiles: map[string]string{"accounts.conf": "accounts { A: {} }\n"},
			AfterFiles:  map[string]string{"accounts.conf": "accounts { A: {} }\n"},
		},
		CheckServer: checkIncludeMissing,
	}
}

func checkIncludeMissing(p *fixes.Pass, s *fleet.Server) {
	for _, problem := range s.Problems {
		name := problem.Name
		if problem.Kind != fleet.MissingInclude || isAbsolute(name) || name == "" || name[0] == '=' || name[0] == ':' {
			continue
		}
		f := &fixes.Finding{
			Doc: problem.Doc, Span: problem.Span,
			Message: fmt.Sprintf("the included file %s does not exist: the server refuses to start", filepath.ToSlash(filepath.Join(filepath.Dir(problem.Doc.Path), name))),
		}
		bare := strings.TrimRight(name, ",]")
		meant, wanted := p.Param("path")
		switch {
		case bare != name && bare != "" && p.Fleet.Exists(filepath.Join(filepath.Dir(problem.Doc.Path), bare)):
			f.Message = fmt.Sprintf("without quotes the %q behind the path is a part of it: the server looks for %s", name[len(bare):], name)
			f.With(includeFix(p, problem, bare, name[len(bare):]), "the include cannot be edited here")
			p.Report(f)
			continue
		case wanted:
			p.Report(f.With(includeFix(p, problem, meant, ""), "the include cannot be edited here"))
			continue
		case strings.ContainsAny(name, "*?"):
			f.Because(fixes.Manual, "the server expands no patterns: include each file by its name")
		case strings.ContainsAny(name, "$~") || strings.Contains(name, "{{"):
			f.Because(fixes.Manual, "the server replaces neither variables nor ~ in paths: write the path as it is, relative to this file")
		default:
			meant = likelyInclude(p, problem.Doc, filepath.ToSlash(name))
			if meant == "" {
				f.Because(fixes.Manual, "no file of the run is the one that was plainly meant: add the file, or take the include out")
				break
			}
			f.Message += "; did you mean " + meant + "?"
			f.With(includeFix(p, problem, meant, ""), "the include cannot be edited here").
				Because(fixes.NeedsChoice, fmt.Sprintf("%s is a guess: --set include-missing.path=FILE names the file", meant))
		}
		p.Report(f)
	}
}

// maxCandidates bounds with how many files of a folder the name in an include
// is compared.
const maxCandidates = 1000

// likelyInclude returns the path of the file that an include probably means,
// relative to the including file, "" if there is none or more than one: the
// only one of its name, else the one of the most similar name in the folder
// that the include names or in that of the including file.
func likelyInclude(p *fixes.Pass, d *fleet.Doc, name string) string {
	parents := p.Fleet.ServersWith(d.Path)
	folder, base := filepath.Dir(d.Path), path.Base(name)
	possible := func(other string) bool { // a file that includes d cannot be included by it
		if filepath.Dir(other) != folder && (p.Fleet.Hosted(other) || p.Fleet.Hosted(d.Path)) {
			return false // no path leads from one to the other
		}
		return other != d.Path && !slices.ContainsFunc(parents, func(s *fleet.Server) bool { return s.Root.Path == other })
	}
	var same []string
	for _, other := range p.Fleet.FilesNamed(base) {
		if possible(other) {
			if same = append(same, other); len(same) > 1 {
				return ""
			}
		}
	}
	if len(same) == 1 {
		if rel, err := filepath.Rel(folder, same[0]); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	for _, dir := range slices.Compact([]string{path.Dir(name), "."}) {
		var near []string
		for _, other := range p.Fleet.FilesIn(filepath.Join(folder, filepath.FromSlash(dir))) {
			if len(near) < maxCandidates && possible(other) {
				near = append(near, filepath.Base(other))
			}
		}
		if found := suggest.Suggest(base, near); found != "" {
			return path.Join(dir, found)
		}
	}
	return ""
}
