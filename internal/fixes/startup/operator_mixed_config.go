package startup

import (
	"fmt"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// OperatorMixedConfig finds what an operator's server must not configure by
// itself.
func OperatorMixedConfig() *fixes.Rule {
	return &fixes.Rule{
		Name:     "operator-mixed-config",
		Severity: fixes.Error,
		Summary:  "accounts or users stand beside an operator, whose JWTs define those, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "operators do not allow Accounts to be configured directly",
			Since:   "2.0.0",
			What: `With an operator all accounts and users come from JWTs. The server refuses to start if the file has accounts,
mappings (which are those of the account $G), authorization.users, authorization.auth_callout, trusted_keys or no_auth_user as well, or users in
leafnodes.authorization, or names the system account, an account of a leaf link or one in resolver_pinned_accounts by anything but its public key (server/jwt.go,
validateTrustedOperators; server/leafnode.go, validateLeafNode; server/auth.go, validateNoAuthUser).`,
			Fix: "Takes out what the operator does not allow.",
			Applicability: `Unsafe, as it changes behaviour: the accounts and users must exist as JWTs, with permissions, imports and
exports, or the operator is what should go. Manual for accounts of leaf links: nothing in the file tells their keys.`,
			Effect: "The server does not run.",
			Before: `operator: operator.jwt
resolver: MEMORY
accounts {
  APP { users: [{user: app, password: changeme}] }
}
`,
			After: `operator: operator.jwt
resolver: MEMORY
`,
			References: []string{"nats-server#6303"},
		},
		CheckServer: checkOperatorMixedConfig,
	}
}

func checkOperatorMixedConfig(p *fixes.Pass, s *fleet.Server) {
	operator := operators(s)
	if operator == nil || s.Broken() {
		return
	}
	leaf := fixes.Top(s, "leafnodes", "leaf")
	leafAuth, auth := fixes.Below(leaf, "authorization"), fixes.Top(s, "authorization")
	const noAuthUser = "no_auth_user not compatible with Trusted Operator"
	for _, m := range []struct {
		v             *fixes.Visit
		refused       bool
		what, message string
	}{
		{fixes.Top(s, "accounts"), len(readAccounts(s).names) > 0, "accounts", "operators do not allow Accounts to be configured directly"},
		{fixes.Top(s, "mappings", "maps"), true, "mappings", "operators do not allow Accounts to be configured directly"},
		{fixes.Below(auth, "users"), len(items(fixes.Below(auth, "users"))) > 0, "users", "operators do not allow users to be configured directly"},
		{fixes.Top(s, "trusted_keys", "trusted"), len(items(fixes.Top(s, "trusted_keys", "trusted"))) > 0, "trusted keys", "conflicting options for 'TrustedKeys' and 'TrustedOperators'"},
		{fixes.Below(auth, "auth_callout", "auth_hook"), true, "an authorization callout", "operators do not allow authorization callouts to be configured directly"},
		{fixes.Top(s, "no_auth_user"), text(fixes.Top(s, "no_auth_user")) != "", "a user for clients without credentials", noAuthUser},
		{fixes.Below(fixes.Top(s, "mqtt"), "no_auth_user"), listens(fixes.Top(s, "mqtt")), "a user for clients without credentials", noAuthUser},
		{fixes.Below(fixes.Top(s, "websocket", "ws"), "no_auth_user"), s.AcceptsWebsockets(), "a user for clients without credentials", noAuthUser},
		{fixes.Below(leafAuth, "users"), len(items(fixes.Below(leafAuth, "users"))) > 0, "users of leaf nodes", "operator mode does not allow specifying users in leafnode config"},
	} {
		if m.v == nil || !m.refused || m.v.Value.Unknown() {
			continue
		}
		f := m.v.KeyFinding("the file configures %s beside an operator: the server refuses to start (%q), though nats-server -t calls the file valid", m.what, m.message)
		beside(f, operator, "the operator")
		f.With(p.Delete(m.v, "take out %s", m.what), "take out "+m.what)
		p.Report(f.Because(fixes.ChangesBehaviour, "what the file configures must exist as JWTs of the operator, or the operator is what should go"))
	}
	checkAccountKeys(p, s, operator, leaf)
}

// checkAccountKeys looks at the accounts of leaf links and those that are
// pinned, which must be public keys.
func checkAccountKeys(p *fixes.Pass, s *fleet.Server, operator, leaf *fixes.Visit) {
	report := func(f *fixes.Finding) {
		beside(f, operator, "the operator")
		p.Report(f.Because(fixes.Manual, "write the public key of the account, which starts with A (nsc list keys --account NAME)"))
	}
	for _, remote := range items(fixes.Below(leaf, "remotes")) {
		account := fixes.Below(remote, "account", "local")
		switch {
		case !remote.Value.IsMap() || account != nil && (!account.Value.IsString() || isAccountKey(account)):
		case account == nil:
			report(remote.Finding("the leaf link has no account, and with an operator needs an account's public key: the server refuses to start (\"operator mode requires account nkeys in remotes\"), though nats-server -t calls the file valid"))
		default:
			report(account.Finding("%q is no public key of an account: the server refuses to start (\"operator mode requires account nkeys in remotes\"), though nats-server -t calls the file valid", text(account)))
		}
	}
	for _, pinned := range items(fixes.Top(s, "resolver_pinned_accounts")) {
		if pinned.Value.IsString() && !isAccountKey(pinned) {
			report(pinned.Finding("%q is no public key of an account: the server refuses to start (%q), though nats-server -t calls the file valid", text(pinned),
				fmt.Sprintf("pinned account key %q is not a valid public account nkey", text(pinned))))
		}
	}
	if system := systemAccount(s); text(system) != "" && text(system) != globalAccount && !isAccountKey(system) && !fixes.IsFormat(text(system)) && !readOperators(p, s).contradicts(system) {
		report(system.Finding("%q is no public key of an account: the server refuses to start (\"error resolving system account: will only fetch valid account keys\"), though nats-server -t calls the file valid", text(system)))
	}
	account := fixes.Below(fixes.Below(leaf, "authorization"), "account")
	if s.AcceptsLeaves() && text(account) != "" && !isAccountKey(account) {
		report(account.Finding("%q is no public key of an account: the server refuses to start (\"operator mode and non account nkeys are incompatible\"), though nats-server -t calls the file valid", text(account)))
	}
}

func isAccountKey(v *fixes.Visit) bool { return nkeys.IsValidPublicAccountKey(text(v)) }
