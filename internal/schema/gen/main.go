// Command gen writes ../table_gen.go from ../fields.txt, after checking every name and effect in it against the source of the
// linked nats-server release. It fails, naming each difference, when a release has added or dropped a key.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run expects the package directory as the working directory, which is what "go generate" gives it.
func run() error {
	text, err := os.ReadFile("fields.txt")
	if err != nil {
		return err
	}
	out, err := generate(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile("table_gen.go", out, 0o644)
}

// generate returns the Go source of the table that fields.txt describes.
func generate(text string) ([]byte, error) {
	release, dir, err := linkedServer()
	if err != nil {
		return nil, err
	}
	src, err := readServer(dir)
	if err != nil {
		return nil, err
	}
	blocks, err := parseFields(text)
	if err != nil {
		return nil, err
	}
	if err := resolve(blocks, src); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := emit(&buf, release, blocks); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// linkedServer returns the version and directory of the nats-server module that go.mod names.
func linkedServer() (release, dir string, err error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "github.com/nats-io/nats-server/v2")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("locating nats-server: %w", err)
	}
	release, dir, _ = strings.Cut(strings.TrimSpace(string(out)), " ")
	if dir == "" {
		return "", "", fmt.Errorf("nats-server %s is not in the module cache: run \"go mod download\"", release)
	}
	return release, dir, nil
}
