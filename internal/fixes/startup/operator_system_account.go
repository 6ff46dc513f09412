package startup

import (
	"fmt"
	"strings"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// OperatorSystemAccount finds system accounts that an operator's JWT does not
// agree to, or that are named nowhere.
func OperatorSystemAccount() *fixes.Rule {
	return &fixes.Rule{
		Name:     "operator-system-account",
		Severity: fixes.Error,
		Summary:  "the operator's JWT and the file name two system accounts, or none where the resolver needs one, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "account", Default: "the preloaded account of the name SYS, if there is one",
			Doc: "the public key of the system account, where none is named",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "system_account in config and operator JWT must be identical",
			Since:   "2.2.0",
			What: `The JWT of an operator can name the system account. If it does, and system_account is set as well, both must be the same
(server/jwt.go, validateTrustedOperators). A resolver of type full or cache gets its accounts over the system account: if neither the
file nor the first operator's JWT names one, the server refuses to start ("using nats based account resolver - the system account needs to
be specified in configuration or the operator jwt").

Only JWTs that stand in the file are looked into; those in files of their own are not opened.`,
			Fix: "Writes the system account that the operator's JWT names; or adds system_account where there is none.",
			Applicability: `Safe if the operators name one system account: a JWT cannot be changed without its key, so the file must. Manual if
they name several, or a resolver in memory does not hold the account. Where none is named somebody must choose
(--set operator-system-account.account=KEY); until then the fix is unsafe and takes the preloaded account whose JWT bears the
name SYS, and there is no fix without such an account.`,
			Effect: "The server does not run.",
			Before: "operator: " + exampleOperator + `
system_account: AAS346RNHWW5ZNLJMTYPYVRG2MAD7MWS7IZT4RNMOWGMZMTCCQRVXQGY
resolver { type: full, dir: "/data/jwt" }
`,
			After: "operator: " + exampleOperator + `
system_account: ABZJBJCH7KWHOFX7373FQTXGRTVJFCWRFJQL6GI4JMZODZUBKN3VBRZC
resolver { type: full, dir: "/data/jwt" }
`,
			References: []string{"server/jwt.go: validateTrustedOperators"},
		},
		Needs:       []string{"operator"},
		CheckServer: checkOperatorSystemAccount,
	}
}

func checkOperatorSystemAccount(p *fixes.Pass, s *fleet.Server) {
	if operators(s) == nil || s.Broken() {
		return
	}
	t, system := readOperators(p, s), systemAccount(s)
	switch {
	case t.contradicts(system):
		p.Report(contradiction(p, s, t, system))
	case (system == nil || system.Value.IsString() && text(system) == "") && len(t.claims) > 0 && t.claims[0] != nil && t.claims[0].SystemAccount == "" &&
		needsSystemAccount(accountResolver(s)):
		p.Report(rooted(s, namelessSystem(p, s, t, system)))
	}
}

// needsSystemAccount reports whether a resolver gets its accounts over the
// system account. The server reads type and dir in lower case only.
func needsSystemAccount(resolver *fixes.Visit) bool {
	kind := text(named(resolver, "type"))
	return text(named(resolver, "dir")) != "" && (strings.EqualFold(kind, "full") || strings.EqualFold(kind, "cache"))
}

func contradiction(p *fixes.Pass, s *fleet.Server, t trusted, system *fixes.Visit) *fixes.Finding {
	names := t.systemAccounts()
	f := system.Finding("the operator's JWT names the system account %s, and the file another one: the server refuses to start (\"system_account in config and operator JWT must be identical\"), though nats-server -t calls the file valid", strings.Join(names, " or "))
	f.Beside(t.field.Entry, "the operator")
	if len(names) > 1 {
		return f.Because(fixes.Manual, "write the system account of one of the operators")
	}
	if entry, known := preloaded(s, names[0]); inMemory(accountResolver(s)) && entry == nil && known {
		return f.Because(fixes.Manual, "write the account that the operator names, and its JWT in resolver_preload, which does not hold it; or have the operator name another (nsc edit operator --system-account)")
	}
	return f.With(p.Replace(system, ast.String(names[0]), "write the system account of the operator, %s", names[0]), "system_account cannot be written in this file")
}

func namelessSystem(p *fixes.Pass, s *fleet.Server, t trusted, system *fixes.Visit) *fixes.Finding {
	f := accountResolver(s).KeyFinding("neither the file nor the operator's JWT names the system account, over which this resolver gets accounts: the server refuses to start (\"using nats based account resolver - the system account needs to be specified in configuration or the operator jwt\"), though nats-server -t calls the file valid")
	f.Beside(t.field.Entry, "the operator")
	key, chose := p.Param("account")
	switch {
	case chose && !nkeys.IsValidPublicAccountKey(key):
		return f.Because(fixes.Manual, fmt.Sprintf("operator-system-account.account is %q, which is no public key of an account", key))
	case !chose:
		key = preloadedSystem(p, s)
	}
	if key == "" {
		return f.Because(fixes.Manual, "name the system account with --set operator-system-account.account=KEY (nsc describe account SYS shows its public key)")
	}
	const title = "name the system account %s"
	if system != nil {
		f.With(p.Replace(system, ast.String(key), title, key), "system_account cannot be written in this file")
	} else {
		field := ast.Field{Key: systemAccounts, Value: ast.String(key)}
		f.With(p.Insert(s, nil, field, besideOperator(s, t.field), title, key), "write system_account by hand")
	}
	return chosen(p, f, "account", "the preloaded account of the name SYS is taken for the system account")
}

// preloadedSystem returns the key of the preloaded account whose JWT bears the
// name SYS, "" if there is none or more than one.
func preloadedSystem(p *fixes.Pass, s *fleet.Server) string {
	preload := fixes.Top(s, "resolver_preload")
	if preload == nil || preload.Value.Map == nil {
		return ""
	}
	found := ""
	for _, e := range preload.Value.Map.Entries {
		if !e.Value.IsString() {
			continue
		}
		claims, err := p.Account(e.Value.Text())
		if err != nil || claims.Name != "SYS" || claims.Subject != e.Key {
			continue
		}
		if found != "" {
			return ""
		}
		found = e.Key
	}
	return found
}
