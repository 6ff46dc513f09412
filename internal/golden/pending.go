package golden

import (
	"errors"
	"io/fs"
	"os"

	"github.com/natsfix/natsfix/internal/safeio"
)

// PendingSuffix is what the name of a case's pending result has behind that of
// the case.
const PendingSuffix = ".new"

// Pending is the result of a case that is kept beside it until somebody
// decides: the whole case file with what came out of a run.
type Pending struct {
	Case string // the case's file
	// Orphan says that the case is gone.
	Orphan bool
}

// File is the name of the file that holds the result.
func (p Pending) File() string { return p.Case + PendingSuffix }

// Read returns the result, fs.ErrNotExist if there is none.
func (p Pending) Read() ([]byte, error) {
	f, err := safeio.Read(p.File(), safeio.Limits{MaxSize: 2 * MaxSize})
	return f.Data, err
}

// Keep writes the result, in place of an older one, with the mode of the case.
func (p Pending) Keep(text []byte) error {
	if old, err := p.Read(); err == nil && string(old) == string(text) {
		return nil
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(p.Case); err == nil {
		mode = info.Mode().Perm()
	}
	return safeio.WriteAside(p.File(), text, mode)
}

// Drop removes the result, if there is one.
func (p Pending) Drop() error {
	err := os.Remove(p.File())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
