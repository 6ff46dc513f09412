package silent

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// AccountJetStreamWithoutServer finds accounts that enable JetStream on servers
// that do not.
func AccountJetStreamWithoutServer() *fixes.Rule {
	return &fixes.Rule{
		Name:     "account-jetstream-without-server",
		Severity: fixes.Warning,
		Summary:  "an account enables JetStream and the server does not, so there is none",
		Doc: fixes.Doc{
			Stage:   "silent",
			Message: "JetStream not enabled",
			Since:   "2.2.0",
			What: `jetstream inside an account only says that the account may use JetStream, and how much of it. JetStream itself is
switched on by jetstream at the top level, or by the flag -js. Without that the server starts, ignores what the account
says, and clients of the account get no responders, or "jetstream not enabled".
The rule is silent where another server of the same cluster or supercluster has JetStream, or one that takes its accounts
from the same file: not every server of such a system needs to have it. It is silent, too, in a file that has accounts and
nothing of a server, such as listen or server_name, since that is most likely included elsewhere. Give flags with
--server-args.`,
			Fix:           `jetstream: enabled at the top level.`,
			Applicability: `Unsafe: the server begins to store data. Manual if the files switch JetStream off.`,
			Effect:        `A reload, or a restart, of the servers concerned.`,
			Before: `server_name: n1
accounts {
  APP { jetstream: enabled }
}
`,
			After: `server_name: n1
accounts {
  APP { jetstream: enabled }
}
jetstream: enabled
`,
		},
		Needs:  []string{"accounts"},
		Check:  checkAccountJetStreamWithoutServer,
		Linked: true,
	}
}

func checkAccountJetStreamWithoutServer(p *fixes.Pass) {
	var with map[*fleet.Doc]bool // documents of servers that have JetStream
	for _, s := range p.Fleet.Servers {
		if mayHaveJetStream(s) || s.Broken() || operatorMode(s) || !listens(s) || len(s.Root.Tree.LostNodes()) > 0 { // empty-value: the block may be lost
			continue
		}
		account, js := firstWithJetStream(s)
		if js == nil || anyJetStream(s.Cluster.Super.Servers) {
			continue
		}
		if with == nil {
			with = documentsWithJetStream(p.Fleet)
		}
		if with[js.Entry.Doc] {
			continue
		}
		f := js.Finding("JetStream is enabled for the account %q, but not for the server: it starts without JetStream, and clients of the account get no answer from it", account.Entry.Key)
		if s.JetStream.Value != nil {
			beside(f, fixes.Top(s, "jetstream"), "the server's JetStream is off here")
			f.Because(fixes.Manual, "the file switches JetStream off: decide which of the two is meant")
		} else {
			fix := p.Insert(s, nil, ast.Field{Key: "jetstream", Value: ast.String("enabled")}, ast.AtEnd(), "enable JetStream for the server")
			f.With(fix, "the file cannot be edited").
				Because(fixes.ChangesBehaviour, "the server begins to run JetStream, if the flag -js does not say so already")
		}
		p.Report(f)
	}
}

// listens reports whether the file says something of addresses, names or
// links. One that does not, and has nothing but accounts, is most likely
// included by a file that is not loaded.
func listens(s *fleet.Server) bool {
	return fixes.Top(s, "port", "listen", "host", "net", "server_name", "cluster", "gateway", "leafnodes", "leaf", "websocket", "ws", "mqtt",
		"http", "http_port", "monitor_port", "https", "https_port", "tls", "jetstream", "pid_file", "max_payload", "debug") != nil
}

func mayHaveJetStream(s *fleet.Server) bool { return s.JetStream.Enabled || s.JetStream.Unknown }

func anyJetStream(servers []*fleet.Server) bool {
	for _, s := range servers {
		if mayHaveJetStream(s) {
			return true
		}
	}
	return false
}

func documentsWithJetStream(f *fleet.Fleet) map[*fleet.Doc]bool {
	docs := make(map[*fleet.Doc]bool)
	for _, s := range f.Servers {
		if mayHaveJetStream(s) {
			for _, d := range s.Docs {
				docs[d] = true
			}
		}
	}
	return docs
}

// firstWithJetStream returns the first account that enables JetStream, and the
// field that does so.
func firstWithJetStream(s *fleet.Server) (account, js *fixes.Visit) {
	for _, account := range accounts(s) {
		js := fixes.Below(account, "jetstream")
		if on, _ := enablesJetStream(js); on {
			return account, js
		}
	}
	return nil, nil
}
