package golden

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
)

// Compare returns unified diffs from what the case says to what came of it,
// "" if that is the same.
func (c *Case) Compare(o *Outcome) string {
	var b strings.Builder
	show := func(name string, want, got []byte) {
		b.Write(diff.Compute(diff.Change{Name: name, Old: want, New: got}, 3).Unified())
	}
	for _, s := range sections() {
		want, given := c.Sections[s.name]
		if given || !s.optional {
			show(s.name, []byte(want), []byte(o.Sections[s.name]))
		}
	}
	if c.byDiff() {
		return b.String()
	}
	for _, name := range slices.Sorted(maps.Keys(c.In)) {
		show("out/"+name, c.after(c.Out, name), c.after(o.Files, name))
	}
	// A section without a change says less than no section.
	for _, name := range slices.Sorted(maps.Keys(c.Out)) {
		if bytes.Equal(c.Out[name], c.In[name]) {
			fmt.Fprintf(&b, "out/%s is the same as in/%s; leave it out\n", name, name)
		}
	}
	return b.String()
}

// after returns a file as it is after the run.
func (c *Case) after(changed map[string][]byte, name string) []byte {
	if data, ok := changed[name]; ok {
		return data
	}
	return c.In[name]
}

// inputKept checks that the runs left the bytes alone that they were given.
func inputKept(c *Case, given map[string][]byte) (broken []string) {
	for _, name := range slices.Sorted(maps.Keys(c.In)) {
		if !bytes.Equal(given[name], c.In[name]) {
			broken = append(broken, fmt.Sprintf("a run wrote to the bytes of %s that it was given", name))
		}
	}
	return broken
}

// targetsOnly checks that no file changes that is only context.
func targetsOnly(c *Case, changed map[string][]byte) (broken []string) {
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		if !slices.Contains(c.Targets, name) {
			broken = append(broken, fmt.Sprintf("%s changes, which is only context", name))
		}
	}
	return broken
}

// commentsKept checks that every comment is still there, as often as it was.
func commentsKept(c *Case, changed map[string][]byte) (broken []string) {
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		after := comments(name, changed[name])
		for _, lost := range c.Lost {
			after[lost]++
		}
		before := comments(name, c.In[name])
		for _, text := range slices.Sorted(maps.Keys(before)) {
			if after[text] < before[text] {
				broken = append(broken, fmt.Sprintf("%s lost the comment %q", name, text))
			}
		}
	}
	return broken
}

func comments(name string, text []byte) map[string]int {
	count := make(map[string]int)
	d := ast.Parse(name, text, ast.Latest)
	for t := range d.Tokens() {
		if t.Kind == ast.TokenComment {
			count[strings.TrimSpace(string(text[t.Start:t.End]))]++
		}
	}
	return count
}

// declared checks that the servers of each group change by what the fixes
// declared, or where they declared that something changes, and nothing else, as
// the official parser sees it.
func declared(res *engine.Result) (broken []string) {
	type change struct{ before, after string }
	for _, g := range res.Groups {
		want, got := make(map[string]change), make(map[string]change)
		var within []engine.Place
		for _, f := range g.Findings {
			within = append(within, f.Fix.Within...)
			for _, c := range f.Fix.Changes {
				want[c.Server+" "+c.Path] = change{c.Before, c.After}
			}
		}
		for _, c := range g.Changes {
			if _, ok := want[c.Server+" "+c.Path]; !ok && slices.ContainsFunc(within, func(p engine.Place) bool { return p.Holds(c.Server, c.Path) }) {
				continue
			}
			got[c.Server+" "+c.Path] = change{c.Before, c.After}
		}
		all := maps.Clone(want)
		maps.Copy(all, got)
		for _, where := range slices.Sorted(maps.Keys(all)) {
			if want[where] != got[where] {
				broken = append(broken, fmt.Sprintf("%s was declared to change from %q to %q and changes from %q to %q",
					where, want[where].before, want[where].after, got[where].before, got[where].after))
			}
		}
	}
	return broken
}

// reportOnly checks that a run that only reports finds what the run finds that
// rewrites. A fix that a proof spoke against may let the latter find more.
func reportOnly(fixed, checked *engine.Result) (broken []string) {
	for _, g := range fixed.Groups {
		if g.Refused != "" {
			return nil
		}
	}
	places := func(res *engine.Result) map[string]bool {
		list := make(map[string]bool)
		for _, f := range res.Findings {
			if strings.HasPrefix(f.Hidden, "failed proof") {
				return nil
			}
			list[fmt.Sprintf("%s %s %s", place(f.File, f.Line, f.Column), f.Severity, f.Rule)] = true
		}
		return list
	}
	want, got := places(fixed), places(checked)
	if want == nil {
		return nil
	}
	for _, finding := range slices.Sorted(maps.Keys(want)) {
		if !got[finding] {
			broken = append(broken, "only reporting does not find what rewriting finds: "+finding)
		}
	}
	for _, finding := range slices.Sorted(maps.Keys(got)) {
		if !want[finding] {
			broken = append(broken, "only reporting finds what rewriting does not: "+finding)
		}
	}
	return broken
}

// atRest checks that a second run would change nothing.
func atRest(res *engine.Result) (broken []string) {
	for _, f := range res.Files {
		if f.Status == engine.WouldChange {
			broken = append(broken, fmt.Sprintf("a second run changes %s again:\n%s", f.Path,
				diff.Compute(diff.Change{Name: f.Path, Old: f.Before, New: f.After}, 3).Unified()))
		}
	}
	return broken
}

// patch returns the changes of all files, for git apply.
func (c *Case) patch(changed map[string][]byte) []byte {
	var patch []byte
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		patch = append(patch, diff.Compute(diff.Change{Name: name, Old: c.In[name], New: changed[name]}, 3).Unified()...)
	}
	return patch
}

// applies checks that git, given the patch, makes the same bytes.
func applies(ctx context.Context, git string, c *Case, changed map[string][]byte) (broken []string) {
	if len(changed) == 0 {
		return nil
	}
	why, err := apply(ctx, git, c, changed)
	if err != nil {
		why = append(why, err.Error())
	}
	for _, w := range why {
		broken = append(broken, "the patch: "+w)
	}
	return broken
}

func apply(ctx context.Context, git string, c *Case, changed map[string][]byte) (broken []string, err error) {
	dir, err := os.MkdirTemp("", "natsfix-golden-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, name := range slices.Sorted(maps.Keys(c.In)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, c.In[name], 0o600); err != nil {
			return nil, err
		}
	}
	patch := c.patch(changed)
	cmd := exec.CommandContext(ctx, git, "apply", "--whitespace=nowarn")
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(patch)
	// Neither settings of the machine nor a repository above the directory may matter.
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("git apply: %w: %s\n%s", err, out, patch)
	}
	for _, name := range slices.Sorted(maps.Keys(c.In)) {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		if want := c.after(changed, name); !bytes.Equal(got, want) {
			broken = append(broken, fmt.Sprintf("git made %q of %s, not %q", got, name, want))
		}
	}
	return broken, nil
}
