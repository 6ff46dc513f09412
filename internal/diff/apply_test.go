package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// gitApply and patchP1 apply a patch from standard input in the current directory.
var (
	gitApply = []string{"git", "apply", "--whitespace=nowarn", "--unidiff-zero"}
	patchP1  = []string{"patch", "-p1", "--silent", "--force"}
)

// applyWith runs a command that applies patch in a fresh directory with the changes' old files and compares what is
// there afterwards with the new ones.
func applyWith(t *testing.T, command []string, patch []byte, changes []Change) {
	t.Helper()
	dir := t.TempDir()
	for _, c := range changes {
		path := filepath.Join(dir, filepath.FromSlash(c.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if c.Status == Created {
			continue
		}
		if err := os.WriteFile(path, c.Old, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(patch)
	// Settings of the machine must not matter, nor a repository above the directory.
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s\n%q", command[0], err, out, patch)
	}
	for _, c := range changes {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.Name)))
		if c.Status == Deleted {
			if !os.IsNotExist(err) {
				t.Fatalf("%s left %q there\n%q", command[0], c.Name, patch)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v\n%q", command[0], err, patch)
		}
		if !bytes.Equal(got, c.New) {
			t.Fatalf("%s made\n%q, want\n%q\nold\n%q\npatch\n%q", command[0], got, c.New, c.Old, patch)
		}
	}
}

func patchOf(changes []Change, context int) []byte {
	var patch []byte
	for _, c := range changes {
		patch = append(patch, Compute(c, context).Unified()...)
	}
	return patch
}

// eachTool runs a test with git apply and with patch, as far as they are installed.
func eachTool(t *testing.T, test func(t *testing.T, command []string)) {
	for _, command := range [][]string{gitApply, patchP1} {
		t.Run(command[0], func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Skipf("%s is not installed", command[0])
			}
			t.Parallel()
			test(t, command)
		})
	}
}

func TestToolsApplyPatch(t *testing.T) {
	const many = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	tests := []struct {
		name     string
		file     string
		old, new string
	}{
		{"empty to full", "x", "", "a\nb\n"},
		{"full to empty", "x", "a\nb\n", ""},
		{"empty to a line without newline", "x", "", "a"},
		{"a line without newline to empty", "x", "a", ""},
		{"newline comes", "x", "a\nb", "a\nb\n"},
		{"newline goes", "x", "a\nb\n", "a\nb"},
		{"no newline on either side", "x", "a\nb", "a\nc"},
		{"no newline in context", "x", "a\nb\nc", "x\nb\nc"},
		{"CRLF", "x", "a\r\nb\r\n", "a\r\nc\r\n"},
		{"CRLF to LF", "x", "a\r\nb\r\n", "a\nb\n"},
		{"LF to CRLF", "x", "a\nb\n", "a\r\nb\r\n"},
		{"lone CR", "x", "a\rb\nc\r", "a\rd\nc\r"},
		{"latin1", "x", "caf\xe9\nb\n", "caf\xe8\nb\n"},
		{"NUL", "x", "a\x00b\nc\n", "a\x00c\nc\n"},
		{"lines that look like a patch", "x", "-- a/x\n++ b/x\n@@ -1 +1 @@\n", "-- a/y\n++ b/x\n\\ No newline at end of file\n"},
		{"blank lines only", "x", "\n\n\n", "\n\n"},
		{"far apart", "x", many + many + many, "0\n" + many + "x\n" + many[2:] + many + "10\n"},
		{"name with a directory", "a/b/x.conf", "a\n", "b\n"},
		{"name with blanks", "my dir/my file.conf", "a\n", "b\n"},
		{"name with UTF-8", "größe/naïve.conf", "a\n", "b\n"},
		{"name with UTF-8 and blanks", "größe naïve.conf", "a\n", "b\n"},
		{"name with quotes", `it's "x".conf`, "a\n", "b\n"},
		{"name with a backslash", `a\b.conf`, "a\n", "b\n"},
		{"name with a tab", "a\tb.conf", "a\n", "b\n"},
		{"name with a tab and blanks", "a \t b.conf", "a\n", "b\n"},
		{"name with a newline", "a\nb.conf", "a\n", "b\n"},
		{"name that is not UTF-8", "caf\xe9.conf", "a\n", "b\n"},
		{"name like a prefix", "b/a b/b", "a\n", "b\n"},
		{"name like an option", "-p0", "a\n", "b\n"},
	}
	eachTool(t, func(t *testing.T, command []string) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				for context := range 4 {
					changes := []Change{{Name: tt.file, Old: []byte(tt.old), New: []byte(tt.new)}}
					applyWith(t, command, patchOf(changes, context), changes)
				}
			})
		}
	})
}

func TestToolsApplyCreatedAndDeletedFiles(t *testing.T) {
	for _, text := range []string{"a\n", "a\r\nb", ""} {
		changes := []Change{
			{Name: "new dir/new", Status: Created, New: []byte(text)},
			{Name: "between", Old: []byte("a\n"), New: []byte("b\n")},
			{Name: "old dir/old", Status: Deleted, Old: []byte(text)},
		}
		eachTool(t, func(t *testing.T, command []string) {
			applyWith(t, command, patchOf(changes, 3), changes)
		})
	}
}

// TestToolsApplyRandomPatches applies several files at once: that is quicker, and proves that diffs can be strung
// together.
func TestToolsApplyRandomPatches(t *testing.T) {
	eachTool(t, func(t *testing.T, command []string) {
		r := rand.New(rand.NewPCG(5, 6))
		for range 40 {
			var changes []Change
			for i := range 12 {
				old, new := randomPair(r)
				names := []string{"%d.conf", "d/%d", "a b/%d", "%d\tx", "ü%d \"q\""}
				changes = append(changes, Change{Name: fmt.Sprintf(names[r.IntN(len(names))], i), Old: old, New: new})
			}
			if patch := patchOf(changes, r.IntN(5)); len(patch) > 0 {
				applyWith(t, command, patch, changes)
			}
		}
	})
}
