//go:build unix

package safeio

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// readRegular reads with one open, one fstat and, as a rule, one read. It goes
// around os.File, which would register each descriptor with the poller first.
// Meta is filled in with errNotRegular and errTooLarge too.
func readRegular(path string, limit int64) ([]byte, Meta, error) {
	fd, err := retry(func() (int, error) {
		// O_NONBLOCK: opening a FIFO must not wait for its writer.
		return unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, Meta{}, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, Meta{}, err
	}
	m := metaOfStat(&st)
	if !m.Mode.IsRegular() {
		return nil, m, errNotRegular
	}
	if limit > 0 && m.Size > limit {
		return nil, m, errTooLarge
	}
	// One byte more than the size: a read that stops at the size has seen the
	// end, and a file that grows meanwhile is noticed.
	buf := make([]byte, max(m.Size, 0)+1)
	n := 0
	for {
		k, err := retry(func() (int, error) { return unix.Read(fd, buf[n:]) })
		if err != nil {
			return nil, m, err
		}
		n += k
		if limit > 0 && int64(n) > limit {
			return nil, m, errTooLarge
		}
		if k == 0 || int64(n) == m.Size {
			return buf[:n:n], m, nil
		}
		if n == len(buf) {
			buf = append(buf, make([]byte, max(len(buf), 4096))...)
		}
	}
}

func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

func metaOfStat(st *unix.Stat_t) Meta {
	mode := fs.FileMode(st.Mode & 0o777)
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	default:
		mode |= fs.ModeIrregular
	}
	if st.Mode&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if st.Mode&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if st.Mode&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	sec, nsec := st.Mtim.Unix()
	return Meta{
		Mode: mode, UID: st.Uid, GID: st.Gid, Size: st.Size,
		Nlink: uint64(st.Nlink), Dev: uint64(st.Dev), Ino: st.Ino,
		ModTime: time.Unix(sec, nsec),
	}
}

// isLinkLoop asks the system again, because filepath.EvalSymlinks reports a
// loop with an error of its own that it does not export.
func isLinkLoop(path string, err error) bool {
	if errors.Is(err, unix.ELOOP) {
		return true
	}
	_, statErr := os.Stat(path)
	return errors.Is(statErr, unix.ELOOP)
}
