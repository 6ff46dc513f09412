package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// editorTurn says whether an editor has the terminal, so that Ctrl-C is for the
// editor: many have a use for it. Both programs get the signal, and the editor
// may end by it before it is looked at here; so its turn lasts a moment longer.
type editorTurn struct {
	until atomic.Int64 // in nanoseconds of Unix time; 0 if there was no editor
}

// editorGrace is that moment.
const editorGrace = 500 * time.Millisecond

func (e *editorTurn) begin()    { e.until.Store(math.MaxInt64) }
func (e *editorTurn) end()      { e.until.Store(time.Now().Add(editorGrace).UnixNano()) }
func (e *editorTurn) has() bool { return time.Now().UnixNano() < e.until.Load() }

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
	r.app.editor.begin()
	defer r.app.editor.end()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the editor %q: %w", editor, err)
	}
	return nil
}
