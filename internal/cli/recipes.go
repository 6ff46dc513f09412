package cli

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/config"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/recipe"
)

// recipeFlags are the flags of commands that know recipes.
func recipeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Category: selecting, Name: "recipes", Usage: "`PATH`: a file or directory of recipes, beside those that settings name (repeatable)"},
	}
}

// addRecipes makes rules of the recipes that --recipes and the settings of the
// paths name. A command that reads settings must know them even if it runs no
// rules: the settings may speak of them.
func (a *App) addRecipes(cmd *command, c *call) error {
	if cmd.flag("recipes") == nil && cmd.flag("config") == nil {
		return nil
	}
	paths := c.StringSlice("recipes")
	settings, err := settingsOf(c, cmd.visits)
	if err != nil {
		return err
	}
	for _, cfg := range settings {
		for _, v := range cfg.Recipes {
			if _, err := os.Stat(v.Text); err != nil {
				return &config.Problem{Pos: v.Pos, What: "there is no " + relative(v.Text), Want: "recipes names files and directories that are there"}
			}
			paths = append(paths, relative(v.Text))
		}
		for name, rule := range cfg.Rules {
			for param := range rule.Params {
				a.given = append(a.given, name+"."+param)
			}
		}
	}
	return a.loadRecipes(paths)
}

// loadRecipes makes rules of the recipes at the paths.
func (a *App) loadRecipes(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	list, err := recipe.Load(append(paths, a.recipePaths...), a.builtin())
	if err != nil {
		return err
	}
	a.Rules = slices.Concat(a.builtin(), recipe.Rules(list))
	a.recipes, a.recipePaths = list, append(paths, a.recipePaths...)
	return nil
}

// builtin returns the rules without recipes.
func (a *App) builtin() []*fixes.Rule { return a.Rules[:len(a.Rules)-len(a.recipes)] }

// relative returns an absolute path as people see it: relative to the current
// directory if it lies there.
func relative(path string) string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return path
}

// settingsOf reads the settings that hold for the paths among a command's
// operands, without asking whether there are rules of the names in them: that
// is known once recipes are. visits says that the operands are not the user's
// own, so that only --config counts.
func settingsOf(c *call, visits bool) ([]*config.Config, error) {
	loader := config.NewLoader(config.Known{})
	switch file := c.String("config"); {
	case c.Bool("no-config"):
		return nil, nil
	case file != "":
		cfg, err := loader.File(file)
		return []*config.Config{cfg}, err
	}
	if visits {
		return nil, nil
	}
	var dirs []string
	for _, path := range c.Args().Slice() {
		if info, err := os.Stat(path); err == nil { // else it is no path, or will be missed later
			if !info.IsDir() {
				path = filepath.Dir(path)
			}
			dirs = append(dirs, path)
		}
	}
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	var list []*config.Config
	for _, dir := range dirs {
		cfg, err := loader.Load(dir)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, cfg) {
			list = append(list, cfg)
		}
	}
	return list, nil
}
