package oracle

import (
	"errors"
	"os"
	"path/filepath"
)

// lockName is the file in a private directory that everybody who uses the
// directory holds a shared lock on. The system drops it when its holder dies,
// however it dies, so that who can lock it alone may remove the directory.
const lockName = ".natsfix-judge"

// private is a directory that only this user can enter.
type private struct {
	path string
	lock *os.File
}

// parents returns where private directories are made, the first that works: in
// memory if the system has such a place.
func parents(given string) []string {
	if given == "" {
		return []string{"/dev/shm", os.TempDir()}
	}
	if abs, err := filepath.Abs(given); err == nil {
		given = abs
	}
	return []string{given}
}

// errTaken says that somebody else took a directory for an abandoned one, in
// the moment between making it and holding it.
var errTaken = errors.New("another process has removed the private directory")

// makePrivate makes a private directory below the first of the parents that
// takes one.
func makePrivate(parents []string) (*private, error) {
	const attempts = 20
	for n := 1; ; n++ {
		var path string
		var err error
		for _, parent := range parents {
			if path, err = os.MkdirTemp(parent, "natsfix-*"); err == nil {
				break
			}
		}
		if err != nil {
			return nil, err
		}
		p, err := holdPrivate(path)
		if err == nil {
			return p, nil
		}
		os.RemoveAll(path)
		if n == attempts || !errors.Is(err, errTaken) {
			return nil, err
		}
	}
}

// holdPrivate takes part in the use of a private directory.
func holdPrivate(path string) (*private, error) {
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err = lockShared(lock); err == nil {
		err = stillThere(lock)
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &private{path, lock}, nil
}

// stillThere fails if an open file is no longer the one of its name.
func stillThere(f *os.File) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(f.Name()); err != nil || !os.SameFile(mine, there) {
		return errTaken
	}
	return nil
}

// remove removes the directory. It may be called twice.
func (p *private) remove() {
	p.lock.Close() // Windows removes no open file
	os.RemoveAll(p.path)
}

// sweep removes the private directories of this user whose users are all dead,
// as they are left behind when a program is killed together with its judge.
func sweep(parents []string) {
	for _, parent := range parents {
		found, err := filepath.Glob(filepath.Join(parent, "natsfix-*"))
		if err != nil {
			continue // a parent whose name is a pattern
		}
		for _, path := range found {
			if info, err := os.Lstat(path); err == nil && info.IsDir() && isMine(info) {
				removeAbandoned(path)
			}
		}
	}
}

// removeAbandoned removes a directory if it is a private one that nobody uses.
func removeAbandoned(path string) {
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
	if err != nil {
		return // no private directory, or one that is being made
	}
	alone := lockAlone(lock)
	if alone {
		// The lock goes while it is held: who makes the directory waits for it, and
		// sees that it is gone. Windows removes no open file, and so not the
		// directory of somebody who has the lock open.
		os.Remove(lock.Name())
	}
	lock.Close()
	if alone {
		os.RemoveAll(path)
	}
}
