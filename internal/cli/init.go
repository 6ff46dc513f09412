package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/config"
)

func (a *App) initCommand() *command {
	return &command{
		name: "init", operands: "[DIR]", summary: "Write a " + config.Name + " with comments, to begin with",
		about:    "It is written to DIR or the current directory. A file that is there is left alone.",
		examples: []string{"natsfix init", "natsfix init --stdout"},
		flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Category: output, Name: "stdout", Usage: "print it and write nothing"},
		}, messageFlags()),
		run: a.init,
	}
}

func (a *App) init(_ context.Context, c *call) (int, error) {
	if c.NArg() > 1 {
		return 0, usage("init takes one directory, but got %d", c.NArg())
	}
	if c.Bool("stdout") {
		_, err := io.WriteString(a.Stdout, config.Template)
		return exitDone, err
	}
	path := config.Name
	if c.NArg() == 1 {
		path = filepath.Join(c.Args().First(), config.Name)
	}
	wrong := filepath.Join(filepath.Dir(path), config.WrongName)
	if _, err := os.Lstat(wrong); err == nil {
		return 0, &usageError{text: wrong + " is there, which natsfix does not read", hint: "Rename it to " + config.Name + "; natsfix init --stdout prints what can be in it."}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return 0, &usageError{text: path + " is there already and was left alone", hint: "natsfix init --stdout prints what it would be."}
	} else if err != nil {
		return 0, err
	}
	if _, err = f.WriteString(config.Template); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path) // half a file is worse than none
		return 0, fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if !c.Bool("quiet") {
		fmt.Fprintf(a.Stderr, "Wrote %s.\n", path)
	}
	return exitDone, nil
}
