package safeio

import (
	"bytes"
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// copyAttributes gives to the extended attributes of from, access lists and
// security labels among them, and removes what the directory's defaults put
// there (an inherited access list would let others read what they could not).
func copyAttributes(to, from *os.File) error {
	want, err := attributes(from)
	if err != nil {
		return err
	}
	have, err := attributes(to)
	if err != nil {
		return err
	}
	for name, value := range want {
		if old, ok := have[name]; ok && bytes.Equal(old, value) {
			continue
		}
		if err := unix.Fsetxattr(int(to.Fd()), name, value, 0); err != nil {
			return os.NewSyscallError("setxattr "+name, err)
		}
	}
	for name := range have {
		if _, ok := want[name]; ok {
			continue
		}
		if err := unix.Fremovexattr(int(to.Fd()), name); err != nil {
			return os.NewSyscallError("removexattr "+name, err)
		}
	}
	return nil
}

// attributes reads the extended attributes of f; none where the file system
// has no such thing. The kernel computes security.ima and security.evm from
// the content, so they are not ours to carry over.
func attributes(f *os.File) (map[string][]byte, error) {
	fd := int(f.Fd())
	list, err := sized(func(buf []byte) (int, error) { return unix.Flistxattr(fd, buf) })
	if errors.Is(err, unix.ENOTSUP) || len(list) == 0 && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, os.NewSyscallError("listxattr", err)
	}
	attrs := make(map[string][]byte)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if name == "security.ima" || name == "security.evm" {
			continue
		}
		value, err := sized(func(buf []byte) (int, error) { return unix.Fgetxattr(fd, name, buf) })
		if errors.Is(err, unix.ENODATA) {
			continue // removed between the two calls
		}
		if err != nil {
			return nil, os.NewSyscallError("getxattr "+name, err)
		}
		attrs[name] = value
	}
	return attrs, nil
}

// sized calls get for the size, then for the bytes, until both agree.
func sized(get func([]byte) (int, error)) ([]byte, error) {
	for {
		n, err := get(nil)
		if n == 0 || err != nil {
			return nil, err
		}
		buf := make([]byte, n)
		n, err = get(buf)
		if errors.Is(err, unix.ERANGE) {
			continue // it has grown
		}
		return buf[:max(n, 0)], err
	}
}

// isMountPoint reports whether path itself is mounted. Kernels before 5.8 do
// not tell; there the rename fails with EBUSY, which comes to the same.
func isMountPoint(path string) bool {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, 0, &st)
	return err == nil && st.Attributes_mask&st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}
