package repo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// looksPerFile bounds how many names are looked at for one context file: a
// folder may hold a few configurations among millions of other files.
const looksPerFile = 50

// context adds the files beside the targets.
func (f *finder) context(paths []string, isDir []bool, targets []entry) error {
	f.entries = nil
	l := &limit{files: f.opts.MaxContext, looks: f.opts.MaxContext * looksPerFile}
	var beside, folders []string
	for i, path := range paths {
		dir := path
		if !isDir[i] {
			dir = filepath.Dir(path)
		}
		cfg, err := f.config(dir)
		if errors.Is(err, fs.ErrPermission) {
			continue // reported already, or by whoever needs the file's settings
		}
		if err != nil {
			return err
		}
		if cfg != nil && f.isAbove(cfg.Dir, dir) {
			folders = append(folders, f.written(cfg.Dir, dir))
		} else if !isDir[i] {
			beside = append(beside, dir)
		}
	}
	if len(beside)+len(folders) == 0 {
		return nil
	}
	f.targets = make(map[string]bool, len(targets))
	for _, e := range targets {
		f.targets[e.real] = true
	}
	slices.Sort(beside)
	for _, dir := range slices.Compact(beside) {
		if err := f.beside(dir, l); err != nil {
			return err
		}
	}
	slices.Sort(folders)
	for _, dir := range slices.Compact(folders) {
		if f.hasWalked(dir) {
			continue
		}
		if err := f.directory(dir, len(paths), l); err != nil {
			return err
		}
	}
	if l.cut {
		f.note("only the first %d files beside the paths are read as context; give fewer paths, or exclude directories in .natsfix.yaml", len(f.entries))
	}
	for i := range f.entries {
		f.entries[i].name = f.shortest(f.entries[i].name)
	}
	f.found.Context = names(f.judge(unique(f.entries, targets), true))
	return nil
}

// shortest returns ../x/a.conf as a.conf if x is the current directory: the
// folder of the context may lie above it.
func (f *finder) shortest(name string) string {
	if !strings.HasPrefix(name, ".."+separator) {
		return name
	}
	if rel, err := filepath.Rel(f.cwd, filepath.Join(f.cwd, name)); err == nil {
		return rel
	}
	return name
}

// isAbove reports whether dir lies in an absolute folder. That of a file that
// was named (--config) may be anywhere.
func (f *finder) isAbove(folder, dir string) bool {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(f.cwd, dir)
	}
	rel, err := filepath.Rel(folder, dir)
	return err == nil && filepath.IsLocal(rel)
}

// written returns an absolute folder as the user would write it who wrote dir.
func (f *finder) written(folder, dir string) string {
	if !filepath.IsAbs(dir) {
		if rel, err := filepath.Rel(f.cwd, folder); err == nil {
			return rel
		}
	}
	return folder
}

// hasWalked reports whether a directory lies in one that was walked.
func (f *finder) hasWalked(dir string) bool {
	real, err := realPath(dir)
	return err == nil && slices.ContainsFunc(f.walked, func(root string) bool {
		rel, err := filepath.Rel(root, real)
		return err == nil && filepath.IsLocal(rel)
	})
}

// beside adds the files of one directory, without those in directories below.
func (f *finder) beside(dir string, l *limit) error {
	if f.hasWalked(dir) {
		return nil
	}
	cfg, err := f.config(dir)
	if err != nil {
		return err
	}
	index := f.opts.Index
	root := ""
	if index != nil {
		root = index.Dir(dir)
	}
	gone := root != ""
	if !gone {
		if root, err = realPath(dir); err != nil {
			return &PathError{dir, "cannot be read: " + reason(err), err}
		}
	}
	w := &walker{f: f, prefix: dir + separator, dot: dir, root: root, order: -1, limit: l, dirs: map[string]*dirState{"": {true, cfg}}}
	if dir == "." {
		w.prefix = ""
	} else if strings.HasSuffix(dir, separator) {
		w.prefix = dir
	}
	if gone {
		return w.gone(false)
	}
	all, err := os.ReadDir(root)
	if err != nil {
		return nil // a directory may be searchable and not readable: then there is no context
	}
	var names []string
	for _, e := range all {
		if w.look() && w.f.opts.Wanted(e.Name()) > 0 && (e.Type().IsRegular() || e.Type() == fs.ModeSymlink) {
			names = append(names, e.Name())
		}
	}
	ignored := w.ignoredHere(names)
	if index != nil {
		for _, key := range index.under(root, false) {
			names = append(names, filepath.Base(key))
		}
	}
	for _, name := range names {
		if ignored[name] || w.isCut() {
			continue
		}
		if err := w.take(name, false); err != nil {
			return err
		}
	}
	return nil
}

// ignoredHere returns those of the names in the directory that git ignores. If
// git cannot say, all are context: they are only read.
func (w *walker) ignoredHere(names []string) map[string]bool {
	g := w.f.opts.Git
	if g == nil || len(names) == 0 || g.rootOf(w.root) == "" {
		return nil
	}
	ignored, err := g.ignored(w.root, names)
	if err != nil {
		return nil
	}
	return ignored
}
