package engine

import (
	"cmp"
	"slices"

	"github.com/natsfix/natsfix/internal/fleet"
)

// group is a set of files that fixes join, or that one server contains.
type group struct {
	files   []string // sorted
	applied []*applied
	before  []*fleet.Server // the servers that contain a file of the group, as read
	after   []*fleet.Server
	changes []Change
	notes   []string
	refused string
}

// group joins the edited files into groups.
func (p *plan) group() {
	parent := make(map[string]string)
	find := func(f string) string {
		for parent[f] != f {
			parent[f] = parent[parent[f]]
			f = parent[f]
		}
		return f
	}
	join := func(files []string) {
		for _, f := range files {
			if _, ok := parent[f]; !ok {
				parent[f] = f
			}
			a, b := find(files[0]), find(f)
			parent[max(a, b)] = min(a, b)
		}
	}
	for _, a := range p.applied {
		join(a.files)
	}
	// The files of one server are judged together.
	for _, s := range p.fleet.Servers {
		var edited []string
		for _, d := range s.Docs {
			if _, ok := p.texts[d.Path]; ok {
				edited = append(edited, d.Path)
			}
		}
		if len(edited) > 0 {
			join(edited)
		}
	}
	p.joinHosted(join)
	groups := make(map[string]*group)
	for f := range parent {
		root := find(f)
		if groups[root] == nil {
			groups[root] = &group{}
			p.groups = append(p.groups, groups[root])
		}
		groups[root].files = append(groups[root].files, f)
	}
	for _, g := range p.groups {
		slices.Sort(g.files)
	}
	slices.SortFunc(p.groups, func(a, b *group) int { return cmp.Compare(a.files[0], b.files[0]) })
	for _, a := range p.applied {
		g := groups[find(a.files[0])]
		g.applied = append(g.applied, a)
	}
	was := make(map[string]*fleet.Server, len(p.run.first.Servers))
	for _, s := range p.run.first.Servers {
		was[s.Root.Path] = s
	}
	for _, s := range p.fleet.Servers {
		for _, d := range s.Docs {
			if _, ok := p.texts[d.Path]; ok {
				g := groups[find(d.Path)]
				g.after = append(g.after, s)
				g.before = append(g.before, was[s.Root.Path])
				break
			}
		}
	}
}

// resultGroups returns the groups as the caller sees them: includes first,
// roots last.
func (p *plan) resultGroups(files map[string]*File) []*Group {
	fixed := make(map[string][]*Finding) // by a file that the fix changes
	for _, rep := range p.reports {
		if f := rep.finding; f.Fixed && f.Fix != nil {
			for _, path := range f.Fix.Group {
				fixed[path] = append(fixed[path], f)
			}
		}
	}
	var out []*Group
	for _, g := range p.groups {
		res := &Group{Changes: g.changes, Notes: g.notes, Refused: g.refused}
		roots := make(map[string]bool)
		for _, s := range g.after {
			roots[s.Root.Path] = true
		}
		for _, wantRoot := range []bool{false, true} {
			for _, path := range g.files {
				if f := files[path]; f != nil && f.Status == WouldChange && roots[path] == wantRoot {
					res.Files = append(res.Files, f)
					if g.refused != "" {
						f.Status, f.Message = Refused, g.refused
					}
				}
			}
		}
		seen := make(map[*Finding]bool)
		for _, path := range g.files {
			for _, f := range fixed[path] {
				if !seen[f] {
					seen[f] = true
					res.Findings = append(res.Findings, f)
				}
			}
		}
		slices.SortStableFunc(res.Findings, compareFindings)
		if len(res.Files) > 0 {
			out = append(out, res)
		}
	}
	return out
}
