package startup

import (
	"fmt"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// SystemAccountMissing finds system accounts that are not defined.
func SystemAccountMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "system-account-missing",
		Severity: fixes.Error,
		Summary:  "system_account names an account that is not defined, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "account", Default: "create",
			Doc: "create, which defines the account, empty; or the name of an account that is there",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "error resolving system account: account missing",
			Since:   "2.0.0",
			What: `The server looks for the account that system_account names and refuses to start if accounts does not define it
(server/server.go, configureAccounts). That holds for $SYS, too: the server makes it by itself only if system_account
is not set. With an operator accounts are JWTs, which a resolver looks up. One in memory holds what resolver_preload does and no more: the
system account must be among that.`,
			Fix: "Defines the account, empty. Its users must be added by hand.",
			Applicability: `Safe for $SYS, which the server makes, empty, without the line. For other names somebody must choose between
a new account and one that is there (--set system-account-missing.account=NAME); until then the fix is unsafe.
Manual for an account's public key: without an operator it is that which is missing, with one the account's JWT in resolver_preload.
Silent with other resolvers than one in memory, which get the JWTs of accounts from elsewhere.`,
			Effect: "The server does not run.",
			Before: `system_account: "$SYS"
accounts {
  APP { users: [{user: app, password: changeme}] }
}
`,
			After: `system_account: "$SYS"
accounts {
  APP { users: [{user: app, password: changeme}] }
  $SYS {}
}
`,
			References: []string{"nats-server#2685"},
		},
		Needs:       []string{"system_account", "operator"},
		CheckServer: checkSystemAccountMissing,
	}
}

func checkSystemAccountMissing(p *fixes.Pass, s *fleet.Server) {
	system := systemAccount(s)
	if operators(s) != nil {
		checkSystemAccountPreloaded(p, s, system)
		return
	}
	name := text(system)
	if name == "" || name == globalAccount || s.Broken() || resolves(s, name) {
		return
	}
	have := readAccounts(s)
	if have.unknown || have.has(name) {
		return
	}
	f := system.Finding("the system account %q is not defined: the server refuses to start (\"error resolving system account: account missing\"), though nats-server -t calls the file valid", name)
	beside(f, have.field, "the accounts of this server")
	given, chose := p.Param("account")
	switch {
	case !chose && isAccountKey(system):
		f.Because(fixes.Manual, "the name is an account's public key, so the operator and the resolver are missing here, or the file is not the whole of it")
	case chose && given != "create" && !have.has(given):
		f.Because(fixes.Manual, fmt.Sprintf("system-account-missing.account is %q, which the server does not have either", given))
	case chose && given != "create":
		f.With(p.Replace(system, ast.String(given), "make %q the system account", given), "system_account cannot be written in this file")
	default:
		f.With(addAccount(p, s, name), "define the account by hand: accounts is a list of names, or comes from elsewhere")
		if name != defaultSystem {
			reason := "the new account is empty, so that nobody can log in to it"
			if like := have.resembling(name); like != "" {
				reason = fmt.Sprintf("perhaps the account %q is meant", like)
			}
			chosen(p, f, "account", reason)
		}
	}
	p.Report(rooted(s, f))
}

// checkSystemAccountPreloaded looks for the system account of an operator's
// server whose resolver is in memory: the account that the file names, else the
// one in the JWT of a single operator.
func checkSystemAccountPreloaded(p *fixes.Pass, s *fleet.Server, system *fixes.Visit) {
	if s.Broken() || unknown(system) || !inMemory(accountResolver(s)) {
		return
	}
	t := readOperators(p, s)
	name, at, who := text(system), system, "the file"
	if name == "" && len(t.claims) == 1 && t.known {
		name, at, who = t.claims[0].SystemAccount, t.field, "the operator's JWT"
	}
	if !nkeys.IsValidPublicAccountKey(name) || t.contradicts(system) {
		return // operator-mixed-config, operator-system-account
	}
	if entry, known := preloaded(s, name); entry != nil || !known {
		return
	}
	f := at.Finding("%s names the system account %s, which is not preloaded into the resolver in memory: the server refuses to start (\"error resolving system account: account missing\"), though nats-server -t calls the file valid", who, name)
	resolver := accountResolver(s)
	beside(f, resolver, "the resolver in memory")
	beside(f, fixes.Top(s, "resolver_preload"), "what is preloaded")
	p.Report(f.Because(fixes.Manual, "write the account's JWT into resolver_preload (nsc describe account --raw), or use a resolver of type full"))
}

// resolves reports whether a resolver may know the account. One in memory knows
// what is preloaded and no more.
func resolves(s *fleet.Server, name string) bool {
	resolver := accountResolver(s)
	if resolver == nil {
		return false
	}
	if !inMemory(resolver) {
		return resolver.Value.Unknown() || nkeys.IsValidPublicAccountKey(name) // the others fetch by key
	}
	preload := fixes.Top(s, "resolver_preload")
	return preload != nil && (preload.Value.Map == nil || preload.Value.Map.Get(name) != nil)
}
