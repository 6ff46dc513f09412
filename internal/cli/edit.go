package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/edit"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/query"
)

func (a *App) editCommand() *command {
	flags := []cli.Flag{
		&cli.StringFlag{Category: selecting, Name: "where", Usage: "`CONDITION`: only servers for which it holds, as in 'jetstream.domain exists'"},
		&cli.StringSliceFlag{Category: selecting, Name: "commands", Aliases: []string{"f"}, Usage: "`FILE`: read commands from there, one a line (repeatable)"},
		&cli.BoolFlag{Category: output, Name: "fail-if-no-match", Usage: "exit 1 if a command matches nothing"},
		&cli.BoolFlag{Category: output, Name: "json", Usage: "print values as JSON, one object a line"},
	}
	return &command{
		name: "edit", operands: "COMMAND... [-- PATH...]", summary: "Edit values wherever they are written, or print them",
		about: "Operands in front of -- are commands, those behind it paths. The commands run\n" +
			"one after the other; files that servers share change by all of them or by none.\n" +
			"Nothing is written that the official server refuses and that would change more\n" +
			"than the commands say.\n\nCommands:\n" + verbList() +
			"\nA path names values: jetstream.domain, accounts.*.users[user=~\"^svc-\"],\n" +
			"cluster.routes[0], leafnodes.remotes[*].url. Values are NATS syntax. file:GLOB\n" +
			"in front of a command limits it to values that are written in such files.",
		examples: []string{
			"natsfix edit 'set jetstream.domain hub' 'remove debug' -- conf/",
			"natsfix edit -w --where 'leafnodes.remotes exists' 'set-default jetstream.domain leaf' -- leaf*.conf",
			"natsfix edit 'print accounts.*.users[*].user' -- conf/",
		},
		flags: slices.Concat(writeFlags(), flags, serverFlags(), outputFlags(), messageFlags(), inputFlags()),
		run:   a.edit,
	}
}

func verbList() string {
	var b strings.Builder
	for _, v := range edit.Verbs() {
		fmt.Fprintf(&b, "  %-28s%s\n", v.Name+" "+v.Usage, v.About)
	}
	return b.String()
}

// editing is one use of natsfix edit.
type editing struct {
	*session
	script    edit.Script
	tally     edit.Tally
	mustMatch bool
}

func (a *App) edit(ctx context.Context, c *call) (int, error) {
	o, err := a.options(c)
	if err != nil {
		return 0, err
	}
	texts := o.paths
	if o.paths = nil; c.dashes >= 0 {
		texts, o.paths = texts[:c.dashes], texts[c.dashes:]
	}
	e := &editing{mustMatch: c.Bool("fail-if-no-match")}
	if err := e.readScript(texts, c.StringSlice("commands"), c.String("where")); err != nil {
		return 0, err
	}
	if e.session, err = a.newSession(ctx, "edit", o); err != nil {
		return 0, err
	}
	defer e.flush()
	e.operands = texts
	if prints := slices.ContainsFunc(e.script.Commands, (*edit.Command).Prints); prints {
		return e.print(ctx, c.Bool("json"))
	}
	if c.Bool("json") {
		return 0, usage("--json is for the command print; --format json reports edits")
	}
	e.rules = []*fixes.Rule{e.script.Rule(&e.tally)}
	code, err := e.rewrite(ctx, a.commands())
	if err != nil || code == exitInterrupted {
		return code, err
	}
	return max(code, e.exitOfEdit()), e.flush()
}

// readScript reads the commands of the command line and of files, and the
// condition.
func (e *editing) readScript(texts, files []string, where string) error {
	for _, file := range files {
		list, err := edit.ReadCommands(file)
		if err != nil {
			return err
		}
		e.script.Commands = append(e.script.Commands, list...)
	}
	for _, text := range texts {
		c, err := edit.ParseCommand(text)
		if err != nil {
			e := usage("%v", err)
			if strings.Contains(err.Error(), "there is no command") {
				e.hint = "Commands stand in front of --, paths behind it: natsfix edit 'set debug true' -- nats.conf"
			}
			return e
		}
		e.script.Commands = append(e.script.Commands, c)
	}
	if len(e.script.Commands) == 0 {
		return &usageError{text: "edit needs a command", hint: "As in natsfix edit 'set jetstream.domain hub' -- conf/; see natsfix edit --help."}
	}
	prints := slices.ContainsFunc(e.script.Commands, (*edit.Command).Prints)
	if prints && slices.ContainsFunc(e.script.Commands, func(c *edit.Command) bool { return !c.Prints() }) {
		return usage("print stands alone, without commands that edit")
	}
	cond, err := query.ParseCondition(where)
	if err != nil {
		return usage("--where %v", err)
	}
	e.script.Where = cond
	return nil
}

// exitOfEdit tells which commands matched nothing, and returns the exit code of
// that and of commands that were not carried out.
func (e *editing) exitOfEdit() int {
	code := exitDone
	for i, c := range e.script.Commands {
		if e.tally.Matched(i) > 0 {
			continue
		}
		if e.mustMatch {
			code = exitFindings
			e.warn("nothing matches: %s", c)
		} else {
			e.say("Nothing matches: %s", c)
		}
	}
	for _, f := range e.result.Findings {
		if f.Rule == edit.RuleName && !f.Fixed && (f.Applicability == fixes.Manual || f.Hidden != "") {
			return exitRefused
		}
	}
	return code
}
