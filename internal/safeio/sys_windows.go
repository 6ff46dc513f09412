package safeio

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func readRegular(path string, limit int64) ([]byte, Meta, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, Meta{}, err
	}
	defer f.Close()
	m, err := metaOfFile(f)
	switch {
	case err != nil:
		return nil, m, err
	case !m.Mode.IsRegular():
		return nil, m, errNotRegular
	case limit <= 0:
		data, err := io.ReadAll(f)
		return data, m, err
	case m.Size > limit:
		return nil, m, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, m, errTooLarge
	}
	return data, m, err
}

func isLinkLoop(_ string, err error) bool {
	return errors.Is(err, windows.ERROR_CANT_RESOLVE_FILENAME)
}

// openTarget opens a path that has been resolved, unless a link has taken its place.
func openTarget(path string, flag int) (*os.File, error) {
	fi, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if fi.Mode()&fs.ModeSymlink != 0 {
		return nil, &fs.PathError{Op: "open", Path: path, Err: windows.ERROR_CANT_RESOLVE_FILENAME}
	}
	return os.OpenFile(path, flag, 0)
}

func isLinkError(err error) bool { return isLinkLoop("", err) }

func metaOfFile(f *os.File) (Meta, error) {
	fi, err := f.Stat()
	if err != nil {
		return Meta{}, err
	}
	m := Meta{Mode: fi.Mode(), Nlink: 1, Size: fi.Size(), ModTime: fi.ModTime()}
	var info windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info) == nil {
		m.Nlink = uint64(info.NumberOfLinks)
		m.Dev = uint64(info.VolumeSerialNumber)
		m.Ino = uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)
	}
	return m, nil
}

// ownerCanBeKept is always true: who may replace the file may keep its access
// list, and copyAttributes does.
func ownerCanBeKept(Meta) bool { return true }

func giveOwner(*os.File, Meta) error { return nil }

func isBusy(error) bool { return false }

func isReadOnly(err error) bool { return errors.Is(err, fs.ErrPermission) }

// syncDir does nothing: Windows has no way to sync a directory.
func syncDir(string) error { return nil }

// makePrivate creates dir. The user's profile, where it lies by default, is
// closed to other users by its access list.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &Error{Kind: JournalFailed, Path: dir, Err: err, Why: "the journal directory cannot be made", Do: doState}
	}
	return nil
}

// tryLock takes the lock unless another process has it. It locks one byte far
// behind the end, so that others can still read who holds it.
func tryLock(f *os.File) (bool, error) {
	at := &windows.Overlapped{OffsetHigh: 1}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// DefaultDir is the state directory of the user: %LocalAppData%\natsfix.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", &Error{Kind: JournalFailed, Path: "%LocalAppData%", Err: err, Why: "no directory for the journal", Do: doState}
	}
	return filepath.Join(dir, "natsfix"), nil
}

const doState = "set LocalAppData to a directory of your own"

// errNotDir is what opening a\b gives when a is a file.
const errNotDir = windows.ERROR_PATH_NOT_FOUND
