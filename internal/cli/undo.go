package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/report"
	"github.com/natsfix/natsfix/internal/safeio"
)

func (a *App) undoCommand() *command {
	return &command{
		name: "undo", summary: "Take back the last run that wrote under the current directory",
		about: `Files that changed since are left alone, together with the files that were
changed in one go with them. A second undo takes back the run before.`,
		flags: append([]cli.Flag{
			&cli.BoolFlag{Category: writing, Name: "dry-run", Aliases: []string{"n"}, Usage: "say what would be taken back, write nothing"},
			&cli.StringFlag{Category: writing, Name: "bulk", Usage: "`BRANCH`: remove the branches of that name that natsfix bulk has made"},
			&cli.BoolFlag{Category: writing, Name: "in-place", Usage: "overwrite hard links, mounted files and files of another owner where they are"},
		}, messageFlags()...),
		run: a.undo,
	}
}

func (a *App) undo(ctx context.Context, c *call) (int, error) {
	if c.NArg() > 0 {
		return 0, usage("undo takes no paths; it works on the current directory")
	}
	s, err := a.newSession(ctx, "undo", &options{quiet: c.Bool("quiet")})
	if err != nil {
		return 0, err
	}
	defer s.flush()
	if c.IsSet("bulk") {
		return s.undoBulk(ctx, c.String("bulk"), c.Bool("dry-run"))
	}
	store, err := openStore(ctx)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	if err := s.recoverIn(ctx, store); err != nil {
		return 0, err
	}
	var outcomes []safeio.Outcome
	err = a.abandon.write(func() (err error) {
		outcomes, err = store.Undo(ctx, s.dir, safeio.UndoOptions{InPlace: c.Bool("in-place"), DryRun: c.Bool("dry-run")})
		return err
	})
	code := exitDone
	for _, o := range outcomes {
		code = max(code, s.undone(o, c.Bool("dry-run")))
	}
	if err != nil {
		if safeio.IsKind(err, safeio.NothingToUndo) {
			return 0, fmt.Errorf("there is nothing to undo under %s", s.dir)
		}
		return 0, err
	}
	return code, s.flush()
}

// undone tells what became of one group and returns its exit code.
func (s *session) undone(o safeio.Outcome, dry bool) int {
	switch o.Result {
	case safeio.TakenBack:
		verb := "taken back"
		if dry {
			verb = "would be taken back"
		}
		for _, path := range o.Files {
			fmt.Fprintf(s.out, "%s: %s\n", report.Plain(s.name(path)), verb)
		}
		return exitDone
	case safeio.Done:
		return exitDone
	}
	for _, path := range o.Files {
		s.warn("%s: not taken back", report.Plain(s.name(path)))
	}
	for _, left := range o.Left {
		s.warn("  %s", report.Plain(left.Error()))
	}
	if o.Err != nil {
		s.warn("  %v", o.Err)
	}
	if o.Journal != "" {
		if _, err := os.Stat(o.Journal); err == nil {
			s.warn("  the old contents are in %s", o.Journal)
		}
	}
	return exitRefused
}
