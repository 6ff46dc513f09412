package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/report"
)

// Categories of flags, in the help of commands.
const (
	writing   = "What is written"
	selecting = "Which rules"
	servers   = "How the servers run"
	asking    = "What the official server is asked"
	output    = "Output"
	input     = "Files and safety"
)

// Usage texts start with the placeholder of the value in backquotes. A flag's
// first name is the long one.

func writeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Category: writing, Name: "dry-run", Aliases: []string{"n"}, Usage: "show what would change, write nothing"},
		&cli.BoolFlag{Category: writing, Name: "write", Aliases: []string{"w"}, Usage: "write without asking"},
		&cli.StringFlag{Category: writing, Name: "patch", Usage: "`FILE`: put one patch for git apply there, with secrets (mode 0600); writes nothing else without --write"},
		&cli.BoolFlag{Category: writing, Name: "commit", Usage: "make one git commit per rule, of the corrected files alone"},
		&cli.StringFlag{Category: writing, Name: "branch", Usage: "`NAME`: switch to a new git branch first"},
		&cli.BoolFlag{Category: writing, Name: "allow-dirty", Usage: "write files that have uncommitted changes"},
		&cli.BoolFlag{Category: writing, Name: "in-place", Usage: "overwrite hard links, mounted files and files of another owner where they are"},
		&cli.BoolFlag{Category: writing, Name: "require-proof", Usage: "refuse changes that the official server cannot judge"},
		&cli.StringFlag{Category: writing, Name: "max-size", Value: "16MB", Usage: "`SIZE`: leave larger files as they are (default 16MB)"},
	}
}

func ruleFlags() []cli.Flag {
	return append(recipeFlags(), []cli.Flag{
		&cli.StringSliceFlag{Category: selecting, Name: "only", Usage: "`RULE,...`: run these rules only"},
		&cli.StringSliceFlag{Category: selecting, Name: "skip", Usage: "`RULE,...`: leave these rules out"},
		&cli.BoolFlag{Category: selecting, Name: "unsafe", Usage: "apply fixes that change what a server does"},
		&cli.StringSliceFlag{Category: selecting, Name: "set", Usage: "`RULE.PARAM=VALUE`: make a rule's choice (repeatable)"},
	}...)
}

// knownFlags are about findings that are known.
func knownFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Category: selecting, Name: "baseline", Usage: "`FILE`: leave the findings alone that it lists"},
		&cli.BoolFlag{Category: selecting, Name: "update-baseline", Usage: "list all findings in the baseline, and do nothing else"},
	}
}

// addFlags write comments in the place of corrections.
func addFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Category: selecting, Name: "add-ignores", Usage: "correct nothing; write a comment that silences it above each line with findings"},
		&cli.StringFlag{Category: selecting, Name: "reason", Usage: "`TEXT`: why, for the comments of --add-ignores (default: " + defaultReason + ")"},
	}
}

func serverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Category: servers, Name: "server-args", Usage: "`ARGS`: the flags that nats-server is started with, as in \"-js --name n1\""},
		&cli.StringSliceFlag{Category: servers, Name: "env-file", Usage: "`FILE`: values of variables, lines of NAME=VALUE (repeatable)"},
		&cli.StringSliceFlag{Category: servers, Name: "env", Usage: "`NAME[=VALUE]`: value of a variable; without =VALUE from the environment (repeatable)"},
		&cli.BoolFlag{Category: servers, Name: "env-inherit", Usage: "take all variables from the environment"},
		&cli.StringFlag{Category: servers, Name: "target", Usage: "`VERSION`: the newest server release that the files are for"},
		&cli.StringFlag{Category: servers, Name: "from", Usage: "`VERSION`: the oldest server release that still runs"},
	}
}

func outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Category: output, Name: "format", Usage: "`F[=FILE]`: report as " + strings.Join(report.Formats(), " or ") + " (repeatable with files)"},
		&cli.IntFlag{Category: output, Name: "unified", Aliases: []string{"U"}, Value: 3, Usage: "`N`: lines of context in diffs (default 3)"},
		&cli.BoolFlag{Category: output, Name: "reveal", Usage: "show secrets"},
		&cli.StringFlag{Category: output, Name: "fail-on", Value: "warning", Usage: "`SEVERITY`: least severity that counts for exit code 1: error, warning (default) or info"},
		&cli.BoolFlag{Category: output, Name: "exit-code", Usage: "exit 1 if something would change or findings remain"},
	}
}

// messageFlags are the flags that every command takes.
func messageFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Category: output, Name: "color", Value: "auto", Usage: "`WHEN`: auto (default), always or never"},
		&cli.BoolFlag{Category: output, Name: "quiet", Aliases: []string{"q"}, Usage: "no messages but errors"},
		&cli.BoolFlag{Category: output, Name: "verbose", Aliases: []string{"v"}, Usage: "say more"},
	}
}

func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Category: input, Name: "show-files", Usage: "list which files are taken and which are left, with reasons, and do nothing else"},
		&cli.StringFlag{Category: input, Name: "since", Usage: "`REF`: only files that changed since that commit"},
		&cli.BoolFlag{Category: input, Name: "staged", Usage: "only files that are staged, as they are staged (for git hooks)"},
		&cli.StringFlag{Category: input, Name: "stdin-filename", Usage: "`NAME`: the file that standard input stands for; includes resolve from there"},
		&cli.StringFlag{Category: input, Name: "config", Usage: "`FILE`: settings, instead of the .natsfix.yaml files found"},
		&cli.BoolFlag{Category: input, Name: "no-config", Usage: "read no .natsfix.yaml"},
		&cli.IntFlag{Category: input, Name: "jobs", Aliases: []string{"j"}, Usage: "`N`: do so many things at a time (default: one per processor)"},
	}
}
