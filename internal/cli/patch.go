package cli

import (
	"bufio"
	"fmt"
	"os"

	"github.com/natsfix/natsfix/internal/diff"
	"github.com/natsfix/natsfix/internal/engine"
)

// writePatch writes --patch: every change that is not refused, with its
// secrets, readable for the user alone.
func (f *fixRun) writePatch() (err error) {
	groups := append(f.shown[:len(f.shown):len(f.shown)], f.written...)
	var files []*engine.File
	for _, g := range groups {
		files = append(files, g.Files...)
	}
	base := f.base
	defer func() { f.base = base }()
	f.setBase(files, f.root(f.dir), f.dir)

	file, err := os.OpenFile(f.opts.patch, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write the patch: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	// The file may have been there with another mode.
	if err := file.Chmod(0o600); err != nil {
		return fmt.Errorf("cannot write the patch: %w", err)
	}
	w := bufio.NewWriter(file)
	for _, one := range files {
		d := diff.Compute(diff.Change{Name: f.diffName(one.Path), Old: one.Before, New: one.After}, f.opts.context)
		if _, err := w.Write(d.Unified()); err != nil {
			return fmt.Errorf("cannot write the patch: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("cannot write the patch: %w", err)
	}
	if len(files) == 0 {
		f.say("Nothing changes: %s is empty.", f.opts.patch)
		return nil
	}
	f.say("The patch is in %s; it applies in %s (git apply, or patch -p1).", f.opts.patch, f.base)
	return nil
}
