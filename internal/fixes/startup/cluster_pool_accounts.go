package startup

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ClusterPoolAccounts finds accounts with routes of their own beside a
// pool_size that forbids them.
func ClusterPoolAccounts() *fixes.Rule {
	return &fixes.Rule{
		Name:     "cluster-pool-accounts",
		Severity: fixes.Error,
		Summary:  "cluster.accounts stands beside a negative pool_size, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "keep", Default: "accounts", Values: []string{"accounts", "pool_size"},
			Doc: "which of the two stays",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "pool_size cannot be negative if pinned accounts are specified",
			Since:   "2.10.0",
			What: `A negative pool_size makes servers use one route to each other, as before 2.10. Accounts in cluster.accounts have
routes of their own, which does not go together, so the server refuses to start (server/server.go, validateCluster).`,
			Fix: "Takes pool_size out, or with --set cluster-pool-accounts.keep=pool_size the accounts.",
			Applicability: `Somebody must choose, as all servers of the cluster must be told: without the parameter the fix is unsafe and
takes pool_size out.`,
			Effect: "The server does not run.",
			Before: "cluster { port: 6222, pool_size: -1, accounts: [ORDERS] }\n",
			After:  "cluster { port: 6222, accounts: [ORDERS] }\n",
		},
		Needs:       []string{"cluster"},
		CheckServer: checkClusterPoolAccounts,
	}
}

func checkClusterPoolAccounts(p *fixes.Pass, s *fleet.Server) {
	cluster := fixes.Top(s, "cluster")
	size, list := fixes.Below(cluster, "pool_size"), fixes.Below(cluster, "accounts")
	if n, known := number(size, 0); !known || n >= 0 || len(items(list)) == 0 || s.Broken() {
		return
	}
	f := size.Finding("pool_size forbids routes for single accounts, and accounts asks for them: the server refuses to start (\"pool_size cannot be negative if pinned accounts are specified\"), though nats-server -t calls the file valid")
	beside(f, list, "accounts with routes of their own")
	drop, name := size, "pool_size"
	if keep, _ := p.Param("keep"); keep == "pool_size" {
		drop, name = list, "accounts"
	}
	f.With(p.Delete(drop, "take %s out", name), "take one of the two out")
	p.Report(chosen(p, f, "keep", "all servers of the cluster need the same"))
}
