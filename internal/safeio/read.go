package safeio

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Digest is the SHA-256 of a file's bytes.
type Digest [sha256.Size]byte

// Sum is the digest of data.
func Sum(data []byte) Digest { return sha256.Sum256(data) }

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes the digest in hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("digest has %d characters, want %d", len(text), hex.EncodedLen(len(d)))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// Limits bound what Read takes in.
type Limits struct {
	MaxSize int64 // bytes; 0 means no limit
}

// Meta is what a write has to keep, and what identifies the file.
type Meta struct {
	Mode     fs.FileMode
	UID, GID uint32 // 0 on Windows
	Nlink    uint64 // number of names (hard links)
	Dev, Ino uint64 // the same for two names of one file
	Size     int64
	ModTime  time.Time
}

// File is a regular file as Read found it.
type File struct {
	Path string // as asked for
	Data []byte
	Meta Meta
}

// Digest hashes the data; it is computed on every call, so that reading alone
// costs no hashing.
func (f *File) Digest() Digest { return Sum(f.Data) }

// Resolved is the absolute path of the file with all symbolic links followed.
func (f *File) Resolved() (string, error) { return resolve(f.Path) }

// Read reads a regular file, following links. It never blocks on a FIFO or a
// device. Its error is an [*Error] of kind Unreadable, NotRegular, TooLarge,
// DanglingLink or LinkLoop.
func Read(path string, lim Limits) (File, error) {
	f := File{Path: path}
	var err error
	f.Data, f.Meta, err = readRegular(path, lim.MaxSize)
	if err != nil {
		return File{}, readError(path, lim, f.Meta, err)
	}
	return f, nil
}

var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = errors.New("too large")
)

// readError gives an error of readRegular its kind and words. It may look at
// the path again, which only the failing case pays for.
func readError(path string, lim Limits, m Meta, err error) error {
	if errors.Is(err, errTooLarge) {
		size := ""
		if m.Size > lim.MaxSize {
			size = fmt.Sprintf(" (%d bytes)", m.Size)
		}
		return &Error{Kind: TooLarge, Path: path, Do: "raise --max-size if it really is a configuration file",
			Why: fmt.Sprintf("larger than the limit of %d bytes%s", lim.MaxSize, size)}
	}
	if fi, statErr := os.Stat(path); statErr == nil && !fi.Mode().IsRegular() {
		return notRegular(path, fi.Mode())
	}
	if errors.Is(err, errNotRegular) {
		return notRegular(path, m.Mode)
	}
	return openError(path, err)
}

// openError is the error for a path that cannot be opened or followed.
func openError(path string, err error) error {
	if isLinkLoop(path, err) {
		return &Error{Kind: LinkLoop, Path: path, Why: "a symbolic link that leads back to itself", Do: "repair the link"}
	}
	if errors.Is(err, fs.ErrNotExist) {
		if fi, lerr := os.Lstat(path); lerr == nil && fi.Mode()&fs.ModeSymlink != 0 {
			to, _ := os.Readlink(path)
			return &Error{Kind: DanglingLink, Path: path, Err: fs.ErrNotExist,
				Why: fmt.Sprintf("a symbolic link to %q, which does not exist", to), Do: "repair or remove the link"}
		}
		return &Error{Kind: Unreadable, Path: path, Why: "no such file", Do: "check the path", Err: fs.ErrNotExist}
	}
	return &Error{Kind: Unreadable, Path: path, Why: "cannot be read", Do: "check the path and its permissions", Err: err}
}

func notRegular(path string, mode fs.FileMode) error {
	what := "not a regular file"
	switch {
	case mode.IsDir():
		what = "a directory, not a file"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe, not a regular file"
	case mode&fs.ModeSocket != 0:
		what = "a socket, not a regular file"
	case mode&fs.ModeDevice != 0:
		what = "a device, not a regular file"
	}
	return &Error{Kind: NotRegular, Path: path, Why: what, Do: "name a regular file"}
}

// resolve makes path absolute and follows every symbolic link.
func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", openError(path, err)
	}
	return abs, nil
}

// within reports whether path is root or lies below it; both are absolute and resolved.
func within(path, root string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(rel)
}
