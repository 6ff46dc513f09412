package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkPaths ends the run before anything is done if a path is not there. DIR/...,
// which is how the go command spells a directory with all below it, is DIR.
func (s *session) checkPaths(commands []*command) error {
	if s.readsStdin() {
		return s.checkStdin()
	}
	if s.opts.stdinName != "" {
		return usage("--stdin-filename is for standard input: give - as the path")
	}
	for i, path := range s.opts.paths {
		if path == "" {
			return usage("a path is empty")
		}
		if s.index != nil {
			if err := s.index.Open(path); err != nil {
				return fmt.Errorf("--staged: %w", err)
			}
			if s.index.Key(path) != "" || s.index.Dir(path) != "" {
				continue // whatever has become of it in the work tree
			}
		}
		_, err := os.Stat(path)
		if dir := wholeDir(path); err != nil && isDir(dir) {
			s.opts.paths[i], err = dir, nil
		}
		switch {
		case err == nil:
		case !errors.Is(err, fs.ErrNotExist):
			return usage("cannot look at %s: %v", path, cause(err))
		default:
			return missing(commands, path, i == 0)
		}
	}
	return nil
}

// wholeDir returns the directory that a path of the form DIR/... names, and ""
// for any other path.
func wholeDir(path string) string {
	dir, ok := strings.CutSuffix(filepath.ToSlash(path), "...")
	switch {
	case ok && dir == "":
		return "."
	case ok && strings.HasSuffix(dir, "/"):
		return dir
	}
	return ""
}

// missing explains that a path is not there; first says that it stands where a
// command could.
func missing(commands []*command, path string, first bool) error {
	if target, err := os.Readlink(path); err == nil {
		return usage("%s is a symbolic link to %s, which does not exist", path, target)
	}
	e := usage("%s: there is no such file or directory", path)
	if !first || strings.ContainsAny(path, "./\\") {
		return e
	}
	var names []string
	for _, cmd := range commands {
		names = append(names, cmd.name)
	}
	if s := nearest(path, names); s != "" {
		e.hint = "Did you mean the command " + s + "? natsfix --help lists the commands."
	} else {
		e.hint = "It is no command either; natsfix --help lists them."
	}
	return e
}

// cause drops the operation and path that errors of the os package carry.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
