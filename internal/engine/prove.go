package engine

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/schema"
)

// judged is a verdict, and why parts of it are not to be relied upon.
type judged struct {
	verdict oracle.Verdict
	partial string // why proof 5 is not judged, "" if it is
}

// settle proves the groups of a plan. If a proof fails it bans the fix at
// fault and asks for another plan; if the rules fought it bans what they fought
// over.
func (r *run) settle(ctx context.Context, p *plan) (again bool, err error) {
	if len(p.fought) > 0 {
		why := fmt.Sprintf("%s; the files were left alone", fightText(p.fought))
		for _, g := range p.groups {
			if !slices.ContainsFunc(g.files, func(f string) bool { return p.foughtOver[f] }) {
				continue
			}
			for _, a := range g.applied {
				r.banned[a.id] = why
				again = true
			}
		}
		if again {
			return true, nil
		}
	}
	if !r.req.Prove || len(p.groups) == 0 {
		for _, g := range p.groups {
			g.declared()
		}
		return false, nil
	}
	if err := r.judgeAll(ctx, p); err != nil {
		return false, err
	}
	var failed []*failedGroup
	for _, g := range p.groups {
		why, err := r.proveAll(ctx, p, g)
		if err != nil {
			return false, err
		}
		if why != "" {
			failed = append(failed, r.ban(g, why))
		}
	}
	return len(failed) > 0, r.giveBack(ctx, failed)
}

// failedGroup is a group that was not proved.
type failedGroup struct {
	*group
	waiting []fixID // banned, and to be tried again
	left    []fixID // those that failed in this round
}

// ban bans all fixes of a group that was not proved.
func (r *run) ban(g *group, why string) *failedGroup {
	f := &failedGroup{group: g}
	for _, a := range g.applied {
		if !slices.Contains(f.waiting, a.id) {
			f.waiting = append(f.waiting, a.id)
		}
		r.banned[a.id] = "failed proof: " + why
	}
	if len(f.waiting) == 1 {
		f.waiting = nil // it has been tried by itself
	}
	return f
}

// giveBack gives back, one after the other, the fixes with which what is left of
// a group is proved. Groups have no file in common, so that one plan tries a fix
// of each.
func (r *run) giveBack(ctx context.Context, failed []*failedGroup) error {
	for {
		failed = slices.DeleteFunc(failed, func(f *failedGroup) bool { return len(f.waiting) == 0 })
		if len(failed) == 0 {
			return nil
		}
		most := 0
		for _, f := range failed {
			most = max(most, len(f.waiting))
		}
		for i := range most {
			if err := r.tryEach(ctx, failed, i); err != nil {
				return err
			}
		}
		for _, f := range failed {
			if len(f.left) == len(f.waiting) {
				f.left = nil
			}
			f.waiting, f.left = f.left, nil // one may have needed what was given back after it
		}
	}
}

// tryEach gives back the fix of an index of each group, and takes back those with
// which what the group's files would become is not proved.
func (r *run) tryEach(ctx context.Context, failed []*failedGroup, index int) error {
	var tried []*failedGroup
	for _, f := range failed {
		if index < len(f.waiting) {
			delete(r.banned, f.waiting[index])
			tried = append(tried, f)
		}
	}
	p, err := r.plan(ctx)
	if err != nil {
		return err
	}
	if err := r.judgeAll(ctx, p); err != nil {
		return err
	}
	holders := make(map[string]*group)
	for _, g := range p.groups {
		for _, file := range g.files {
			holders[file] = g
		}
	}
	for _, f := range tried {
		why := ""
		for _, g := range f.now(holders) {
			no, err := r.proveAll(ctx, p, g)
			if err != nil {
				return err
			}
			if no != "" {
				why = no
			}
		}
		if id := f.waiting[index]; why != "" {
			r.banned[id] = "failed proof: " + why
			f.left = append(f.left, id)
		}
	}
	return nil
}

// now returns the groups of another plan that hold a file of the group.
func (f *failedGroup) now(holders map[string]*group) []*group {
	var now []*group
	for _, file := range f.files {
		if g := holders[file]; g != nil && !slices.Contains(now, g) {
			now = append(now, g)
		}
	}
	return now
}

// judgeAll asks the judge about every server of the plan's groups, before and
// after, on all processors. What it said before is not asked again.
func (r *run) judgeAll(ctx context.Context, p *plan) error {
	judge, err := r.req.Judge()
	if err != nil {
		return err
	}
	var servers []*fleet.Server
	for _, g := range p.groups {
		servers = append(append(servers, g.before...), g.after...)
	}
	type answer struct {
		key string
		judged
		err error
	}
	answers := make([]answer, len(servers))
	var wg sync.WaitGroup
	sem := make(chan struct{}, max(1, r.req.jobs()))
	for i, s := range servers {
		if s == nil {
			continue
		}
		key := caseKey(s)
		if _, ok := r.verdicts[key]; ok {
			continue
		}
		sem <- struct{}{}
		wg.Go(func() {
			defer func() { <-sem }()
			c, partial := r.serverCase(s)
			v, err := judge.Ask(ctx, c)
			answers[i] = answer{key, judged{v, partial}, err}
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a.err != nil {
			return a.err
		}
		if a.key != "" {
			r.verdicts[a.key] = a.judged
			r.release = a.verdict.Release
		}
	}
	return nil
}

// jobs returns how much is done at the same time.
func (r *Request) jobs() int {
	if r.Jobs > 0 {
		return r.Jobs
	}
	return runtime.NumCPU()
}

// caseKey names a server by its documents' paths and texts.
func caseKey(s *fleet.Server) string {
	h := sha256.New()
	for _, d := range s.Docs {
		fmt.Fprintf(h, "%d %s %d ", len(d.Path), d.Path, len(d.Tree.Source()))
		h.Write(d.Tree.Source())
	}
	return string(h.Sum(nil))
}

// serverCase makes the case of a server. Where a variable or an include is
// unknown both sides get the same stand-in.
func (r *run) serverCase(s *fleet.Server) (c oracle.Case, partial string) {
	c = oracle.NewCase(s, r.req.Env, oracle.Args(s.Args))
	if partial = c.StandIn(s); partial != "" && r.templated(s) {
		partial = "a template fills in what is not known here"
	}
	return c, partial
}

// proveAll proves a group, and what its edits do in other branches of templates.
func (r *run) proveAll(ctx context.Context, p *plan, g *group) (why string, err error) {
	if why = r.prove(g); why != "" || len(r.req.Hosted) == 0 {
		return why, nil
	}
	return r.worse(ctx, p, g)
}

// prove returns why the group must not be written, or "". It fills in the
// group's effective changes and notes.
func (r *run) prove(g *group) string {
	g.changes, g.notes = nil, nil
	effects := g.effects()
	for i, after := range g.after {
		before := g.before[i]
		if before == nil {
			return fmt.Sprintf("%s was no server before", after.Root.Path)
		}
		was, is := r.verdicts[caseKey(before)], r.verdicts[caseKey(after)]
		root := after.Root.Path
		for _, j := range []judged{was, is} {
			if j.verdict.NotJudged != "" {
				return fmt.Sprintf("%s could not be judged: %s", root, j.verdict.NotJudged)
			}
		}
		if was.verdict.Values == nil && hasSyntaxErrors(before) {
			// Nothing to compare with: what was refused is accepted now, or is
			// refused further on, as every step was checked for.
			if is.verdict.Values == nil && !hasSyntaxErrors(after) {
				return fmt.Sprintf("the official parser refuses %s after the rewrite: %s", root, firstMessage(is.verdict))
			}
			if is.verdict.Values != nil && !oracle.Equal(is.verdict.Values, after.Values.Plain()) {
				return fmt.Sprintf("the official parser reads other values in %s than natsfix does; please report this as a bug", root)
			}
			g.stillRefused(root, is.verdict)
			continue
		}
		if is.verdict.Values == nil {
			return fmt.Sprintf("the official parser refuses %s after the rewrite: %s", root, firstMessage(is.verdict))
		}
		if was.verdict.Values == nil {
			return fmt.Sprintf("the official parser refuses %s as it is: %s", root, firstMessage(was.verdict))
		}
		if !oracle.Equal(was.verdict.Values, before.Values.Plain()) || !oracle.Equal(is.verdict.Values, after.Values.Plain()) {
			return fmt.Sprintf("the official parser reads other values in %s than natsfix does; please report this as a bug", root)
		}
		for _, c := range oracle.Delta(was.verdict.Values, is.verdict.Values) {
			g.changes = append(g.changes, Change{root, c.Path, jsonText(c.Before), jsonText(c.After), effects.of(root, c.Path)})
		}
		if is.partial != "" {
			g.notes = append(g.notes, fmt.Sprintf("%s: start-up validation is not judged: %s", root, is.partial))
			if r.req.RequireProof {
				return fmt.Sprintf("start-up validation of %s is not judged: %s (--require-proof)", root, is.partial)
			}
			continue
		}
		fresh, revealed := oracle.NewProblems(was.verdict, is.verdict)
		if was.verdict.Accepted() {
			fresh = append(fresh, revealed...)
		}
		if len(fresh) > 0 {
			return fmt.Sprintf("the official server would refuse %s for something new: %s", root, fresh[0].Message)
		}
		g.stillRefused(root, is.verdict)
	}
	return ""
}

// stillRefused notes that the server does not start after the rewrite either,
// for something that was there before or hid behind what was cured.
func (g *group) stillRefused(root string, v oracle.Verdict) {
	if !v.Accepted() {
		g.notes = append(g.notes, fmt.Sprintf("%s: the server still refuses to start: %s", root, firstMessage(v)))
	}
}

func hasSyntaxErrors(s *fleet.Server) bool {
	return slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return len(d.Tree.Errors()) > 0 })
}

func firstMessage(v oracle.Verdict) string {
	for _, p := range v.Problems {
		if !p.Warning {
			return p.Message
		}
	}
	return "no reason given"
}

// effects says what changes ask of running servers.
type effects struct {
	declared map[string]string     // by server and path
	within   map[string][]*applied // the fixes that let something change, by server
}

func (g *group) effects() effects {
	e := effects{make(map[string]string), make(map[string][]*applied)}
	for _, a := range g.applied {
		for _, c := range a.changes {
			e.declared[c.Server+"\x00"+c.Path] = c.Effect
		}
		for _, w := range a.within {
			if list := e.within[w.Server]; len(list) == 0 || list[len(list)-1] != a {
				e.within[w.Server] = append(list, a)
			}
		}
	}
	return e
}

// of returns the effect of a change: as a fix declared it; none where all fixes
// that may have made it keep what the server reads; else what the field table
// says of the field.
func (e effects) of(root, path string) string {
	if effect, ok := e.declared[root+"\x00"+path]; ok {
		return effect
	}
	same := false
	for _, a := range e.within[root] {
		if slices.ContainsFunc(a.within, func(w Place) bool { return w.Holds(root, path) }) {
			if same = a.same; !same {
				break
			}
		}
	}
	if same {
		return schema.None.String()
	}
	if f := schema.Root().Find(fleet.SplitPath(path)...); f != nil {
		return f.Effect.String()
	}
	return ""
}

// declared fills in the group's changes without the judge: what the fixes
// declared, which every step was checked against.
func (g *group) declared() {
	effects := g.effects()
	for i, after := range g.after {
		if g.before[i] == nil {
			continue
		}
		root := after.Root.Path
		for _, c := range oracle.Delta(g.before[i].Values.Plain(), after.Values.Plain()) {
			g.changes = append(g.changes, Change{root, c.Path, jsonText(c.Before), jsonText(c.After), effects.of(root, c.Path)})
		}
	}
}
