//go:build unix

package safeio

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// openTarget opens a path that has been resolved: a link that has taken the
// file's place meanwhile is not followed, a FIFO does not block.
func openTarget(path string, flag int) (*os.File, error) {
	return os.OpenFile(path, flag|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}

// isLinkError reports whether openTarget met a symbolic link (EMLINK on FreeBSD).
func isLinkError(err error) bool { return errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EMLINK) }

func metaOfFile(f *os.File) (Meta, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return Meta{}, err
	}
	return metaOfStat(&st), nil
}

// ownerCanBeKept reports whether a new file could be given m's owner and
// group. Root may still be refused by its container; giveOwner finds out.
func ownerCanBeKept(m Meta) bool {
	euid := os.Geteuid()
	if euid == 0 {
		return true
	}
	if int(m.UID) != euid {
		return false
	}
	if int(m.GID) == os.Getegid() {
		return true
	}
	groups, err := os.Getgroups()
	return err == nil && slices.Contains(groups, int(m.GID))
}

// giveOwner gives f the owner and group of m, where they differ.
func giveOwner(f *os.File, m Meta) error {
	have, err := metaOfFile(f)
	if err != nil || (have.UID == m.UID && have.GID == m.GID) {
		return err
	}
	return f.Chown(int(m.UID), int(m.GID))
}

// isBusy reports whether a rename failed because the target is a mount point.
func isBusy(err error) bool { return errors.Is(err, unix.EBUSY) }

// isReadOnly reports whether a file could not be created for want of permission.
func isReadOnly(err error) bool {
	return errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EROFS)
}

// syncDir makes renames in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if errors.Is(err, unix.EACCES) {
		return nil // may be written but not read; the next sync of the file system has to do
	}
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		err = nil // a file system that has no such thing
	}
	return errors.Join(err, d.Close())
}

// makePrivate creates dir for this user alone, or makes sure that it is so.
// A directory of somebody else is refused: who can write journals decides
// what Recover writes.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &Error{Kind: JournalFailed, Path: dir, Err: err, Why: "the journal directory cannot be made", Do: doState}
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return &Error{Kind: JournalFailed, Path: dir, Err: err, Why: "the journal directory cannot be used", Do: doState}
	}
	m := metaOfStat(&st)
	if !m.Mode.IsDir() || int(m.UID) != os.Geteuid() {
		return &Error{Kind: JournalFailed, Path: dir, Why: "the journal directory must be a directory of the user who runs natsfix", Do: doState}
	}
	if m.Mode.Perm()&0o077 == 0 {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return &Error{Kind: JournalFailed, Path: dir, Err: err, Why: "the journal directory is open to others", Do: doState}
	}
	return nil
}

// tryLock takes the lock unless another process has it. The system drops it
// when its holder dies, however it dies.
func tryLock(f *os.File) (bool, error) {
	_, err := retry(func() (int, error) { return 0, unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// DefaultDir is the state directory of the user: $XDG_STATE_HOME/natsfix, or
// ~/.local/state/natsfix.
func DefaultDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "natsfix"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", &Error{Kind: JournalFailed, Path: "$HOME", Err: err, Why: "no home directory for the journal", Do: doState}
	}
	return filepath.Join(home, ".local", "state", "natsfix"), nil
}

const doState = "set XDG_STATE_HOME to a directory of your own"

// errNotDir is what opening a/b gives when a is a file.
const errNotDir = unix.ENOTDIR
