//go:build unix

package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOnlyRegularFilesAreOpened(t *testing.T) {
	top := t.TempDir()
	link := func(dir, to string) {
		_ = os.Mkdir(filepath.Join(top, dir), 0o755)
		_ = os.Symlink(to, filepath.Join(top, dir, Name))
	}
	link("device", "/dev/zero")
	link("broken", "nowhere")
	link("loop", Name)
	write(t, top, map[string]string{"dir/" + Name + "/x": "", "yml/.natsfix.yml": "", "both/.natsfix.yml": "", "both/.natsfix.yaml": "root: true\n", "large/" + Name: strings.Repeat("#", maxSize+1)})
	_ = os.Mkdir(filepath.Join(top, "fifo"), 0o755)
	if err := syscall.Mkfifo(filepath.Join(top, "fifo", Name), 0o644); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"device": "is no regular file", "fifo": "is no regular file", "dir": "is no regular file", "broken": "is a link to something that does not exist",
		"loop": "cannot be read", "yml": "rename it to .natsfix.yaml", "both": "put everything into that one", "large": "is too large",
	} {
		if _, err := Load(filepath.Join(top, dir), Known{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", dir, err, want)
		}
	}
}
