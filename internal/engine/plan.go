package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/baseline"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// maxRounds bounds how often the suite runs, maxSteps how often a rule runs in
// one round until it has nothing more to do.
const (
	maxRounds = 10
	maxSteps  = 1000
)

// fixID names a fix in a way that survives planning again without another one.
type fixID string

// applied is a fix that was applied, with what the step that it was part of
// did to the servers.
type applied struct {
	id    fixID
	rule  string
	title string
	round int
	files []string // the documents that it edits
	// changes are what it declared, by the root of the server.
	changes []Change
	// within are the places where it declared that something may change, same
	// that the server reads there what it read before.
	within []Place
	same   bool
}

// plan is one attempt: the texts as they would be written, and how they came
// about.
type plan struct {
	run     *run
	set     *fleet.Set
	fleet   *fleet.Fleet
	found   *fixes.Found      // what the rules find in fleet
	texts   map[string][]byte // documents that were edited
	history map[string][][]ast.Edit
	applied []*applied
	reports []*report
	byKey   map[reportKey]*report
	groups  []*group
	// fought names the rules that undo each other's work, or do not come to
	// rest, and foughtOver the files concerned. texts that a file had are known
	// by their digest.
	fought     []string
	foughtOver map[string]bool
	had        map[digest]bool
	// ignoreUsed are the comments that silenced something, ignored what they
	// silenced.
	ignoreUsed, ignored map[ignoreUse]bool
	// inBaseline are the places of findings that the baseline has, by its entries.
	inBaseline map[baseline.Entry][]place
	// once are the files that rules have edited which do so once, by rule.
	once map[string]map[string]bool

	// made are what the first findings will look like to the caller.
	made map[*fixes.Finding]*Finding

	// alone says that nothing is applied: the plan is made of a server by itself,
	// and wants is true if there is something to apply.
	alone, wants bool
}

// plan runs the rules to rest.
func (r *run) plan(ctx context.Context) (*plan, error) {
	p := r.newPlan(r.suite.Run(r.first))
	p.prepare()
	for round := 1; round <= maxRounds; round++ {
		if err := p.mend(ctx, round); err != nil {
			return nil, err
		}
		changed, err := p.turn(ctx, r.every, round, round == maxRounds)
		if err != nil {
			return nil, err
		}
		if !changed || len(p.fought) > 0 {
			break
		}
	}
	p.group()
	p.settleReports()
	return p, nil
}

func (r *run) newPlan(found *fixes.Found) *plan {
	p := &plan{
		texts: make(map[string][]byte), history: make(map[string][][]ast.Edit), byKey: make(map[reportKey]*report),
		foughtOver: make(map[string]bool), had: make(map[digest]bool), once: make(map[string]map[string]bool),
		ignoreUsed: make(map[ignoreUse]bool), ignored: make(map[ignoreUse]bool), inBaseline: make(map[baseline.Entry][]place),
	}
	p.start(r, found)
	return p
}

// start makes a plan that has applied nothing ready for what was found in r.first.
func (p *plan) start(r *run, found *fixes.Found) {
	p.run, p.set, p.fleet, p.found = r, r.base, r.first, found
	p.reports, p.wants = p.reports[:0], false
	clear(p.byKey)
	clear(p.ignoreUsed)
	clear(p.ignored)
	clear(p.inBaseline)
}

// mend runs the rules that cure what the parser refuses, in turns until all are
// at rest. Each sees the first error of a file only, so that a file in which the
// errors of two rules alternate takes as many turns as it has errors.
func (p *plan) mend(ctx context.Context, round int) error {
	for turn := 1; turn <= maxSteps; turn++ {
		changed, err := p.turn(ctx, p.run.syntax, round, turn == maxSteps)
		if err != nil || !changed || len(p.fought) > 0 {
			return err
		}
	}
	return nil
}

// turn runs the rules of these indexes one after the other, each to rest, and
// reports whether any changed something. In the last turn that there may be none
// of them must.
func (p *plan) turn(ctx context.Context, rules []int, round int, last bool) (changed bool, err error) {
	for _, i := range rules {
		for step := 1; p.step(i, round) > 0; step++ {
			if err := ctx.Err(); err != nil {
				return changed, err
			}
			changed = true
			if step == maxSteps || last {
				p.fight(p.run.req.Rules[i].Name, p.lastFiles())
				break
			}
		}
	}
	return changed, nil
}

// step runs the rule of an index once and applies what may be applied. It returns
// how many fixes that were.
func (p *plan) step(index, round int) int {
	found := p.found.Of(index)
	if len(found) == 0 {
		return 0
	}
	rule := p.run.req.Rules[index]
	found, ignored := p.unsilenced(p.known(found))
	if rule.Once {
		found = p.notYet(rule, found)
	}
	if len(found) == 0 {
		return 0
	}
	var take []*fixes.Fix
	edits := make(map[*fleet.Doc][]ast.Edit) // of what is taken
	taken := make(map[*fixes.Fix]bool)
	refused := make(map[*fixes.Fix]string) // why, "" if the next step will offer it again
	var now []*report
	seen := make(map[*report]bool)
	for _, f := range found {
		rep, known := p.report(f, round)
		if seen[rep] {
			continue // the same text in another server
		}
		seen[rep] = true
		if known && !rep.finding.Fixed {
			// What was applied since may have changed what is to be done.
			*rep.finding = *p.finding(f, rep.finding.Offset, rep.finding.End, rep.finding.Round)
		}
		rep.fix = f.Fix
		now = append(now, rep)
		if f.Fix == nil || taken[f.Fix] {
			continue
		}
		if why, ok := refused[f.Fix]; ok {
			rep.finding.Hidden = why // findings may share a fix
			continue
		}
		hidden := p.mayApply(f)
		if why, ok := ignored[f.Fix]; ok {
			hidden = why
		}
		if hidden == "" && overlaps(edits, f.Fix.Edits) {
			if same := sameFix(take, f.Fix); same != nil {
				rep.fix = same
				continue
			}
			refused[f.Fix] = ""
			continue
		}
		if hidden != "" {
			rep.finding.Hidden = hidden
			refused[f.Fix] = hidden
			continue
		}
		taken[f.Fix] = true
		take = append(take, f.Fix)
		for _, e := range f.Fix.Edits {
			edits[e.Doc] = append(edits[e.Doc], e.Edit)
		}
	}
	if len(take) == 0 {
		return 0
	}
	if p.alone {
		p.wants = true
		return 0
	}
	done := p.applyAll(rule, round, take)
	for _, rep := range now {
		switch {
		case slices.Contains(done, rep.fix):
			rep.finding.Fixed, rep.finding.Hidden = true, ""
		case taken[rep.fix]:
			rep.finding.Hidden = p.ban(p.id(rule, rep.fix))
		}
	}
	return len(done)
}

// notYet returns the findings in files that a rule which edits a file once has
// not edited.
func (p *plan) notYet(rule *fixes.Rule, found []*fixes.Finding) []*fixes.Finding {
	edited := p.once[rule.Name]
	if len(edited) == 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f *fixes.Finding) bool {
		return edited[f.Doc.Path] || f.Fix != nil && slices.ContainsFunc(f.Fix.Edits, func(e fixes.Edit) bool { return edited[e.Doc.Path] })
	})
}

// mayApply says why a fix must not be applied, or "".
func (p *plan) mayApply(f *fixes.Finding) string {
	r := p.run
	rule := r.byName[f.Rule]
	switch {
	case f.Applicability == fixes.Manual:
		return "manual"
	case r.req.FindOnly && !mustBeCured(rule, f):
		return "not asked for"
	case f.Applicability != fixes.Safe && !r.req.Unsafe && !r.req.UnsafeRules[f.Rule] && !r.unsafeIn(f):
		if f.Applicability == fixes.NeedsChoice {
			return "needs a choice"
		}
		return "unsafe"
	}
	if len(f.Fix.Edits) == 0 {
		return "the fix edits nothing; this is a bug of the rule"
	}
	for _, e := range f.Fix.Edits {
		if e.Doc.Context {
			return "outside the paths: " + e.Doc.Path
		}
		if why := p.notThere(e); why != "" {
			return why
		}
		if r.off(e.Doc.Path, f.Rule) {
			return r.isOff(e.Doc.Path, f.Rule)
		}
		if r.req.MaxSize > 0 && int64(len(e.Doc.Tree.Source())) > r.req.MaxSize {
			return fmt.Sprintf("%s is larger than %d bytes (--max-size)", e.Doc.Path, r.req.MaxSize)
		}
		if len(e.Doc.Tree.Errors()) > 0 && !rule.Syntax {
			return fmt.Sprintf("%s does not parse, which must be cured first", e.Doc.Path)
		}
	}
	return p.ban(p.id(rule, f.Fix))
}

// unsafeIn reports whether the settings of all files that a fix edits let unsafe
// fixes of the rule be applied.
func (r *run) unsafeIn(f *fixes.Finding) bool {
	return r.req.UnsafeIn != nil && !slices.ContainsFunc(f.Fix.Edits, func(e fixes.Edit) bool {
		return !r.req.UnsafeIn(r.fileOf(e.Doc.Path), f.Rule)
	})
}

// id names a fix by its rule, its title and where its edits stand in the files
// as they were read.
func (p *plan) id(rule *fixes.Rule, fix *fixes.Fix) fixID {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s", rule.Name, fix.Title)
	for _, e := range fix.Edits {
		fmt.Fprintf(&b, "\x00%s:%d:%s", e.Doc.Path, p.back(e.Doc.Path, e.Start), e.New)
	}
	return fixID(b.String())
}

// sameFix returns the one of the fixes that makes the edits of another one and
// declares all that it does, or nil: two findings may be cured by one edit, as
// where two fields take their value from one variable.
func sameFix(list []*fixes.Fix, fix *fixes.Fix) *fixes.Fix {
	for _, have := range list {
		if !slices.Equal(have.Edits, fix.Edits) || !slices.Equal(have.Changes, fix.Changes) {
			continue
		}
		undeclared := func(w fixes.Within) bool { return !slices.Contains(have.Within, w) }
		if !slices.ContainsFunc(fix.Within, undeclared) {
			return have
		}
	}
	return nil
}

// overlaps reports whether edits touch each other. Two inserts at one place do:
// they go in one after the other.
func overlaps(have map[*fleet.Doc][]ast.Edit, more []fixes.Edit) bool {
	for _, m := range more {
		for _, h := range have[m.Doc] {
			if m.Start < h.End && h.Start < m.End || h.Start == m.Start {
				return true
			}
		}
	}
	return false
}
