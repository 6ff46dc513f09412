package meaning

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
	"github.com/natsfix/natsfix/internal/suggest"
)

// UndefinedAccount finds names of accounts that the server does not have, in
// exports, imports, auth_callout and cluster.accounts.
func UndefinedAccount() *fixes.Rule {
	return &fixes.Rule{
		Name:     "undefined-account",
		Severity: fixes.Error,
		Summary:  "an export, import or authorization callout names an account that is not defined, or a callout a user",
		Params: []fixes.Param{{
			Name: "account", Default: "none",
			Doc: "the account that is meant wherever its name is the nearest one",
		}},
		Doc: fixes.Doc{
			Stage:   "-t; silent for cluster.accounts and auth_callout.auth_users; a line in the log at start for auth_callout.account",
			Message: `"ORDER" account not defined for stream import`,
			What: `The accounts that exports, imports and auth_callout.allowed_accounts name must be defined in accounts, letter case
included. The server refuses to start otherwise ("account not defined for service export", "auth_callout allowed account
not found in configured accounts"), and points at the whole accounts block. auth_callout.account without such an account
lets nobody in but auth_users; a user in auth_users, by name or nkey, that no list of users has cannot log in as the callout's service, and the
server says so only before it has a log; a name in cluster.accounts that no account bears pins nothing.`,
			Fix: `Where an account of a similar name is defined, that takes its place; --set undefined-account.account=NAME confirms
the account.`,
			Applicability: `Unsafe (needs a choice): a name that looks alike may be the wrong one. Manual if no name comes near, and for users.`,
			Effect:        `The server does not run; for cluster.accounts and auth_callout a restart.`,
			Before: `accounts {
  ORDERS { exports: [ {service: "orders.>"} ] }
  SALES { imports: [ {service: {account: ORDER, subject: "orders.new"}} ] }
}
`,
			After: `accounts {
  ORDERS { exports: [ {service: "orders.>"} ] }
  SALES { imports: [ {service: {account: ORDERS, subject: "orders.new"}} ] }
}
`,
		},
		Fields:     fixes.Either(fixes.Typed(schema.Account), fixes.At("authorization.auth_callout", "auth_users")),
		CheckValue: checkUndefinedAccount,
	}
}

func checkUndefinedAccount(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Block == nil || !v.Value.IsString() || v.Value.Text() == "" && v.Entry != nil {
		return
	}
	if v.Block.Path == "authorization.auth_callout" && v.Field.Name == "auth_users" {
		checkCalloutUser(p, v)
		return
	}
	if !v.Field.Takes(schema.Account) && v.Field.Elem&schema.Account == 0 {
		return
	}
	if fixes.CutAddress(v.Value.Node) {
		return // cidr-unquoted
	}
	if v.Entry != nil && !v.Field.Takes(schema.String) || v.Entry == nil && (v.Parent.Entry == nil || !v.Field.Takes(schema.List)) {
		return // wrap-in-list
	}
	message, severity := "", fixes.Error
	switch name := v.Field.Name; {
	case strings.HasSuffix(v.Block.Path, ".exports[]") && name == "accounts" && exportsNothing(v):
		return
	case strings.HasSuffix(v.Block.Path, ".exports[]") && name == "accounts":
		message = "the account %q is not defined: the server refuses to start (\"account not defined for stream export\" or \"service export\")"
	case strings.Contains(v.Block.Path, ".imports[].") && name == "account":
		message = "the account %q is not defined: the server refuses to start (\"account not defined for stream import\" or \"service import\")"
	case v.Block.Path == "authorization.auth_callout" && name == "allowed_accounts":
		message = "the account %q is not defined: the server refuses to start (\"auth_callout allowed account not found in configured accounts\")"
	case v.Block.Path == "authorization.auth_callout" && name == "account" && v.Value.Text() != "$G":
		message, severity = "the account %q is not defined: the server starts (\"Authorization callout account not valid\") and lets nobody in but auth_users", fixes.Warning
	case v.Block.Path == "cluster" && name == "accounts" && v.Value.Text() != "$G" && v.Value.Text() != v.Server.SystemAccount() && v.Server.Values.Field("accounts") != nil:
		message, severity = "the account %q is not defined: it gets no route of its own, and the server does not say so", fixes.Warning
	default:
		return
	}
	known, ok := accountNames(v.Server)
	if !ok || known[v.Value.Text()] || severity == fixes.Warning && namesFromJWTs(v.Server) {
		return
	}
	f := v.Finding(message, v.Value.Text())
	f.Severity = severity
	name := nearest(v.Value.Text(), sortedKeys(known))
	confirmed, _ := p.Param("account")
	if name == "" {
		p.Report(f.Because(fixes.Manual, "no account of a similar name is defined: define it in accounts, or name another"))
		return
	}
	f.Message += sprintf("; did you mean %q?", name)
	f.With(p.Replace(v, fixes.Text(name).Literal, "name the account %s", name), "the text is shared with other fields")
	if name != confirmed {
		f.Because(fixes.NeedsChoice, "confirm the account: --set undefined-account.account="+name)
	}
	p.Report(f)
}

// exportsNothing reports whether an entry of exports has neither a stream nor a
// service: the server passes over it.
func exportsNothing(v *fixes.Visit) bool {
	for ; v != nil; v = v.Parent {
		if v.Entry == nil && v.Field != nil && v.Field.Name == "exports" {
			return v.Value.Map.Field("stream") == nil && v.Value.Map.Field("service") == nil
		}
	}
	return false
}

// nearest returns the account that was probably meant, "" if none is near: of
// short names only one that differs by letter case.
func nearest(name string, known []string) string {
	near := suggest.Suggest(name, known)
	if len(name) < 4 && !strings.EqualFold(near, name) {
		return ""
	}
	return near
}

// namesFromJWTs reports whether accounts come from an operator, too. What the
// file says of others than it defines is refused all the same where it is an
// error.
func namesFromJWTs(s *fleet.Server) bool {
	return s.Values.Field("operator", "operators", "roots", "root", "root_operators", "root_operator", "trusted_keys", "trusted", "resolver", "account_resolver", "accounts_resolver") != nil
}

// accountNames returns the accounts that a server's files define; ok is false if
// they cannot be known: a part of the configuration is missing.
func accountNames(s *fleet.Server) (names map[string]bool, ok bool) {
	if s.Broken() {
		return nil, false
	}
	names = make(map[string]bool)
	v := s.Values.Value("accounts")
	switch {
	case v.Unknown():
		return nil, false
	case v.IsMap():
		for _, e := range v.Map.Entries {
			names[e.Key] = names[e.Key] || !e.Used || e.Value.IsMap()
		}
	case v.IsList():
		for _, item := range v.List {
			if item.Unknown() {
				return nil, false
			}
			names[item.Text()] = true
		}
	}
	return names, true
}
