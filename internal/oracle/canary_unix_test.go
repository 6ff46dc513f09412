//go:build unix

package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestNoPathOfTheConfigurationIsOpened(t *testing.T) {
	// Whoever opens a pipe that nobody writes to waits for ever.
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	j := newJudge(t, Options{Timeout: 20 * time.Second})
	for _, text := range []string{
		"tls { cert_file: %q, key_file: %q, ca_file: %q }",
		"tls { certs [ { cert_file: %q, key_file: %q } ], ca_file: %q }",
		"Operator: %q, ROOTS: [%q], resolver_tls { ca_file: %q }",
		"leafnodes { remotes [ { url: \"nats://h:7422\", creds: %q, tls { ca_file: %q, cert_file: %q } } ] }",
		"pid_file: %q, log_file: %q, jetstream { tpm { keys_file: %q, encryption_password: p } }",
		"resolver { type: full, dir: %q }, ports_file_dir: %q, store_dir: %q",
	} {
		if v := askText(t, j, fmt.Sprintf(text, pipe, pipe, pipe)+"\n"); v.NotJudged != "" || v.Reached != StageStart {
			t.Errorf("%s: %+v", text, v)
		}
	}
}

func TestShutdownRemovesNoPortsFile(t *testing.T) {
	j := newJudge(t, Options{})
	ask(t, j, harmless)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ports := filepath.Join(t.TempDir(), fmt.Sprintf("%s_%d.ports", filepath.Base(exe), j.idle[0].cmd.Process.Pid))
	if err := os.WriteFile(ports, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if v := askText(t, j, "ports_file_dir: \""+filepath.Dir(ports)+"\"\n"); !v.Accepted() {
		t.Fatalf("%+v", v)
	}
	if _, err := os.Stat(ports); err != nil {
		t.Error(err)
	}
}
