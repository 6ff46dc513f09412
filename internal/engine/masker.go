package engine

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
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
	// known are the secrets of each file that is shown or spoken of: its own, and
	// those that its servers use.
	known     map[string]*secretSet
	replacers map[string]*strings.Replacer
}

// secrets finds the bytes that must not be shown in the files that change, and
// what must not be shown of those that findings speak of. A secret of one side
// is one on the other, too: it may live on in a comment.
func (r *run) secrets(p *plan, findings []*Finding, files map[string]*File) *masker {
	m := r.spare
	if m == nil {
		m = newMasker()
	}
	clear(m.known)
	clear(m.replacers)
	for path := range files {
		m.known[path] = nil
	}
	for _, f := range findings {
		m.known[f.File] = nil
	}
	shown := func(path string) bool { return files[path] != nil }
	before := m.collect(r.first, r.req.jobs(), shown, p.found.Marked)
	after := before
	if p.fleet != r.first {
		after = m.collect(p.fleet, r.req.jobs(), shown, p.found.Marked)
	}
	for path, f := range files {
		f.SecretsBefore = m.cover(path, f.Before, before[path])
		f.SecretsAfter = m.cover(path, f.After, after[path])
	}
	return m
}

func newMasker() *masker {
	return &masker{known: make(map[string]*secretSet), replacers: make(map[string]*strings.Replacer)}
}

// collect notes the secrets of a fleet, whose values secretsIn gives for a server,
// and returns their places in those of the files that are to be shown.
func (m *masker) collect(f *fleet.Fleet, jobs int, shown func(path string) bool, secretsIn func(*fleet.Server) []*fleet.Value) map[string][]Span {
	servers := make([]*fleet.Server, 0, len(f.Servers))
	for _, s := range f.Servers {
		if slices.ContainsFunc(s.Docs, m.concerns) {
			servers = append(servers, s)
		}
	}
	marked := make(map[string][]Span)
	for _, s := range servers {
		for _, v := range secretsIn(s) {
			if !v.Node.Kind().IsContainer() { // the items of a list are values of their own
				marked[v.Doc.Path] = append(marked[v.Doc.Path], Span(v.Node.TextSpan()))
			}
			m.note(s.Root.Path, v.Text()) // changes are told by the root
			for _, d := range s.Docs {
				if m.concerns(d) {
					m.note(d.Path, v.Text())
				}
			}
		}
	}
	docs := make([]*fleet.Doc, 0, len(f.Docs))
	for _, d := range f.Docs {
		if m.concerns(d) {
			docs = append(docs, d)
		}
	}
	spans := make([][]Span, len(docs))
	fleet.Parallel(len(docs), jobs, func(i int) {
		find := secretsOf
		if shown(docs[i].Path) {
			find = SecretSpans
		}
		spans[i] = find(docs[i].Tree, marked[docs[i].Path])
	})
	places := make(map[string][]Span)
	for i, d := range docs {
		for _, s := range spans[i] {
			m.note(d.Path, d.Tree.Text(ast.Span(s)))
		}
		if shown(d.Path) && len(spans[i]) > 0 {
			places[d.Path] = spans[i]
		}
	}
	return places
}

// concerns reports whether something is shown or said of a document.
func (m *masker) concerns(d *fleet.Doc) bool {
	_, ok := m.known[d.Path]
	return ok
}

func (m *masker) note(path, secret string) {
	if m.known[path] == nil {
		m.known[path] = &secretSet{}
	}
	m.known[path].add(secret)
}

// secretValues returns the values of a server that must not be shown.
func secretValues(s *fleet.Server) []*fleet.Value {
	if !slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return mayNameSecret(d.Tree.Text(ast.Span{End: len(d.Tree.Source())})) }) {
		return nil
	}
	var out []*fleet.Value
	fixes.Walk(s, func(v *fixes.Visit) {
		if isSecretValue(v) {
			out = append(out, v.Value)
		}
	})
	return out
}

// cover adds all places at which a secret of the file stands to those that are
// found already.
func (m *masker) cover(path string, src []byte, spans []Span) []Span {
	known := make(map[string]bool)
	if set := m.known[path]; set != nil {
		for _, secret := range set.list {
			known[secret.text] = true
		}
	}
	return union(append(spans, repeats(src, known)...))
}

// text masks the secrets of a file in a message.
func (m *masker) text(path, s string) string {
	set := m.known[path]
	if s == "" || set == nil || !set.mayStandIn(s) {
		return maskSpans(s)
	}
	if set.has == nil { // a replacer for a few secrets costs more than they do
		for _, secret := range set.longestFirst() {
			pairs := secret.pairs()
			for i := 0; i < len(pairs); i += 2 {
				s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
			}
		}
		return maskSpans(s)
	}
	if m.replacers[path] == nil {
		var pairs []string
		for _, secret := range set.list {
			pairs = append(pairs, secret.pairs()...)
		}
		m.replacers[path] = strings.NewReplacer(pairs...)
	}
	return maskSpans(m.replacers[path].Replace(s))
}

// value masks the secrets of a file in a value, which is JSON text.
func (m *masker) value(path, s string) string {
	if m.known[path].holds(s) {
		return maskText(s)
	}
	return m.text(path, s)
}

// result masks secrets in all messages and effective changes, and marks edits
// that hold them.
func (m *masker) result(res *Result, jobs int) {
	for _, g := range res.Groups {
		m.changes(g.Changes)
		for i, note := range g.Notes {
			for _, f := range g.Files {
				note = m.text(f.Path, note)
			}
			g.Notes[i] = note
		}
	}
	if len(res.Findings) < manyFindings {
		jobs = 1
	}
	fleet.ParallelWith(len(res.Findings), jobs, func() func(int) {
		own := m
		if jobs > 1 {
			own = &masker{m.known, make(map[string]*strings.Replacer)}
		}
		return func(i int) { own.finding(res.Findings[i]) }
	})
}

func (m *masker) changes(list []Change) {
	for i, c := range list {
		if isSecretPath(c.Path) {
			list[i].Before, list[i].After = maskText(c.Before), maskText(c.After)
			continue
		}
		list[i].Before, list[i].After = m.value(c.Server, c.Before), m.value(c.Server, c.After)
	}
}

func (m *masker) finding(f *Finding) {
	f.Message, f.Reason, f.Hidden = m.text(f.File, f.Message), m.text(f.File, f.Reason), m.text(f.File, f.Hidden)
	for i, p := range f.Related {
		f.Related[i].Message = m.text(f.File, m.text(p.File, p.Message))
	}
	if f.Fix == nil {
		return
	}
	f.Fix.Title = m.text(f.File, f.Fix.Title)
	secretPath := slices.ContainsFunc(f.Fix.Changes, func(c Change) bool { return isSecretPath(c.Path) })
	for i, e := range f.Fix.Edits {
		f.Fix.Edits[i].Secret = secretPath || len(schema.SecretSpans(e.New)) > 0 || m.holds(e.File, e.New)
	}
	m.changes(f.Fix.Changes)
}

// holds reports whether a text holds a secret of the file, or the most part of
// one.
func (m *masker) holds(path, s string) bool {
	set := m.known[path]
	part := strings.Trim(s, "\"' ")
	return set != nil && slices.ContainsFunc(set.list, func(secret secretText) bool {
		return len(secret.text) >= shortestRepeat &&
			(strings.Contains(s, secret.text) || len(part) > len(secret.text)/2 && strings.Contains(secret.text, part))
	})
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
	m := newMasker()
	for _, d := range f.Docs {
		m.known[d.Path] = nil
	}
	variables = make(map[string]bool)
	for _, s := range f.Servers {
		s.Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
			if v.Doc.Env != "" && isSecretPath(path) {
				variables[v.Doc.Env] = true
			}
		})
	}
	return m.collect(f, 1, func(string) bool { return true }, secretValues), variables
}
