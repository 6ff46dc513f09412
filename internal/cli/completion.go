package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

func (a *App) completionCommand(list []*command) *command {
	return &command{
		name: "completion", operands: "bash|zsh|fish", summary: "Print a script that completes commands and flags in a shell",
		examples: []string{
			"source <(natsfix completion bash)",
			"natsfix completion fish > ~/.config/fish/completions/natsfix.fish",
		},
		run: func(_ context.Context, c *call) (int, error) {
			var script string
			switch shell := c.Args().First(); {
			case c.NArg() != 1:
				return 0, usage("completion needs one shell: bash, zsh or fish")
			case shell == "bash":
				script = bashCompletion(list, a.Rules)
			case shell == "zsh":
				// zsh runs completions that were written for bash.
				script = "autoload -U +X bashcompinit && bashcompinit\n" + bashCompletion(list, a.Rules)
			case shell == "fish":
				script = fishCompletion(list, a.Rules)
			default:
				return 0, usage("completion knows bash, zsh and fish, not %s", quote(shell))
			}
			_, err := fmt.Fprint(a.Stdout, script)
			return exitDone, err
		},
	}
}

func bashCompletion(list []*command, rules []*fixes.Rule) string {
	var b strings.Builder
	b.WriteString("_natsfix() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=fix word\n" +
		"  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in\n")
	var names []string
	for _, cmd := range list {
		names = append(names, cmd.name)
	}
	fmt.Fprintf(&b, "    %s) cmd=$word; break;;\n    -*) ;;\n    *) break;;\n    esac\n  done\n", strings.Join(names, "|"))
	fmt.Fprintf(&b, "  case $prev in\n  --only|--skip|--rule|explain) COMPREPLY=($(compgen -W %q -- \"$cur\")); return;;\n  esac\n", ruleNames(rules))
	b.WriteString("  if [[ $cur == -* ]]; then\n    case $cmd in\n")
	for _, cmd := range list {
		flags := []string{"--help"}
		for _, f := range cmd.flags {
			flags = append(flags, "--"+f.Names()[0])
		}
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %q -- \"$cur\"));;\n", cmd.name, strings.Join(flags, " "))
	}
	fmt.Fprintf(&b, "    esac\n    return\n  fi\n  COMPREPLY=($(compgen -f -- \"$cur\"))\n"+
		"  if ((COMP_CWORD == 1)); then COMPREPLY+=($(compgen -W %q -- \"$cur\")); fi\n}\n"+
		"complete -o filenames -F _natsfix natsfix\n", strings.Join(names, " "))
	return b.String()
}

func fishCompletion(list []*command, rules []*fixes.Rule) string {
	var b strings.Builder
	for _, cmd := range list {
		fmt.Fprintf(&b, "complete -c natsfix -n __fish_use_subcommand -a %s -d %q\n", cmd.name, cmd.summary)
		when := "__fish_seen_subcommand_from " + cmd.name
		if cmd == list[0] {
			when = "__fish_use_subcommand; or " + when
		}
		for _, f := range cmd.flags {
			_, text := describe(f)
			line := fmt.Sprintf("complete -c natsfix -n %q -l %s -d %q", when, f.Names()[0], text)
			if len(f.Names()) > 1 {
				line += " -s " + f.Names()[1]
			}
			switch name := f.Names()[0]; {
			case name == "only" || name == "skip":
				line += fmt.Sprintf(" -x -a %q", ruleNames(rules))
			case takesValue(f):
				line += " -r"
			}
			b.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&b, "complete -c natsfix -n '__fish_seen_subcommand_from explain' -x -a %q\n", ruleNames(rules))
	return b.String()
}

func ruleNames(rules []*fixes.Rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	return strings.Join(names, " ")
}
