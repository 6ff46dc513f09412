package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

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
	req     Request
	base    *fleet.Set
	first   *fleet.Fleet // as read
	targets map[string]bool
	suite   *fixes.Suite
	// banned are the fixes that must not be applied, and why.
	banned map[fixID]string
	// proofs holds what the judge said, by the texts of a server.
	verdicts map[string]judged
	release  string
}

func newRun(req Request) *run {
	r := &run{
		req:      req,
		base:     fleet.NewSet(req.Read),
		targets:  make(map[string]bool, len(req.Targets)),
		banned:   make(map[fixID]string),
		verdicts: make(map[string]judged),
	}
	for _, path := range req.Targets {
		r.targets[filepath.Clean(path)] = true
	}
	r.suite = fixes.NewSuite(req.Rules, req.Params, req.Window, r.jobs())
	r.first = r.build(r.base, nil)
	for _, d := range r.first.Docs {
		if !r.targets[d.Path] && r.below(d.Path) {
			r.targets[d.Path] = true
		}
	}
	for _, d := range r.first.Docs {
		d.Context = !r.targets[d.Path]
	}
	return r
}

// below reports whether a path lies in a folder that was asked for as a whole.
func (r *run) below(path string) bool {
	for _, dir := range r.req.Dirs {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			// What a context file includes is context, too.
			return r.includedByTarget(path)
		}
	}
	return false
}

func (r *run) includedByTarget(path string) bool {
	for _, s := range r.first.Servers {
		if r.targets[s.Root.Path] && slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return d.Path == path }) {
			return true
		}
	}
	return false
}

func (r *run) build(set *fleet.Set, previous *fleet.Fleet) *fleet.Fleet {
	a := r.req.Args
	return fleet.Build(set, slices.Concat(r.req.Targets, r.req.Context), fleet.Options{
		Env: r.req.Env,
		Args: fleet.Args{
			ServerName: a.ServerName, ClusterName: a.ClusterName, Cluster: a.Cluster, Routes: a.Routes, JetStream: a.JetStream,
			Port: a.Port, HTTPPort: a.HTTPPort, HTTPSPort: a.HTTPSPort, StoreDir: a.StoreDir,
		},
		Hosts: r.req.Hosts,
		Jobs:  r.req.Jobs,

		Previous: previous,
	})
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
			f.Status, f.Before, f.After = WouldChange, d.Tree.Source(), text
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
