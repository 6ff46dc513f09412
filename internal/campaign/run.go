package campaign

import (
	"context"
	"slices"
	"strings"
	"sync"
)

// Figures are the counts of a run.
type Figures struct {
	Cases, Accepted, Refused, Changed int

	Disagree int            // cases that disagree in a way that is not known
	Known    map[string]int // how many cases had a known difference, by its ID
	Wavering int            // disagreements that do not show each time the server is asked
}

// Found is a disagreement that is not known, with one of the cases that have it.
type Found struct {
	Disagreement
	Case  Case
	Count int
}

// Run compares the cases from..from+n-1 of a seed, jobs at a time, and returns
// the disagreements that are not known, each with its smallest case as it was
// generated, in the order of their IDs.
func (c *Campaign) Run(ctx context.Context, seed uint64, from, n, jobs int) (Figures, []Found, error) {
	r := &campaignRun{Campaign: c, known: KnownDifferences(), byID: make(map[string]*Found)}
	r.figures.Known = make(map[string]int)
	var wg sync.WaitGroup
	next := make(chan int)
	for range jobs {
		wg.Go(func() {
			for i := range next {
				r.one(ctx, Generate(seed, i))
			}
		})
	}
	for i := from; i < from+n; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
	var list []Found
	for _, f := range r.byID {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b Found) int { return strings.Compare(a.ID(), b.ID()) })
	return r.figures, list, r.err
}

type campaignRun struct {
	*Campaign
	known []Known

	mu      sync.Mutex
	figures Figures
	byID    map[string]*Found
	err     error
}

func (r *campaignRun) one(ctx context.Context, cs Case) {
	out, err := r.Compare(ctx, cs)
	var unknown []Disagreement
	known := make(map[string]bool)
	for _, d := range out.Disagreements {
		if i := slices.IndexFunc(r.known, func(k Known) bool { return k.holds(cs, d) }); i >= 0 {
			known[r.known[i].ID] = true
		} else {
			unknown = append(unknown, d)
		}
	}
	sure := unknown
	if err == nil && len(unknown) > 0 {
		sure, err = r.confirmed(ctx, cs, unknown)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &r.figures
	f.Cases++
	f.Accepted += count(out.Accepted)
	f.Refused += count(out.Refused)
	f.Changed += count(out.Changed)
	f.Disagree += count(len(sure) > 0)
	f.Wavering += len(unknown) - len(sure)
	for id := range known {
		f.Known[id]++
	}
	for _, d := range sure {
		was := r.byID[d.ID()]
		if was == nil {
			was = &Found{Disagreement: d, Case: cs}
			r.byID[d.ID()] = was
		}
		was.Count++
		if cs.Size() < was.Case.Size() || cs.Size() == was.Case.Size() && cs.String() < was.Case.String() {
			was.Disagreement, was.Case = d, cs
		}
	}
	if err != nil && r.err == nil {
		r.err = err
	}
}

// confirmed returns the disagreements that show again each time. The server
// reads maps in random order and stops at some errors, so that it may say one
// thing now and another then.
func (r *campaignRun) confirmed(ctx context.Context, cs Case, list []Disagreement) ([]Disagreement, error) {
	for range 2 {
		out, err := r.Compare(ctx, cs)
		if err != nil {
			return nil, err
		}
		list = slices.DeleteFunc(slices.Clone(list), func(d Disagreement) bool {
			return !slices.ContainsFunc(out.Disagreements, func(o Disagreement) bool { return o.ID() == d.ID() })
		})
	}
	return list, nil
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
