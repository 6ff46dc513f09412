package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Run looks at the documents of a request and works out what would change. It
// fails only if ctx ends or no judge can be had; what is wrong with the
// documents is in the result.
//
// Servers that stand alone and in which nothing is to be changed are looked at
// one by one, and not kept; all others are planned together.
func Run(ctx context.Context, req Request) (*Result, error) {
	suite := fixes.NewSuite(req.Rules, req.Params, req.Window, req.jobs())
	suite.Mark(isSecretValue)
	apart, err := lookApart(ctx, req, suite)
	if err != nil {
		return nil, err
	}
	r, err := apart.rest(ctx)
	if err != nil {
		return nil, err
	}
	for {
		p, err := r.plan(ctx)
		if err != nil {
			return nil, err
		}
		if p.fleet != r.first && len(apart.takeBack(p.fleet)) > 0 {
			if r, err = apart.rest(ctx); err != nil {
				return nil, err
			}
			continue
		}
		again, err := r.settle(ctx, p)
		if err != nil {
			return nil, err
		}
		if !again {
			res := r.result(p)
			apart.add(res)
			return res, nil
		}
	}
}

// run is the state of one call of Run.
type run struct {
	*Loaded
	*lineup
	suite *fixes.Suite
	// banned are the fixes that must not be applied, and why.
	banned map[fixID]string
	// stepBans are those that came out wrong in a step.
	stepBans map[fixID]stepBan
	// proofs holds what the judge said, by the texts of a server.
	verdicts map[string]judged
	release  string
	ignores  *ignores
	nodes    map[*fleet.Doc][]ast.Node // in the order of the text; see keyPath
	spare    *masker                   // to be used again, nil if there is none
}

// lineup is the rules of a request, by what is asked of them.
type lineup struct {
	every, syntax []int // indexes
	byName        map[string]*fixes.Rule
	ignoring      *fixes.Rule // the one that reports comments, nil if it does not run
}

func newLineup(rules []*fixes.Rule) *lineup {
	l := &lineup{byName: make(map[string]*fixes.Rule, len(rules))}
	for i, rule := range rules {
		l.every = append(l.every, i)
		if rule.Syntax {
			l.syntax = append(l.syntax, i)
		}
		if _, twice := l.byName[rule.Name]; !twice {
			l.byName[rule.Name] = rule
		}
		if rule.Ignores && l.ignoring == nil {
			l.ignoring = rule
		}
	}
	return l
}

func newRun(loaded *Loaded, suite *fixes.Suite, rules *lineup) *run {
	return &run{
		Loaded:   loaded,
		lineup:   rules,
		suite:    suite,
		banned:   make(map[fixID]string),
		stepBans: make(map[fixID]stepBan),
		verdicts: make(map[string]judged),
		ignores:  readIgnores(loaded.first),
		nodes:    make(map[*fleet.Doc][]ast.Node),
	}
}

// result turns the last plan into what the caller sees.
func (r *run) result(p *plan) *Result {
	res := &Result{Findings: p.findings(), Errors: r.errors(p), Judge: r.release}
	texts := p.texts
	for _, d := range r.first.Docs {
		if d.Context {
			continue
		}
		res.Documents++
		f := &File{Path: d.Path, Status: Unchanged}
		res.Files = append(res.Files, f)
		if text, ok := texts[d.Path]; ok && !bytes.Equal(text, d.Tree.Source()) {
			f.Status, f.Before, f.After, f.steps = WouldChange, d.Tree.Source(), text, p.history[d.Path]
		}
		if r.req.MaxSize > 0 && int64(len(d.Tree.Source())) > r.req.MaxSize {
			f.Message = fmt.Sprintf("larger than %d bytes: checked, not rewritten (--max-size)", r.req.MaxSize)
		}
	}
	if len(res.Errors) > 0 {
		r.markBroken(res)
	}
	for _, s := range r.first.Servers {
		if !s.Root.Context {
			res.Servers++
		}
	}
	res.Findings = append(res.Findings, r.problemFindings(p)...)
	res.Findings = append(res.Findings, r.ignoreFindings(p)...)
	for at := range p.ignored {
		if r.targets[at.path] {
			res.Ignored++
		}
	}
	res.Baselined = p.baselineUse()
	res.Unnamed = r.unnamed(p)
	res.sort()
	if len(res.Findings) == 0 && len(p.groups) == 0 {
		return res
	}
	files := make(map[string]*File)
	for _, f := range res.Files {
		if f.After != nil {
			files[f.Path] = f
		}
	}
	masker := r.secrets(p, res.Findings, files)
	res.Groups = p.resultGroups(files)
	masker.result(res, r.req.jobs())
	return res
}

// markBroken marks the files that cannot be read, or do not parse, not even after
// the run.
func (r *run) markBroken(res *Result) {
	broken := make(map[string]string)
	for _, e := range res.Errors {
		if e.Kind == Syntax && broken[e.File] == "" {
			broken[e.File] = e.Message
		}
	}
	for _, f := range res.Files {
		if why := broken[f.Path]; why != "" && f.Status == Unchanged {
			f.Status, f.Message = Failed, why
		}
	}
	for _, e := range r.first.LoadErrors {
		if r.targets[filepath.Clean(e.Path)] {
			res.Files = append(res.Files, &File{Path: e.Path, Status: Failed, Message: e.Err.Error()})
		}
	}
}

// sort puts everything into its order.
func (res *Result) sort() {
	slices.SortFunc(res.Files, compareFiles)
	slices.SortStableFunc(res.Findings, compareFindings)
	slices.SortStableFunc(res.Errors, compareErrors)
}

func compareFiles(a, b *File) int { return cmp.Compare(a.Path, b.Path) }

func compareErrors(a, b Error) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Round, b.Round),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}
