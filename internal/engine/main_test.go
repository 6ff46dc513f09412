package engine_test

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, as main does for the
// program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// files are texts by path.
type files map[string]string

func (f files) read(path string) ([]byte, error) {
	text, ok := f[filepath.ToSlash(path)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// request asks for all files with the whole suite, without proofs.
func (f files) request() engine.Request {
	return engine.Request{Targets: slices.Sorted(maps.Keys(f)), Read: f.read, Rules: suite.All()}
}

// after returns the texts as a run would leave them.
func (f files) after(res *engine.Result) files {
	out := maps.Clone(f)
	for _, file := range res.Files {
		if file.Status == engine.WouldChange {
			out[filepath.ToSlash(file.Path)] = string(file.After)
		}
	}
	return out
}

func newJudge(tb testing.TB) *oracle.Judge {
	tb.Helper()
	j, err := oracle.Start(context.Background(), oracle.Options{Jobs: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(j.Close)
	return j
}

// proved adds proofs by a judge to a request.
func proved(req engine.Request, judge *oracle.Judge) engine.Request {
	req.Prove = true
	req.Judge = func() (*oracle.Judge, error) { return judge, nil }
	return req
}

func run(tb testing.TB, req engine.Request) *engine.Result {
	tb.Helper()
	res, err := engine.Run(context.Background(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// checkRun runs a request with proofs and holds the result against what every
// run promises: no fix of a server that starts fails its proof, what would be written prints back to
// itself and parses if it did before, the official parser sees the changes that
// are shown and no others, and a second run changes nothing.
func checkRun(tb testing.TB, judge *oracle.Judge, in files, req engine.Request) *engine.Result {
	tb.Helper()
	res := run(tb, proved(req, judge))
	for _, f := range res.Findings {
		if !rightlyLeftOut(tb, judge, in, req, f) {
			tb.Errorf("%s:%d:%d: %s: fix not applied: %s", f.File, f.Line, f.Column, f.Rule, f.Hidden)
		}
	}
	if len(res.Groups) == 0 {
		return res
	}
	for _, f := range res.Files {
		if f.Status != engine.WouldChange {
			continue
		}
		before, after := ast.Parse(f.Path, f.Before, ast.Latest), ast.Parse(f.Path, f.After, ast.Latest)
		if !after.RoundTrips() || string(after.Print()) != string(f.After) {
			tb.Errorf("%s: the result does not print back to its own bytes", f.Path)
		}
		if len(before.Errors()) == 0 && len(after.Errors()) > 0 {
			tb.Errorf("%s: the result does not parse: %v\n%s", f.Path, after.Errors()[0], f.After)
		}
	}
	next := in.after(res)
	for _, g := range res.Groups {
		if g.Refused != "" {
			tb.Errorf("%s: refused: %s", g.Files[0].Path, g.Refused)
		}
		checkDelta(tb, judge, in, next, req, g)
	}
	req.Read = next.read
	again := run(tb, proved(req, judge))
	for _, f := range again.Files {
		if f.Status == engine.WouldChange {
			tb.Errorf("%s: a second run changes it again\nfirst:\n%s\nsecond:\n%s", f.Path, f.Before, f.After)
		}
	}
	return res
}

// rightlyLeftOut reports whether the reason for which a fix was left out speaks
// of no bug. What a server reports only once another refusal is cured may fail
// proof 5; a server that is accepted has nothing to reveal.
func rightlyLeftOut(tb testing.TB, judge *oracle.Judge, in files, req engine.Request, f *engine.Finding) bool {
	tb.Helper()
	why := f.Hidden
	switch {
	case why == "", why == "unsafe", why == "manual", why == "needs a choice",
		strings.HasPrefix(why, "outside the paths: "), strings.HasPrefix(why, "ignored at "), strings.HasSuffix(why, " does not parse, which must be cured first"),
		strings.HasSuffix(why, " would still be refused at the same place"),
		strings.HasSuffix(why, " would be refused at an earlier place"),
		strings.Contains(why, ": included file ") && strings.HasSuffix(why, " does not exist"),
		strings.HasPrefix(f.Rule, "include-") && strings.Contains(why, " could no longer be resolved: "), // for what is wrong in that file
		strings.Contains(why, " could not be judged: a path to a certificate, "),
		strings.HasSuffix(why, ": is a directory"),                        // an include without a path
		strings.Contains(why, " could not be judged: the variable name "): // such as a $ by itself, which nothing can define
		return true
	}
	refused, ok := strings.CutPrefix(why, "failed proof: the official server would refuse ")
	root, _, _ := strings.Cut(refused, " for something new: ")
	if _, known := in[root]; !ok || !known {
		return false
	}
	v := ask(tb, judge, in, root, req)
	return !v.Accepted()
}

// checkDelta asks the official parser about the servers of a group.
func checkDelta(tb testing.TB, judge *oracle.Judge, before, after files, req engine.Request, g *engine.Group) {
	tb.Helper()
	shown := make(map[string][]string) // server to the paths that change
	for _, c := range g.Changes {
		shown[c.Server] = append(shown[c.Server], c.Path)
	}
	for root, paths := range shown {
		was, is := ask(tb, judge, before, root, req), ask(tb, judge, after, root, req)
		if was.NotJudged != "" || is.NotJudged != "" {
			continue // for another of the files
		}
		var got []string
		for _, c := range oracle.Delta(was.Values, is.Values) {
			got = append(got, c.Path)
		}
		slices.Sort(paths)
		slices.Sort(got)
		if !slices.Equal(paths, got) {
			tb.Errorf("%s: the official parser sees other changes\nshown %q\nseen  %q", root, paths, got)
		}
		if was.Accepted() && !is.Accepted() {
			tb.Errorf("%s: the official server refuses what it accepted: %v", root, is.Problems)
		}
	}
}

// ask has one server judged among all files. Unknown variables get a value.
func ask(tb testing.TB, judge *oracle.Judge, all files, root string, req engine.Request) oracle.Verdict {
	tb.Helper()
	local := func(path string) string { return strings.TrimLeft(filepath.ToSlash(path), "/") }
	c := oracle.Case{Root: local(root), Files: make(map[string][]byte), Env: make(map[string]string), Args: req.Args}
	for path, text := range all {
		c.Files[local(path)] = []byte(text)
		for n := range ast.Parse(path, []byte(text), ast.Latest).Root().Walk() {
			switch n.Kind() {
			case ast.KindVariable:
				c.Env[n.Text()] = `"$` + n.Text() + `"`
				if req.Env != nil {
					if v, ok := req.Env(n.Text()); ok {
						c.Env[n.Text()] = v
					}
				}
			case ast.KindInclude:
				target := filepath.Join(filepath.Dir(path), n.Path())
				if _, ok := all[target]; !ok && filepath.IsLocal(local(target)) {
					c.Files[local(target)] = nil
				}
			}
		}
	}
	v, err := judge.Ask(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// rule makes a rule of a function.
func rule(name string, check func(*fixes.Pass)) *fixes.Rule {
	return &fixes.Rule{Name: name, Severity: fixes.Warning, Summary: "a test", Check: check}
}
