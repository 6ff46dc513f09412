package baseline

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts the text of a baseline in the place of the file as a whole or not
// at all. A link stays one, and a file keeps its mode.
func Write(file string, text []byte) (err error) {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	mode := fs.FileMode(0)
	if info, err := os.Stat(file); err == nil {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s: is no regular file", file)
		}
		mode = info.Mode().Perm()
	}
	temp, err := create(file)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	if mode != 0 {
		if err := temp.Chmod(mode); err != nil {
			temp.Close()
			return err
		}
	}
	if _, err := temp.Write(text); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Sync(); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}

// create makes a new file beside another one, with the mode that the process
// gives to new files.
func create(beside string) (*os.File, error) {
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s.natsfix-%d-%d", beside, os.Getpid(), i)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !os.IsExist(err) || i == 100 {
			return f, err
		}
	}
}
