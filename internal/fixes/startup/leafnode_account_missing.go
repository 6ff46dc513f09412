package startup

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafNodeAccountMissing finds leaf links that are bound to accounts that do
// not exist.
func LeafNodeAccountMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-account-missing",
		Severity: fixes.Error,
		Summary:  "a leaf link is bound to an account that the server does not have, so it refuses to start",
		Params: []fixes.Param{{
			Name: "account", Default: "create",
			Doc: "create, which defines the account, empty; or the name of an account that is there, such as $G, to bind the link to",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `cannot find local account "USERS" specified in leafnode remote`,
			Since:   "2.2.0",
			What: `The account of a leafnodes remote is an account of this server, not of the hub: what it publishes and subscribes
goes over the link. The same holds for account in leafnodes.authorization and its users. If there is none of that name
in accounts the server refuses to start (server/leafnode.go, validateLeafNode). Accounts that are always there are $G,
where clients without an account of their own are, and $SYS, unless system_account names another one.`,
			Fix: `Defines the account, empty: whose users and exports it needs must be added by hand. $SYS becomes the account that
system_account names.`,
			Applicability: `Safe for $SYS where system_account names another account that exists. Otherwise somebody must choose
between a new account and one that is there (--set leafnode-account-missing.account=NAME); until then the fix is unsafe.
Manual for an account's public key: then it is the operator that is missing. Silent in operator mode.`,
			Effect: "The server does not run.",
			Before: `leafnodes {
  remotes: [
    {url: "nats://hub:7422", account: USERS}
  ]
}
`,
			After: `leafnodes {
  remotes: [
    {url: "nats://hub:7422", account: USERS}
  ]
}
accounts {
  USERS {}
}
`,
		},
		Needs:       []string{"leafnodes"},
		CheckServer: checkLeafNodeAccountMissing,
	}
}

func checkLeafNodeAccountMissing(p *fixes.Pass, s *fleet.Server) {
	leaf := fixes.Top(s, "leafnodes", "leaf")
	if leaf == nil || s.Broken() || operators(s) != nil {
		return
	}
	have := readAccounts(s)
	system := systemAccount(s)
	if have.unknown || unknown(system) {
		return
	}
	auth := fixes.Below(leaf, "authorization")
	places := []*fixes.Visit{fixes.Below(auth, "account")}
	for _, user := range items(fixes.Below(auth, "users")) {
		places = append(places, fixes.Below(user, "account"))
	}
	remotes := items(fixes.Below(leaf, "remotes"))
	for _, remote := range remotes {
		places = append(places, fixes.Below(remote, "account", "local"))
	}
	created := make(map[string]*fixes.Fix)
	for i, v := range places {
		name := text(v)
		if name == "" || name == globalAccount || have.has(name) {
			continue
		}
		if name == text(system) {
			continue // system-account-missing knows that better
		}
		if name == defaultSystem && system == nil && !isTrue(fixes.Top(s, "no_system_account", "no_system", "no_sys_acc")) {
			continue // the server makes it
		}
		where := "authorization"
		if i >= len(places)-len(remotes) {
			where = "remote"
		}
		f := v.Finding("the leaf link is bound to the account %q, which this server does not have: it refuses to start (%q), though nats-server -t calls the file valid",
			name, fmt.Sprintf("cannot find local account %q specified in leafnode %s", name, where))
		bindAccount(p, f, v, have, system, created)
		p.Report(rooted(s, f))
	}
}

// bindAccount adds the fix. Links to one and the same account share it.
func bindAccount(p *fixes.Pass, f *fixes.Finding, v *fixes.Visit, have accounts, system *fixes.Visit, created map[string]*fixes.Fix) {
	name := text(v)
	if name == defaultSystem && have.has(text(system)) {
		f.With(p.Replace(v, ast.String(text(system)), "bind the link to the system account %q", text(system)), "the account cannot be written in this file")
		beside(f, system, "the system account is chosen here")
		return
	}
	given, chose := p.Param("account")
	switch {
	case !chose && isAccountKey(v):
		f.Because(fixes.Manual, "the name is an account's public key, so the operator and the resolver are missing here, or the file is not the whole of it")
		return
	case chose && given != "create" && given != globalAccount && !have.has(given):
		f.Because(fixes.Manual, fmt.Sprintf("leafnode-account-missing.account is %q, which the server does not have either", given))
		return
	case chose && given != "create":
		f.With(p.Replace(v, ast.String(given), "bind the link to the account %q", given), "the account cannot be written in this file")
		return
	}
	if _, ok := created[name]; !ok {
		created[name] = addAccount(p, v.Server, name)
	}
	f.With(created[name], "define the account by hand: accounts is a list of names, or comes from elsewhere")
	reason := "the new account has no users, so that nothing goes over the link until it gets some; or the link belongs to another account"
	if like := have.resembling(name); like != "" {
		reason = fmt.Sprintf("perhaps the account %q is meant", like)
	}
	chosen(p, f, "account", reason)
	beside(f, have.field, "the accounts of this server")
}
