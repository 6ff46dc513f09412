package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What a dry run that was killed has left behind goes with the next one; that of
// one at work stays, and so does what is not known to be one's own.
func TestTheNextDryRunRemovesWhatAKilledOneLeft(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	killed, foreign := filepath.Join(temp, "natsfix-bulk-1"), filepath.Join(temp, "natsfix-bulk-2")
	for _, dir := range []string{killed, foreign} {
		if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(killed, "lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	atWork, remove, err := dryDir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(killed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", killed, err)
	}
	other, removeOther, err := dryDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{atWork, foreign} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
	remove()
	removeOther()
	for _, dir := range []string{atWork, other} {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", dir, err)
		}
	}
}
