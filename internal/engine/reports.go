package engine

import (
	"cmp"
	"slices"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// report is a finding in the making.
type report struct {
	finding *Finding
	fix     *fixes.Fix
}

// reportKey tells findings apart: the same one may be made again by a later step,
// or for another server.
type reportKey struct {
	rule, path string
	offset     int
	message    string
}

// manyFindings is from how many findings it is worth to use all processors.
const manyFindings = 500

// prepare turns the findings in what was read into what the caller sees, on all
// processors.
func (p *plan) prepare() {
	if p.run.req.Baseline != nil {
		return // whose entries are worked out one after the other
	}
	var list []*fixes.Finding
	for _, i := range p.run.every {
		list = append(list, p.found.Of(i)...)
	}
	if len(list) < manyFindings {
		return
	}
	made := make([]*Finding, len(list))
	fleet.Parallel(len(list), p.run.req.jobs(), func(i int) {
		made[i] = p.finding(list[i], list[i].Span.Start, list[i].Span.End, 1)
	})
	p.made = make(map[*fixes.Finding]*Finding, len(list))
	for i, f := range list {
		p.made[f] = made[i]
	}
}

// report notes a finding and says whether an earlier step made it already, or
// this one for another server.
func (p *plan) report(f *fixes.Finding, round int) (rep *report, known bool) {
	offset, end := f.Span.Start, f.Span.End
	if d := p.original(f.Doc); d != nil {
		offset, end = p.back(f.Doc.Path, offset), p.back(f.Doc.Path, end)
	}
	key := reportKey{f.Rule, f.Doc.Path, offset, f.Message}
	if rep, known = p.byKey[key]; !known {
		made := p.made[f]
		if made == nil {
			made = p.finding(f, offset, end, round)
		}
		rep = &report{finding: made}
		p.byKey[key] = rep
		p.reports = append(p.reports, rep)
	}
	return rep, known
}

// original returns the document as it was read, nil for values from the
// environment.
func (p *plan) original(d *fleet.Doc) *fleet.Doc {
	if p.fleet == p.run.first && d.Env == "" {
		return d // nothing has changed yet
	}
	i, ok := slices.BinarySearchFunc(p.run.first.Docs, d.Path, func(d *fleet.Doc, path string) int { return cmp.Compare(d.Path, path) })
	if !ok || d.Env != "" {
		return nil
	}
	return p.run.first.Docs[i]
}

// back maps an offset in the current text of a file to the file as it was
// read. An offset in inserted text maps to where that was inserted.
func (p *plan) back(path string, off int) int {
	steps := p.history[path]
	for i := len(steps) - 1; i >= 0; i-- {
		shift := 0
		for _, e := range steps[i] {
			start := e.Start + shift
			if off < start {
				break
			}
			if off < start+len(e.New) || off == start {
				off, shift = e.Start, 0
				break
			}
			shift += len(e.New) - (e.End - e.Start)
		}
		off -= shift
	}
	return off
}
