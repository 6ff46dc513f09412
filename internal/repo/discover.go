// Package repo finds the files of a run and asks git about them.
package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/config"
)

// Suffix is how the names of configuration files end.
const Suffix = ".conf"

// Options say how to look for files.
type Options struct {
	// Git is asked which files a checkout ignores, nil for nobody.
	Git *Git
	// Index is what counts where it holds something else than the work tree, nil
	// for the work tree alone.
	Index *Index
	// Config returns the configuration of a directory (config.Loader.Load),
	// nil for none.
	Config func(dir string) (*config.Config, error)
	// Wanted says how many bytes of the beginning of a file with that name Judge
	// wants to see; 0 leaves the file alone. It is asked about files in
	// directories only. If it is nil, all files named *.conf are taken.
	Wanted func(name string) (head int)
	// Judge says what a file holds; whole says that head is all of it. It is
	// called from several goroutines. If it is nil, every file is Ours.
	Judge func(name string, head []byte, whole bool) Verdict
	// Jobs bounds how many files are read at a time; 0 for one per processor.
	Jobs int
	// Decisions asks for the reasons.
	Decisions bool
	// NoContext leaves the context out.
	NoContext bool
	// MaxContext bounds the number of context files; 0 stands for 10,000.
	MaxContext int
}

// Found is what Discover found. Names are as the user would write them: the
// path that was given, and what follows in it. They are sorted and stand for
// different files.
type Found struct {
	Targets []string // the files that were asked for
	// Context are the files beside them: all under the folder of the nearest
	// .natsfix.yaml, else those in the same directories.
	Context []string
	// Parts are files in directories that are left because they make sense only
	// inside another one: they are asked for if another file includes them.
	Parts []string
	// Starts are files, taken or not, that say how servers are started.
	Starts []string
	// Hosts are those of Targets and Context that hold what the run is about
	// inside something else. Files that were named were not looked into.
	Hosts map[string]bool
	// Missed are texts that are what the run is about and cannot be looked at, by
	// the files they stand in, if that is all there is in them.
	Missed map[string][]string
	// Left counts the files that were looked into and not taken.
	Left int
	// Decisions says of every file that was looked at what became of it and
	// why; only if it was asked for. Of what git ignores the outermost directories are named.
	Decisions []Decision
	// Excluded counts the files and directories among the targets that exclude
	// lists named.
	Excluded int
	// Unreadable are directories and files that could not be looked at.
	Unreadable []PathError
	// Skipped are links that were not followed.
	Skipped []PathError
	// Notes are for people: what was cut, which repository git could not read.
	Notes []string

	texts map[string][]byte
}

// Text returns the bytes of a file that was read as a whole to judge it, so that
// it need not be read again. They must not be changed.
func (f *Found) Text(path string) (text []byte, ok bool) {
	text, ok = f.texts[filepath.Clean(path)]
	return text, ok
}

// PathError is a path that cannot be used. Of a path that does not exist,
// errors.Is(err, fs.ErrNotExist) holds.
type PathError struct {
	Path string
	Why  string
	Err  error // may be nil
}

func (e *PathError) Error() string { return fmt.Sprintf("%s: %s", shown(e.Path), e.Why) }
func (e *PathError) Unwrap() error { return e.Err }

// shown quotes a name that would break the line.
func shown(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// reason returns the system's words for an error without the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// Discover returns the files that paths name. A file is taken whatever its
// name. A directory is walked for files that Options.Wanted wants and Judge takes:
// in a git checkout all that are not ignored, elsewhere all outside of .git,
// node_modules and vendor.
// Exclude lists hold for what is found in directories, not for files that are
// given. Links to directories, and links that lead out of the given directory,
// are not followed.
//
// A path that cannot be used is a [*PathError], and nothing has been done. A
// wrong .natsfix.yaml is an error, too.
func Discover(paths []string, opts Options) (*Found, error) {
	if opts.MaxContext <= 0 {
		opts.MaxContext = 10_000
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("current directory: %w", err)
	}
	if opts.Wanted == nil {
		opts.Wanted = func(name string) int {
			if strings.HasSuffix(name, Suffix) {
				return 1
			}
			return 0
		}
	}
	f := &finder{
		opts: opts, cwd: cwd, found: &Found{texts: map[string][]byte{}, Hosts: map[string]bool{}, Missed: map[string][]string{}},
		given: map[string]bool{}, neighbours: neighbours{}, ids: map[fileID]bool{},
	}
	dirs := make([]bool, len(paths))
	for i, path := range paths {
		if dirs[i], err = inspect(path, opts.Index); err != nil {
			return nil, err
		}
	}
	for i, path := range paths {
		if dirs[i] {
			err = f.directory(path, i, nil)
		} else {
			err = f.file(path, i)
		}
		if err != nil {
			return nil, err
		}
	}
	all := unique(f.entries, nil)
	targets := f.judge(all, false)
	f.found.Targets = names(targets)
	if !opts.NoContext {
		if err := f.context(paths, dirs, all); err != nil {
			return nil, err
		}
	}
	sortDecisions(f.found.Decisions)
	return f.found, nil
}

// inspect reports whether a path that was given is a directory.
func inspect(path string, index *Index) (isDir bool, err error) {
	if index != nil {
		if err := index.Open(path); err != nil {
			return false, err
		}
		switch {
		case index.Key(path) != "":
			return false, nil
		case index.Dir(path) != "":
			return true, nil
		}
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return true, nil
	case err == nil && info.Mode().IsRegular():
		return false, nil
	case err == nil:
		return false, &PathError{path, "is neither a regular file nor a directory; write - to read standard input", nil}
	case path == "":
		return false, &PathError{path, "is no path; write . for the current directory", fs.ErrNotExist}
	}
	if _, e := os.Lstat(path); e == nil && errors.Is(err, fs.ErrNotExist) {
		return false, &PathError{path, "is a link to something that does not exist", err}
	}
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return false, &PathError{path, "does not exist", fs.ErrNotExist}
	}
	return false, &PathError{path, "cannot be read: " + reason(err), err}
}

// entry is a file on the way to the result.
type entry struct {
	name  string
	real  string // absolute, without links
	link  bool   // the name is a link
	order int    // of the path that led to it
	id    fileID // set if the file has several names (hard links)
	// unread says that id is known only when the file is read.
	unread bool
	staged bool // what the index holds of it counts
}

// finder collects files.
type finder struct {
	opts    Options
	cwd     string
	found   *Found
	entries []entry
	walked  []string        // the real paths of the directories that were walked
	targets map[string]bool // the real paths of what was looked at as a target, while context is looked for
	given   map[string]bool // the real paths of the files that were named
	ids     map[fileID]bool // of the files that were read and have several names
	kept    int             // bytes of texts
	// neighbours counts what the files of a directory are.
	neighbours neighbours
}

func (f *finder) config(dir string) (*config.Config, error) {
	if f.opts.Config == nil {
		return nil, nil
	}
	for x := f.opts.Index; x != nil && x.Dir(dir) != ""; {
		dir = filepath.Dir(dir) // settings are read as they are on disk
	}
	return f.opts.Config(dir)
}

func (f *finder) note(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if !slices.Contains(f.found.Notes, note) {
		f.found.Notes = append(f.found.Notes, note)
	}
}

func (f *finder) file(path string, order int) error {
	if x := f.opts.Index; x != nil {
		if key := x.Key(path); key != "" {
			f.given[key] = true
			f.entries = append(f.entries, entry{name: path, real: key, order: order, staged: true})
			return nil
		}
	}
	real, err := realPath(path)
	if err != nil {
		return &PathError{path, "cannot be read: " + reason(err), err}
	}
	info, err := os.Lstat(path)
	if err != nil {
		return &PathError{path, "cannot be read: " + reason(err), err}
	}
	f.given[real] = true
	f.entries = append(f.entries, entry{name: path, real: real, link: info.Mode()&fs.ModeSymlink != 0, order: order, id: idOf(info)})
	return nil
}

// unique returns one entry for each file, sorted by name. Of several names, the
// one that is no link and was given first is kept; hard links to a file that is
// among others are left out.
func unique(entries, others []entry) []entry {
	ids := map[fileID]bool{}
	for _, e := range others {
		ids[e.id] = true
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if c := strings.Compare(a.real, b.real); c != 0 {
			return c
		}
		if a.link != b.link {
			if b.link {
				return -1
			}
			return 1
		}
		if a.order != b.order {
			return a.order - b.order
		}
		return strings.Compare(a.name, b.name)
	})
	entries = slices.CompactFunc(entries, func(a, b entry) bool { return a.real == b.real })
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return slices.DeleteFunc(entries, func(e entry) bool {
		seen := e.id != (fileID{}) && ids[e.id]
		ids[e.id] = true
		return seen
	})
}

func names(entries []entry) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.name
	}
	return names
}
