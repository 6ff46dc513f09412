package silent

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// AccountWithoutJetStream finds servers with JetStream whose accounts may not
// use it.
func AccountWithoutJetStream() *fixes.Rule {
	return &fixes.Rule{
		Name:     "account-without-jetstream",
		Severity: fixes.Info,
		Summary:  "the server has JetStream, but none of its accounts may use it",
		Params: []fixes.Param{{
			Name: "accounts", Default: "all but the system account",
			Doc: "the accounts that get JetStream, separated by commas",
		}},
		Doc: fixes.Doc{
			Stage:   "run time",
			Message: "JetStream not enabled for account",
			Since:   "2.2.0",
			What: `As long as there are no accounts beside the system account, JetStream is enabled for all clients, which are in the
global account $G. As soon as there is one, JetStream is enabled only for accounts that say so, and for $G no longer
(server/jetstream.go, enableJetStreamAccounts). Clients then get "JetStream not enabled for account" (10039).`,
			Fix: `jetstream: enabled in the accounts.`,
			Applicability: `Unsafe until the accounts are chosen with the parameter: each of them may then use all of the server's JetStream. The
system account cannot have JetStream.`,
			Effect: `A reload of the servers concerned.`,
			Before: `jetstream: enabled
accounts {
  APP {
    users: [{user: app, password: s3cret}]
  }
}
`,
			After: `jetstream: enabled
accounts {
  APP {
    users: [{user: app, password: s3cret}]
    jetstream: enabled
  }
}
`,
		},
		Needs:       []string{"jetstream"},
		CheckServer: checkAccountWithoutJetStream,
	}
}

func checkAccountWithoutJetStream(p *fixes.Pass, s *fleet.Server) {
	if !s.JetStream.Enabled || s.JetStream.Unknown || s.Broken() || operatorMode(s) {
		return
	}
	all, system := accounts(s), s.SystemAccount()
	var others []*fixes.Visit
	for _, account := range all {
		if on, known := enablesJetStream(fixes.Below(account, "jetstream")); on || !known || account.Value.Unknown() {
			return
		}
		if account.Entry.Key != system {
			others = append(others, account)
		}
	}
	if len(others) == 0 {
		return
	}
	f := others[0].Parent.KeyFinding("the server has JetStream, but no account enables it: with accounts defined JetStream is no longer enabled for all, and clients get \"JetStream not enabled for account\"")
	p.Report(f.With(enableAccounts(p, others), "an account has jetstream already, or cannot be edited").
		Because(applicabilityOfAccounts(p)))
}

func applicabilityOfAccounts(p *fixes.Pass) (fixes.Applicability, string) {
	if _, given := p.Param("accounts"); given {
		return fixes.Safe, ""
	}
	return fixes.NeedsChoice, "say which accounts get JetStream with --set account-without-jetstream.accounts=NAME,NAME"
}

// enableAccounts returns the fix that enables JetStream in the chosen
// accounts, nil if one of them cannot be edited or there is none.
func enableAccounts(p *fixes.Pass, candidates []*fixes.Visit) *fixes.Fix {
	chosen, given := p.Param("accounts")
	names := strings.Split(chosen, ",")
	var fix *fixes.Fix
	for _, account := range candidates {
		if given && !slices.Contains(names, account.Entry.Key) {
			continue
		}
		one := p.Insert(account.Server, account.Value, ast.Field{Key: "jetstream", Value: ast.String("enabled")}, ast.AtEnd(), "enable JetStream in the accounts")
		if fix == nil {
			fix = one
		} else {
			fix = fix.Join(one)
		}
		if fix == nil {
			return nil
		}
	}
	return fix
}
