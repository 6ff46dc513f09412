package recipe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/oracle"
)

// Run carries out a test and returns how what came of it differs from what is
// wanted, "" if it does not. It checks what must hold for every rewrite, too: a
// second run changes nothing, comments survive, servers change as declared.
func (t Test) Run(ctx context.Context, rule *fixes.Rule, judge func() (*oracle.Judge, error)) (string, error) {
	c := &golden.Case{
		Name: fmt.Sprintf("%s: %s", rule.Name, t.Name), Rules: []string{rule.Name}, Unsafe: true, Lost: t.Lost,
		Params: map[string]string{}, In: map[string][]byte{}, Targets: slices.Sorted(maps.Keys(t.Files)),
	}
	for name, value := range t.Set {
		c.Params[rule.Name+"."+name] = value
	}
	for name, text := range t.Files {
		c.In[name] = []byte(text)
	}
	runner := &golden.Runner{Rules: []*fixes.Rule{rule}, Judge: judge}
	o, err := runner.Run(ctx, c)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, broken := range o.Broken {
		fmt.Fprintln(&b, broken)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Files)) {
		want, got := t.Files[name], []byte(t.Files[name])
		if text, ok := t.Want[name]; ok {
			want = text
		}
		if text, ok := o.Files[name]; ok {
			got = text
		}
		b.Write(diff.Compute(diff.Change{Name: name, Old: []byte(want), New: got}, 3).Unified())
	}
	findings := o.Sections["findings"]
	for what, part := range map[string]string{"finding": t.Finds, "refusal": t.Refuses} {
		if part != "" && !strings.Contains(findings+o.Sections["refused"], part) {
			fmt.Fprintf(&b, "no %s has %q in it; found was:\n%s", what, part, findings)
		}
	}
	if b.Len() > 0 && findings != "" && t.Finds == "" && t.Refuses == "" {
		fmt.Fprintf(&b, "found was:\n%s", findings)
	}
	return b.String(), nil
}
