package suite_test

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/schema"
)

// TestRulesLookWhereverTheyFindSomething runs every rule on every value and server
// of the golden cases: one that says at which fields it looks, or which ones it
// needs, finds nothing elsewhere.
func TestRulesLookWhereverTheyFindSomething(t *testing.T) {
	found, err := golden.Find([]string{"../../../testdata/golden"})
	if err != nil || len(found.Cases) < 1000 {
		t.Fatalf("%d golden cases: %v", len(found.Cases), err)
	}
	fired := make(map[string]bool)
	for _, name := range found.Cases {
		c, err := golden.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		set := fleet.NewSet(func(path string) ([]byte, error) {
			if text, ok := c.In[filepath.ToSlash(path)]; ok {
				return text, nil
			}
			return nil, fs.ErrNotExist
		})
		f := fleet.Build(set, slices.Sorted(maps.Keys(c.In)), fleet.Options{Jobs: 1, Args: fleet.Args(c.Args)})
		narrow, wide := suite.All(), suite.All()
		for _, r := range wide {
			r.Fields, r.Needs = nil, nil
		}
		some := fixes.NewSuite(narrow, c.Params, c.Window, 1).Run(f)
		all := fixes.NewSuite(wide, c.Params, c.Window, 1).Run(f)
		for i, r := range narrow {
			if r.Fields == nil && r.Needs == nil {
				continue
			}
			if n := len(all.Of(i)); n > 0 {
				fired[r.Name] = true
				if len(some.Of(i)) != n {
					t.Errorf("%s: %s reports %d things where it does not look: %s",
						name, r.Name, n-len(some.Of(i)), all.Of(i)[0].Message)
				}
			}
		}
	}
	for _, r := range suite.All() {
		if r.CheckValue != nil && r.Fields == nil {
			t.Errorf("%s looks at all values; say at which fields it has to", r.Name)
		}
		for _, name := range r.Needs {
			if f := schema.Root().Field(name); f == nil || f.Name != name || f.ID >= 256 {
				t.Errorf("%s needs %q, which is no name of the field table", r.Name, name)
			}
		}
		if (r.Fields != nil || r.Needs != nil) && !fired[r.Name] {
			t.Errorf("no golden case of %s", r.Name)
		}
	}
}
