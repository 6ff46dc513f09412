package verify

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestTheProgramAgrees holds the judge against a real nats-server with -t, over
// all configurations of the nats-server module and of this repository's
// examples: a program of the linked release must not differ. It runs if
// NATSFIX_SERVER_BIN names such a program, or is "build" to have one built.
func TestTheProgramAgrees(t *testing.T) {
	program := os.Getenv("NATSFIX_SERVER_BIN")
	if program == "" {
		t.Skip("NATSFIX_SERVER_BIN names no nats-server")
	}
	if program == "build" {
		program = filepath.Join(t.TempDir(), "nats-server")
		if out, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	binary, err := oracle.OpenBinary(t.Context(), program)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, dir := range []string{strings.TrimSpace(string(out)), filepath.Join("..", "..", "examples")} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".conf" {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	res := run(t, request(t, nil, func(req *engine.Request) {
		req.Targets, req.Read = paths, os.ReadFile
	}), Options{Binary: binary})
	t.Log(res.Second)
	if res.Servers < 100 {
		t.Errorf("%d servers are few", res.Servers)
	}
	for _, f := range res.Findings {
		for _, o := range f.Official {
			if o.Release != oracle.Release() || o.Message == validWord {
				t.Errorf("%s:%d: %s: %s", f.File, f.Line, o.Release, o.Message)
			}
		}
	}
	if binary.Release == oracle.Release() && !strings.Contains(res.Second, "it agrees") {
		t.Error(res.Second)
	}
}
