package recipe

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

// builtins are the names that templates know without a parameter.
var builtins = []string{"server", "file"}

// binding are the values of parameters for one server, or one row of the table.
type binding map[string]string

// bindings are those for which the condition holds, by the server's root.
type bindings map[string][]binding

// bind finds the servers that the recipe is for, and the values of parameters
// there.
func (r *Recipe) bind(f *fleet.Fleet, given func(string) (string, bool)) bindings {
	base := make(binding)
	for _, p := range r.Params {
		if v, ok := given(p.Name); ok {
			base[p.Name] = v
		} else if p.HasDefault {
			base[p.Name] = p.Default
		}
	}
	out := make(bindings)
	for _, s := range f.Servers {
		if list := r.bindServer(s, base); len(list) > 0 {
			out[s.Root.Path] = list
		}
	}
	return out
}

func (r *Recipe) bindServer(s *fleet.Server, base binding) []binding {
	rows := []map[string]string{nil}
	if r.Table != nil {
		if found := r.Table.rowsFor(s); len(found) > 0 {
			rows = found
		}
	}
	var list []binding
	for _, row := range rows {
		b := maps.Clone(base)
		b["server"], b["file"] = s.ServerName.Text, strings.TrimSuffix(filepath.Base(s.Root.Path), filepath.Ext(s.Root.Path))
		for k, v := range row {
			if r.param(k) != nil {
				b[k] = v
			}
		}
		if r.complete(b) && r.holds(s, b) {
			list = append(list, b)
		}
	}
	return list
}

// complete reports whether every parameter has a value.
func (r *Recipe) complete(b binding) bool {
	return !slices.ContainsFunc(r.Params, func(p Param) bool { _, ok := b[p.Name]; return !ok })
}

func (r *Recipe) holds(s *fleet.Server, b binding) bool {
	text, err := b.expand(r.Where.Text)
	if err != nil {
		return false
	}
	c, err := query.ParseCondition(text)
	return err == nil && c.Holds(s)
}

func (b binding) expand(template string) (string, error) {
	return expand(template, func(name string) (string, error) {
		if v, ok := b[name]; ok {
			return v, nil
		}
		return "", fmt.Errorf("no value is given for %q", name)
	})
}
