package host

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/natsfix/natsfix/internal/repo"
)

// TestRecipesAreNoDeployments looks at the recipes of the repository, whose
// tests hold configurations with mistakes.
func TestRecipesAreNoDeployments(t *testing.T) {
	files, err := filepath.Glob("../../recipes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recipes: %v", err)
	}
	for _, file := range append(files, "../recipe/example.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if v := Judge(file, text, true); v.Class != repo.Unrelated {
			t.Errorf("%s: %v (%s)", file, v.Class, v.Why)
		}
	}
	text := []byte("kind: ConfigMap\nmetadata:\n  name: nats-config\ndata:\n  nats.conf: |\n    server_name: a\n    jetstream: enabled\n")
	if v := Judge("cm.yaml", text, true); v.Class != repo.Ours {
		t.Errorf("a ConfigMap is %v (%s)", v.Class, v.Why)
	}
}
