package startup

import (
	"strings"

	"github.com/nats-io/jwt/v2"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// trusted are the operators of a server.
type trusted struct {
	field *fixes.Visit // nil if there is none
	// claims are what the JWTs say that stand in the file itself; nil for an
	// operator whose JWT is in a file of its own, or cannot be told.
	claims []*jwt.OperatorClaims
	// known says that all of them stand in the file, and decode.
	known bool
}

func readOperators(p *fixes.Pass, s *fleet.Server) trusted {
	t := trusted{field: operators(s)}
	list := items(t.field)
	t.known = len(list) > 0
	for _, item := range list {
		claims, err := (*jwt.OperatorClaims)(nil), error(nil)
		if fixes.InlineJWT(text(item)) {
			claims, err = p.Operator(text(item))
		}
		if err != nil {
			claims = nil
		}
		t.claims = append(t.claims, claims)
		t.known = t.known && claims != nil
	}
	return t
}

// systemAccounts returns the system accounts that the operators name, each once.
func (t trusted) systemAccounts() []string {
	var names []string
	seen := map[string]bool{"": true}
	for _, c := range t.claims {
		if c != nil && !seen[c.SystemAccount] {
			seen[c.SystemAccount] = true
			names = append(names, c.SystemAccount)
		}
	}
	return names
}

// contradicts reports whether the operators name system accounts, and none of
// them the one that the configuration does (server/jwt.go,
// validateTrustedOperators).
func (t trusted) contradicts(system *fixes.Visit) bool {
	name := text(system)
	if !t.known || name == "" || fixes.IsFormat(name) {
		return false
	}
	names := t.systemAccounts()
	for _, other := range names {
		if other == name {
			return false
		}
	}
	return len(names) > 0
}

// accountResolver returns the field that says where accounts are looked up, nil
// if there is none.
func accountResolver(s *fleet.Server) *fixes.Visit {
	return fixes.Top(s, "resolver", "account_resolver", "accounts_resolver")
}

// inMemory reports whether a resolver knows the accounts that are preloaded and
// no others.
func inMemory(resolver *fixes.Visit) bool {
	if resolver == nil || !resolver.Value.IsMap() {
		return memoryResolver.MatchString(text(resolver))
	}
	// The server reads the type in lower case only.
	kind := strings.ToUpper(text(named(resolver, "type")))
	return kind == "MEM" || kind == "MEMORY"
}

// preloaded returns the entry of resolver_preload for an account, nil if there
// is none; known is false if that cannot be told.
func preloaded(s *fleet.Server, account string) (entry *fixes.Visit, known bool) {
	preload := fixes.Top(s, "resolver_preload")
	switch {
	case preload == nil:
		return nil, true
	case preload.Value.Map == nil:
		return nil, false
	}
	return named(preload, account), true
}

// besideOperator is where an entry reads best that belongs to the operator: right
// behind it, if that stands in the server's own file.
func besideOperator(s *fleet.Server, operator *fixes.Visit) ast.Where {
	if n := operator.Entry.Node; operator.Entry.Doc == s.Root && n.Valid() && n.Parent() == fixes.TopBlock(s.Root) {
		return ast.After(n)
	}
	return ast.AtEnd()
}
