package startup

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafNodeGatewaySystemAccount finds servers that accept leaf nodes, have a
// gateway and name no system account.
func LeafNodeGatewaySystemAccount() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-gateway-system-account",
		Severity: fixes.Error,
		Summary:  "a server with leaf nodes and a gateway names no system account, so it refuses to start",
		Params: []fixes.Param{{
			Name: "account", Default: "$SYS",
			Doc: "the system account",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "leaf nodes and gateways (both being defined) require a system account to also be configured",
			Since:   "2.0.0",
			What: `A server that listens for leaf nodes and has a gateway tells its supercluster about leaf nodes through the system
account, and insists that system_account names it, although it would make $SYS by itself otherwise
(server/leafnode.go, validateLeafNode).`,
			Fix: `Sets system_account to $SYS, the account that the server would take anyway, and defines that, empty, where the
file does not.`,
			Applicability: `Safe: the account is the one that the server has without the line. Unsafe, as a name must be chosen, if there
is an account that looks like the system account under another name. Manual if no_system_account is set.
Silent in operator mode, where the operator's JWT can name it.`,
			Effect: "The server does not run.",
			Before: `leafnodes { port: 7422 }
gateway { name: east, port: 7222 }
`,
			After: `leafnodes { port: 7422 }
gateway { name: east, port: 7222 }
system_account: "$SYS"
accounts { $SYS {} }
`,
		},
		Needs:       []string{"leafnodes"},
		CheckServer: checkLeafNodeGatewaySystemAccount,
	}
}

func checkLeafNodeGatewaySystemAccount(p *fixes.Pass, s *fleet.Server) {
	if !s.AcceptsLeaves() || s.Broken() || operators(s) != nil {
		return
	}
	system := systemAccount(s)
	if !s.AcceptsGateways() && s.GatewayName.Text == "" || system != nil && (!system.Value.IsString() || text(system) != "") {
		return
	}
	f := fixes.Top(s, "leafnodes", "leaf").KeyFinding("the server accepts leaf nodes, has a gateway and names no system account: it refuses to start " +
		"(\"leaf nodes and gateways (both being defined) require a system account to also be configured\"), though nats-server -t calls the file valid")
	beside(f, fixes.Top(s, "gateway"), "the gateway")
	if isTrue(fixes.Top(s, "no_system_account", "no_system", "no_sys_acc")) || system != nil {
		p.Report(f.Because(fixes.Manual, "no_system_account is set, or system_account is empty on purpose: decide whether there shall be a system account, a gateway or leaf nodes"))
		return
	}
	have := readAccounts(s)
	name, chose := p.Param("account")
	like := ""
	for _, other := range have.names {
		if other != defaultSystem && (strings.EqualFold(other, "SYS") || strings.EqualFold(other, "system")) {
			like = other
		}
	}
	switch {
	case chose:
	case like != "" && !have.has(defaultSystem):
		name = like
	default:
		name = defaultSystem
	}
	fix := p.Insert(s, nil, ast.Field{Key: systemAccounts, Value: ast.String(name)}, ast.AtEnd(), "set system_account to %q", name)
	if !have.has(name) {
		fix = fix.Join(addAccount(p, s, name))
	}
	f.With(fix, "set system_account by hand, and define the account: accounts is a list of names, or comes from elsewhere")
	if like != "" {
		chosen(p, f, "account", "the account "+like+" looks like the system account, and it is not named as that")
	}
	p.Report(rooted(s, f))
}
