package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// ruleStep is what one rule changes, on top of the steps before.
type ruleStep struct {
	rules    []*fixes.Rule // one, unless rules could not be told apart
	files    map[string][]byte
	findings []*engine.Finding
}

// maxPasses bounds how often rules are gone through until all that the groups
// change is accounted for: what one rule does may give another one more to do.
const maxPasses = 3

// byRule takes groups apart into what each rule does, in the order of the
// rules. Each step is worked out and proved by itself; together they come to
// exactly what the groups say, whatever else is found: if rules only arrive
// there together, the last step holds what remains. req is the request that the
// groups came of.
func (s *session) byRule(ctx context.Context, req *request, groups []*engine.Group) ([]ruleStep, error) {
	now, want := make(map[string][]byte), make(map[string][]byte)
	findings := make(map[string][]*engine.Finding)
	for _, g := range groups {
		for _, f := range g.Files {
			now[filepath.Clean(f.Path)], want[filepath.Clean(f.Path)] = f.Before, f.After
		}
		for _, f := range g.Findings {
			findings[f.Rule] = append(findings[f.Rule], f)
		}
	}
	var rules []*fixes.Rule
	for _, r := range req.Rules {
		if len(findings[r.Name]) > 0 {
			rules = append(rules, r)
		}
	}
	var steps []ruleStep
	for pass := 0; pass < maxPasses && len(rules) > 1 && len(different(now, want)) > 0; pass++ {
		before := len(steps)
		for _, r := range rules {
			if r.Once && pass > 0 {
				continue
			}
			files, err := s.oneRule(ctx, req, r, now, want)
			if err != nil {
				return nil, err
			}
			if len(files) == 0 {
				continue
			}
			for path, text := range files {
				now[path] = text
			}
			steps = append(steps, ruleStep{[]*fixes.Rule{r}, files, findings[r.Name]})
		}
		if len(steps) == before {
			break
		}
	}
	rest := different(now, want)
	if len(rest) == 0 {
		return steps, nil
	}
	last := ruleStep{files: rest}
	for _, r := range rules {
		touches := func(f *engine.Finding) bool {
			return f.Fix != nil && slices.ContainsFunc(f.Fix.Group, func(path string) bool { return rest[filepath.Clean(path)] != nil })
		}
		if slices.ContainsFunc(findings[r.Name], touches) {
			last.rules = append(last.rules, r)
			last.findings = append(last.findings, findings[r.Name]...)
		}
	}
	return append(steps, last), nil
}

// oneRule returns what a rule alone makes of the texts, of the files in want.
func (s *session) oneRule(ctx context.Context, req *request, rule *fixes.Rule, now, want map[string][]byte) (map[string][]byte, error) {
	one := *req
	one.Read = func(path string) ([]byte, error) {
		if text, ok := now[filepath.Clean(path)]; ok {
			return text, nil
		}
		return req.Read(path)
	}
	one.open(&one)
	one.Rules = []*fixes.Rule{rule}
	res, err := s.app.Run(ctx, one.Request)
	if err != nil {
		return nil, err
	}
	engine.InFiles(res, one.Hosted)
	files := make(map[string][]byte)
	for _, g := range res.Groups {
		foreign := func(f *engine.File) bool { return want[filepath.Clean(f.Path)] == nil }
		if g.Refused != "" || slices.ContainsFunc(g.Files, foreign) {
			continue
		}
		for _, f := range g.Files {
			files[filepath.Clean(f.Path)] = f.After
		}
	}
	return files, nil
}

// different returns those of the wanted texts that are not there yet.
func different(now, want map[string][]byte) map[string][]byte {
	rest := make(map[string][]byte)
	for path, text := range want {
		if !bytes.Equal(now[path], text) {
			rest[path] = text
		}
	}
	return rest
}
