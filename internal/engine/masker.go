package engine

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// mask takes the place of a secret in what is shown.
const mask = "********"

// shortestBare is the length from which a secret is looked for in messages
// without quotes around it. A shorter one may be an ordinary word.
const shortestBare = 8

// masker knows the secrets of a run and hides them in what is said about it.
type masker struct {
	known     map[string]map[string]bool // by file: its own secrets, and those that its servers use
	replacers map[string]*strings.Replacer
}

// secrets finds the bytes that must not be shown in the files that change, and
// what must not be shown of those that findings speak of. A secret of one side
// is one on the other, too: it may live on in a comment.
func (r *run) secrets(p *plan, findings []*Finding, files map[string]*File) *masker {
	m := &masker{known: make(map[string]map[string]bool), replacers: make(map[string]*strings.Replacer)}
	for path, f := range files {
		if f.After != nil {
			m.known[path] = make(map[string]bool)
		}
	}
	for _, f := range findings {
		m.known[f.File] = make(map[string]bool)
	}
	var spans [2]map[string][]Span
	for side, fl := range []*fleet.Fleet{r.first, p.fleet} {
		spans[side] = m.collect(fl)
	}
	for path, f := range files {
		if f.After != nil {
			f.SecretsBefore = m.cover(path, f.Before, spans[0][path])
			f.SecretsAfter = m.cover(path, f.After, spans[1][path])
		}
	}
	return m
}

// collect notes the secrets of a fleet and returns their places by file.
func (m *masker) collect(f *fleet.Fleet) map[string][]Span {
	concerned := func(d *fleet.Doc) bool { return m.known[d.Path] != nil }
	marked := make(map[string][]Span)
	for _, s := range f.Servers {
		if !slices.ContainsFunc(s.Docs, concerned) {
			continue
		}
		if m.known[s.Root.Path] == nil { // changes are told by the root
			m.known[s.Root.Path] = make(map[string]bool)
		}
		s.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
			if v.Map != nil || v.Unknown() || !isSecretPath(path) {
				return
			}
			marked[v.Doc.Path] = append(marked[v.Doc.Path], Span(v.Node.TextSpan()))
			for _, d := range s.Docs {
				if concerned(d) {
					m.known[d.Path][v.Text()] = true
				}
			}
		})
	}
	places := make(map[string][]Span)
	for _, d := range f.Docs {
		if !concerned(d) {
			continue
		}
		places[d.Path] = SecretSpans(d.Tree, marked[d.Path])
		for _, s := range places[d.Path] {
			m.known[d.Path][string(d.Tree.Source()[s.Start:s.End])] = true
		}
	}
	return places
}

// cover adds all places at which a secret of the file stands to those that are
// found already.
func (m *masker) cover(path string, src []byte, spans []Span) []Span {
	return union(append(spans, repeats(src, m.known[path])...))
}

// text masks the secrets of a file in a message.
func (m *masker) text(path, s string) string {
	if m.known[path] == nil || s == "" {
		return maskSpans(s)
	}
	if m.replacers[path] == nil {
		var pairs []string
		for secret := range m.known[path] {
			if secret == "" {
				continue
			}
			pairs = append(pairs, jsonText(secret), `"`+mask+`"`, "'"+secret+"'", "'"+mask+"'")
			if len(secret) >= shortestBare {
				pairs = append(pairs, secret, mask)
			}
		}
		m.replacers[path] = strings.NewReplacer(pairs...)
	}
	return maskSpans(m.replacers[path].Replace(s))
}

// value masks the secrets of a file in a value, which is JSON text.
func (m *masker) value(path, s string) string {
	if m.known[path][s] {
		return maskText(s)
	}
	return m.text(path, s)
}

// result masks secrets in all messages and effective changes, and marks edits
// that hold them.
func (m *masker) result(res *Result) {
	changed := func(list []Change) {
		for i, c := range list {
			if isSecretPath(c.Path) {
				list[i].Before, list[i].After = maskText(c.Before), maskText(c.After)
				continue
			}
			list[i].Before, list[i].After = m.value(c.Server, c.Before), m.value(c.Server, c.After)
		}
	}
	for _, g := range res.Groups {
		changed(g.Changes)
		for i, note := range g.Notes {
			for _, f := range g.Files {
				note = m.text(f.Path, note)
			}
			g.Notes[i] = note
		}
	}
	for _, f := range res.Findings {
		f.Message, f.Reason, f.Hidden = m.text(f.File, f.Message), m.text(f.File, f.Reason), m.text(f.File, f.Hidden)
		for i, p := range f.Related {
			f.Related[i].Message = m.text(f.File, m.text(p.File, p.Message))
		}
		if f.Fix == nil {
			continue
		}
		f.Fix.Title = m.text(f.File, f.Fix.Title)
		secretPath := slices.ContainsFunc(f.Fix.Changes, func(c Change) bool { return isSecretPath(c.Path) })
		for i, e := range f.Fix.Edits {
			f.Fix.Edits[i].Secret = secretPath || len(schema.SecretSpans(e.New)) > 0 || m.holds(e.File, e.New)
		}
		changed(f.Fix.Changes)
	}
}

// holds reports whether a text holds a secret of the file.
func (m *masker) holds(path, s string) bool {
	for secret := range m.known[path] {
		if len(secret) >= shortestRepeat && strings.Contains(s, secret) {
			return true
		}
	}
	return false
}

func maskText(s string) string {
	if s == "" {
		return ""
	}
	return `"` + mask + `"`
}

func maskSpans(s string) string {
	spans := schema.SecretSpans(s)
	for i := len(spans) - 1; i >= 0; i-- {
		s = s[:spans[i].Start] + mask + s[spans[i].End:]
	}
	return s
}

// Secrets returns the bytes of a fleet's documents that must not be shown, by
// path, and the names of the variables of the environment that a field for a
// secret takes its value from.
func Secrets(f *fleet.Fleet) (spans map[string][]Span, variables map[string]bool) {
	m := &masker{known: make(map[string]map[string]bool)}
	for _, d := range f.Docs {
		m.known[d.Path] = make(map[string]bool)
	}
	variables = make(map[string]bool)
	for _, s := range f.Servers {
		s.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
			if v.Doc.Env != "" && isSecretPath(path) {
				variables[v.Doc.Env] = true
			}
		})
	}
	return m.collect(f), variables
}
