package safeio

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteAside writes a new file, or one that belongs to natsfix itself, such as a result
// that somebody is to look at: whole or not at all, in place of one that is
// there, and without a journal. A link at path is replaced, not followed. The
// user's own files are written by a [Run]. Its error is an [*Error] of kind
// ReadOnlyDir, NotRegular or WriteFailed.
func WriteAside(path string, data []byte, mode fs.FileMode) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0 {
		return notRegular(path, info.Mode())
	}
	temp := filepath.Join(filepath.Dir(path), TempPrefix+rand.Text()+".tmp")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm())
	if isReadOnly(err) {
		return &Error{Kind: ReadOnlyDir, Path: path, Why: "no file can be created in its directory", Do: "change the directory's permissions", Err: err}
	}
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Sync(), f.Close())
		if err == nil {
			err = os.Rename(temp, path)
		}
		if err != nil {
			_ = os.Remove(temp) // the first error is the one to tell
		}
	}
	if err != nil {
		return &Error{Kind: WriteFailed, Path: path, Why: "cannot be written", Do: "cure the cause", Err: err}
	}
	return syncDir(filepath.Dir(path))
}
