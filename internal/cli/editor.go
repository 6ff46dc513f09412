package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// edit lets the user's editor have a file, and the terminal, until it ends.
func (r *review) edit(file string) error {
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	if editor == "" {
		return errors.New("there is no editor: set VISUAL or EDITOR")
	}
	if err := r.flush(); err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", editor+` "$@"`, editor, file)
	if runtime.GOOS == "windows" {
		words := strings.Fields(editor)
		cmd = exec.Command(words[0], append(words[1:], file)...)
	}
	// The diagnostics of an editor are on standard error, which is the terminal;
	// standard output may be a file.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r.app.Stdin, r.app.Stderr, r.app.Stderr
	r.app.editing.Store(true)
	defer r.app.editing.Store(false)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the editor %q: %w", editor, err)
	}
	return nil
}
