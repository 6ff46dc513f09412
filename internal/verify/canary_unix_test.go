//go:build unix

package verify

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNothingIsOpenedMadeOrCalled has servers judged, and started, whose
// configuration names pipes that nobody writes to, directories that are not
// there, and addresses at which somebody listens: whoever opens a pipe waits
// for ever.
func TestNothingIsOpenedMadeOrCalled(t *testing.T) {
	t.Parallel()
	canary := t.TempDir()
	pipe := filepath.Join(canary, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	called := make(chan struct{}, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			called <- struct{}{}
		}
	}()
	text := strings.NewReplacer("PIPE", pipe, "DIR", canary, "ADDR", l.Addr().String()).Replace(`
server_name: n
tls { cert_file: "PIPE", key_file: "PIPE", ca_file: "PIPE" }
https: "127.0.0.1:8443"
cluster { name: c, port: 6222, routes: ["nats://ADDR"], tls { cert_file: "PIPE", key_file: "PIPE" } }
gateway { name: c, port: 7222, gateways: [ { name: d, url: "nats://ADDR" } ] }
leafnodes { port: 7422, remotes: [ { url: "nats://ADDR", credentials: "PIPE" } ] }
websocket { port: 8080, tls { cert_file: "PIPE", key_file: "PIPE" } }
jetstream { store_dir: "DIR/js", tpm { keys_file: "DIR/tpm", encryption_password: p } }
pid_file: "DIR/pid"
log_file: "DIR/log"
ports_file_dir: "DIR"
ocsp { mode: always, url: "http://ADDR" }
ocsp_cache { type: local, local_store: "DIR/ocsp" }
system_account: S
accounts { S {}, A { jetstream: enabled, users: [ { user: u, password: p } ] } }
`)
	operator := strings.NewReplacer("PIPE", pipe, "DIR", canary, "ADDR", l.Addr().String()).Replace(`
operator: "PIPE"
resolver: URL("http://ADDR/jwt/v1/accounts/")
`)
	full := strings.NewReplacer("PIPE", pipe, "DIR", canary).Replace(`
operator: [ "PIPE" ]
resolver { type: full, dir: "DIR/jwt" }
`)
	files := map[string]string{"a.conf": text, "b.conf": operator, "c.conf": full, "d.conf": "include \"" + pipe + "\"\n"}
	res := run(t, request(t, files), Options{Boot: true})
	if res.Accepted != 3 {
		t.Errorf("%d accepted:\n%s", res.Accepted, lines(res))
	}
	for _, n := range res.NotChecked {
		t.Log(n.File, n.Line, n.Message)
	}
	select {
	case <-called:
		t.Error("somebody called")
	case <-time.After(20 * time.Millisecond):
	}
	left, err := os.ReadDir(canary)
	if err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}
