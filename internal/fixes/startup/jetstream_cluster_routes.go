package startup

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// JetStreamClusterRoutes finds servers with JetStream in a cluster without
// routes.
func JetStreamClusterRoutes() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-cluster-routes",
		Severity: fixes.Error,
		Summary:  "a server with JetStream listens for routes or gateways and has no routes, so it gives up at the start",
		Params: []fixes.Param{{
			Name: "routes", Default: "those of another member of the cluster",
			Doc: "URLs with commas between them, or none: the server stands alone, and its cluster block goes",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "JetStream cluster requires configured routes or solicited leafnode for the system account",
			Since:   "2.2.0",
			What: `JetStream in a cluster must know how many servers it is made of before they can elect a leader, and it takes that
from the routes. A server that listens for routes or gateways is in a cluster for that matter, even if it is alone, and
ends with this message if cluster.routes is missing or empty and no --routes is given (server/jetstream_cluster.go,
setupMetaGroup). A leaf link that binds the system account does instead of routes.`,
			Fix: `Takes over the routes of another member of the cluster. With --set jetstream-cluster-routes.routes=URL,URL it
writes those; with routes=none it takes the cluster block out, which is right for one server alone.`,
			Applicability: `Safe if another member among the files has routes, one of which names this server or whose file stands in
the same directory; unsafe if it is a member by the name of its cluster alone. Manual without such a member until
the routes are given.`,
			Effect: "The server does not run.",
			Before: `server_name: nats-1
jetstream: enabled
cluster {
  name: east
  port: 6222
}
`,
			After: `server_name: nats-1
jetstream: enabled
cluster {
  name: east
  port: 6222
  routes: [nats://nats-1:6222, nats://nats-2:6222]
}
`,
			BeforeFiles: map[string]string{"nats-2.conf": jetStreamRoutesPeer},
			AfterFiles:  map[string]string{"nats-2.conf": jetStreamRoutesPeer},
			References:  []string{"nats-server#7459", "bitnami/charts#29378"},
		},
		Needs:  []string{"cluster", "gateway"},
		Check:  checkJetStreamClusterRoutes,
		Linked: true,
	}
}

const jetStreamRoutesPeer = `server_name: nats-2
jetstream: enabled
cluster {
  name: east
  port: 6222
  routes: [nats://nats-1:6222, nats://nats-2:6222]
}
`

func checkJetStreamClusterRoutes(p *fixes.Pass) {
	for _, s := range p.Fleet.Servers {
		if !s.JetStream.Enabled || !s.AcceptsRoutes() && !s.AcceptsGateways() || s.Args.Routes != "" || s.Broken() {
			continue
		}
		cluster := fixes.Top(s, "cluster")
		routes := fixes.Below(cluster, "routes")
		if unknown(cluster) || routes != nil && (!routes.Value.IsList() || len(routes.Value.List) > 0) || extendsDomain(s) {
			continue
		}
		p.Report(rooted(s, clusterRoutesFinding(p, s, cluster, routes)))
	}
}

func clusterRoutesFinding(p *fixes.Pass, s *fleet.Server, cluster, routes *fixes.Visit) *fixes.Finding {
	const message = "JetStream runs in a cluster that has no routes: the server ends at the start (\"JetStream cluster requires configured routes or solicited leafnode for the system account\"), though nats-server -t calls the file valid"
	f := &fixes.Finding{Doc: s.Root, Message: message}
	switch {
	case routes != nil:
		f = routes.Finding(message)
	case listensAt(cluster) != nil:
		f = listensAt(cluster).KeyFinding(message)
	case listensAt(fixes.Top(s, "gateway")) != nil:
		f = listensAt(fixes.Top(s, "gateway")).KeyFinding(message)
	case cluster != nil:
		f = cluster.KeyFinding(message)
	}
	const otherwise = "cluster.routes cannot be written in this file"
	if given, chose := p.Param("routes"); chose && given != "none" {
		var urls []string
		for url := range strings.SplitSeq(given, ",") {
			urls = append(urls, strings.TrimSpace(url))
		}
		return f.With(setRoutes(p, s, cluster, routes, urls), otherwise)
	} else if chose {
		if s.AcceptsGateways() || cluster == nil || s.Args.Cluster != "" {
			return f.Because(fixes.Manual, "the server is no server alone: it has a gateway, or its cluster comes from a flag; give its routes (--set jetstream-cluster-routes.routes=URL,URL)")
		}
		return f.With(p.Delete(cluster, "take out the cluster block of a server that stands alone"), "the cluster block cannot be taken out")
	}
	peer, leads := routesPeer(s)
	if peer == nil {
		return f.Because(fixes.Manual, "give the routes (--set jetstream-cluster-routes.routes=URL,URL), or say that the server stands alone (--set jetstream-cluster-routes.routes=none), which takes the cluster block out")
	}
	var urls []string
	for _, u := range peer.Routes {
		urls = append(urls, u.Text())
	}
	f.With(setRoutes(p, s, cluster, routes, urls), otherwise)
	beside(f, fixes.Below(fixes.Top(peer, "cluster"), "routes"), fmt.Sprintf("the routes of %s, another member", peer.Root.Path))
	if !leads {
		chosen(p, f, "routes", fmt.Sprintf("the routes are those of %s, whose cluster has the same name", peer.Root.Path))
	}
	return f
}

// listensAt returns what makes a block listen, its port or listen, nil if
// nothing does.
func listensAt(block *fixes.Visit) *fixes.Visit {
	if listen := fixes.Below(block, "listen"); listen != nil {
		return listen
	}
	return fixes.Below(block, "port")
}

// routesPeer returns another member of the cluster that has routes; leads says
// that it is beyond doubt.
func routesPeer(s *fleet.Server) (peer *fleet.Server, leads bool) {
	for _, o := range s.Cluster.Servers {
		if o == s || len(o.Routes) == 0 {
			continue
		}
		if filepath.Dir(o.Root.Path) == filepath.Dir(s.Root.Path) ||
			s.ServerName.Text != "" && slices.Contains(fleet.Hosts(o.Routes), strings.ToLower(s.ServerName.Text)) {
			return o, true
		}
		if peer == nil {
			peer = o
		}
	}
	return peer, false
}

func setRoutes(p *fixes.Pass, s *fleet.Server, cluster, routes *fixes.Visit, urls []string) *fixes.Fix {
	list := make([]ast.Literal, len(urls))
	for i, url := range urls {
		list[i] = ast.String(url)
	}
	field := ast.Field{Key: "routes", Value: ast.List(list...)}
	switch {
	case routes != nil:
		return p.Replace(routes, field.Value, "set the routes")
	case cluster == nil:
		return p.Insert(s, nil, ast.Field{Key: "cluster", Value: ast.Map(field)}, ast.AtEnd(), "set the routes")
	}
	return p.Insert(s, cluster.Value, field, ast.AtEnd(), "set the routes")
}

// extendsDomain reports whether a leaf link binds the system account, so that
// JetStream extends that of the hub and needs no routes (server/jetstream.go,
// canExtendOtherDomain), or whether that cannot be told.
func extendsDomain(s *fleet.Server) bool {
	system := s.SystemAccount()
	for _, remote := range items(fixes.Below(fixes.Top(s, "leafnodes", "leaf"), "remotes")) {
		account := fixes.Below(remote, "account", "local")
		switch {
		case account == nil:
			continue
		case !account.Value.IsString(), operators(s) != nil && systemAccount(s) == nil:
			return true
		case account.Value.Text() != system:
			continue
		}
		for _, deny := range items(fixes.Below(remote, "deny_imports", "deny_import")) {
			if strings.HasPrefix(text(deny), "$NRG.") { // the servers' own subjects: what is wider does not count
				return false
			}
		}
		return true
	}
	return false
}
