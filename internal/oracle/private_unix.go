//go:build unix

package oracle

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockShared takes a lock that others may take in the same way.
func lockShared(f *os.File) error { return flock(f, unix.LOCK_SH) }

// lockAlone reports whether it could take a lock that nobody else may have.
func lockAlone(f *os.File) bool { return flock(f, unix.LOCK_EX|unix.LOCK_NB) == nil }

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// isMine reports whether a file belongs to the user who runs this.
func isMine(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
