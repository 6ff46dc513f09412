package jetstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DuplicateServerName finds servers of one cluster or supercluster that bear one
// name.
func DuplicateServerName() *fixes.Rule {
	return &fixes.Rule{
		Name:     "server-name-duplicate",
		Severity: fixes.Warning,
		Summary:  "two servers of a cluster or supercluster have one server_name, and turn each other away",
		Doc: fixes.Doc{
			Stage:   "run time",
			Message: `Remote server has a duplicate name: "n1"`,
			What: `server_name must be another one on each server of a cluster and of the clusters that gateways join to it. Two servers of
one name close each route and gateway connection between them, and try again and again; the cluster stays in parts. JetStream
tells its peers apart by their names alone. Most often the file of one server was copied for the next. The rule speaks of servers
whose files give them different addresses (port, listen or host, also of cluster and gateway), since files that agree in that may be
two drafts of one server; and in one cluster of those of which one has a route to the other, or which have one route in common.`,
			Fix:           `None: which name the server has borne so far only you know.`,
			Applicability: `Manual: give the newer server another name. A name under which JetStream has run must stay.`,
			Effect:        `A restart of the server that is renamed.`,
			Before: `server_name: n1
port: 4222
cluster { name: east, port: 6222, routes: ["nats://127.0.0.1:6223"] }
`,
			After: `server_name: n1
port: 4222
cluster { name: east, port: 6222, routes: ["nats://127.0.0.1:6223"] }
`,
			BeforeFiles: map[string]string{"n2.conf": `server_name: n1
port: 4223
cluster { name: east, port: 6223, routes: ["nats://127.0.0.1:6222"] }
`},
			AfterFiles: map[string]string{"n2.conf": `server_name: n2
port: 4223
cluster { name: east, port: 6223, routes: ["nats://127.0.0.1:6222"] }
`},
			References: []string{"nats-server#3082", "nats-server#3254", "server/route.go, processRouteInfo"},
		},
		Needs:  []string{"cluster", "gateway"},
		Check:  checkDuplicateServerName,
		Linked: true,
	}
}

func checkDuplicateServerName(p *fixes.Pass) {
	for _, super := range p.Fleet.Supers {
		if len(super.Servers) < 2 || !together(super) {
			continue
		}
		first := make(map[string]*fleet.Server)
		for _, s := range super.Servers {
			name := s.ServerName
			if name.Text == "" || name.Value == nil || fixes.IsFormat(name.Text) || s.Broken() {
				continue
			}
			other := first[name.Text]
			if other == nil {
				first[name.Text] = s
				continue
			}
			if addresses(s) == addresses(other) || s.Cluster == other.Cluster && !routed(s, other) && !routed(other, s) {
				continue
			}
			n, doc := name.Value.Place()
			f := &fixes.Finding{Doc: doc, Span: n.Span(),
				Message: fmt.Sprintf("the server is named %q, as %s in the same cluster or supercluster: each closes the connections of the other (\"Remote server has a duplicate name\")",
					name.Text, other.Root.Path),
				Related: []fixes.Related{related(other.ServerName.Value, "the other server of that name")},
			}
			p.Report(f.Because(fixes.Manual, "give the newer of the two a name of its own; one under which JetStream has run must stay"))
		}
	}
}

// routed reports whether a route of a server leads to a port on which another one
// takes routes, or to where the other's routes lead as well.
func routed(s, other *fleet.Server) bool {
	cluster := fixes.Top(other, "cluster")
	var ports []string
	for _, key := range []string{"port", "listen"} {
		if v := fixes.Below(cluster, key); v != nil {
			text := v.Value.Text()
			ports = append(ports, text[strings.LastIndexByte(text, ':')+1:])
		}
	}
	for _, route := range s.Routes {
		text := strings.TrimSuffix(route.Text(), "/")
		if slices.Contains(ports, text[strings.LastIndexByte(text, ':')+1:]) ||
			slices.ContainsFunc(other.Routes, func(r *fleet.Value) bool { return strings.EqualFold(r.Text(), route.Text()) }) {
			return true
		}
	}
	return false
}

// addresses returns what a server's files say of where it listens.
func addresses(s *fleet.Server) string {
	var b strings.Builder
	for _, path := range [][]string{{"port"}, {"listen"}, {"host"}, {"net"}, {"cluster", "port"}, {"cluster", "listen"}, {"cluster", "host"}, {"gateway", "port"}, {"gateway", "listen"}, {"gateway", "host"}} {
		v := fixes.Top(s, path[0])
		if len(path) > 1 {
			v = fixes.Below(v, path[1])
		}
		if v != nil {
			fmt.Fprintf(&b, "%s=%s\n", strings.Join(path, "."), v.Value.Text())
		}
	}
	return b.String()
}
