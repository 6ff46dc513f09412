package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// maxSize bounds a configuration file, in bytes.
const maxSize = 1 << 20

// Known says which rules there are. A nil function takes every name.
type Known struct {
	Rules  func() []string
	Params func(rule string) []string
	// Fixed says why a rule cannot have a severity and what to do, "" if it can.
	// A nil function lets every rule have every severity.
	Fixed func(rule string, severity Severity) string
}

// Loader finds the configuration of many directories and reads every file
// once. It may be used by several goroutines.
type Loader struct {
	known Known
	mu    sync.Mutex
	dirs  map[string]loaded // by absolute path
}

type loaded struct {
	config *Config
	err    error
}

// NewLoader returns a loader.
func NewLoader(known Known) *Loader {
	return &Loader{known: known, dirs: map[string]loaded{}}
}

// Load returns the configuration that holds for a directory.
func Load(dir string, known Known) (*Config, error) { return NewLoader(known).Load(dir) }

// Load returns the configuration that holds for a directory, which need not
// exist. Directories between which there is no file share one *Config. What is
// wrong in a file is an error of one line for each [Problem].
func (l *Loader) Load(dir string) (*Config, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("current directory: %w", err)
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(cwd, dir)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.load(cwd, filepath.Clean(dir))
}

func (l *Loader) load(cwd, dir string) (*Config, error) {
	if have, ok := l.dirs[dir]; ok {
		return have.config, have.err
	}
	c, err := l.merge(cwd, dir)
	l.dirs[dir] = loaded{c, err}
	return c, err
}

// merge reads the file of dir, and puts it on top of those further up.
func (l *Loader) merge(cwd, dir string) (*Config, error) {
	own, err := l.find(cwd, dir)
	if err != nil {
		return nil, err
	}
	above := newConfig(cwd, nil)
	if up := filepath.Dir(dir); up != dir && !isRoot(dir) && (own == nil || !own.root) {
		if above, err = l.load(cwd, up); err != nil {
			return nil, err
		}
	}
	if own == nil {
		return above, nil
	}
	return newConfig(cwd, append(above.files[:len(above.files):len(above.files)], own)), nil
}

// isRoot reports whether dir is the root of a repository. A worktree and a
// submodule have a file of that name.
func isRoot(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

func (l *Loader) find(cwd, dir string) (*file, error) {
	path := filepath.Join(dir, Name)
	f, err := l.read(cwd, path)
	there := !errors.Is(err, fs.ErrNotExist)
	if there && err != nil {
		return nil, err
	}
	// The name that many programs read as well. Settings that are ignored in
	// silence are worse than an error.
	wrong := filepath.Join(dir, WrongName)
	switch _, err := os.Lstat(wrong); {
	case err == nil && there:
		return nil, fmt.Errorf("%s: is not read, and %s is there, too; put everything into that one", shown(cwd, wrong), Name)
	case err == nil:
		return nil, fmt.Errorf("%s: is not read; rename it to %s", shown(cwd, wrong), Name)
	case !there:
		return nil, nil
	}
	return f, nil
}

// File returns the configuration that one file makes alone (--config).
func (l *Loader) File(path string) (*Config, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("current directory: %w", err)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(cwd, path)
	}
	f, err := l.read(cwd, filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	return newConfig(cwd, []*file{f}), nil
}

// read reads the file at an absolute path. Only a regular file is opened: the
// file of a visited repository may be a link to anything.
func (l *Loader) read(cwd, path string) (*file, error) {
	name := shown(cwd, path)
	wrap := func(err error) error {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("%s: is a link to something that does not exist; remove it", name)
		}
	}
	if err != nil {
		return nil, wrap(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file; it must be one, or a link to one", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, wrap(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, wrap(err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%s: is too large; at most %d bytes are read", name, maxSize)
	}
	return decode(name, filepath.Dir(path), data, l.known)
}

// shown returns an absolute path as people see it: relative to the current
// directory if it lies there.
func shown(cwd, path string) string {
	if rel, err := filepath.Rel(cwd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
