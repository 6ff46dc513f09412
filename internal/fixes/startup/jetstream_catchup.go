package startup

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamCatchup finds negative limits of what is sent to servers that catch
// up.
func JetStreamCatchup() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-catchup",
		Severity: fixes.Error,
		Summary:  "max_outstanding_catchup of a JetStream cluster is negative, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "jetstream max catchup cannot be negative",
			What: `max_outstanding_catchup says how many bytes may be on their way to servers that catch up with a stream. In a cluster a negative
number keeps the server from starting (server/jetstream.go, validateJetStreamOptions); 0 stands for the server's own, 64 MB.`,
			Fix:           "Takes the limit out.",
			Applicability: "Unsafe (changes behaviour): another limit may have been meant.",
			Effect:        "The server does not run.",
			Before:        "server_name: n1\njetstream {\n  store_dir: data\n  max_outstanding_catchup: -1\n}\ncluster { name: east, port: 6222, routes: [\"nats://n2:6222\"] }\n",
			After:         "server_name: n1\njetstream {\n  store_dir: data\n}\ncluster { name: east, port: 6222, routes: [\"nats://n2:6222\"] }\n",
		},
		Needs:       []string{"jetstream"},
		CheckServer: checkJetStreamCatchup,
	}
}

func checkJetStreamCatchup(p *fixes.Pass, s *fleet.Server) {
	if s.Broken() || !s.JetStream.Enabled || !s.AcceptsRoutes() {
		return
	}
	v := fixes.Below(fixes.Top(s, "jetstream"), "max_outstanding_catchup")
	if v == nil || !isNegative(v.Value) {
		return
	}
	f := v.Finding("the limit is negative: the server refuses to start (\"jetstream max catchup cannot be negative\"), though nats-server -t calls the file valid")
	f.With(p.Delete(v, "take %s out", v.Entry.Key), "write a number above 0")
	p.Report(f.Because(fixes.ChangesBehaviour, "another limit may have been meant"))
}
