package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Found are the files of a run. Names are as a person would write them: the
// path that was given, and what follows in it. They are sorted.
type Found struct {
	Cases []string
	// Pending are results that were kept beside their cases until somebody
	// decides; see [Pending].
	Pending []Pending
	// Unreadable are the directories that could not be looked into.
	Unreadable []error
}

// skipped are directories that are no place for cases of one's own.
var skipped = []string{"node_modules", "vendor"}

// Find returns the cases that paths name: a file is taken whatever its name,
// a directory is walked for files named *.txtar, but for directories whose
// names begin with a dot, node_modules and vendor. Links to directories are
// not followed. A case that several paths lead to is found once. A path that
// is not there is an error.
func Find(paths []string) (*Found, error) {
	f := &finder{found: &Found{}, seen: map[string]bool{}}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: there is no such file or directory", path)
		case err != nil:
			return nil, err
		case !info.IsDir() && strings.HasSuffix(path, Suffix+PendingSuffix):
			f.add(strings.TrimSuffix(path, PendingSuffix))
		case !info.IsDir():
			f.add(path)
		default:
			f.walk(path)
		}
	}
	slices.Sort(f.found.Cases)
	slices.SortFunc(f.found.Pending, func(a, b Pending) int { return strings.Compare(a.Case, b.Case) })
	return f.found, nil
}

type finder struct {
	found *Found
	seen  map[string]bool // the cases so far, without links
}

func (f *finder) walk(dir string) {
	// The function returns nil for every entry, so that there is no error.
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case err != nil:
			f.found.Unreadable = append(f.found.Unreadable, err)
		case e.IsDir():
			if path != dir && (strings.HasPrefix(name, ".") || slices.Contains(skipped, name)) {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, Suffix):
			f.add(path)
		case strings.HasSuffix(name, Suffix+PendingSuffix):
			f.add(strings.TrimSuffix(path, PendingSuffix))
		}
		return nil
	})
}

// add takes in a case and what is pending for it. Of a case that is gone there
// may be the latter only.
func (f *finder) add(path string) {
	real, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err == nil {
		real, err = filepath.Abs(filepath.Join(real, filepath.Base(path)))
	}
	if err != nil {
		real = path
	}
	if f.seen[real] {
		return
	}
	f.seen[real] = true
	pending := Pending{Case: path}
	if _, err := os.Lstat(path); err == nil {
		f.found.Cases = append(f.found.Cases, path)
	} else {
		pending.Orphan = true
	}
	if _, err := os.Lstat(pending.File()); err == nil {
		f.found.Pending = append(f.found.Pending, pending)
	}
}
