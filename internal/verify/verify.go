package verify

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Rule names the findings that no rule knows.
const Rule = "verify"

// Options say what is asked beside whether a server would start.
type Options struct {
	Boot bool // start each server in the judge
	// StrictFiles says that the certificates, keys, operators, credentials and
	// resolver directories that a configuration names are looked at, too: Read
	// reads them, from the current directory. Without it none is opened.
	StrictFiles bool
	Read        func(path string) ([]byte, error)
	// Binary is a nats-server program that is asked with -t, too.
	Binary *oracle.Binary
}

// Result is what the official server says.
type Result struct {
	*engine.Result
	Servers  int // that were asked about
	Accepted int // that would start
	Partly   int // of Accepted: parts of them could not be judged
	// PartOf names, for a file that was asked for and is no server, one that
	// it is a part of and that was not asked for.
	PartOf map[string]string
	// Second says what another nats-server said, "" if none was asked.
	Second string
}

// Engine is [engine.Run].
type Engine func(context.Context, engine.Request) (*engine.Result, error)

// Run asks about every server whose root file is a target, and has the engine
// find what the request's rules say of it. It fails only if ctx ends or no
// judge can be had.
func Run(ctx context.Context, req engine.Request, check Engine, opts Options) (*Result, error) {
	judge, err := req.Judge()
	if err != nil {
		return nil, err
	}
	loaded := engine.Load(req)
	var servers []*fleet.Server
	for _, s := range loaded.Fleet().Servers {
		if loaded.Target(s.Root.Path) {
			servers = append(servers, s)
		}
	}
	checked, err := check(ctx, withParts(req, servers))
	if err != nil {
		return nil, err
	}
	v := &verification{
		req: req, opts: opts, loaded: loaded, judge: judge,
		match:    newMatcher(req.Rules, checked.Findings),
		findings: make(map[key]*engine.Finding),
	}
	asked, err := v.askAll(ctx, servers)
	if err != nil {
		return nil, err
	}
	for _, in := range asked {
		if err := in.recheck(ctx, req, check, v.match); err != nil {
			return nil, err
		}
	}
	res := &Result{Servers: len(servers), PartOf: v.partOf(servers), Result: &engine.Result{
		Documents: documents(loaded), Servers: len(servers), Asked: oracle.Release(),
	}}
	v.mask = loaded.Masker()
	if opts.Binary != nil {
		v.second = &second{Binary: opts.Binary}
	}
	for _, in := range asked {
		v.report(in)
		if !in.refused() {
			res.Accepted++
			if len(in.notes()) > 0 {
				res.Partly++
			}
		}
	}
	res.Second = v.second.describe()
	res.Findings, res.NotChecked = v.sorted(), v.notes
	res.Files, res.Errors = files(loaded, checked), unreadable(checked)
	return res, nil
}

// files returns the files that were asked for, none of which changes.
func files(loaded *engine.Loaded, checked *engine.Result) []*engine.File {
	var list []*engine.File
	for _, f := range checked.Files {
		if !loaded.Target(f.Path) {
			continue
		}
		file := &engine.File{Path: f.Path, Status: engine.Unchanged, Message: f.Message}
		if f.Status == engine.Failed {
			file.Status = engine.Failed
		}
		list = append(list, file)
	}
	return list
}

// unreadable returns the errors about files that cannot be read; the others
// are what the server says.
func unreadable(checked *engine.Result) []engine.Error {
	return slices.DeleteFunc(slices.Clone(checked.Errors), func(e engine.Error) bool { return e.Kind != engine.Unreadable })
}

// withParts makes everything a target that servers consist of: the server's
// problems may stand there.
func withParts(req engine.Request, servers []*fleet.Server) engine.Request {
	req.Targets = slices.Clone(req.Targets)
	have := make(map[string]bool)
	for _, path := range req.Targets {
		have[filepath.Clean(path)] = true
	}
	for _, s := range servers {
		for _, d := range s.Docs {
			if d.Env == "" && !have[d.Path] {
				have[d.Path] = true
				req.Targets = append(req.Targets, d.Path)
			}
		}
	}
	req.Context = slices.DeleteFunc(slices.Clone(req.Context), func(path string) bool { return have[filepath.Clean(path)] })
	return req
}

// documents counts the documents that were asked for.
func documents(loaded *engine.Loaded) int {
	n := 0
	for _, d := range loaded.Fleet().Docs {
		if !d.Context {
			n++
		}
	}
	return n
}

// verification is one run.
type verification struct {
	req    engine.Request
	opts   Options
	loaded *engine.Loaded
	judge  *oracle.Judge
	match  *matcher
	mask   func(file, text string) string

	second   *second // nil if no other nats-server is asked
	findings map[key]*engine.Finding
	notes    []engine.Note
}

// askAll asks about servers, several at a time.
func (v *verification) askAll(ctx context.Context, servers []*fleet.Server) ([]*inquiry, error) {
	jobs := v.req.Jobs
	if jobs <= 0 {
		jobs = runtime.NumCPU()
	}
	asked := make([]*inquiry, len(servers))
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	slots := make(chan struct{}, jobs)
	for i, s := range servers {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			asked[i], errs[i] = ask(ctx, v.judge, s, v.req, v.loaded, v.match, v.opts)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// refused reports whether the server says that it does not start.
func (in *inquiry) refused() bool {
	return in.verdict.NotJudged != "" || slices.ContainsFunc(in.list, func(p problem) bool { return !p.Warning })
}

// partOf names a server for each target that is none and in none that was
// asked about.
func (v *verification) partOf(servers []*fleet.Server) map[string]string {
	seen := make(map[string]bool)
	for _, s := range servers {
		for _, d := range s.Docs {
			seen[d.Path] = true
		}
	}
	parts := make(map[string]string)
	for _, s := range v.loaded.Fleet().Servers {
		for _, d := range s.Docs {
			if v.loaded.Target(d.Path) && !seen[d.Path] {
				parts[d.Path] = s.Root.Path
			}
		}
	}
	return parts
}

// Summary says in words how many servers would start.
func (r *Result) Summary() string {
	partly := ""
	if r.Partly > 0 {
		partly = fmt.Sprintf(", %d of them as far as it could be judged", r.Partly)
	}
	switch {
	case r.Servers == 0:
		return "no server to ask about"
	case r.Accepted == r.Servers && r.Servers == 1:
		if r.Partly > 0 {
			return "the server would start as far as it could be judged"
		}
		return "the server would start"
	case r.Accepted == r.Servers:
		return fmt.Sprintf("all %d servers would start%s", r.Servers, partly)
	}
	return fmt.Sprintf("%d of %d servers would start%s", r.Accepted, r.Servers, partly)
}
