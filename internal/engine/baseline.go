package engine

import (
	"slices"
	"sort"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Baseline is what is known and left alone: such findings are neither reported
// nor corrected.
type Baseline struct {
	// Known says how often each entry may be found. Of more findings the first
	// in the file are taken for the known ones.
	Known map[baseline.Entry]int
	// Name gives the name of a document in entries. Of a document inside a file
	// the path is FILE#NAME. It may be called by several goroutines.
	Name func(path string) string
	// Repository is that of all entries about the files.
	Repository string
}

// place is where a finding stands in the files as they were read.
type place struct {
	path   string
	offset int
}

// baselined reports whether the baseline has a finding, and notes that it does.
// A finding keeps its answer through all steps of a plan.
func (p *plan) baselined(f *fixes.Finding) bool {
	b := p.run.req.Baseline
	if b == nil || !p.run.mayBeKnown(f) {
		return false
	}
	span := ast.Span{Start: p.asRead(f.Doc, f.Span.Start), End: p.asRead(f.Doc, f.Span.End)}
	e := p.entry(f.Rule, f.Doc, span)
	at := place{f.Doc.Path, span.Start}
	have := p.inBaseline[e]
	if slices.Contains(have, at) {
		return true
	}
	if len(have) >= b.Known[e] {
		return false
	}
	p.inBaseline[e] = append(have, at)
	return true
}

// mayBeKnown reports whether a baseline may hold a finding.
func (r *run) mayBeKnown(f *fixes.Finding) bool {
	return !r.neverIgnore(f.Doc.Path, f.Rule) && !mustBeCured(r.byName[f.Rule], f)
}

// mustBeCured reports whether a finding is about what the parser refuses: no
// configuration, whatever is known of it.
func mustBeCured(rule *fixes.Rule, f *fixes.Finding) bool {
	return rule != nil && rule.Syntax && f.Severity == fixes.Error && !MayBeOff(f.Rule)
}

// entry returns how a baseline knows a finding at a place of a document as it
// was read; the zero value if the request has no baseline.
func (p *plan) entry(rule string, d *fleet.Doc, span ast.Span) baseline.Entry {
	b := p.run.req.Baseline
	if b == nil {
		return baseline.Entry{}
	}
	if first := p.original(d); first != nil {
		d = first
	}
	path := d.Path
	if h, ok := p.run.req.Hosted[path]; ok && h.Document().Name() != "" {
		path = h.File.Name + "#" + h.Document().Name()
	}
	e := baseline.Entry{Repository: b.Repository, Rule: rule, File: b.Name(path)}
	if span.Len() > 0 { // what is missing in a file has no place in it
		e.Place = p.run.keyPath(d, span.Start)
	}
	return e
}

// keyPath returns the keys that lead to a place in a document, as they are
// written there. Items of lists have no number, which would change with every
// item in front of them.
func (r *run) keyPath(d *fleet.Doc, off int) string {
	nodes, ok := r.nodes[d]
	if !ok {
		nodes = slices.Collect(d.Tree.Root().Walk())
		r.nodes[d] = nodes
	}
	// The last node that begins in front of the place stands in it, or beside it
	// under the same parents.
	i := sort.Search(len(nodes), func(i int) bool { return nodes[i].Start() > off }) - 1
	if i < 0 {
		return ""
	}
	n := nodes[i]
	for n.Parent().Valid() && !n.Span().Contains(off) {
		n = n.Parent()
	}
	var keys []string
	for ; n.Valid(); n = n.Parent() {
		switch n.Kind() {
		case ast.KindEntry:
			keys = append(keys, quoteKey(n.Key()))
		case ast.KindInclude:
			keys = append(keys, "include "+n.Path())
		}
	}
	slices.Reverse(keys)
	return maskSpans(strings.Join(keys, "."))
}

// quoteKey quotes a key that would read as several in a path.
func quoteKey(key string) string {
	if strings.ContainsAny(key, ".\" ") {
		return `"` + strings.ReplaceAll(key, `"`, `\"`) + `"`
	}
	return key
}

// baselineUse returns how often each entry of the baseline was found in what
// was asked for.
func (p *plan) baselineUse() map[baseline.Entry]int {
	if p.run.req.Baseline == nil {
		return nil
	}
	use := make(map[baseline.Entry]int, len(p.inBaseline))
	for e, places := range p.inBaseline {
		if p.run.targets[places[0].path] { // an entry is about one file
			use[e] = len(places)
		}
	}
	return use
}
