package startup

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ClusterAccountsDuplicate finds accounts that cluster.accounts lists twice.
func ClusterAccountsDuplicate() *fixes.Rule {
	return &fixes.Rule{
		Name:     "cluster-accounts-duplicate",
		Severity: fixes.Error,
		Summary:  "cluster.accounts lists an account twice, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:         "start (nats-server -t is silent)",
			Message:       `found duplicate account name "A" in pinned accounts list ["A" "A"]`,
			Since:         "2.10.0",
			What:          `Accounts in cluster.accounts have routes of their own. One that is listed twice makes the server refuse to start (server/server.go, validateCluster).`,
			Fix:           "Takes the later one out.",
			Applicability: "Safe: the list means the same without it, and the server does not start with it.",
			Effect:        "The server does not run.",
			Before:        "cluster { port: 6222, accounts: [ORDERS, USERS, ORDERS] }\n",
			After:         "cluster { port: 6222, accounts: [ORDERS, USERS] }\n",
		},
		Needs:       []string{"cluster"},
		CheckServer: checkClusterAccountsDuplicate,
	}
}

func checkClusterAccountsDuplicate(p *fixes.Pass, s *fleet.Server) {
	list := fixes.Below(fixes.Top(s, "cluster"), "accounts")
	if list == nil || s.Broken() || !list.Value.IsList() {
		return
	}
	first := make(map[string]*fixes.Visit)
	for _, v := range items(list) {
		if !v.Value.IsString() {
			continue
		}
		name := v.Value.Text()
		if first[name] == nil {
			first[name] = v
			continue
		}
		f := v.Finding("the account %q is listed twice: the server refuses to start (\"found duplicate account name\"), though nats-server -t calls the file valid", name)
		beside(f, first[name], "it stands here, too")
		p.Report(f.With(p.Delete(v, "take the second %q out", name), "take one of them out"))
	}
}
