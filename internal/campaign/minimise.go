package campaign

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// maxTries bounds how often a case is compared to make it smaller.
const maxTries = 1500

// Minimise makes a case smaller for as long as it has a disagreement of the
// same ID: whole files and variables go first, then entries, items and lines,
// then tokens. What it returns has the disagreement; it fails as Compare does.
func (c *Campaign) Minimise(ctx context.Context, cs Case, id string) (Case, error) {
	m := &minimiser{cs: cs}
	m.still = func(smaller Case) bool {
		if m.err != nil || m.tries >= maxTries {
			return false
		}
		m.tries++
		out, err := c.Compare(ctx, smaller)
		if err != nil {
			m.err = err
			return false
		}
		return slices.ContainsFunc(out.Disagreements, func(d Disagreement) bool { return d.ID() == id })
	}
	m.run()
	return m.cs, m.err
}

type minimiser struct {
	cs    Case
	still func(Case) bool
	tries int
	err   error
}

// try takes the smaller case if it still disagrees.
func (m *minimiser) try(smaller Case) bool {
	if smaller.Size() >= m.cs.Size() || !m.still(smaller) {
		return false
	}
	m.cs = smaller
	return true
}

func (m *minimiser) run() {
	for {
		before := m.cs.Size()
		m.files()
		for _, path := range m.cs.paths() {
			m.parts(path, entrySpans)
			m.parts(path, lineSpans)
			m.parts(path, tokenSpans)
			m.blocks(path)
		}
		if m.cs.Size() == before {
			return
		}
	}
}

// files leaves out variables of the environment and files.
func (m *minimiser) files() {
	for _, name := range slices.Sorted(maps.Keys(m.cs.Env)) {
		smaller := m.cs
		smaller.Env = maps.Clone(m.cs.Env)
		delete(smaller.Env, name)
		m.try(smaller)
	}
	for _, path := range m.cs.paths() {
		if path == Root {
			continue
		}
		smaller := m.cs
		smaller.Files = maps.Clone(m.cs.Files)
		delete(smaller.Files, path)
		if !m.try(smaller) {
			m.try(m.inlined(path))
		}
	}
}

// inlined puts the text of a file where it is included.
func (m *minimiser) inlined(path string) Case {
	cs := m.cs
	cs.Files = maps.Clone(cs.Files)
	text := strings.TrimSpace(cs.Files[path])
	delete(cs.Files, path)
	for name, outer := range cs.Files {
		d := ast.Parse(name, []byte(outer), ast.Latest)
		for n := range d.Root().Walk() {
			if n.Kind() == ast.KindInclude && n.Path() == path {
				s := n.Span()
				cs.Files[name] = outer[:s.Start] + text + outer[s.End:]
				return cs
			}
		}
	}
	return cs
}

// parts leaves out spans of a file: half of them, a quarter, and so on to each
// alone (delta debugging).
func (m *minimiser) parts(path string, spansOf func(string) []ast.Span) {
	spans := spansOf(m.cs.Files[path])
	for size := (len(spans) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(spans); {
			to := min(from+size, len(spans))
			if m.try(m.cs.with(path, leaveOut(m.cs.Files[path], spans[from:to]))) {
				spans = spansOf(m.cs.Files[path])
				continue
			}
			from = to
		}
	}
}

// leaveOut returns the text without the spans, which may lie in each other.
func leaveOut(text string, spans []ast.Span) string {
	spans = slices.Clone(spans)
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.Start > at {
			b.WriteString(text[at:s.Start])
		}
		at = max(at, s.End)
	}
	return b.String() + text[at:]
}

// blocks puts what is in a block or list in its place.
func (m *minimiser) blocks(path string) {
	for i := 0; ; i++ {
		text := m.cs.Files[path]
		var spans []ast.Span
		for n := range ast.Parse(path, []byte(text), ast.Latest).Root().Walk() {
			if k := n.Kind(); (k == ast.KindMap || k == ast.KindArray) && n.First().Valid() && n.Parent().Valid() {
				spans = append(spans, n.Span())
			}
		}
		if i >= len(spans) {
			return
		}
		s := spans[i]
		inner := ast.Span{Start: s.Start + 1, End: max(s.Start+1, s.End-1)}
		m.try(m.cs.with(path, text[:s.Start]+strings.TrimSpace(text[inner.Start:inner.End])+text[s.End:]))
	}
}

// entrySpans returns the entries, includes and items of lists, with the
// separator behind them.
func entrySpans(text string) []ast.Span {
	d := ast.Parse(Root, []byte(text), ast.Latest)
	var spans []ast.Span
	for n := range d.Root().Walk() {
		item := n.Parent().Valid() && n.Parent().Kind() == ast.KindArray
		if n.Kind() != ast.KindEntry && n.Kind() != ast.KindInclude && !item {
			continue
		}
		s := n.Span()
		for s.End < len(text) && strings.IndexByte(" \t,;\r", text[s.End]) >= 0 {
			s.End++
		}
		if s.End < len(text) && text[s.End] == '\n' {
			s.End++
		}
		spans = append(spans, s)
	}
	return spans
}

func lineSpans(text string) []ast.Span {
	var spans []ast.Span
	at := 0
	for _, line := range strings.SplitAfter(text, "\n") {
		if line != "" {
			spans = append(spans, ast.Span{Start: at, End: at + len(line)})
		}
		at += len(line)
	}
	return spans
}

func tokenSpans(text string) []ast.Span {
	var spans []ast.Span
	for t := range ast.Parse(Root, []byte(text), ast.Latest).Tokens() {
		spans = append(spans, ast.Span{Start: t.Start, End: t.End})
	}
	return spans
}
