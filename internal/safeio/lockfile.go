package safeio

import (
	"os"
	"path/filepath"
)

// TryLockFile takes the lock that a file stands for, which it makes together
// with its directory (0700), unless another process has it: then it returns
// nil. The lock is given up by closing the file, or with the process.
func TryLockFile(path string) (*os.File, error) {
	if err := makePrivate(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, journalError(path, err)
	}
	ok, err := tryLock(f)
	if err != nil || !ok {
		f.Close()
		if err != nil {
			return nil, journalError(path, err)
		}
		return nil, nil
	}
	return f, nil
}
