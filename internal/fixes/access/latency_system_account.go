package access

import "github.com/natsfix/natsfix/internal/fixes"

// LatencySystemAccount finds samples of latency on a server without system
// account.
func LatencySystemAccount() *fixes.Rule {
	return refuses("latency-system-account", "latency is sampled on a server without system account, which the server refuses at some starts and not at others", fixes.Doc{
		Message: `Error adding service latency sampling for "orders.new": system account not setup`,
		Since:   "2.2.0",
		What: `Servers tell each other of latency through the system account. With no_system_account: true there is none, and the server refuses
to start ("system account not setup"), if it happens to read no_system_account before accounts: at every other start. At the others it
starts, and sends no samples. nats-server -t says the one thing now and the other then.`,
		Fix:           "Nothing: a person takes one of the two out.",
		Applicability: "Manual: somebody wanted the samples, and somebody no system account.",
		Before:        "no_system_account: true\naccounts {\n  A { exports: [ { service: \"orders.new\", latency: \"latency.orders\" } ] }\n}\n",
		After:         "no_system_account: true\naccounts {\n  A { exports: [ { service: \"orders.new\" } ] }\n}\n",
		References:    []string{"server/opts.go: parseAccounts"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("accounts.<name>.exports[]", "latency") || v.Parent == nil || v.Parent.Value.Map == nil {
			return
		}
		none := fixes.Top(v.Server, "no_system_account", "no_system", "no_sys_acc")
		if service, _ := text(v.Parent.Value.Map, "service"); service == nil || none == nil || none.Value.Plain() != true {
			return
		}
		f := v.KeyFinding("there is no system account to send samples through: the server refuses to start at every other start (\"system account not setup\"), and sends no samples at the others")
		f.Beside(none.Entry, "no system account").Beside(v.Server.Values.Field("accounts"), "the accounts")
		p.Report(manual(f, "take latency out, or no_system_account"))
	})
}
