package host

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"
)

// BenchmarkSniff measures what it costs to tell whether a text is ours. Peer:
// the official parser on the same text.
func BenchmarkSniff(b *testing.B) {
	ours := "server_name: n1\nport: 4222\njetstream { store_dir: /data }\naccounts {\n" +
		strings.Repeat("  A { users: [ { user: a, password: b, permissions: { publish: \"a.>\" } } ] }\n", 40) + "}\n"
	foreign := strings.Repeat("# a comment\nLogLevel info\nDocumentRoot /var/www\nErrorLog /var/log/error.log\n", 40)
	for name, text := range map[string]string{"Ours": ours, "Foreign": foreign} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Sniff("a.conf", []byte(text))
			}
		})
		b.Run(name+"Parse", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, _ = conf.Parse(text) // refuses the foreign one
			}
		})
	}
}
