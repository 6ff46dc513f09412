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
func Run(ctx context.Context, req Request) (*Result, error) {
	r := newRun(req)
	for {
		p, err := r.plan(ctx)
		if err != nil {
			return nil, err
		}
		again, err := r.settle(ctx, p)
		if err != nil {
			return nil, err
		}
		if !again {
			return r.result(p), nil
		}
	}
}

// run is the state of one call of Run.
type run struct {
	*Loaded
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
}

func newRun(req Request) *run {
	r := &run{
		Loaded:   Load(req),
		banned:   make(map[fixID]string),
		stepBans: make(map[fixID]stepBan),
		verdicts: make(map[string]judged),
		nodes:    make(map[*fleet.Doc][]ast.Node),
	}
	r.ignores = readIgnores(r.first)
	r.suite = fixes.NewSuite(req.Rules, req.Params, req.Window, r.req.jobs())
	return r
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
	broken := make(map[string]string) // files that do not parse, not even after the run
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
	slices.SortFunc(res.Files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	for _, s := range r.first.Servers {
		if !s.Root.Context {
			res.Servers++
		}
	}
	files := make(map[string]*File, len(res.Files))
	for _, f := range res.Files {
		files[f.Path] = f
	}
	res.Findings = append(res.Findings, r.problemFindings(p)...)
	res.Findings = append(res.Findings, r.ignoreFindings(p)...)
	for at := range p.ignored {
		if r.targets[at.path] {
			res.Ignored++
		}
	}
	res.Baselined = p.baselineUse()
	slices.SortStableFunc(res.Findings, compareFindings)
	masker := r.secrets(p, res.Findings, files)
	res.Groups = p.resultGroups(files)
	masker.result(res)
	return res
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Round, b.Round),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}
