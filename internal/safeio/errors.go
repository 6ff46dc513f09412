package safeio

import (
	"errors"
	"io/fs"
	"strings"
)

// Kind says what went wrong, for callers that choose words and exit codes.
type Kind int

const (
	// Unreadable: the file cannot be opened or read; Err has the cause, so
	// errors.Is(err, fs.ErrNotExist) works.
	Unreadable Kind = iota + 1
	// NotRegular: a directory, FIFO, socket or device.
	NotRegular
	// TooLarge: more bytes than [Limits] allow.
	TooLarge
	// DanglingLink: a symbolic link to nothing.
	DanglingLink
	// LinkLoop: symbolic links that lead back to themselves.
	LinkLoop

	// OutsideRoots: the file, after following links, lies outside the roots.
	OutsideRoots
	// Duplicate: two names in one group lead to the same file.
	Duplicate
	// Changed: the file is no longer the one that was read.
	Changed
	// HardLinked: the file has more than one name; a rename would part them.
	HardLinked
	// MountPoint: the file itself is mounted (bind mount) and cannot be renamed over.
	MountPoint
	// OtherOwner: the file's owner or group could not be kept.
	OtherOwner
	// ReadOnlyDir: no temporary file can be made in the file's directory.
	ReadOnlyDir
	// Attributes: extended attributes or access lists could not be kept.
	Attributes

	// WriteFailed: an I/O error; every file of the group has its old content.
	WriteFailed
	// Pending: a group is neither written nor taken back, or Recover has not
	// been called yet; the journal has all that is needed.
	Pending
	// Locked: another process holds the state directory.
	Locked
	// JournalFailed: the state directory or a journal cannot be used.
	JournalFailed
	// NothingToUndo: no run that wrote under the directory can be taken back.
	NothingToUndo
)

// Refusal reports whether the kind is a safety check that said no (as opposed
// to a path that cannot be read, or an I/O failure).
func (k Kind) Refusal() bool { return k >= OutsideRoots && k <= Attributes }

// inPlaceHelps reports whether writing in place is a way around the refusal.
func (k Kind) inPlaceHelps() bool { return k >= HardLinked && k <= Attributes }

// Error is the only error type of this package, except for a cancelled
// context. Unless Kind says otherwise nothing was changed.
type Error struct {
	Kind Kind
	Path string // as the caller named it
	Why  string // what is the case, what was expected
	Do   string // what to do about it
	Err  error  // cause, may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path + ": " + e.Why)
	if e.Err != nil {
		b.WriteString(": " + cause(e.Err))
	}
	if e.Do != "" {
		b.WriteString("; " + e.Do)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// cause drops the operation and path that os errors carry: Error names the path already.
func cause(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// IsKind reports whether err is, or wraps, an [Error] of kind k.
func IsKind(err error, k Kind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == k
}

const doInPlace = "use --in-place to overwrite it where it is"
