package cli

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"
)

// command is one command of the program.
type command struct {
	name     string
	operands string // for the usage line
	summary  string // one line for the overview
	about    string // paragraphs for the command's help
	examples []string
	flags    []cli.Flag
	// visits says that the operands are repositories of others, whose settings
	// are not the user's.
	visits bool
	run    func(context.Context, *call) (exit int, err error)
}

// call is one use of a command.
type call struct {
	*cli.Context
	flags  []string // as given, in their long form
	dashes int      // how many operands stand in front of "--", -1 if that is not given
}

// flag returns the command's flag of that name or alias, or nil.
func (c *command) flag(name string) cli.Flag {
	for _, f := range c.flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// commands returns all commands; the first is the one that runs if none is
// named.
func (a *App) commands() []*command {
	list := []*command{
		a.fixCommand(),
		a.checkCommand(),
		a.verifyCommand(),
		a.editCommand(),
		a.recipeCommand(),
		a.evalCommand(),
		a.rulesCommand(),
		a.explainCommand(),
		a.bulkCommand(),
		a.undoCommand(),
		a.testCommand(),
		a.initCommand(),
		a.versionCommand(),
	}
	return append(list, a.completionCommand(list), a.helpCommand(list))
}
