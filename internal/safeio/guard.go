package safeio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Change is one file of a group.
type Change struct {
	Path   string
	Before Digest // of the bytes that were read
	New    []byte
}

// Options hold for all groups of a run.
type Options struct {
	// Roots are the files and directories that may be written. A file must lie
	// in one of them after its links are followed. A root that is itself a
	// link to a directory stands for that directory; a root that is a link to
	// a file gives no leave to write the file behind it.
	Roots []string
	// InPlace overwrites files that cannot be replaced by rename, instead of refusing them.
	InPlace bool
}

// Guard decides whether files may be written. A dry run needs no more than a
// Guard: it takes no lock and touches no state directory.
type Guard struct {
	roots   map[string]bool // resolved
	inPlace bool
}

// NewGuard resolves the roots, which must exist.
func NewGuard(opts Options) (*Guard, error) {
	g := &Guard{roots: make(map[string]bool), inPlace: opts.InPlace}
	for _, root := range opts.Roots {
		resolved, err := resolveRoot(root)
		if err != nil {
			return nil, err
		}
		g.roots[resolved] = true
	}
	return g, nil
}

func resolveRoot(root string) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", openError(root, err)
	}
	link, err := os.Lstat(abs)
	if err != nil || link.Mode()&fs.ModeSymlink == 0 {
		return resolve(root)
	}
	if to, err := os.Stat(abs); err == nil && to.IsDir() {
		return resolve(root)
	}
	dir, err := resolve(filepath.Dir(abs))
	return filepath.Join(dir, filepath.Base(abs)), err
}

// allowed looks for path and the directories above it among the roots.
func (g *Guard) allowed(path string) bool {
	for !g.roots[path] {
		parent := filepath.Dir(path)
		if parent == path {
			return false
		}
		path = parent
	}
	return true
}

// Check returns the error with which [Run.Write] would refuse the group, as far
// as that can be known without writing.
func (g *Guard) Check(group []Change) error {
	targets, err := g.targets(group)
	if err != nil {
		return err
	}
	return g.orInPlace(targets, func() error {
		_, err := inspect(targets)
		return err
	})
}

// targets finds the files of a group and refuses those outside the roots.
func (g *Guard) targets(group []Change) ([]*target, error) {
	targets := make([]*target, len(group))
	for i, c := range group {
		t := &target{name: c.Path, data: c.New}
		abs, err := filepath.Abs(c.Path)
		if err != nil {
			return nil, openError(c.Path, err)
		}
		real, err := resolve(c.Path)
		if IsKind(err, Unreadable) && errors.Is(err, fs.ErrNotExist) {
			return nil, t.changed()
		}
		if err != nil {
			return nil, err
		}
		t.entry = entry{Path: textPath(abs), Real: textPath(real), Before: c.Before, After: Sum(c.New)}
		if !g.allowed(real) {
			why, do := "lies outside the given paths", "name it, too"
			if real != abs {
				why, do = fmt.Sprintf("leads to %s, outside the given paths", real), "name that path, too"
			}
			return nil, t.fail(OutsideRoots, why, do, nil)
		}
		targets[i] = t
	}
	return targets, nil
}

// inspect checks all targets and returns those that would change.
func inspect(all []*target) ([]*target, error) {
	var targets []*target
	for _, t := range all {
		if err := t.inspect(); err != nil {
			return nil, err
		}
		if t.Before != t.After {
			targets = append(targets, t)
		}
	}
	return targets, noDuplicates(all)
}

// noDuplicates refuses two names of one file: links, or hard links in place.
func noDuplicates(targets []*target) error {
	type id struct{ dev, ino uint64 }
	seen := make(map[id]string)
	paths := make(map[textPath]string)
	for _, t := range targets {
		other, dup := paths[t.Real]
		if !dup && t.meta.Ino != 0 {
			other, dup = seen[id{t.meta.Dev, t.meta.Ino}]
		}
		if dup {
			return t.fail(Duplicate, fmt.Sprintf("is the same file as %s", other), "name it once", nil)
		}
		paths[t.Real] = t.name
		seen[id{t.meta.Dev, t.meta.Ino}] = t.name
	}
	return nil
}

// orInPlace repeats an attempt with in-place writing, if that is allowed,
// where nothing else works.
func (g *Guard) orInPlace(targets []*target, attempt func() error) error {
	for {
		err := attempt()
		e, ok := errors.AsType[*Error](err)
		if !ok || !g.inPlace || !e.Kind.inPlaceHelps() || !forceInPlace(targets, e.Path) {
			return err
		}
	}
}

// forceInPlace reports whether the file's next attempt differs from the last one.
func forceInPlace(targets []*target, name string) bool {
	for _, t := range targets {
		if t.name == name && !t.InPlace {
			t.InPlace = true
			return true
		}
	}
	return false
}
