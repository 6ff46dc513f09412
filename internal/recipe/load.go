package recipe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/suggest"
	"github.com/natsfix/natsfix/internal/yamlnode"
)

// Load reads recipe files, and the *.yaml and *.yml files of directories.
// builtin are the rules that steps may name and whose names recipes cannot
// have. What is wrong is an error of one line for each problem, with file, line
// and column.
func Load(paths []string, builtin []*fixes.Rule) ([]*Recipe, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("recipes: %w", err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, fmt.Errorf("recipes: %w", err)
		}
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	var list []*Recipe
	var errs []error
	seen := make(map[string]bool)
	for _, file := range files {
		file = filepath.Clean(file)
		same, err := filepath.Abs(file)
		if err != nil {
			same = file
		}
		if seen[same] {
			continue
		}
		seen[same] = true
		some, err := readFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, some...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return list, link(list, builtin)
}

// link finds what steps name.
func link(list []*Recipe, builtin []*fixes.Rule) error {
	var errs []error
	fail := func(pos yamlnode.Pos, what, want string) {
		errs = append(errs, &yamlnode.Problem{Pos: pos, What: what, Want: want})
	}
	byName := make(map[string]*Recipe)
	ruleNamed := func(name string) *fixes.Rule {
		if i := slices.IndexFunc(builtin, func(r *fixes.Rule) bool { return r.Name == name }); i >= 0 {
			return builtin[i]
		}
		return nil
	}
	for _, r := range list {
		if ruleNamed(r.Name) != nil {
			fail(r.Pos, fmt.Sprintf("there is a rule %s already", r.Name), "give the recipe another name")
		}
		if other := byName[r.Name]; other != nil {
			fail(r.Pos, fmt.Sprintf("there is a recipe %s already, at %s", r.Name, other.Pos), "give one of them another name")
		}
		byName[r.Name] = r
	}
	for _, r := range list {
		r.others, r.rules = byName, builtin
		for _, s := range r.Steps {
			var params []string
			switch {
			case s.Rule != "":
				rule := ruleNamed(s.Rule)
				if rule == nil {
					fail(s.Pos, fmt.Sprintf("there is no rule %q", s.Rule), mean(s.Rule, ruleNames(builtin))+"the rules command lists them")
					continue
				}
				for _, p := range rule.Params {
					params = append(params, p.Name)
				}
			case s.Recipe != "":
				other := byName[s.Recipe]
				if other == nil {
					fail(s.Pos, fmt.Sprintf("there is no recipe %q", s.Recipe), mean(s.Recipe, sortedRecipes(byName))+"it must stand in a file that is loaded, too")
					continue
				}
				for _, p := range other.Params {
					params = append(params, p.Name)
				}
			}
			for _, name := range sortedKeys(s.With) {
				if !slices.Contains(params, name) {
					fail(s.Pos, fmt.Sprintf("%s has no parameter %q", s.Rule+s.Recipe, name), "it has "+strings.Join(append(params, "no others"), ", "))
				}
			}
		}
		if chain := cycle(r, byName, nil); chain != nil {
			fail(r.Pos, "recipes go in a circle: "+strings.Join(chain, " -> "), "take one of the steps out")
		}
	}
	return errors.Join(errs...)
}

func mean(word string, known []string) string {
	if s := suggest.Suggest(word, known); s != "" {
		return "did you mean " + s + "? "
	}
	return ""
}

func ruleNames(rules []*fixes.Rule) []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	return names
}

func sortedRecipes(byName map[string]*Recipe) []string {
	var names []string
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// cycle returns the chain of recipes by which a recipe comes back to itself,
// nil if it does not.
func cycle(r *Recipe, byName map[string]*Recipe, above []string) []string {
	if len(above) > 0 && above[0] == r.Name {
		return append(above, r.Name)
	}
	if slices.Contains(above, r.Name) {
		return nil // a circle that this recipe only leads to
	}
	above = append(above[:len(above):len(above)], r.Name)
	for _, s := range r.Steps {
		if next := byName[s.Recipe]; next != nil {
			if chain := cycle(next, byName, above); chain != nil {
				return chain
			}
		}
	}
	return nil
}
