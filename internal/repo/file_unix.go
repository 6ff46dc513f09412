//go:build unix

package repo

import (
	"errors"
	"io/fs"
	"syscall"
)

// fileID tells files apart whatever their names.
type fileID struct{ dev, ino uint64 }

// idOf returns the identity of a file that has several names, else the zero value.
func idOf(info fs.FileInfo) fileID {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && info.Mode().IsRegular() && st.Nlink > 1 {
		return fileID{uint64(st.Dev), st.Ino}
	}
	return fileID{}
}

// isNotDir reports that a file stands where a path has a directory.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
