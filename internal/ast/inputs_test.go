package ast_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// input is one configuration text for tests that run over many.
type input struct {
	name string
	text []byte
}

// serverDir is the folder of the linked nats-server module, which holds more
// than a hundred configurations and the tests of the official parser.
var serverDir = sync.OnceValue(func() string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
})

// serverConfigs returns the configurations of the nats-server module.
func serverConfigs(tb testing.TB) []input {
	tb.Helper()
	var all []input
	err := filepath.WalkDir(serverDir(), func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".conf") {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all = append(all, input{path, text})
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(all) < 100 {
		tb.Fatalf("found only %d configurations in the nats-server module at %q", len(all), serverDir())
	}
	return all
}

// extraInputs returns the files below $NATSFIX_CORPUS, if it is set: any
// collection of real configurations.
func extraInputs(tb testing.TB) []input {
	tb.Helper()
	dir := os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		return nil
	}
	var all []input
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".cases") {
			for _, c := range strings.Split(string(text), "\n=== ") {
				_, body, _ := strings.Cut(c, "\n")
				all = append(all, input{path, []byte(body)})
			}
			return nil
		}
		all = append(all, input{path, text})
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
