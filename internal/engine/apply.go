package engine

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// failure is a server that did not change as the fixes of a step declared.
type failure struct {
	root string // "" if it is no single server
	why  string
	docs []string // what the server would consist of
}

// stepBan is a fix that came out wrong, and the documents that the server at
// fault would have consisted of: when one of them changes it may come out right.
type stepBan struct {
	why  string
	docs []string
	was  string // their texts, by digest
}

// applyAll applies fixes together and returns those that it could. If a server
// does not come out as declared, those that touch it are tried one at a time
// and what is wrong by itself is banned; the next step offers the others again.
func (p *plan) applyAll(rule *fixes.Rule, round int, take []*fixes.Fix) (done []*fixes.Fix) {
	for {
		rest := slices.DeleteFunc(slices.Clone(take), func(fix *fixes.Fix) bool { return p.ban(p.id(rule, fix)) != "" })
		if len(rest) == 0 {
			return nil
		}
		for len(rest) > 0 {
			failed := p.apply(rule, round, rest)
			if len(failed) == 0 {
				return rest
			}
			rest = p.narrow(rule, rest, failed)
		}
	}
}

// narrow takes from fixes that were applied together those that are at fault:
// of several that touch a server which failed it leaves one, and one that was
// alone there it bans.
func (p *plan) narrow(rule *fixes.Rule, take []*fixes.Fix, failed []failure) (rest []*fixes.Fix) {
	byRoot := make(map[string]failure, len(failed))
	for _, f := range failed {
		byRoot[f.root] = f
	}
	suspects := make(map[string]int) // by the server that failed
	touched := make([][]string, len(take))
	for i, fix := range take {
		for _, root := range p.roots(fix) {
			if _, ok := byRoot[root]; ok {
				touched[i] = append(touched[i], root)
				suspects[root]++
			}
		}
	}
	kept := make(map[string]bool)
	for i, fix := range take {
		at := slices.IndexFunc(touched[i], func(root string) bool { return suspects[root] == 1 })
		switch {
		case at >= 0:
			p.banStep(p.id(rule, fix), byRoot[touched[i][at]])
		case slices.ContainsFunc(touched[i], func(root string) bool { return kept[root] }):
		default:
			rest = append(rest, fix)
			for _, root := range touched[i] {
				kept[root] = true
			}
		}
	}
	if len(rest) < len(take) {
		return rest
	}
	// What failed is not the matter of one server: each by itself.
	if len(take) == 1 {
		p.banStep(p.id(rule, take[0]), failed[0])
		return nil
	}
	return take[:1]
}

// roots returns the servers that contain a document which the fix edits, by
// their root, each once.
func (p *plan) roots(fix *fixes.Fix) []string {
	var roots []string
	for _, e := range fix.Edits {
		for _, s := range p.fleet.ServersWith(e.Doc.Path) {
			if !slices.Contains(roots, s.Root.Path) {
				roots = append(roots, s.Root.Path)
			}
		}
	}
	return roots
}

func (p *plan) banStep(id fixID, f failure) {
	p.run.stepBans[id] = stepBan{f.why, f.docs, p.digest(f.docs)}
}

// digest names the texts that documents have now.
func (p *plan) digest(paths []string) string {
	h := sha256.New()
	for _, path := range paths {
		if d, err := p.set.Load(path); err == nil {
			fmt.Fprintf(h, "%s %d ", path, len(d.Tree.Source()))
			h.Write(d.Tree.Source())
		}
	}
	return string(h.Sum(nil))
}

// ban says why a fix must not be applied, or "".
func (p *plan) ban(id fixID) string {
	if why, ok := p.run.banned[id]; ok {
		return why
	}
	if ban, ok := p.run.stepBans[id]; ok && ban.was == p.digest(ban.docs) {
		return ban.why
	}
	return ""
}

// failDoc returns the failure of all servers that contain a document.
func (p *plan) failDoc(d *fleet.Doc, format string, args ...any) []failure {
	why := fmt.Sprintf(format, args...)
	var failed []failure
	for _, s := range p.fleet.ServersWith(d.Path) {
		failed = append(failed, failure{s.Root.Path, why, []string{d.Path}})
	}
	if len(failed) == 0 {
		failed = []failure{{"", why, []string{d.Path}}}
	}
	return failed
}

// apply makes the edits and checks that the servers changed as declared. If
// not it says which did not, and leaves the plan as it was.
func (p *plan) apply(rule *fixes.Rule, round int, take []*fixes.Fix) []failure {
	byDoc := make(map[*fleet.Doc][]ast.Edit)
	for _, fix := range take {
		for _, e := range fix.Edits {
			byDoc[e.Doc] = append(byDoc[e.Doc], e.Edit)
		}
	}
	texts := make(map[string][]byte, len(byDoc))
	for d, list := range byDoc {
		if !d.Tree.RoundTrips() {
			return p.failDoc(d, "%s does not print back to its own bytes; this is a bug of natsfix", d.Path)
		}
		ast.SortEdits(list)
		text, err := ast.Apply(d.Tree.Source(), list)
		if err != nil {
			return p.failDoc(d, "%s: %v; this is a bug of the rule", d.Path, err)
		}
		texts[d.Path] = text
	}
	next := p.fleet.With(texts)
	for _, d := range next.Docs {
		d.Context = !p.run.targets[d.Path]
	}
	if failed := checkStep(p.fleet, next, texts, take); len(failed) > 0 {
		return failed
	}
	for _, fix := range take {
		a := &applied{id: p.id(rule, fix), rule: rule.Name, title: fix.Title, round: round, within: places(fix), same: fix.Same}
		for _, e := range fix.Edits {
			if !slices.Contains(a.files, e.Doc.Path) {
				a.files = append(a.files, e.Doc.Path)
			}
		}
		for _, c := range fix.Changes {
			a.changes = append(a.changes, resultChange(c))
		}
		p.applied = append(p.applied, a)
	}
	for d, list := range byDoc {
		if rule.Once {
			if p.once[rule.Name] == nil {
				p.once[rule.Name] = make(map[string]bool)
			}
			p.once[rule.Name][d.Path] = true
		}
		p.had[digestOf(d.Path, d.Tree.Source())] = true
		if p.had[digestOf(d.Path, texts[d.Path])] {
			p.fight(rule.Name, []string{d.Path})
		}
		p.texts[d.Path] = texts[d.Path]
		p.history[d.Path] = append(p.history[d.Path], list)
	}
	p.made = nil
	p.set, p.fleet, p.found = next.Set(), next, p.run.suite.Run(next)
	return nil
}
