package startup

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/nats-io/jwt/v2"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JWTs for examples, signed with a key that nobody has: of an operator that
// names the system account ABZJ..., and of one that names nothing.
const (
	exampleOperator      = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIzSkxCMktWS1JINUhHWU5JWjJRUFBUUVJMVFpQUFNENENJVFdCWUhQQUxWS0dSSkVMRTNBIiwiaWF0IjoxNzk2MDM0MTEyLCJpc3MiOiJPRDRCM1REQ0Q3MkxETko1Q1RQWlNKVVRINzVOVU83QVhEUlQzTUZPRFZSWEMyNDNWSzY1TlEyNiIsIm5hbWUiOiJPIiwic3ViIjoiT0Q0QjNURENENzJMRE5KNUNUUFpTSlVUSDc1TlVPN0FYRFJUM01GT0RWUlhDMjQzVks2NU5RMjYiLCJuYXRzIjp7InN5c3RlbV9hY2NvdW50IjoiQUJaSkJKQ0g3S1dIT0ZYNzM3M0ZRVFhHUlRWSkZDV1JGSlFMNkdJNEpNWk9EWlVCS04zVkJSWkMiLCJ0eXBlIjoib3BlcmF0b3IiLCJ2ZXJzaW9uIjoyfX0.KZZVqsurZG1_KqgUNi-JmV4ni_1i6yYXx3ZxmMgEIuzGRv01oqlTjTLgQxLlE3RdRyIFIh2fKc2QxLDM1WxXAw"
	exampleOperatorPlain = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiIzSkxCMktWS1JINUhHWU5JWjJRUFBUUVJMVFpQUFNENENJVFdCWUhQQUxWS0dSSkVMRTNBIiwiaWF0IjoxNzk2MDM0MTEyLCJpc3MiOiJPRDRCM1REQ0Q3MkxETko1Q1RQWlNKVVRINzVOVU83QVhEUlQzTUZPRFZSWEMyNDNWSzY1TlEyNiIsIm5hbWUiOiJPIiwic3ViIjoiT0Q0QjNURENENzJMRE5KNUNUUFpTSlVUSDc1TlVPN0FYRFJUM01GT0RWUlhDMjQzVks2NU5RMjYiLCJuYXRzIjp7InR5cGUiOiJvcGVyYXRvciIsInZlcnNpb24iOjJ9fQ.PvOUEUMqq7TPfKvmZjQH2IHcBpHWKDDU9FIJisgXXrRDyK6nm462kUO7RHCC_VHcvweqg88BY42eDa100Us4Ag"
	exampleAccountJWT    = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiI0MlVFSktYSkdUTkEzUDdJMzRRMk81TUxIRjNNSUJLVVNUSkpRRERFUlhLM0VQQlpOREtBIiwiaWF0IjoxNzk2MDM0MTEyLCJpc3MiOiJPRDRCM1REQ0Q3MkxETko1Q1RQWlNKVVRINzVOVU83QVhEUlQzTUZPRFZSWEMyNDNWSzY1TlEyNiIsIm5hbWUiOiJBUFAiLCJzdWIiOiJBQVMzNDZSTkhXVzVaTkxKTVRZUFlWUkcyTUFEN01XUzdJWlQ0Uk5NT1dHTVpNVENDUVJWWFFHWSIsIm5hdHMiOnsibGltaXRzIjp7InN1YnMiOi0xLCJkYXRhIjotMSwicGF5bG9hZCI6LTEsImltcG9ydHMiOi0xLCJleHBvcnRzIjotMSwid2lsZGNhcmRzIjp0cnVlLCJjb25uIjotMSwibGVhZiI6LTF9LCJkZWZhdWx0X3Blcm1pc3Npb25zIjp7InB1YiI6e30sInN1YiI6e319LCJhdXRob3JpemF0aW9uIjp7fSwidHlwZSI6ImFjY291bnQiLCJ2ZXJzaW9uIjoyfX0.eOjeKoH2eMcCSck1jIqx1xXLwBZShBNz0Gdwy7OqU9eSHF_hCTTiQde0vblBRqpe3CJiROMQpgVtPbB6DXNVCA"
)

// OperatorResolverMissing finds operators without a resolver for accounts.
func OperatorResolverMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "operator-resolver-missing",
		Severity: fixes.Error,
		Summary:  "there is an operator and nothing says where its accounts are looked up, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "resolver", Default: "MEMORY beside resolver_preload, else none", Values: []string{"MEMORY"},
			Doc: "the resolver that is added: in memory, for the preloaded accounts",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "operators require an account resolver to be configured",
			Since:   "2.0.0",
			What: `The accounts of an operator are looked up by a resolver. Without that field the server asks the account server that
the JWT of the one operator names. If it names none the server asks "/accounts/" and refuses to start (could not fetch <"/accounts/">:
unsupported protocol scheme ""); so it does if the account server has an address such as nats://, which is for nsc push; and beside resolver_preload whatever the address, as such a resolver takes none ("resolver preloads only available for
writeable resolver types MEM/DIR/CACHE_DIR"). With several operators there must
be a resolver whatever they name ("operators require an account resolver to be configured"; server/opts.go, server/jwt.go).

Of a single operator the rule speaks only if its JWT stands in the file; one in a file of its own is not opened.`,
			Fix: "Adds resolver: MEMORY, where accounts are preloaded.",
			Applicability: `Somebody must choose: without --set operator-resolver-missing.resolver=MEMORY the fix is unsafe, as accounts may be meant
to come from elsewhere. Manual where nothing is preloaded.`,
			Effect: "The server does not run.",
			Before: "operator: " + exampleOperatorPlain + `
resolver_preload {
  AAS346RNHWW5ZNLJMTYPYVRG2MAD7MWS7IZT4RNMOWGMZMTCCQRVXQGY: ` + exampleAccountJWT + `
}
`,
			After: "operator: " + exampleOperatorPlain + `
resolver: MEMORY
resolver_preload {
  AAS346RNHWW5ZNLJMTYPYVRG2MAD7MWS7IZT4RNMOWGMZMTCCQRVXQGY: ` + exampleAccountJWT + `
}
`,
			References: []string{"server/opts.go: processConfigFileLine", "server/jwt.go: validateTrustedOperators"},
		},
		Needs:       []string{"operator"},
		CheckServer: checkOperatorResolverMissing,
	}
}

func checkOperatorResolverMissing(p *fixes.Pass, s *fleet.Server) {
	if operators(s) == nil || accountResolver(s) != nil || s.Broken() {
		return
	}
	t := readOperators(p, s)
	var why, said string
	switch {
	case len(t.claims) > 1 && allStrings(t.field):
		why, said = "with several operators the server needs one", "operators require an account resolver to be configured"
	case len(t.claims) == 1 && t.known:
		why, said = lacksServer(t.claims[0])
	default:
		return
	}
	preload := fixes.Top(s, "resolver_preload")
	given := preload != nil && preload.Value.IsMap() && len(preload.Value.Map.Entries) > 0
	if given && why == "" {
		why = "the account server of the operator's JWT, which is asked then, takes no preloaded accounts"
	}
	if given && !strings.HasPrefix(said, "operators require") {
		said = "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR" // it looks there first
	}
	if why == "" {
		return
	}
	f := t.field.KeyFinding("there is no resolver, and %s: the server refuses to start (%q), though nats-server -t calls the file valid", why, said)
	if !given {
		p.Report(f.Because(fixes.Manual, "say where accounts are looked up: resolver { type: full, dir: DIR }, or MEMORY with their JWTs in resolver_preload, or URL(...)"))
		return
	}
	beside(f, preload, "these accounts are preloaded")
	field := ast.Field{Key: "resolver", Value: ast.String("MEMORY")}
	f.With(p.Insert(s, nil, field, besideOperator(s, t.field), "look accounts up in memory, where they are preloaded"), "write resolver: MEMORY by hand")
	p.Report(rooted(s, chosen(p, f, "resolver", "accounts that are not preloaded are not found then")))
}

// lacksServer says why the server cannot ask the account server that a single
// operator names, and how it says so; "" if it can try to.
func lacksServer(c *jwt.OperatorClaims) (why, said string) {
	if c.AccountServerURL == "" {
		return "the operator's JWT names no account server", `unsupported protocol scheme ""`
	}
	u, err := url.Parse(strings.TrimSpace(c.AccountServerURL))
	switch {
	case err != nil:
		return "the account server in the operator's JWT has no address that can be read", "operators require an account resolver to be configured"
	case u.Scheme != "http" && u.Scheme != "https":
		return "the account server in the operator's JWT has no http address", fmt.Sprintf("unsupported protocol scheme %q", u.Scheme)
	}
	return "", ""
}

// allStrings reports whether a list holds texts and nothing else.
func allStrings(list *fixes.Visit) bool {
	for _, item := range items(list) {
		if !item.Value.IsString() {
			return false
		}
	}
	return true
}
