package config

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A guest's settings leave out, and let nothing in.
func TestGuestPromotesNothing(t *testing.T) {
	dir := t.TempDir()
	text := `root: true
unsafe: [a]
env-file: /etc/passwd
baseline: b.json
recipes: [r.yaml]
target: "2.12"
exclude: ["old/"]
rules:
  a: {severity: off, params: {p: v}}
overrides:
  - paths: ["x/"]
    unsafe: [b]
    rules:
      c: {severity: info, params: {q: w}}
`
	if err := os.WriteFile(filepath.Join(dir, Name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(dir, Known{})
	if err != nil {
		t.Fatal(err)
	}
	guest, ignored := cfg.Guest()
	if want := []string{"env-file", "parameters of a", "parameters of c", "recipes", "unsafe"}; !slices.Equal(ignored, want) {
		t.Errorf("ignored: %q, want %q", ignored, want)
	}
	for _, path := range []string{"a.conf", "x/a.conf"} {
		s := guest.ForPath(filepath.Join(dir, path))
		if len(s.Unsafe) > 0 || s.EnvFile.IsSet() || !s.Baseline.IsSet() || len(s.Rules["a"].Params)+len(s.Rules["c"].Params) > 0 {
			t.Errorf("%s: %+v", path, s)
		}
		if s.Rules["a"].Severity != Off || s.Target.Text != "2.12" {
			t.Errorf("%s: what leaves out is lost: %+v", path, s)
		}
	}
	if len(guest.Recipes) > 0 || !guest.Excluded(filepath.Join(dir, "old"), true) {
		t.Errorf("recipes %v, or the exclude list is lost", guest.Recipes)
	}
	if len(cfg.Unsafe) != 1 || !cfg.EnvFile.IsSet() {
		t.Error("the settings themselves changed")
	}
}

func TestAtMovesGlobsAndNoPaths(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	text := "env-file: vars\nexclude: [\"old/\"]\noverrides:\n  - paths: [\"x/\"]\n    rules: {a: off}\n"
	if err := os.WriteFile(filepath.Join(dir, Name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := NewLoader(Known{}).File(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	moved := cfg.At(other)
	if !moved.Excluded(filepath.Join(other, "old", "a.conf"), false) || moved.Excluded(filepath.Join(dir, "old", "a.conf"), false) {
		t.Error("the exclude list does not start at the new folder")
	}
	if moved.ForPath(filepath.Join(other, "x", "a.conf")).Rules["a"].Severity != Off || moved.EnvFile.Text != filepath.Join(dir, "vars") {
		t.Error("overrides are lost, or a path moved")
	}
}
