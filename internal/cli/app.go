// Package cli is the command line of natsfix: it reads arguments, hands files
// to the engine, and shows and writes what comes back.
//
// Standard output carries the result only; everything else goes to standard
// error. There is one file per command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/oracle"
	"github.com/natsfix/natsfix/internal/recipe"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/report"
)

// Exit codes; the highest that applies is the one.
const (
	exitDone     = 0
	exitFindings = 1
	exitUsage    = 2 // usage, or something that cannot be read
	exitRefused  = 3 // a safety check said no
	// exitInterrupted is what shells report for a program that Ctrl-C ended.
	exitInterrupted = 130
)

// App is the program.
type App struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Rules are all rules, in the order in which they run.
	Rules []*fixes.Rule
	// Run is the engine.
	Run func(context.Context, engine.Request) (*engine.Result, error)
	// Wanted and Judge say which files are taken out of directories; see
	// repo.Options. If they are nil, all named *.conf are.
	Wanted func(name string) (head int)
	Judge  func(name string, head []byte, whole bool) repo.Verdict

	editor editorTurn
	// abandon ends a run that takes too long to notice Ctrl-C.
	abandon abandoning
	// reported says that a report is on standard output, or on its way.
	reported bool

	// recipes are the last of Rules, read from recipePaths; given are the
	// parameters, as RULE.PARAM, that settings give.
	recipes     []*recipe.Recipe
	recipePaths []string
	given       []string
}

// Main runs the command line args, whose first element is the program's name,
// and returns the exit code.
func (a *App) Main(args []string) int {
	if len(args) > 1 && args[1] == oracle.ChildArgument {
		return oracle.Serve(a.Stdin, a.Stdout)
	}
	ctx, stop := a.untilSignal()
	defer stop()
	var code int
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code, err = a.dispatch(ctx, args[min(1, len(args)):])
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		if left, wrote := a.abandon.leave(ended); left {
			text := "nothing was written"
			if wrote {
				text = "what was written before is whole (natsfix undo takes files back)"
			}
			if a.abandon.hint != "" {
				text = a.abandon.hint
			}
			if isTerminal(a.Stderr) {
				fmt.Fprint(a.Stderr, "\r\x1b[K") // a progress bar
			}
			fmt.Fprintf(a.Stderr, "natsfix: interrupted; %s\n", text)
			return exitInterrupted
		}
	}
	switch {
	case err == nil:
		return code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(a.Stderr, "natsfix: interrupted; nothing was written")
		return exitInterrupted
	}
	a.reportFailure(args[min(1, len(args)):], err)
	fmt.Fprintf(a.Stderr, "natsfix: %s\n", report.Lines(err.Error()))
	return exitUsage
}

// untilSignal returns a context that ends with the first SIGINT or SIGTERM. A
// second signal ends the process at once, as it would without this: the journal
// settles what a write leaves behind.
func (a *App) untilSignal() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case s := <-signals:
				if s == os.Interrupt && a.editor.has() {
					continue
				}
				cancel()
			case <-ctx.Done():
			}
			return
		}
	}()
	return ctx, cancel
}

// dispatch finds the command and lets urfave/cli read its flags.
func (a *App) dispatch(ctx context.Context, args []string) (code int, err error) {
	commands := a.commands()
	line, err := split(commands, args)
	if err != nil {
		return 0, err
	}
	if line.help {
		if line.named {
			return exitDone, a.printHelp(line.command)
		}
		return exitDone, a.printOverview(commands)
	}
	cmd := line.command
	program := &cli.App{
		Name: "natsfix", HideHelp: true, HideVersion: true,
		Writer: a.Stdout, ErrWriter: a.Stderr,
		// Without these two urfave/cli would end the process and cut values at commas.
		ExitErrHandler:            func(*cli.Context, error) {},
		DisableSliceFlagSeparator: true,
		Commands: []*cli.Command{{
			Name: cmd.name, Flags: cmd.flags, HideHelp: true,
			OnUsageError: func(_ *cli.Context, err error, _ bool) error { return err },
			Action: func(c *cli.Context) error {
				use := &call{Context: c, flags: line.flags, dashes: line.dashes}
				if err = a.addRecipes(cmd, use); err == nil {
					code, err = cmd.run(c.Context, use)
				}
				return err
			},
		}},
	}
	canonical := append([]string{"natsfix", cmd.name}, line.flags...)
	canonical = append(append(canonical, "--"), line.operands...)
	if err := program.RunContext(ctx, canonical); err != nil {
		return exitUsage, err
	}
	return code, nil
}

// usageError is a mistake in the command line.
type usageError struct{ text, hint string }

func (e *usageError) Error() string {
	if e.hint == "" {
		return e.text
	}
	return e.text + "\n" + e.hint
}

func usage(format string, args ...any) *usageError {
	return &usageError{text: fmt.Sprintf(format, args...)}
}
