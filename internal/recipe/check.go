package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/edit"
	"github.com/natsfix/natsfix/internal/query"
	"github.com/natsfix/natsfix/internal/yamlnode"
)

// check reads templates with sample values, so that what is wrong in them is
// told when the recipe is loaded.
func (d *decoder) check(r *Recipe) {
	sample := func(name string) (string, error) {
		if p := r.param(name); p != nil {
			if p.HasDefault {
				return p.Default, nil
			}
			if len(p.Values) > 0 {
				return p.Values[0], nil
			}
			return "x", nil
		}
		if slices.Contains(builtins, name) {
			return "x", nil
		}
		var names []string
		for _, p := range r.Params {
			names = append(names, p.Name)
		}
		return "", fmt.Errorf("there is no parameter %q; there are %s", name, strings.Join(append(names, builtins...), ", "))
	}
	fail := func(pos yamlnode.Pos, what string, err error) {
		d.Errs = append(d.Errs, &yamlnode.Problem{Pos: pos, What: what, Want: err.Error()})
	}
	if text, err := expand(r.Where.Text, sample); err != nil {
		fail(r.Where.Pos, "where", err)
	} else if _, err := query.ParseCondition(text); err != nil {
		fail(r.Where.Pos, "where", err)
	}
	if _, err := expand(r.Message, sample); err != nil {
		fail(r.Pos, "message", err)
	}
	for _, s := range r.Steps {
		for _, name := range sortedKeys(s.With) {
			if _, err := expand(s.With[name], sample); err != nil {
				fail(s.Pos, "with "+name, err)
			}
		}
		if s.Command == "" {
			continue
		}
		text, err := expand(s.Command, sample)
		if err == nil {
			var c *edit.Command
			if c, err = edit.ParseCommand(text); err == nil && c.Prints() {
				err = fmt.Errorf("print is no step of a recipe")
			}
		}
		if err != nil {
			fail(s.Pos, "a step", err)
		}
	}
	if r.Table == nil {
		return
	}
	for _, c := range r.Table.columns {
		if c.Text != serverColumn && c.Text != pathColumn && r.param(c.Text) == nil {
			fail(c.Pos, fmt.Sprintf("column %q", c.Text), fmt.Errorf("a column is server, path, or a parameter of %s", r.Name))
		}
	}
}
