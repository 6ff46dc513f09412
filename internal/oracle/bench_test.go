package oracle

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"
	"github.com/nats-io/nats-server/v2/server"
)

// ordinary is a configuration of common size.
const ordinary = `
server_name: n1
listen: 0.0.0.0:4222
http: 8222
max_payload: 2MB
jetstream { store_dir: /data/jetstream, max_memory_store: 1GB, max_file_store: 10GB, domain: hub }
cluster {
  name: hub
  listen: 0.0.0.0:6222
  authorization { user: route, password: secret, timeout: 2 }
  routes: [ "nats://route:secret@n1:6222", "nats://route:secret@n2:6222", "nats://route:secret@n3:6222" ]
}
gateway {
  name: hub
  port: 7222
  gateways: [ { name: hub, urls: ["nats://n1:7222", "nats://n2:7222"] }, { name: west, urls: ["nats://w1:7222"] } ]
}
leafnodes { port: 7422 }
accounts {
  $SYS { users: [ { user: admin, password: secret } ] }
  A { jetstream: enabled, users: [ { user: a, password: secret, permissions { publish: ["a.>"], subscribe: ["a.>", "_INBOX.>"] } } ], exports: [ { service: "a.q" } ] }
  B { users: [ { user: b, password: secret } ], imports: [ { service { account: A, subject: "a.q" } } ] }
}
system_account: "$SYS"
`

func BenchmarkDirectCall(b *testing.B) {
	path := filepath.Join(b.TempDir(), "nats.conf")
	if err := os.WriteFile(path, []byte(ordinary), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := conf.ParseFileWithChecks(path); err != nil {
			b.Fatal(err)
		}
		o := &server.Options{NoSigs: true}
		if err := o.ProcessConfigFile(path); err != nil {
			b.Fatal(err)
		}
		s, err := server.NewServer(o)
		if err != nil {
			b.Fatal(err)
		}
		s.Shutdown()
	}
}

func BenchmarkAsk(b *testing.B) {
	j := newJudge(b, Options{})
	c := Case{Root: "nats.conf", Files: map[string][]byte{"nats.conf": []byte(ordinary)}}
	benchmarkAsk(b, j, c)
}

func BenchmarkAskWithInclude(b *testing.B) {
	j := newJudge(b, Options{})
	c := Case{Root: "nats.conf", Files: map[string][]byte{
		"nats.conf": []byte(ordinary + "include tags.conf\n"), "tags.conf": []byte("server_tags: [a, b]\n"),
	}}
	benchmarkAsk(b, j, c)
}

func BenchmarkAskWithStandins(b *testing.B) {
	j := newJudge(b, Options{})
	c := Case{Root: "nats.conf", Files: map[string][]byte{
		"nats.conf": []byte(ordinary + "tls { cert_file: /etc/nats/cert.pem, key_file: /etc/nats/key.pem }\n"),
	}}
	benchmarkAsk(b, j, c)
}

func benchmarkAsk(b *testing.B, j *Judge, c Case) {
	for b.Loop() {
		v, err := j.Ask(context.Background(), c)
		if err != nil || !v.Accepted() {
			b.Fatalf("%+v %v", v, err)
		}
	}
}

func BenchmarkDelta(b *testing.B) {
	j := newJudge(b, Options{})
	v := askText(b, j, ordinary)
	for b.Loop() {
		if d := Delta(v.Values, v.Values); d != nil {
			b.Fatal(d)
		}
	}
}
