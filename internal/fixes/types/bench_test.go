package types_test

import (
	"io/fs"
	"testing"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/types"
	"github.com/natsfix/natsfix/internal/fleet"
)

const ordinary = `server_name: n1
port: 4222
http: 8222
max_payload: 8MB
ping_interval: "20s"
jetstream { store_dir: "/data", max_file_store: 10GB, domain: hub }
cluster {
  name: c1
  port: 6222
  routes: ["nats://n2:6222", "nats://n3:6222"]
  authorization { user: r, password: s, timeout: 2 }
  tls { cert_file: "a.pem", key_file: "b.pem", ca_file: "c.pem", verify: true, timeout: 3 }
}
leafnodes { port: 7422, remotes: [ { url: "nats://hub:7422", account: A, credentials: "x.creds" } ] }
accounts {
  A: { jetstream: enabled, users: [ { user: a, password: b, permissions: { publish: ["x.>", "y"], subscribe: "_INBOX.>" } } ] }
  B: { users: [ { user: c, password: d } ], imports: [ { stream: { account: A, subject: "s" } } ] }
}
`

// BenchmarkOrdinaryServer measures the rules of this package on one server in
// which nothing is wrong.
func BenchmarkOrdinaryServer(b *testing.B) {
	set := fleet.NewSet(func(path string) ([]byte, error) {
		if path == "nats.conf" {
			return []byte(ordinary), nil
		}
		return nil, fs.ErrNotExist
	})
	f := fleet.Build(set, []string{"nats.conf"}, fleet.Options{Jobs: 1})
	rules := types.Rules()
	b.ReportAllocs()
	for b.Loop() {
		fixes.NewSuite(rules, nil, fixes.Window{}, 1).Run(f)
	}
}
