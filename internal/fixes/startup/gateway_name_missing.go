package startup

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// GatewayNameMissing finds gateways, and entries of gateways, without a name.
func GatewayNameMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "gateway-name-missing",
		Severity: fixes.Error,
		Summary:  "a gateway has no name, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "name", Default: "cluster.name, else cluster",
			Doc: "the name of a gateway whose cluster has none; {dir} stands for the name of the file's directory",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "gateway has no name",
			Since:   "2.0.0",
			What: `A gateway listens for other clusters and tells them its name, which must be the cluster's. A gateway block with
a port and without a name makes the server refuse to start (server/gateway.go, validateGatewayOptions), and so does an
entry of gateways without one ("gateway in the list 0 has no name"), since the name is what the peer must answer with.`,
			Fix: `The gateway gets the name of its cluster. An entry gets the name of the cluster that its URLs lead to.`,
			Applicability: `Safe if cluster.name is set, or for an entry if its URLs lead to servers among the files that all have
one name. If the cluster has no name either, one must be chosen: without --set gateway-name-missing.name=NAME the fix is
unsafe and takes "cluster". Manual if another cluster's gateway has the name already, or if nothing tells where an entry
leads.`,
			Effect: "The server does not run.",
			Before: `cluster {
  name: east
  port: 6222
}
gateway {
  port: 7222
}
`,
			After: `cluster {
  name: east
  port: 6222
}
gateway {
  name: east
  port: 7222
}
`,
		},
		Needs:  []string{"gateway"},
		Check:  checkGatewayNameMissing,
		Linked: true,
	}
}

func checkGatewayNameMissing(p *fixes.Pass) {
	for _, s := range p.Fleet.Servers {
		gateway := fixes.Top(s, "gateway")
		if gateway == nil || !gateway.Value.IsMap() || s.Broken() {
			continue
		}
		name := fixes.Below(gateway, "name")
		if s.AcceptsGateways() && s.GatewayName.Text == "" && !unknown(name) && (name == nil || name.Value.IsString()) {
			p.Report(gatewayNameFinding(p, s, gateway, name))
		}
		if s.AcceptsGateways() || s.GatewayName.Text != "" {
			checkEntryNames(p, s)
		}
	}
}

func gatewayNameFinding(p *fixes.Pass, s *fleet.Server, gateway, name *fixes.Visit) *fixes.Finding {
	const message = "the gateway has no name: the server refuses to start (\"gateway has no name\"), though nats-server -t calls the file valid"
	f := gateway.KeyFinding(message)
	if name != nil {
		f = name.Finding(message)
	}
	if s.ClusterName.Unknown() {
		return f.Because(fixes.Manual, "the cluster's name, which it must have, comes from a variable that is not known here")
	}
	to, fromCluster := s.ClusterName.Text, s.ClusterName.Text != ""
	if !fromCluster {
		given, chose := p.Param("name")
		if !chose {
			given = "cluster"
		}
		var missing string
		if to, missing = template(s, given); missing != "" || to == "" {
			return f.Because(fixes.Manual, fmt.Sprintf("gateway-name-missing.name asks for %s, which %s does not have", missing, s.Root.Path))
		}
	}
	for _, o := range s.Realm.Servers {
		if o.Cluster != s.Cluster && o.GatewayName.Text == to {
			beside(f, fixes.Below(fixes.Top(o, "gateway"), "name"), fmt.Sprintf("another cluster's gateway is named %q", to))
			return f.Because(fixes.Manual, fmt.Sprintf("the name would be %q, which the gateway of another cluster has (%s): between gateways of one name no connection forms; give the clusters different names", to, o.Root.Path))
		}
	}
	field := ast.Field{Key: "name", Value: ast.String(to)}
	if name != nil {
		f.With(p.Replace(name, ast.String(to), "name the gateway %q", to), "gateway.name cannot be written in this file")
	} else {
		f.With(p.Insert(s, gateway.Value, field, ast.AtStart(), "name the gateway %q", to), "gateway.name cannot be written in this file")
	}
	if fromCluster {
		beside(f, fixes.Below(fixes.Top(s, "cluster"), "name"), "the cluster's name, which a gateway must have")
		return f
	}
	return chosen(p, f, "name", "the cluster has no name that the gateway could take, and all members of the cluster need one and the same")
}

// checkEntryNames looks at the entries of gateway.gateways.
func checkEntryNames(p *fixes.Pass, s *fleet.Server) {
	list := fixes.Below(fixes.Top(s, "gateway"), "gateways")
	if list == nil || !list.Value.IsList() {
		return
	}
	for i, item := range items(list) {
		name := fixes.Below(item, "name")
		if !item.Value.IsMap() || name != nil && (!name.Value.IsString() || name.Value.Text() != "") {
			continue
		}
		message := fmt.Sprintf("the entry has no name: the server refuses to start (\"gateway in the list %d has no name\"), though nats-server -t calls the file valid", i)
		f := item.Finding("%s", message)
		to := leadsTo(s, item)
		switch {
		case to == "":
			f.Because(fixes.Manual, "write the name of the cluster that its URLs lead to, which the files do not tell")
		case name != nil:
			f.With(p.Replace(name, ast.String(to), "name the entry %q", to), "the name cannot be written in this file")
		default:
			f.With(p.Insert(s, item.Value, ast.Field{Key: "name", Value: ast.String(to)}, ast.AtStart(), "name the entry %q", to), "the name cannot be written in this file")
		}
		p.Report(f)
	}
}

// leadsTo returns the name of the cluster that the URLs of an entry lead to,
// "" if that is not known.
func leadsTo(s *fleet.Server, item *fixes.Visit) string {
	name := ""
	for _, e := range s.Gateways {
		if e.Value != item.Value {
			continue
		}
		for _, peer := range s.Realm.GatewayServers(e) {
			found := peer.EffectiveClusterName()
			if found == "" || name != "" && found != name {
				return ""
			}
			name = found
		}
	}
	return name
}
