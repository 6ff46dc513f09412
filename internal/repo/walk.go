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

const separator = string(filepath.Separator)

// notWalked are directories that hold nothing of the user's own where git
// cannot say so.
var notWalked = []string{".git", "node_modules", "vendor"}

// walker goes through one directory that was given. Paths in it (rel) are
// relative to that directory, "" for itself.
type walker struct {
	f      *finder
	prefix string // what stands before rel in names: "", or the path given with a separator
	dot    string // the name of the directory itself
	root   string // its absolute path without links
	order  int
	limit  *limit // nil for none
	dirs   map[string]*dirState
}

// limit bounds a walk for context.
type limit struct {
	files, looks int
	cut          bool // something was left out
}

// look counts a name that is looked at and reports whether the walk goes on.
func (w *walker) look() bool {
	if l := w.limit; l != nil {
		l.looks--
		l.cut = l.cut || l.looks < 0
	}
	return !w.isCut()
}

func (w *walker) isCut() bool { return w.limit != nil && w.limit.cut }

// dirState is what is known about a directory below the one given.
type dirState struct {
	ok     bool // a real directory, not excluded
	config *config.Config
}

func (f *finder) directory(path string, order int, l *limit) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return &PathError{path, "cannot be read: " + reason(err), err}
	}
	root := ""
	if x := f.opts.Index; x != nil {
		root = x.Dir(path)
	}
	gone := root != ""
	if !gone {
		if root, err = filepath.EvalSymlinks(abs); err != nil {
			return &PathError{path, "cannot be read: " + reason(err), err}
		}
	}
	w := &walker{f: f, prefix: path, dot: path, root: root, order: order, limit: l, dirs: map[string]*dirState{}}
	switch {
	case path == ".":
		w.prefix = ""
	case !os.IsPathSeparator(path[len(path)-1]):
		w.prefix += separator
	}
	f.walked = append(f.walked, root)
	if gone {
		return w.gone(true)
	}
	return w.start()
}

func (w *walker) start() error {
	state, err := w.load("")
	if err != nil || !state.ok {
		return err
	}
	w.dirs[""] = state
	if g := w.f.opts.Git; g != nil {
		if top := g.rootOf(w.root); top != "" {
			return w.checkout("", top)
		}
	}
	return w.plain("")
}

// gone takes the files that the index has in a directory which is there no more,
// or has become something else.
func (w *walker) gone(deep bool) error {
	cfg, err := w.f.config(w.dot)
	if err != nil {
		return err
	}
	w.dirs[""] = &dirState{true, cfg}
	for _, key := range w.f.opts.Index.under(w.root, deep) {
		if rel, err := filepath.Rel(w.root, key); err == nil {
			if err := w.take(rel, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walker) name(rel string) string {
	if rel == "" {
		return w.dot
	}
	return w.prefix + rel
}

func (w *walker) full(rel string) string {
	if rel == "" {
		return w.root
	}
	return strings.TrimSuffix(w.root, separator) + separator + rel // the root of the file system ends in one
}

// load reads the configuration of a directory. A directory that cannot be
// searched is reported, and so is one whose configuration cannot be read: what
// it excludes is not known. A wrong configuration ends the run, unless only
// context is looked for: then the directory is none.
func (w *walker) load(rel string) (*dirState, error) {
	cfg, err := w.f.config(w.name(rel))
	switch {
	case err == nil:
		return &dirState{true, cfg}, nil
	case errors.Is(err, fs.ErrPermission):
		w.unreadable(rel, err)
		return &dirState{}, nil
	case w.limit != nil:
		return &dirState{}, nil
	}
	return &dirState{}, err
}

// unreadable reports a path. Nobody asked for what is only context.
func (w *walker) unreadable(rel string, err error) {
	if w.limit == nil {
		w.f.found.Unreadable = append(w.f.found.Unreadable, PathError{w.name(rel), "cannot be read: " + reason(err), err})
	}
}

// excluded reports whether the configuration of the directory in which rel
// lies leaves it out.
func (w *walker) excluded(cfg *config.Config, rel string, isDir bool) bool {
	if cfg == nil || !cfg.Excluded(w.name(rel), isDir) {
		return false
	}
	if w.limit == nil {
		w.f.found.Excluded++
		w.f.decide(w.name(rel), false, "an exclude list names it")
	}
	return true
}

// plain walks a directory without git.
func (w *walker) plain(rel string) error {
	state, err := w.dir(rel)
	if err != nil || !state.ok {
		return err
	}
	entries, err := os.ReadDir(w.full(rel))
	if err != nil {
		w.unreadable(rel, err)
	}
	for _, e := range entries {
		if !w.look() {
			return nil
		}
		var err error
		child := e.Name()
		if rel != "" {
			child = rel + separator + child
		}
		switch {
		case e.IsDir() && slices.Contains(notWalked, e.Name()):
			if e.Name() != ".git" {
				w.decide(child, "directories of that name are not searched where git cannot say what is one's own")
			}
		case e.IsDir() && w.f.opts.Git != nil && hasGit(w.full(child)):
			err = w.checkout(child, w.full(child))
		case e.IsDir():
			err = w.plain(child)
		case w.f.opts.Wanted(child) > 0 && (e.Type().IsRegular() || e.Type() == fs.ModeSymlink):
			err = w.take(child, e.Type().IsRegular())
		case w.f.opts.Wanted(child) > 0:
			w.decide(child, notRegular)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkout walks a directory of the git checkout at top.
func (w *walker) checkout(rel, top string) error {
	state, err := w.dir(rel)
	if err != nil || !state.ok {
		return err
	}
	if x := w.f.opts.Index; x != nil {
		// Of what is only context it need not be known.
		if err := x.load(top); err != nil && w.limit == nil {
			return err
		}
	}
	files, inner, err := w.list(rel)
	if err == nil && rel == "" && len(files)+len(inner) == 0 && top != w.root {
		// A directory that git ignores as a whole was given all the same.
		sub, _ := filepath.Rel(top, w.root)
		if ignored, e := w.f.opts.Git.ignored(top, []string{filepath.ToSlash(sub)}); e == nil && len(ignored) > 0 {
			return w.plain(rel)
		}
	}
	if err != nil {
		w.f.note("git cannot be asked which files are ignored, so all are taken: %v", err)
		return w.plain(rel)
	}
	for _, file := range files {
		if w.isCut() {
			return nil
		}
		if err := w.take(file, false); err != nil {
			return err
		}
	}
	for _, dir := range inner {
		if !hasGit(w.full(dir)) || w.isCut() {
			continue
		}
		if err := w.checkout(dir, w.full(dir)); err != nil {
			return err
		}
	}
	return nil
}

// list asks git for the files of a directory and for the checkouts in it:
// submodules, and repositories that are not tracked.
func (w *walker) list(rel string) (files, inner []string, err error) {
	at := func(path string) string { return filepath.Join(rel, filepath.FromSlash(path)) }
	add := func(path string) {
		if w.look() && w.f.opts.Wanted(path) > 0 {
			files = append(files, at(path))
		}
	}
	tracked := func(r string) {
		// MODE HASH STAGE\tPATH; 160000 is a submodule's mode.
		info, path, _ := strings.Cut(r, "\t")
		if strings.HasPrefix(info, "160000 ") {
			inner = append(inner, at(path))
		} else {
			add(path)
		}
	}
	untracked := func(path string) {
		if dir, ok := strings.CutSuffix(path, "/"); ok {
			inner = append(inner, at(dir))
		} else {
			add(path)
		}
	}
	for _, c := range []struct {
		args []string
		do   func(string)
	}{
		{[]string{"ls-files", "-z", "-s"}, tracked},
		{[]string{"ls-files", "-z", "-o", "--exclude-standard"}, untracked},
	} {
		top := w.f.opts.Git.rootOf(w.full(rel))
		env := inside(top)
		if w.f.opts.Index != nil {
			env = append(env, w.f.opts.Git.hookIndex(top)...)
		}
		stderr, err := w.f.opts.Git.run(Command{Dir: w.full(rel), Env: env, Args: c.args, Stdout: &records{do: c.do}})
		if err != nil {
			return nil, nil, err
		}
		for line := range strings.Lines(stderr) {
			// warning: could not open directory 'x/': Permission denied
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "warning: could not open directory "); ok {
				w.unreadable(rel, fmt.Errorf("%s (%w)", text, fs.ErrPermission))
			}
		}
	}
	w.ignoredBelow(rel)
	slices.Sort(files) // an unmerged file is listed once for each stage
	return slices.Compact(files), inner, nil
}

// notRegular says why a name of a pipe or a device is left.
const notRegular = "it is no regular file"

// decide says why something is left, if somebody wants to know it of the files that
// were asked for.
func (w *walker) decide(rel, why string) {
	if w.limit == nil {
		w.f.decide(w.name(rel), false, why)
	}
}

// ignoredBelow says which files and directories git ignores, if somebody wants to
// know: git names a directory that is ignored as a whole without looking into it.
func (w *walker) ignoredBelow(rel string) {
	if !w.f.opts.Decisions || w.limit != nil {
		return
	}
	args := []string{"ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory"}
	last := "" // the directory that was named last: of one without other files git names the files, too
	_, err := w.f.opts.Git.run(Command{Dir: w.full(rel), Env: inside(w.f.opts.Git.rootOf(w.full(rel))), Args: args, Stdout: &records{do: func(path string) {
		dir, isDir := strings.CutSuffix(path, "/")
		why := "git ignores it"
		switch {
		case path == "./" || last != "" && strings.HasPrefix(path, last):
			return
		case isDir:
			last, why = path, "git ignores what is in it"
		case w.f.opts.Wanted(path) == 0:
			return
		}
		w.decide(filepath.Join(rel, filepath.FromSlash(dir)), why)
	}}})
	if err != nil {
		w.f.note("git cannot be asked which files it ignores: %v", err)
	}
}

// dir returns what is known about a directory, and finds it out if need be:
// git may list files in what has become a link meanwhile.
func (w *walker) dir(rel string) (*dirState, error) {
	if s := w.dirs[rel]; s != nil {
		return s, nil
	}
	s, err := w.inspect(rel)
	w.dirs[rel] = s
	return s, err
}

func (w *walker) inspect(rel string) (*dirState, error) {
	parent, err := w.dir(parentOf(rel))
	if err != nil || !parent.ok || w.excluded(parent.config, rel, true) {
		return &dirState{}, err
	}
	info, err := os.Lstat(w.full(rel))
	if x := w.f.opts.Index; x != nil && (err != nil || !info.IsDir()) && x.Dir(w.full(rel)) != "" {
		return &dirState{true, parent.config}, nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) || isNotDir(err):
		return &dirState{}, nil
	case err != nil:
		w.unreadable(rel, err)
		return &dirState{}, nil
	case !info.IsDir():
		return &dirState{}, nil
	}
	return w.load(rel)
}

func parentOf(rel string) string {
	if i := strings.LastIndex(rel, separator); i >= 0 {
		return rel[:i]
	}
	return ""
}

// take adds a file, if it is one; regular says that it surely is, and no link.
// What else there is to know of such a one is asked for when it is read, which
// is done for many at a time.
func (w *walker) take(rel string, regular bool) error {
	dir, err := w.dir(parentOf(rel))
	if err != nil || !dir.ok || w.excluded(dir.config, rel, false) {
		return err
	}
	full := w.full(rel)
	if x := w.f.opts.Index; x != nil && x.holds(full) {
		if w.mayTake(full) {
			w.f.entries = append(w.f.entries, entry{name: w.name(rel), real: full, order: w.order, staged: true})
		}
		return nil
	}
	if regular && w.f.opts.Judge != nil {
		if w.mayTake(full) {
			w.f.entries = append(w.f.entries, entry{name: w.name(rel), real: full, order: w.order, unread: true})
		}
		return nil
	}
	info, err := os.Lstat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist) || isNotDir(err): // deleted, but tracked
		return nil
	case err != nil:
		w.unreadable(rel, err)
		return nil
	}
	e := entry{name: w.name(rel), real: full, order: w.order}
	if info.Mode()&fs.ModeSymlink != 0 {
		e.link = true
		if e.real, info, err = w.follow(rel, dir.config); err != nil {
			if w.limit == nil {
				w.f.found.Skipped = append(w.f.found.Skipped, PathError{e.name, err.Error(), nil})
			}
			return nil
		}
	}
	if info == nil || !info.Mode().IsRegular() {
		if info != nil {
			w.decide(rel, notRegular)
		}
		return nil
	}
	e.id = idOf(info)
	if w.mayTake(e.real) {
		w.f.entries = append(w.f.entries, e)
	}
	return nil
}

// mayTake reports whether there is room for a file that is only context, and
// takes it.
func (w *walker) mayTake(real string) bool {
	l := w.limit
	switch {
	case l == nil:
		return true
	case w.f.targets[real]:
		return false
	case l.files == 0:
		l.cut = true
		return false
	}
	l.files--
	return true
}

// follow returns where a link leads. An error says why it is not followed;
// without info it leads to what is left out anyway.
func (w *walker) follow(rel string, cfg *config.Config) (string, fs.FileInfo, error) {
	real, err := filepath.EvalSymlinks(w.full(rel))
	if err != nil {
		return "", nil, errors.New("is a link to something that does not exist")
	}
	inside, err := filepath.Rel(w.root, real)
	if err != nil || !filepath.IsLocal(inside) {
		return "", nil, errors.New("is a link that leads out of " + shown(w.dot) + "; give the file itself")
	}
	if slices.Contains(strings.Split(inside, separator), ".git") || w.excluded(cfg, inside, false) {
		return "", nil, nil
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", nil, errors.New("is a link to something that cannot be read: " + reason(err))
	}
	return real, info, nil
}
