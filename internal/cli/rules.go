package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
)

func (a *App) rulesCommand() *command {
	return &command{
		name: "rules", summary: "List the rules",
		about: "natsfix explain RULE tells more about one.",
		flags: slices.Concat(recipeFlags(), messageFlags(), pick(inputFlags(), "config", "no-config")),
		run:   a.rules,
	}
}

func (a *App) rules(_ context.Context, c *call) (int, error) {
	if c.NArg() > 0 {
		return 0, &usageError{
			text: "natsfix rules takes no operands, but got " + quote(c.Args().First()),
			hint: "natsfix explain RULE tells about one rule.",
		}
	}
	width := 0
	for _, r := range a.Rules {
		width = max(width, len(r.Name))
	}
	w := bufio.NewWriter(a.Stdout)
	for _, r := range a.Rules {
		fmt.Fprintf(w, "%-*s  %-7s  %s\n", width, r.Name, r.Severity, strings.TrimSpace(r.Summary))
		if c.Bool("verbose") {
			for _, p := range r.Params {
				fmt.Fprintf(w, "%*s  --set %s.%s=%s\n", width+9, "", r.Name, p.Name, paramValues(p))
			}
		}
	}
	return exitDone, w.Flush()
}
