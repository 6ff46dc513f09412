package recipe

import (
	"fmt"
	"maps"
	"slices"

	"github.com/natsfix/natsfix/internal/edit"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Rule returns the recipe as a rule.
func (r *Recipe) Rule() *fixes.Rule {
	rule := &fixes.Rule{
		Name: r.Name, Severity: r.Severity, Summary: r.Description, Off: r.Off, Doc: r.page(), TakesComments: true,
		Check: func(p *fixes.Pass) { r.check(p) },
	}
	for _, p := range r.Params {
		text := p.Default
		if !p.HasDefault {
			text = "none: the recipe is not for servers for which it is not given"
		} else if text == "" {
			text = `""`
		}
		rule.Params = append(rule.Params, fixes.Param{Name: p.Name, Default: text, Values: p.Values, Doc: p.Doc})
	}
	return rule
}

// Rules returns recipes as rules.
func Rules(list []*Recipe) []*fixes.Rule {
	rules := make([]*fixes.Rule, len(list))
	for i, r := range list {
		rules[i] = r.Rule()
	}
	return rules
}

func (r *Recipe) check(p *fixes.Pass) {
	given := func(name string) (string, bool) { return p.Param(name) }
	bound := r.bind(p.Fleet, given)
	if len(bound) == 0 {
		return
	}
	run := r.run(p, p.Fleet, bound)
	units := run.Units()
	if len(units) == 0 {
		return
	}
	restless := r.restless(p, run.Fleet(), given)
	for _, u := range units {
		if n := u.Refused; n != nil {
			p.Report(&fixes.Finding{
				Doc: n.Doc, Span: n.Span, Message: r.message(p.Fleet, n.Doc, bound), Applicability: fixes.Manual,
				Reason: fmt.Sprintf("%s: %s", n.Message, u.Why), Related: u.Related,
			})
			continue
		}
		for _, doc := range docsOf(u) {
			f := &fixes.Finding{Doc: doc, Message: r.message(p.Fleet, doc, bound), Fix: u.Fix}
			notes := slices.DeleteFunc(slices.Clone(u.Notes), func(n edit.Note) bool { return n.Doc != doc })
			for i, n := range notes {
				if i == 0 {
					f.Span = n.Span
				} else if i <= maxRelated {
					f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span, Message: n.Message})
				}
			}
			f.Because(r.Applicability, r.Reason)
			if restless[doc.Path] {
				f.Fix = nil
				f.Because(fixes.Manual, "the recipe would do more each time it runs; where must say when it is done")
			}
			p.Report(f)
		}
	}
}

// maxRelated bounds how many further places a finding names.
const maxRelated = 10

// docsOf returns the documents that a unit edits, in the order of its edits.
func docsOf(u *edit.Unit) []*fleet.Doc {
	var docs []*fleet.Doc
	for _, e := range u.Fix.Edits {
		if !slices.Contains(docs, e.Doc) {
			docs = append(docs, e.Doc)
		}
	}
	return docs
}

// restless returns the files that the recipe would change again.
func (r *Recipe) restless(p *fixes.Pass, after *fleet.Fleet, given func(string) (string, bool)) map[string]bool {
	files := make(map[string]bool)
	bound := r.bind(after, given)
	if len(bound) == 0 {
		return files
	}
	for _, u := range r.run(p, after, bound).Units() {
		if u.Fix != nil {
			for _, e := range u.Fix.Edits {
				files[e.Doc.Path] = true
			}
		}
	}
	return files
}

// run carries out the steps.
func (r *Recipe) run(p *fixes.Pass, f *fleet.Fleet, bound bindings) *edit.Runner {
	run := edit.NewRunner(f, func(s *fleet.Server) bool { return len(bound[s.Root.Path]) > 0 })
	r.steps(p, run, bound)
	return run
}

func (r *Recipe) steps(p *fixes.Pass, run *edit.Runner, bound bindings) {
	for _, s := range r.Steps {
		switch {
		case s.Command != "":
			commands(run, s.Command, bound)
		case s.Recipe != "":
			r.others[s.Recipe].inside(p, run, s.With, bound)
		default:
			r.rule(p, run, s, bound)
		}
	}
}

// commands carries out a command: once for all servers for which it is the same
// one.
func commands(run *edit.Runner, template string, bound bindings) {
	var order []string
	roots := make(map[string]map[string]bool) // by the command's text
	for _, s := range run.Fleet().Servers {
		for _, b := range bound[s.Root.Path] {
			text, err := b.expand(template)
			if err == nil {
				_, err = edit.ParseCommand(text)
			}
			if err != nil {
				run.Refuse(s, template, err.Error())
				continue
			}
			if roots[text] == nil {
				roots[text] = make(map[string]bool)
				order = append(order, text)
			}
			roots[text][s.Root.Path] = true
		}
	}
	for _, text := range order {
		if c, err := edit.ParseCommand(text); err == nil {
			run.Do(c, func(s *fleet.Server) bool { return roots[text][s.Root.Path] })
		}
	}
}

// inside carries the recipe out as a step of another one.
func (r *Recipe) inside(p *fixes.Pass, run *edit.Runner, with map[string]string, outer bindings) {
	bound := make(bindings)
	for _, s := range run.Fleet().Servers {
		for _, b := range outer[s.Root.Path] {
			base := make(binding)
			for _, param := range r.Params {
				if param.HasDefault {
					base[param.Name] = param.Default
				}
			}
			ok := true
			for name, template := range with {
				text, err := b.expand(template)
				if base[name] = text; err != nil {
					ok = false
					run.Refuse(s, "recipe "+r.Name, err.Error())
				}
			}
			if ok {
				bound[s.Root.Path] = append(bound[s.Root.Path], r.bindServer(s, base)...)
			}
		}
	}
	r.steps(p, run, bound)
}

// rule applies the fixes of a rule.
func (r *Recipe) rule(p *fixes.Pass, run *edit.Runner, s Step, bound bindings) {
	i := slices.IndexFunc(r.rules, func(rule *fixes.Rule) bool { return rule.Name == s.Rule })
	if i < 0 {
		return // linking has seen to it
	}
	sets := make(map[string]map[string]bool) // the servers, by the parameters
	params := make(map[string]map[string]string)
	for _, server := range run.Fleet().Servers {
		for _, b := range bound[server.Root.Path] {
			values := make(map[string]string)
			for name, template := range s.With {
				text, err := b.expand(template)
				if err != nil {
					run.Refuse(server, "rule "+s.Rule, err.Error())
				}
				values[s.Rule+"."+name] = text
			}
			key := fmt.Sprint(values) // maps are printed in the order of their keys
			if sets[key] == nil {
				sets[key], params[key] = make(map[string]bool), values
			}
			sets[key][server.Root.Path] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sets)) {
		run.Rule(r.rules[i], params[key], p.Window, func(s *fleet.Server) bool { return sets[key][s.Root.Path] })
	}
}

// message returns the recipe's message for a document: with the values of the
// first server that contains it.
func (r *Recipe) message(f *fleet.Fleet, doc *fleet.Doc, bound bindings) string {
	for _, s := range f.Servers {
		if list := bound[s.Root.Path]; len(list) > 0 && slices.Contains(s.Docs, doc) {
			if text, err := list[0].expand(r.Message); err == nil {
				return text
			}
		}
	}
	return r.Description
}
