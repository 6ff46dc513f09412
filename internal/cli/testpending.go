package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/report"
)

// keepAll brings the pending results up to date.
func (t *testRun) keepAll() {
	for _, res := range t.results {
		t.keep(res)
	}
}

// keep brings the pending result of one case up to date: what came out if that
// may be accepted, else nothing.
func (t *testRun) keep(res *golden.Result) {
	p := golden.Pending{Case: res.File}
	old, err := p.Read()
	had := !errors.Is(err, fs.ErrNotExist)
	name := report.Plain(t.name(p.File()))
	if !res.Acceptable() {
		if had && t.drop(p) {
			t.say("%s was out of date and is removed: %s.", name, whyNotPending(res))
		}
		return
	}
	if had && !bytes.Equal(old, res.After) {
		t.say("%s was out of date and is replaced: the case or a rule changed since.", name)
	}
	if err := p.Keep(res.After); err != nil {
		t.warn("%s", report.Plain(err.Error()))
		t.fail(exitUsage)
	}
}

// whyNotPending says why there is nothing to decide about a case.
func whyNotPending(res *golden.Result) string {
	switch {
	case res.Passed():
		return "the case passes"
	case res.Err != nil:
		return "the case cannot be run"
	}
	return "the case fails in a way that cannot be accepted"
}

// acceptPending makes the pending results that match the expected ones. Each
// case is run anew: what is accepted is what somebody could look at, and still
// true.
func (t *testRun) acceptPending(ctx context.Context, patterns []string) error {
	matched, err := t.matching(patterns)
	if err != nil {
		return err
	}
	n := 0
	for _, p := range matched {
		ok, err := t.acceptOne(ctx, p)
		switch {
		case ctx.Err() != nil:
			t.stopped(n, "accepted")
			return nil
		case err != nil:
			return err
		case ok:
			fmt.Fprintf(t.out, "%s: accepted\n", report.Plain(t.name(p.Case)))
			n++
		}
	}
	t.say("%s accepted.", report.Count(n, "result"))
	if n > 0 {
		t.say("To take this back: natsfix undo")
	}
	return nil
}

func (t *testRun) acceptOne(ctx context.Context, p golden.Pending) (bool, error) {
	name := report.Plain(t.name(p.Case))
	if p.Orphan {
		t.warn("%s: the case is gone; --reject removes its result", name)
		t.fail(exitFindings)
		return false, nil
	}
	text, err := p.Read()
	if err != nil {
		t.warn("%s", report.Plain(err.Error()))
		t.fail(exitUsage)
		return false, nil
	}
	res := t.runner.Check(ctx, p.Case)
	switch {
	case ctx.Err() != nil:
		return false, nil // the caller sees it
	case res.Err != nil:
		t.invalid(res)
		return false, nil
	case res.Acceptable() && bytes.Equal(text, res.After):
		return t.accept(ctx, res)
	case res.Acceptable():
		t.warn("%s: not accepted: something else comes out since its result was kept; look at the new one", name)
		t.fail(exitFindings)
	case !res.Passed():
		t.warn("%s: not accepted: %s", name, report.Plain(res.Problems()[0]))
		t.fail(exitFindings)
	}
	t.keep(res)
	return false, nil
}

// rejectPending removes the pending results that match.
func (t *testRun) rejectPending(patterns []string) error {
	matched, err := t.matching(patterns)
	if err != nil {
		return err
	}
	n := 0
	for _, p := range matched {
		if t.drop(p) {
			fmt.Fprintf(t.out, "%s: rejected\n", report.Plain(t.name(p.Case)))
			n++
		}
	}
	t.say("%s removed; the cases stay as they are.", report.Count(n, "result"))
	return nil
}

// matching returns the pending results whose cases match one of the patterns.
func (t *testRun) matching(patterns []string) ([]golden.Pending, error) {
	var matched []golden.Pending
	used := make(map[string]bool)
	for _, p := range t.found.Pending {
		hit := false
		for _, pattern := range patterns {
			ok, err := t.matches(pattern, p.Case)
			if err != nil {
				return nil, err
			}
			used[pattern] = used[pattern] || ok
			hit = hit || ok
		}
		if hit {
			matched = append(matched, p)
		}
	}
	for _, pattern := range patterns {
		if !used[pattern] {
			e := usage("no pending result matches %s", quote(pattern))
			e.hint = "natsfix test --pending lists them."
			return nil, e
		}
	}
	return matched, nil
}

// matches reports whether a pattern matches the name of a case below the
// current directory or one of the paths, or is that name.
func (t *testRun) matches(pattern, file string) (bool, error) {
	pattern = strings.TrimSuffix(filepath.ToSlash(pattern), golden.PendingSuffix)
	if t.name(file) == t.name(pattern) {
		return true, nil
	}
	glob, err := config.ParseGlob(pattern)
	if err != nil {
		return false, usage("the pattern %s: %v", quote(pattern), err)
	}
	for _, dir := range append([]string{t.dir}, t.opts.paths...) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(t.dir, dir)
		}
		if rel, ok := t.below(dir, file); ok && glob.Match(rel, false) {
			return true, nil
		}
	}
	return false, nil
}

// stopped tells that Ctrl-C cut the run short.
func (t *testRun) stopped(n int, done string) {
	t.warn("interrupted; %s %s", report.Count(n, "result"), done)
	t.fail(exitInterrupted)
}
