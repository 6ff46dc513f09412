package engine

import (
	"slices"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// unnamed counts by file what was found in files that servers among the targets
// include and that were not asked for: it is not reported, and yet those servers
// suffer from it.
func (r *run) unnamed(p *plan) map[string]int {
	type place struct {
		path  string
		start int
		kind  fleet.ProblemKind
	}
	var included map[string]bool
	for _, s := range r.first.Servers {
		for _, d := range s.Docs {
			if !s.Root.Context && d.Context && d.Env == "" {
				if included == nil {
					included = make(map[string]bool)
				}
				included[d.Path] = true
			}
		}
	}
	if len(included) == 0 {
		return nil
	}
	count := make(map[string]int)
	claimed := make(map[string][]*Finding) // of rules that speak of what does not parse
	for _, rep := range p.reports {
		if f := rep.finding; included[f.File] && !f.Fixed {
			count[r.fileOf(f.File)]++
			if f.Severity == fixes.Error && r.byName[f.Rule].Syntax {
				claimed[f.File] = append(claimed[f.File], f)
			}
		}
	}
	seen := make(map[place]bool)
	for _, s := range r.first.Servers {
		if s.Root.Context {
			continue
		}
		for _, pr := range s.Problems {
			at := place{pr.Doc.Path, pr.Span.Start, pr.Kind}
			if problemRules[pr.Kind] == "" || !included[at.path] || seen[at] ||
				slices.ContainsFunc(claimed[at.path], func(f *Finding) bool { return f.speaksOf(at.start, pr.Doc.Tree.Position(at.start).Line) }) ||
				mayBeIgnored(pr.Kind) && p.leave(problemRules[pr.Kind], pr) {
				continue
			}
			seen[at] = true
			count[r.fileOf(at.path)]++
		}
	}
	return count
}
