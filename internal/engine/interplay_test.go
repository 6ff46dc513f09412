package engine_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/golden"
)

// input is a set of files to run all rules over.
type input struct {
	name string
	in   files
	req  engine.Request
}

// goldenInputs returns the inputs of all golden cases, with what the cases say
// of them beside the rules to run.
func goldenInputs(tb testing.TB) []input {
	tb.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*/*.txtar")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("found no golden cases (%v)", err)
	}
	var out []input
	for _, path := range paths {
		c, err := golden.Load(path)
		if err != nil {
			tb.Fatal(err)
		}
		in := make(files)
		for name, text := range c.In {
			in[name] = string(text)
		}
		req := in.request()
		req.Args, req.Hosts, req.Params, req.Window = c.Args, c.Hosts, c.Params, c.Window
		if len(c.Env) > 0 {
			req.Env = func(name string) (string, bool) {
				v, ok := c.Env[name]
				return v, ok
			}
		}
		name := filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".txtar")
		out = append(out, input{name, in, req})
	}
	return out
}

// folderInputs returns the files of each folder as one input.
func folderInputs(all map[string]files) []input {
	var out []input
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		out = append(out, input{dir, all[dir], all[dir].request()})
	}
	return out
}

// TestRulesTogether runs all rules at once, those that are off by default too,
// over what each of them is tested with and over the configurations of the
// nats-server module: every fix is proved or left out for a reason that is no
// bug, a second run changes nothing, and neither the order of the files nor
// the number of jobs makes a difference.
func TestRulesTogether(t *testing.T) {
	inputs := slices.Concat(goldenInputs(t), folderInputs(folders(t, moduleDir(t), ".conf")))
	if dir := os.Getenv("NATSFIX_CORPUS"); dir != "" {
		inputs = append(inputs, folderInputs(folders(t, dir, ""))...)
	}
	judge := newJudge(t)
	for _, i := range sample(inputs) {
		for _, unsafe := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/unsafe=%t", i.name, unsafe), func(t *testing.T) {
				req := i.req
				req.Unsafe, req.Jobs = unsafe, 1
				want := checkRun(t, judge, i.in, req)
				if !unsafe {
					spokenOfTwice(t, i)
				}
				for _, order := range orders(i.req.Targets) {
					req.Jobs, req.Targets = 8, order
					if got := run(t, proved(req, judge)); !reflect.DeepEqual(got, want) {
						t.Errorf("more jobs and the order %v of files give another result: %s", order, difference(got, want))
					}
				}
			})
		}
	}
}

// sample returns each sixth input of a test that is to be short, as where goroutines
// are watched: all inputs go the same ways.
func sample(inputs []input) []input {
	if !testing.Short() {
		return inputs
	}
	var out []input
	for n := 0; n < len(inputs); n += 6 {
		out = append(out, inputs[n])
	}
	return out
}

// orders returns other orders of files: every one of up to three, of more the
// reversed one and those that begin with another file.
func orders(targets []string) [][]string {
	reversed := slices.Clone(targets)
	slices.Reverse(reversed)
	out := [][]string{reversed}
	for k := 1; k < len(targets); k++ {
		out = append(out, slices.Concat(targets[k:], targets[:k]))
		if len(targets) == 3 {
			out = append(out, slices.Concat(reversed[k:], reversed[:k]))
		}
	}
	if len(out) > 6 {
		out = out[:6]
	}
	return out
}

// spokenOfTwice fails the test if two rules call one place a mistake, in files
// as they are. (What a fix brings to light at its place is another mistake.)
func spokenOfTwice(t *testing.T, i input) {
	t.Helper()
	req := i.req
	req.MaxSize = 1 // checked and not rewritten
	findings := run(t, req).Findings
	for n, a := range findings {
		for _, b := range findings[n+1:] {
			if b.File != a.File || b.Offset > a.Offset && b.Offset >= a.End {
				break
			}
			if a.Rule == "gateway-cluster-name" && b.Rule == "name-with-space" {
				continue // two mistakes in one name
			}
			if a.Rule != b.Rule && a.Severity == fixes.Error && b.Severity == fixes.Error {
				t.Errorf("%s:%d:%d: two rules speak of one mistake:\n%s: %s\n%s: %s", a.File, a.Line, a.Column, a.Rule, a.Message, b.Rule, b.Message)
			}
		}
	}
}

// difference names the first finding or file in which two results differ.
func difference(a, b *engine.Result) string {
	for i := range min(len(a.Findings), len(b.Findings)) {
		if !reflect.DeepEqual(a.Findings[i], b.Findings[i]) {
			return fmt.Sprintf("%+v\nand\n%+v", a.Findings[i], b.Findings[i])
		}
	}
	for i := range min(len(a.Files), len(b.Files)) {
		if !reflect.DeepEqual(a.Files[i], b.Files[i]) {
			return fmt.Sprintf("%s:\n%s\nand\n%s", a.Files[i].Path, a.Files[i].After, b.Files[i].After)
		}
	}
	return fmt.Sprintf("%d and %d findings, %d and %d files", len(a.Findings), len(b.Findings), len(a.Files), len(b.Files))
}
