package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/host"
)

// AddReadings adds to a result about files (see [InFiles]) what is found in
// branches of templates that are not the first ones. Each reading of a document
// is looked at by itself, and only what it alone shows is reported: whether
// something is missing, or contradicts, is judged by the first branches. run is
// [Run].
func AddReadings(ctx context.Context, run func(context.Context, Request) (*Result, error), req Request, res *Result) error {
	known := known{res: res, seen: make(map[readingPlace]bool)}
	if req.Baseline != nil {
		known.have = req.Baseline.Known
	}
	added := false
	for _, path := range req.Targets {
		h, ok := req.Hosted[path]
		if !ok {
			continue
		}
		for _, d := range h.Document().Readings() {
			reading := Hosted{File: h.File, Index: h.Index, Reading: d}
			found, err := run(ctx, req.reading(path, reading))
			if err != nil {
				return err
			}
			in := &inFiles{hosted: map[string]Hosted{filepath.Clean(path): reading}}
			for _, f := range found.Findings {
				if filepath.Clean(f.File) != filepath.Clean(path) || !d.Shows(f.Offset) || known.has(d, f) {
					continue
				}
				if f.Fix != nil {
					f.Hidden = NotHere + d.ReadOnly
				}
				in.finding(f)
				res.Findings = append(res.Findings, f)
				added = true
			}
		}
	}
	if added {
		slices.SortStableFunc(res.Findings, compareFindings)
	}
	return nil
}

// reading returns the request for a reading of one document.
func (req *Request) reading(path string, h Hosted) Request {
	one := *req
	one.Targets, one.Context, one.Dirs, one.Parts = []string{path}, nil, nil, nil
	one.Hosted = map[string]Hosted{path: h}
	for i, d := range h.File.Documents {
		if d.Dir == h.Document().Dir && i != h.Index { // it may include them
			one.Hosted[h.File.Name+"#"+d.Name()] = Hosted{File: h.File, Index: i}
		}
	}
	one.FindOnly, one.Prove = true, false
	if one.Baseline != nil { // what is known is told by the result as a whole
		one.Baseline = &Baseline{Known: map[baseline.Entry]int{}, Name: req.Baseline.Name}
	}
	return one
}

// worse says why the edits of a group must not be made for what a template does
// elsewhere: if another branch is taken, or a block left out, rules would find
// more errors than before. "" if they find none.
func (r *run) worse(ctx context.Context, p *plan, g *group) (string, error) {
	steps := make(map[*host.File]map[int][][]ast.Edit)
	for _, path := range g.files {
		if h, ok := r.req.Hosted[path]; ok {
			if steps[h.File] == nil {
				steps[h.File] = make(map[int][][]ast.Edit)
			}
			steps[h.File][h.Index] = p.history[path]
		}
	}
	for _, path := range g.files {
		h, ok := r.req.Hosted[path]
		if !ok {
			continue
		}
		was := h.Document().Cases()
		if len(was) == 0 {
			continue
		}
		after, err := h.File.Rewrite(steps[h.File])
		if err != nil {
			return "", nil // which is said when the file is put together
		}
		is := after.Documents[h.Index].Cases()
		for i := range min(len(was), len(is)) {
			old, err := r.errorsOf(ctx, path, Hosted{File: h.File, Index: h.Index, Reading: was[i]})
			if err != nil {
				return "", err
			}
			now, err := r.errorsOf(ctx, path, Hosted{File: after, Index: h.Index, Reading: is[i]})
			if err != nil {
				return "", err
			}
			for rule, list := range now {
				if len(list) > len(old[rule]) {
					return fmt.Sprintf("where the template takes another branch than the first, or leaves one out: %s [%s]", list[0], rule), nil
				}
			}
		}
	}
	return "", nil
}

// errorsOf returns the errors in a reading of a document by their rules.
func (r *run) errorsOf(ctx context.Context, path string, h Hosted) (map[string][]string, error) {
	one := r.req.reading(path, h)
	if one.Judges != nil {
		one.Rules, one.Off = one.Judges, nil
	}
	res, err := Run(ctx, one)
	if err != nil {
		return nil, err
	}
	found := make(map[string][]string)
	for _, f := range res.Findings {
		if f.Severity == fixes.Error {
			found[f.Rule] = append(found[f.Rule], h.Document().Restore(f.Message))
		}
	}
	return found, nil
}

// known are the findings of a baseline that were not found in the first
// branches.
type known struct {
	res  *Result
	have map[baseline.Entry]int
	seen map[readingPlace]bool
}

// readingPlace is a place that counts once, whatever is said about it.
type readingPlace struct {
	entry         baseline.Entry
	offset, inDoc int
}

// has reports whether one of them is the finding, which is then used up.
func (k *known) has(d *host.Document, f *Finding) bool {
	at := readingPlace{f.Entry, d.Offset(f.Offset), f.DocOffset}
	if k.seen[at] {
		return true
	}
	if f.Entry == (baseline.Entry{}) || k.res.Baselined[f.Entry] >= k.have[f.Entry] {
		return false
	}
	k.seen[at] = true
	if k.res.Baselined == nil {
		k.res.Baselined = make(map[baseline.Entry]int)
	}
	k.res.Baselined[f.Entry]++
	return true
}
