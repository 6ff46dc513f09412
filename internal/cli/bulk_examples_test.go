package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The scripts for other tools do, in a clone of a bare repository, what these
// tools expect: multi-gitter and batch changes commit what has changed,
// turbolift pushes the commits that it finds.
func TestScriptsForOtherToolsRun(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	examples, err := filepath.Abs("../../examples/bulk")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile(filepath.Join(examples, "batch-spec.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var batch struct {
		Version int
		Steps   []struct{ Run, Container string }
	}
	if err := yaml.Unmarshal(spec, &batch); err != nil || batch.Version != 2 || len(batch.Steps) != 1 || batch.Steps[0].Container == "" {
		t.Fatalf("batch-spec.yaml: %v %v", err, batch)
	}
	b := newBulkBench(t, 3) // plain, two, clean
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	natsfix, err := exec.LookPath("natsfix")
	if err != nil {
		t.Fatal(err)
	}
	for name, tool := range map[string]struct {
		command string
		commits bool // makes them itself
		noGit   bool // the image has none
	}{
		"multi-gitter": {command: "sh " + examples + "/multi-gitter.sh"},
		"turbolift":    {command: "sh " + examples + "/turbolift.sh", commits: true},
		"batch":        {command: batch.Steps[0].Run, noGit: true},
	} {
		for i, kind := range b.kinds {
			bare, clone := filepath.Join(b.dir, name, kind+".git"), filepath.Join(b.dir, name, kind)
			if err := os.MkdirAll(filepath.Dir(bare), 0o755); err != nil {
				t.Fatal(err)
			}
			b.git(b.dir, "clone", "-q", "--bare", b.repository(i), bare)
			b.git(b.dir, "clone", "-q", bare, clone)
			b.git(clone, "checkout", "-q", "-b", "campaign")
			cmd := exec.Command(shell, "-c", tool.command)
			cmd.Dir = clone
			if tool.noGit {
				cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(natsfix))
			}
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s in %s: %v\n%s", name, kind, err, out)
			}
			changed := b.git(clone, "status", "--porcelain") != ""
			if changed != (!tool.commits && b.want[kind] > 0) {
				t.Errorf("%s in %s: something has changed is %v", name, kind, changed)
			}
			if changed {
				b.git(clone, "commit", "-q", "-a", "-m", "campaign")
			}
			b.git(clone, "push", "-q", "origin", "campaign")
			made := strings.Count(b.git(bare, "log", "--format=%s", "main..campaign")+"\n", "\n")
			if b.git(bare, "log", "--format=%s", "main..campaign") == "" {
				made = 0
			}
			want := b.want[kind]
			if !tool.commits {
				want = min(want, 1)
			}
			if made != want {
				t.Errorf("%s in %s: %d commits were pushed, want %d", name, kind, made, want)
			}
		}
	}
}
