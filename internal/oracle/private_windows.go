package oracle

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockShared takes a lock that others may take in the same way.
func lockShared(f *os.File) error { return lockFile(f, 0) }

// lockAlone reports whether it could take a lock that nobody else may have.
func lockAlone(f *os.File) bool {
	return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY) == nil
}

func lockFile(f *os.File, flags uint32) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
}

// isMine is true: the directory for temporary files is each user's own.
func isMine(os.FileInfo) bool { return true }
