package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

func (a *App) helpCommand(list []*command) *command {
	return &command{
		name: "help", operands: "[COMMAND]", summary: "Explain a command and its flags",
		run: func(_ context.Context, c *call) (int, error) {
			if c.NArg() == 0 {
				return exitDone, a.printOverview(list)
			}
			cmd := findCommand(list, c.Args().First())
			if cmd == nil {
				return 0, noSuchCommand(list, c.Args().First())
			}
			return exitDone, a.printHelp(cmd)
		},
	}
}

func noSuchCommand(list []*command, name string) error {
	e := usage("there is no command %s", quote(name))
	var names []string
	for _, cmd := range list {
		names = append(names, cmd.name)
	}
	e.hint = "The commands are " + strings.Join(names, ", ") + "."
	if s := nearest(name, names); s != "" {
		e.hint = "Did you mean " + s + "? " + e.hint
	}
	return e
}

// printOverview explains the program.
func (a *App) printOverview(list []*command) error {
	w := bufio.NewWriter(a.Stdout)
	fmt.Fprint(w, `natsfix finds what is wrong in nats-server configuration files, shows the
correction as a diff, proves it with the official server, and writes it.

Usage:
  natsfix [FLAGS] [PATH...]            the same as natsfix fix
  natsfix COMMAND [FLAGS] [PATH...]

A PATH is a file, a directory, or - for standard input; without one it is the
current directory. On a terminal natsfix asks before it writes; elsewhere it
writes only with --write.

Commands:
`)
	for _, cmd := range list {
		fmt.Fprintf(w, "  %-12s%s\n", cmd.name, cmd.summary)
	}
	fmt.Fprint(w, `
Examples:
  natsfix --dry-run conf/              show what would change
  natsfix --write hub.conf leaf.conf   write the corrections
  natsfix check --format json conf/    report for a program

Exit codes:
  0  done; check and verify: nothing found at or above --fail-on
  1  check and verify: findings; test: a case fails; fix: only with --exit-code
  2  wrong usage, or a file that cannot be read or parsed
  3  a safety check refused a change

natsfix COMMAND --help explains a command and its flags.
`)
	return w.Flush()
}

// printHelp explains one command.
func (a *App) printHelp(cmd *command) error {
	w := bufio.NewWriter(a.Stdout)
	fmt.Fprintf(w, "Usage: natsfix %s", cmd.name)
	if len(cmd.flags) > 0 {
		fmt.Fprint(w, " [FLAGS]")
	}
	if cmd.operands != "" {
		fmt.Fprint(w, " "+cmd.operands)
	}
	fmt.Fprintf(w, "\n\n%s.\n", cmd.summary)
	if cmd.about != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(cmd.about))
	}
	if len(cmd.examples) > 0 {
		fmt.Fprint(w, "\nExamples:\n")
		for _, e := range cmd.examples {
			fmt.Fprintf(w, "  %s\n", e)
		}
	}
	printFlags(w, cmd.flags)
	return w.Flush()
}

// printFlags lists flags under their categories, in the order in which the
// categories first appear.
func printFlags(w io.Writer, flags []cli.Flag) {
	var categories []string
	groups := make(map[string][]cli.Flag)
	for _, f := range flags {
		c := f.(cli.CategorizableFlag).GetCategory()
		if groups[c] == nil {
			categories = append(categories, c)
		}
		groups[c] = append(groups[c], f)
	}
	for _, c := range categories {
		fmt.Fprintf(w, "\n%s:\n", c)
		for _, f := range groups[c] {
			placeholder, text := describe(f)
			names := flagNames(f)
			if placeholder != "" {
				names += " " + placeholder
			}
			if len(names) > 24 {
				fmt.Fprintf(w, "  %s\n  %-25s%s\n", names, "", text)
			} else {
				fmt.Fprintf(w, "  %-25s%s\n", names, text)
			}
		}
	}
}

// flagNames returns "-n, --dry-run" or "    --only".
func flagNames(f cli.Flag) string {
	names := f.Names()
	if len(names) > 1 && len(names[1]) == 1 {
		return "-" + names[1] + ", --" + names[0]
	}
	return "    --" + names[0]
}

// describe returns the placeholder of a flag's value, which its usage text
// holds in backquotes, and the text without it.
func describe(f cli.Flag) (placeholder, text string) {
	d := f.(cli.DocGenerationFlag)
	text = d.GetUsage()
	before, rest, ok := strings.Cut(text, "`")
	if !ok {
		return "", text
	}
	name, after, _ := strings.Cut(rest, "`")
	return name, before + strings.TrimPrefix(after, ": ")
}

func flagUsage(f cli.Flag) string {
	placeholder, text := describe(f)
	return "--" + f.Names()[0] + " " + placeholder + " (" + text + ")"
}
