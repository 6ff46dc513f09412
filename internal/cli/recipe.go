package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/recipe"
	"github.com/natsfix/natsfix/internal/report"
)

func (a *App) recipeCommand() *command {
	return &command{
		name: "recipe", operands: "run|test|new ...", summary: "Run, test and begin recipes: codemods in YAML",
		about: `A recipe is a rule that you write: a condition, commands of natsfix edit as
steps, documentation and tests (docs/recipes.md). Recipes that --recipes or the
settings name run with natsfix fix and check, too.

  recipe run RECIPE [PATH...]   run one recipe by name, or those of a file
  recipe test [RECIPES...]      run the tests in recipe files and directories
  recipe new NAME [DIR]         write a commented recipe to begin with`,
		examples: []string{
			"natsfix recipe new move-store-dir recipes/",
			"natsfix recipe test recipes/",
			"natsfix recipe run recipes/move-store-dir.yaml --set move-store-dir.to=/data conf/",
		},
		flags: a.fixCommand().flags,
		run:   a.recipe,
	}
}

func (a *App) recipe(ctx context.Context, c *call) (int, error) {
	rest := c.Args().Slice()
	if len(rest) == 0 {
		return 0, &usageError{text: "recipe needs run, test or new", hint: "See natsfix recipe --help."}
	}
	switch rest[0] {
	case "run":
		return a.recipeRun(ctx, c, rest[1:])
	case "test":
		return a.recipeTest(ctx, c, rest[1:])
	case "new":
		return a.recipeNew(rest[1:])
	}
	e := usage("recipe takes run, test or new, not %s", quote(rest[0]))
	if s := nearest(rest[0], []string{"run", "test", "new"}); s != "" {
		e.hint = "Did you mean natsfix recipe " + s + "?"
	}
	return 0, e
}

// recipeRun runs recipes as natsfix fix --only does.
func (a *App) recipeRun(ctx context.Context, c *call, operands []string) (int, error) {
	if len(operands) == 0 {
		return 0, usage("recipe run needs the name of a recipe, or a file")
	}
	which := operands[0]
	var names []string
	if _, err := os.Stat(which); err == nil && strings.ContainsAny(which, "./\\") {
		if err := a.loadRecipes([]string{which}); err != nil {
			return 0, err
		}
		for _, r := range a.recipes {
			if inside(r.Pos.File, which) {
				names = append(names, r.Name)
			}
		}
	} else {
		for _, r := range a.recipes {
			if r.Name == which {
				names = append(names, r.Name)
			}
		}
	}
	if len(names) == 0 {
		return 0, a.noRecipe(which)
	}
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	if o.only = names; len(names) == 1 {
		if err := a.checkGiven(names[0], o); err != nil {
			return 0, err
		}
	}
	o.paths = operands[1:]
	s, err := a.newSession(ctx, "recipe run", o)
	if err != nil {
		return 0, err
	}
	defer s.flush()
	s.operands = operands[:1]
	return s.rewrite(ctx, a.commands())
}

// inside reports whether a file is the path, or lies in it.
func inside(file, path string) bool {
	rel, err := filepath.Rel(path, file)
	return err == nil && filepath.IsLocal(rel)
}

func (a *App) noRecipe(name string) error {
	e := usage("there is no recipe %s", quote(name))
	var names []string
	for _, r := range a.recipes {
		names = append(names, r.Name)
	}
	e.hint = "Recipes are loaded by --recipes PATH, or recipes: [PATH] in " + config.Name + "."
	if len(names) > 0 {
		e.hint = "Loaded are " + strings.Join(names, ", ") + ". " + e.hint
	}
	if s := nearest(name, names); s != "" {
		e.hint = "Did you mean " + s + "? " + e.hint
	}
	return e
}

// checkGiven refuses to run a recipe without the parameters that it needs.
func (a *App) checkGiven(name string, o *options) error {
	i := slices.IndexFunc(a.recipes, func(r *recipe.Recipe) bool { return r.Name == name })
	var missing []string
	for _, p := range a.recipes[i].Missing() {
		key := name + "." + p
		if _, ok := o.params[key]; !ok && !slices.Contains(a.given, key) {
			missing = append(missing, "--set "+key+"=VALUE")
		}
	}
	if missing == nil {
		return nil
	}
	e := usage("%s needs %s", name, strings.Join(missing, " and "))
	e.hint = "natsfix explain --recipes " + shellQuote(a.recipes[i].Pos.File) + " " + name + " tells about it."
	return e
}

// recipeTest runs the tests of recipes.
func (a *App) recipeTest(ctx context.Context, c *call, paths []string) (int, error) {
	if len(paths) == 0 && len(a.recipes) == 0 && isDir("recipes") {
		paths = []string{"recipes"}
	}
	if err := a.loadRecipes(paths); err != nil {
		return 0, err
	}
	if len(a.recipes) == 0 && len(paths) > 0 {
		return 0, usage("there is no recipe in %s; a directory's *.yaml files are read", strings.Join(paths, ", "))
	}
	if len(a.recipes) == 0 {
		return 0, usage("recipe test needs recipe files or directories")
	}
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	s, err := a.newSession(ctx, "recipe test", o)
	if err != nil {
		return 0, err
	}
	defer s.flush()
	judge, end := judge(ctx, o.jobs)
	defer end()
	tests, failed := 0, 0
	for _, r := range a.recipes {
		if len(paths) > 0 && !slices.ContainsFunc(paths, func(path string) bool { return inside(r.Pos.File, path) }) {
			continue
		}
		if len(r.Tests) == 0 {
			s.say("%s: %s has no tests", r.Pos, r.Name)
		}
		rule := r.Rule()
		for _, t := range r.Tests {
			tests++
			why, err := t.Run(ctx, rule, judge)
			switch {
			case err != nil:
				return 0, err
			case why == "":
				if o.verbose {
					s.say("ok    %s: %s", r.Name, t.Name)
				}
			default:
				failed++
				fmt.Fprintf(s.out, "FAIL  %s: %s: %s\n", t.Pos, r.Name, t.Name)
				for line := range strings.Lines(why) {
					fmt.Fprintf(s.out, "      %s\n", report.Plain(strings.TrimSuffix(line, "\n")))
				}
			}
		}
	}
	s.say("%s, %d failed.", report.Count(tests, "test"), failed)
	if failed > 0 {
		return exitFindings, s.flush()
	}
	return exitDone, s.flush()
}

// recipeNew writes a recipe to begin with.
func (a *App) recipeNew(operands []string) (int, error) {
	if len(operands) == 0 || len(operands) > 2 {
		return 0, usage("recipe new needs a name, and may have a directory")
	}
	if slices.ContainsFunc(a.builtin(), func(r *fixes.Rule) bool { return r.Name == operands[0] }) {
		return 0, usage("there is a rule %s already; give the recipe another name", operands[0])
	}
	text, err := recipe.New(operands[0])
	if err != nil {
		return 0, usage("%v", err)
	}
	file := operands[0] + ".yaml"
	if len(operands) == 2 {
		file = filepath.Join(operands[1], file)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return 0, usage("%s is there already", file)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot write the recipe: %w", err)
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		return 0, fmt.Errorf("cannot write the recipe: %w", err)
	}
	fmt.Fprintf(a.Stderr, "Wrote %s. Its test: natsfix recipe test %s\n", file, shellQuote(file))
	return exitDone, nil
}
