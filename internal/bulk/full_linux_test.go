package bulk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A line that a full disk cuts off does not spoil the ones that follow when
// there is room again.
func TestAFullDiskLeavesNoHalfLineInTheState(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("cannot mount here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	path := filepath.Join(dir, "state.jsonl")
	s, err := OpenState(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Record(Entry{Key: "a", Stage: Unchanged}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(Entry{Key: "b", Stage: Made, Markdown: strings.Repeat("x", 100_000)}); err == nil {
		t.Fatal("a line fits that is larger than the disk")
	}
	if err := s.Record(Entry{Key: "c", Stage: Branched}); err != nil {
		t.Fatal(err)
	}
	read, err := ReadState(path)
	if err != nil {
		text, _ := os.ReadFile(path)
		t.Fatalf("%v: %.100q", err, text)
	}
	if list := read.Entries(); len(list) != 2 || list[0].Key != "a" || list[1].Key != "c" {
		t.Errorf("%+v", list)
	}
}
