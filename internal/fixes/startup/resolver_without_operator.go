package startup

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ResolverWithoutOperator finds resolvers with a directory on servers without an
// operator.
func ResolverWithoutOperator() *fixes.Rule {
	return &fixes.Rule{
		Name:     "resolver-without-operator",
		Severity: fixes.Error,
		Summary:  "a resolver with a directory stands on a server without operator, so the server ends at the start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "Could not start resolver: no operator key found",
			Since:   "2.2.0",
			What: `A resolver of type full or cache checks the account JWTs in its directory by the keys of the operator. Without an operator there is
none, and the server ends at the start ("Could not start resolver: no operator key found"). trusted_keys do not count.`,
			Fix:           `Nothing: a person names the operator, or takes the resolver out.`,
			Applicability: `Manual: the operator's JWT is nowhere in the file.`,
			Effect:        `The server does not run.`,
			Before: `resolver { type: full, dir: "jwt" }
`,
			After: `operator: operator.jwt
resolver { type: full, dir: "jwt" }
`,
			References: []string{"server/accounts.go: getOperatorKeys"},
		},
		Needs: []string{"resolver"},
		CheckServer: func(p *fixes.Pass, s *fleet.Server) {
			resolver := fixes.Top(s, "resolver", "account_resolver", "accounts_resolver")
			if resolver == nil || !resolver.Value.IsMap() || s.Broken() || operators(s) != nil {
				return
			}
			// The server reads these two in lower case only.
			kind, dir := named(resolver, "type"), named(resolver, "dir")
			if text(dir) == "" || !strings.EqualFold(text(kind), "full") && !strings.EqualFold(text(kind), "cache") {
				return
			}
			f := resolver.KeyFinding("the resolver has no operator whose keys it could check accounts by: the server ends at the start (\"Could not start resolver: no operator key found\"), though nats-server -t calls the file valid")
			p.Report(f.Because(fixes.Manual, "name the operator, or take the resolver out"))
		},
	}
}
