package silent

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MixedAuth finds users outside of accounts beside users inside.
func MixedAuth() *fixes.Rule {
	return &fixes.Rule{
		Name:     "mixed-auth",
		Severity: fixes.Warning,
		Summary:  "there are users in authorization beside users in accounts: those are in no account of the file",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `Users of authorization belong to the global account $G. With accounts in the same configuration they are cut off from
all users of those: they see none of their messages, and with JetStream on an account they have none. Mostly the users in
authorization are left over from before there were accounts. The rule is silent if only the system account has users of
its own, which is a usual way to set that one up.`,
			Fix:           `None: only you know into which account the users belong.`,
			Applicability: `Manual: move the users into an account, or leave them where they are if $G is meant.`,
			Effect:        `A reload of the servers concerned.`,
			Before: `authorization {
  users: [{ user: old, password: s3cret }]
}
accounts {
  APP { users: [{ user: app, password: t0psecret }] }
}
`,
			After: `accounts {
  APP {
    users: [
      { user: app, password: t0psecret }
      { user: old, password: s3cret }
    ]
  }
}
`,
			References: []string{"GHSA-fr2g-9hjm-wr23"},
		},
		Needs:       []string{"authorization"},
		CheckServer: checkMixedAuth,
	}
}

func checkMixedAuth(p *fixes.Pass, s *fleet.Server) {
	users := fixes.Below(fixes.Top(s, "authorization"), "users")
	if users == nil || len(users.Value.List) == 0 || s.Broken() || operatorMode(s) || fixes.Below(fixes.Top(s, "authorization"), "auth_callout", "auth_hook") != nil {
		return
	}
	system := s.SystemAccount()
	for _, account := range accounts(s) {
		if account.Entry.Key == "$G" {
			return // somebody knows where they go
		}
	}
	for _, account := range accounts(s) {
		inside := fixes.Below(account, "users")
		if inside == nil || len(inside.Value.List) == 0 || account.Entry.Key == system {
			continue
		}
		f := users.KeyFinding("these users belong to the global account $G, while those of the account %q and others have accounts of their own: the two do not see each other's messages", account.Entry.Key)
		beside(f, inside, "users of an account are here")
		p.Report(f.Because(fixes.Manual, "say into which account the users belong by moving them there"))
		return
	}
}
