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

// ClusterNameMissing finds servers with JetStream whose cluster has no name.
func ClusterNameMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "cluster-name-missing",
		Severity: fixes.Error,
		Summary:  "a server with JetStream listens for routes and has no cluster.name, so it refuses to start",
		Params: []fixes.Param{{
			Name: "name", Default: "that of servers with the same routes, else cluster",
			Doc: "the name of the cluster; {dir} stands for the name of the file's directory",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "jetstream cluster requires `cluster.name` to be set",
			Since:   "2.2.0",
			What: `Without cluster.name (and without gateway.name, which stands in for it) the servers of a cluster agree on a
made-up name at run time. JetStream keeps the name with its data, so the server refuses to start if it has JetStream and
a cluster port (server/jetstream.go, validateJetStreamOptions).`,
			Fix: `Adds name to the cluster block of every server of the cluster that has none.`,
			Applicability: `Safe if other servers among the files share a route with this one and all have one and the same
cluster name. Otherwise a name must be chosen, equal on all members of the cluster: without
--set cluster-name-missing.name=NAME the fix is unsafe and takes "cluster". Silent if the server is started with
--cluster_name.`,
			Effect: "The server does not run.",
			Before: `server_name: nats-1
jetstream: enabled
cluster {
  port: 6222
  routes: ["nats://nats-2:6222"]
}
`,
			After: `server_name: nats-1
jetstream: enabled
cluster {
  name: cluster
  port: 6222
  routes: ["nats://nats-2:6222"]
}
`,
			References: []string{"nats-server#2429", "nats.docs#282", "nats-operator#311"},
		},
		Needs:  []string{"cluster"},
		Check:  checkClusterNameMissing,
		Linked: true,
	}
}

func checkClusterNameMissing(p *fixes.Pass) {
	for _, s := range p.Fleet.Servers {
		if !s.AcceptsRoutes() || !s.JetStream.Enabled || s.Broken() || !nameless(s) {
			continue
		}
		f := clusterNameFinding(s)
		name, evidence := peerName(s)
		given, chose := p.Param("name")
		switch {
		case chose:
			var missing string
			if name, missing = template(s, given); missing != "" {
				p.Report(f.Because(fixes.Manual, fmt.Sprintf("cluster-name-missing.name asks for %s, which %s does not have", missing, s.Root.Path)))
				continue
			}
		case name == "":
			name = "cluster"
		}
		if name == "" || name == "_" || strings.ContainsAny(name, " \t\r\n") {
			p.Report(f.Because(fixes.Manual, fmt.Sprintf("%q is no name for a cluster: it must be neither empty nor _ nor hold blanks", name)))
			continue
		}
		f.With(setClusterName(p, s, name), "cluster.name cannot be written in this file")
		if evidence != nil && !chose {
			beside(f, nameVisit(evidence), fmt.Sprintf("%s shares a route and names the cluster %q", evidence.Root.Path, name))
		} else {
			chosen(p, f, "name", "all members of the cluster need one and the same name, and it must not change once JetStream has run under it")
		}
		p.Report(f)
	}
}

// nameless reports whether a cluster has no name, nor one that is unknown.
func nameless(s *fleet.Server) bool {
	return s.EffectiveClusterName() == "" && !s.ClusterName.Unknown() && !s.GatewayName.Unknown()
}

func clusterNameFinding(s *fleet.Server) *fixes.Finding {
	const message = "JetStream runs in a cluster without a name: the server refuses to start (\"jetstream cluster requires `cluster.name` to be set\"), though nats-server -t calls the file valid"
	cluster := fixes.Top(s, "cluster")
	if cluster == nil {
		return &fixes.Finding{Doc: s.Root, Message: message}
	}
	if name := fixes.Below(cluster, "name"); name != nil {
		return name.Finding("%s", message)
	}
	return cluster.KeyFinding("%s", message)
}

func nameVisit(s *fleet.Server) *fixes.Visit {
	if name := fixes.Below(fixes.Top(s, "cluster"), "name"); text(name) != "" {
		return name
	}
	return fixes.Below(fixes.Top(s, "gateway"), "name")
}

// peerName returns the name that all servers with a route in common with s
// have, and one of them; "" and nil if they differ or there are none.
func peerName(s *fleet.Server) (string, *fleet.Server) {
	var found *fleet.Server
	for _, o := range s.Realm.Servers {
		if o == s || o.EffectiveClusterName() == "" || nameVisit(o) == nil || !shareRoute(s, o) {
			continue
		}
		if found != nil && found.EffectiveClusterName() != o.EffectiveClusterName() {
			return "", nil
		}
		found = o
	}
	if found == nil {
		return "", nil
	}
	return found.EffectiveClusterName(), found
}

// shareRoute reports whether two servers have a route in common. Loopback
// addresses say nothing unless the files stand in one directory.
func shareRoute(a, b *fleet.Server) bool {
	together := filepath.Dir(a.Root.Path) == filepath.Dir(b.Root.Path)
	return slices.ContainsFunc(a.Routes, func(u *fleet.Value) bool {
		hosts := fleet.Hosts([]*fleet.Value{u})
		return len(hosts) == 1 && (together || overlap(hosts, hosts)) &&
			slices.ContainsFunc(b.Routes, func(v *fleet.Value) bool { return withoutUser(u.Text()) == withoutUser(v.Text()) })
	})
}

// withoutUser returns a URL without its user.
func withoutUser(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return strings.ToLower(rest)
}

func setClusterName(p *fixes.Pass, s *fleet.Server, name string) *fixes.Fix {
	cluster := fixes.Top(s, "cluster")
	field := ast.Field{Key: "name", Value: ast.String(name)}
	if cluster == nil { // the port comes from a flag
		return p.Insert(s, nil, ast.Field{Key: "cluster", Value: ast.Map(field)}, ast.AtEnd(), "name the cluster %q", name)
	}
	if v := fixes.Below(cluster, "name"); v != nil {
		return p.Replace(v, ast.String(name), "name the cluster %q", name)
	}
	return p.Insert(s, cluster.Value, field, ast.AtStart(), "name the cluster %q", name)
}
