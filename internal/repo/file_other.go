//go:build !unix

package repo

import "io/fs"

// fileID tells files apart whatever their names. Here, names are all there is.
type fileID struct{ dev, ino uint64 }

func idOf(fs.FileInfo) fileID { return fileID{} }

// isNotDir is covered by fs.ErrNotExist on these systems.
func isNotDir(error) bool { return false }
