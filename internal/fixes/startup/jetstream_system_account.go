package startup

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamSystemAccount finds JetStream switched on for the system account.
func JetStreamSystemAccount() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-system-account",
		Severity: fixes.Error,
		Summary:  "JetStream is switched on for the system account, so the server gives up at the start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "Not allowed to enable JetStream on the system account",
			Since:   "2.2.0",
			What: `The system account carries the servers' own events and cannot have streams. If it has a jetstream field that
switches JetStream on, a server with JetStream ends at the start (server/server.go, Start). It ends, too, if there is no system
account: trusted_keys without system_account leave none ("Can't start JetStream: setting up internal jetstream subscriptions failed:
system account not setup"); or if it is $G, on a server without other accounts ("jetstream can not be enabled on the system account").`,
			Fix:           "Takes the jetstream field of the system account out.",
			Applicability: "Safe: the server does not start today, and no other value of the field would do anything. Manual where the system account is missing or $G.",
			Effect:        "The server does not run.",
			Before: `jetstream: enabled
system_account: SYS
accounts {
  SYS {
    users: [{user: admin, password: changeme}]
    jetstream: enabled
  }
}
`,
			After: `jetstream: enabled
system_account: SYS
accounts {
  SYS {
    users: [{user: admin, password: changeme}]
  }
}
`,
			References: []string{"nsc#684", "nats-server#1417", "nats-server#4910"},
		},
		Needs:       []string{"jetstream"},
		CheckServer: checkJetStreamSystemAccount,
	}
}

func checkJetStreamSystemAccount(p *fixes.Pass, s *fleet.Server) {
	if !s.JetStream.Enabled || s.Broken() || operators(s) != nil {
		return
	}
	system := systemAccount(s)
	if unknown(system) {
		return
	}
	if reason, at := noSystemAccount(s, system); reason != "" {
		advice, place := "name the operator instead of its keys, or a system account", "what leaves it without"
		if at == system {
			advice, place = "name another system account, which accounts defines", "the system account is chosen here"
		}
		js := fixes.Top(s, "jetstream")
		if js == nil {
			js = at // by the flag --jetstream
		}
		p.Report(js.KeyFinding("JetStream needs a system account, and %s: the server ends at the start (\"Can't start JetStream\"), though nats-server -t calls the file valid", reason).
			Beside(at.Entry, "%s", place).Because(fixes.Manual, advice))
		return
	}
	js := fixes.Below(named(fixes.Top(s, "accounts"), s.SystemAccount()), "jetstream")
	if js == nil || !enablesJetStream(js) {
		return
	}
	f := js.KeyFinding("JetStream is switched on for the system account %q: the server ends at the start (\"Not allowed to enable JetStream on the system account\"), though nats-server -t calls the file valid", s.SystemAccount())
	beside(f, system, "the system account is chosen here")
	p.Report(f.With(p.Delete(js, "take out what switches JetStream on for %q", s.SystemAccount()),
		fmt.Sprintf("take jetstream out of the account %q: the text of it is shared through a variable", s.SystemAccount())))
}

// noSystemAccount says why a server with JetStream has no system account that
// it could use, and where that is written; "" if it has one, as far as is known.
func noSystemAccount(s *fleet.Server, system *fixes.Visit) (string, *fixes.Visit) {
	trusted := fixes.Top(s, "trusted_keys", "trusted")
	switch {
	case system == nil && len(items(trusted)) > 0 && !isTrue(fixes.Top(s, "no_system_account", "no_system", "no_sys_acc")):
		return "with trusted_keys the server makes none by itself (\"system account not setup\")", trusted
	case text(system) == globalAccount && fixes.Top(s, "accounts") == nil && len(items(trusted)) == 0:
		return "here it is the account $G, which is to use it (\"jetstream can not be enabled on the system account\")", system
	}
	return "", nil
}

// enablesJetStream reads the jetstream field of an account (server/opts.go,
// parseJetStreamForAccount): a block switches it on whatever it holds.
func enablesJetStream(v *fixes.Visit) bool {
	t := strings.ToLower(text(v))
	return isTrue(v) || v.Value.IsMap() || t == "enabled" || t == "enable"
}
