package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// commandLine is a command line taken apart. urfave/cli takes everything
// behind the first operand for operands, so flags are sorted out before it
// sees them.
type commandLine struct {
	command  *command
	named    bool     // the command was given by name
	flags    []string // --name or --name=value, in the order given
	operands []string
	dashes   int // how many operands stand in front of "--", -1 if that is not given
	help     bool
}

// flagUse is one flag as given.
type flagUse struct {
	spelling string // as typed, with dashes
	name     string
	value    string
	hasValue bool
}

// split takes a command line apart: the first operand in front of "--" is the
// command if it has a command's name; flags stand anywhere in front of "--".
func split(commands []*command, args []string) (commandLine, error) {
	line := commandLine{command: commands[0], dashes: -1}
	var uses []flagUse
	known := flagTable(commands)
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			line.dashes = len(line.operands)
			line.operands = append(line.operands, args[i+1:]...)
			if err := checkBehindDashes(args[i+1:]); err != nil {
				return line, err
			}
			i = len(args)
			continue
		case arg == "-h" || arg == "--help":
			line.help = true
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			if len(line.operands) == 0 && !line.named {
				if cmd := findCommand(commands, arg); cmd != nil {
					line.command, line.named = cmd, true
					continue
				}
			}
			line.operands = append(line.operands, arg)
			continue
		}
		for _, use := range flagsIn(known, arg) {
			f := known[use.name]
			if f != nil && takesValue(f) && !use.hasValue {
				if i+1 == len(args) {
					return line, usage("%s needs a value: %s", use.spelling, flagUsage(f))
				}
				i++
				use.value, use.hasValue = args[i], true
			}
			uses = append(uses, use)
		}
	}
	if line.help {
		return line, nil
	}
	for _, use := range uses {
		f := line.command.flag(use.name)
		if f == nil {
			return line, unknownFlag(line.command, known, use)
		}
		text := "--" + f.Names()[0]
		if use.hasValue {
			text += "=" + use.value
		}
		line.flags = append(line.flags, text)
	}
	return line, nil
}

// flagsIn returns the flags in one argument: --name, --name=value, -n, -n=value,
// -nq (two switches) or -U3 (a value at once).
func flagsIn(known map[string]cli.Flag, arg string) []flagUse {
	body := strings.TrimPrefix(arg, "-")
	if long, ok := strings.CutPrefix(body, "-"); ok {
		name, value, hasValue := strings.Cut(long, "=")
		return []flagUse{{"--" + name, longName(name), value, hasValue}}
	}
	var uses []flagUse
	for i := range len(body) {
		use := flagUse{spelling: "-" + body[i:i+1], name: body[i : i+1]}
		rest := body[i+1:]
		f := known[use.name]
		switch {
		case f == nil:
			return []flagUse{{spelling: arg, name: arg}} // unknown as a whole
		case strings.HasPrefix(rest, "="):
			use.value, use.hasValue = rest[1:], true
			return append(uses, use)
		case takesValue(f) && rest != "":
			use.value, use.hasValue = rest, true
			return append(uses, use)
		}
		uses = append(uses, use)
	}
	return uses
}

// longName keeps --n from being taken for -n.
func longName(name string) string {
	if len(name) == 1 {
		return "--" + name
	}
	return name
}

// checkBehindDashes refuses what looks like a flag that was meant: an operand
// behind "--" may start with a dash only if it names a file.
func checkBehindDashes(operands []string) error {
	for _, o := range operands {
		if o == "-" || !strings.HasPrefix(o, "-") {
			continue
		}
		if _, err := os.Lstat(o); err != nil {
			return &usageError{
				text: "there is no file " + quote(o),
				hint: "Flags stand in front of --; behind it everything is a path.",
			}
		}
	}
	return nil
}

// flagTable returns all flags of all commands by their names. A name means the
// same and takes a value or not, whatever the command.
func flagTable(commands []*command) map[string]cli.Flag {
	table := make(map[string]cli.Flag)
	for _, cmd := range commands {
		for _, f := range cmd.flags {
			for _, name := range f.Names() {
				table[name] = f
			}
		}
	}
	return table
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

func unknownFlag(cmd *command, known map[string]cli.Flag, use flagUse) error {
	e := &usageError{hint: "See natsfix " + cmd.name + " --help."}
	if known[use.name] != nil {
		e.text = "natsfix " + cmd.name + " has no flag " + use.spelling
		return e
	}
	e.text = "there is no flag " + use.spelling
	var names []string
	for _, f := range cmd.flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, n)
			}
		}
	}
	if s := nearest(strings.TrimLeft(use.spelling, "-"), append(names, "help")); s != "" {
		e.hint = "Did you mean --" + s + "? " + e.hint
	}
	return e
}

func findCommand(commands []*command, name string) *command {
	if i := slices.IndexFunc(commands, func(c *command) bool { return c.name == name }); i >= 0 {
		return commands[i]
	}
	return nil
}
