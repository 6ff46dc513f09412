package safeio

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// TempPrefix starts the name of every temporary file that a write makes beside
// its target. Only a killed process leaves one, until the next Recover.
const TempPrefix = ".natsfix-"

// target is one file of a group on its way to disk.
type target struct {
	entry
	name string // as the caller named it, for errors
	data []byte // the new bytes
	meta Meta   // of the file as inspect found it
	now  Digest // as look found it
}

func (t *target) fail(k Kind, why, do string, err error) error {
	return &Error{Kind: k, Path: t.name, Why: why, Do: do, Err: err}
}

// inspect reads the file, which must still have the digest Before, and refuses
// it if a rename would lose something. It fills in Old and meta.
func (t *target) inspect() error {
	t.meta, t.Old = Meta{}, nil
	flag := os.O_RDONLY
	if t.InPlace {
		flag = os.O_RDWR // whether it can be written is asked before anything is
	}
	f, err := t.open(flag)
	if err != nil {
		return err
	}
	defer f.Close()
	if t.Old, err = t.verify(f); err != nil || t.InPlace {
		return err
	}
	switch {
	case t.meta.Nlink > 1:
		return t.fail(HardLinked, fmt.Sprintf("has %d names (hard links); replacing it would part them", t.meta.Nlink), doInPlace, nil)
	case isMountPoint(string(t.Real)):
		return t.mountPoint(nil)
	case !ownerCanBeKept(t.meta):
		return t.otherOwner(nil)
	}
	return nil
}

func (t *target) mountPoint(err error) error {
	return t.fail(MountPoint, "is mounted from elsewhere (bind mount) and cannot be replaced", doInPlace, err)
}

func (t *target) otherOwner(err error) error {
	return t.fail(OtherOwner, fmt.Sprintf("belongs to user %d, group %d, which a new file could not be given", t.meta.UID, t.meta.GID),
		"run as its owner, or "+doInPlace, err)
}

func (t *target) open(flag int) (*os.File, error) {
	f, err := openTarget(string(t.Real), flag)
	switch {
	case err == nil:
		return f, nil
	case isLinkError(err) || isGone(err):
		return nil, t.changed()
	case flag == os.O_RDONLY:
		return nil, openError(t.name, err)
	}
	return nil, t.fail(WriteFailed, "cannot be opened for writing", "check its permissions", err)
}

// isGone reports whether the path, or a directory on the way, is no longer there.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir)
}

func (t *target) changed() error {
	return t.fail(Changed, "changed on disk since it was read", "run natsfix again", nil)
}

// verify returns the content of f if it is still the file that was read.
func (t *target) verify(f *os.File) ([]byte, error) {
	m, err := metaOfFile(f)
	if err != nil {
		return nil, openError(t.name, err)
	}
	if !m.Mode.IsRegular() {
		return nil, t.changed()
	}
	if t.meta.Ino != 0 && (m.Mode != t.meta.Mode || m.UID != t.meta.UID || m.GID != t.meta.GID || m.Nlink != t.meta.Nlink) {
		return nil, t.changed()
	}
	data, err := readOpen(f, m.Size)
	if err != nil {
		return nil, openError(t.name, err)
	}
	if Sum(data) != t.Before {
		return nil, t.changed()
	}
	t.meta = m
	return data, nil
}

// readOpen reads f from its position to the end; size is a hint.
func readOpen(f *os.File, size int64) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(int(max(size, 0)) + bytes.MinRead)
	_, err := buf.ReadFrom(f)
	return buf.Bytes(), err
}

// stage puts the new bytes, with everything the file has besides its content,
// into the temporary file, and that onto the disk.
func (t *target) stage() error {
	if t.InPlace {
		return nil
	}
	from, err := t.open(os.O_RDONLY)
	if err != nil {
		return err
	}
	defer from.Close()
	tmp, err := os.OpenFile(string(t.Temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if isReadOnly(err) {
			dir := filepath.Dir(string(t.Real))
			return t.fail(ReadOnlyDir, fmt.Sprintf("no file can be created in its directory %s", dir),
				"change the directory's permissions, or "+doInPlace, err)
		}
		return t.writeFailed(err)
	}
	if err := t.fill(tmp, from); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return t.writeFailed(err)
	}
	return nil
}

func (t *target) writeFailed(err error) error {
	return t.fail(WriteFailed, "cannot be written", "every file of its group keeps its old content", err)
}

// fill writes tmp. The owner comes before the mode, because changing the owner
// clears the setuid bits; the mode comes last, because setting an access list
// changes it.
func (t *target) fill(tmp, from *os.File) error {
	if _, err := tmp.Write(t.data); err != nil {
		return t.writeFailed(err)
	}
	if err := giveOwner(tmp, t.meta); err != nil {
		return t.otherOwner(err)
	}
	if err := copyAttributes(tmp, from); err != nil {
		return t.fail(Attributes, "has extended attributes that a new file could not be given", doInPlace, err)
	}
	if err := tmp.Chmod(t.meta.Mode); err != nil {
		return t.writeFailed(err)
	}
	if m, err := metaOfFile(tmp); err != nil || m.Mode != t.meta.Mode {
		return t.fail(Attributes, fmt.Sprintf("has mode %v, which a new file could not be given", t.meta.Mode), doInPlace, err)
	}
	if err := tmp.Sync(); err != nil {
		return t.writeFailed(err)
	}
	return nil
}

// commit makes the new bytes the file's content, if it is still the file that
// inspect saw.
func (t *target) commit() error {
	if t.InPlace {
		return t.overwrite()
	}
	f, err := t.open(os.O_RDONLY)
	if err != nil {
		return err
	}
	_, err = t.verify(f)
	f.Close() // before the rename: Windows does not replace open files
	if err != nil {
		return err
	}
	err = os.Rename(string(t.Temp), string(t.Real))
	if isBusy(err) {
		return t.mountPoint(err)
	}
	if err != nil {
		return t.writeFailed(err)
	}
	return nil
}

// overwrite lays the new bytes over the old ones and cuts the file to length
// last, so that at every moment each byte is an old or a new one (isTorn).
func (t *target) overwrite() error {
	f, err := t.open(os.O_RDWR)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := t.verify(f); err != nil {
		return err
	}
	if _, err := f.WriteAt(t.data, 0); err != nil {
		return t.writeFailed(err)
	}
	if err := f.Truncate(int64(len(t.data))); err != nil {
		return t.writeFailed(err)
	}
	if err := f.Sync(); err != nil {
		return t.writeFailed(err)
	}
	return nil
}

// isTorn reports whether data is what an overwrite of before with after leaves
// when it is cut off: each byte is the old or the new one at its place, or zero
// where a power cut lost a block.
func isTorn(data, before, after []byte) bool {
	if len(data) < min(len(before), len(after)) || len(data) > max(len(before), len(after)) {
		return false
	}
	for i, c := range data {
		if c != 0 && (i >= len(before) || c != before[i]) && (i >= len(after) || c != after[i]) {
			return false
		}
	}
	return true
}
