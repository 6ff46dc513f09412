package startup

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ServerNameMissing finds servers that must have a server_name and have none.
func ServerNameMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "server-name-missing",
		Severity: fixes.Error,
		Summary:  "a server with JetStream in a cluster, or with MQTT in one, has no server_name and refuses to start",
		Params: []fixes.Param{{
			Name: "name", Default: "{file}",
			Doc: "the name; {file} stands for the file's name without its ending, {dir} for the directory's, {cluster} for the cluster's",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "jetstream cluster requires `server_name` to be set",
			Since:   "2.2.0",
			What: `Without server_name a server makes up a new name at every start. JetStream in a cluster remembers its peers by
name, and MQTT names its session subjects after the server, so the server refuses to start if it has a cluster port and
JetStream (server/jetstream.go, validateJetStreamOptions), or a cluster or gateway port and MQTT (server/mqtt.go,
validateMQTTOptions: "mqtt requires server name to be explicitly set").`,
			Fix: `Adds server_name on top of the server's own file. The name must be one that no other server of the cluster or
supercluster has, and must not change once JetStream has run under it.`,
			Applicability: `A name must be chosen: without --set server-name-missing.name=TEMPLATE the fix is unsafe and takes the
file's name. Manual if another server of the supercluster has that name, or would get it. Silent if the server is started
with --name.`,
			Effect: "The server does not run.",
			Before: `jetstream: enabled
cluster {
  name: east
  port: 6222
  routes: ["nats://nats-2:6222"]
}
`,
			After: `server_name: nats
jetstream: enabled
cluster {
  name: east
  port: 6222
  routes: ["nats://nats-2:6222"]
}
`,
			References: []string{"nats-server#1814", "nats-server#1847", "nats-server#7418"},
		},
		Needs:  []string{"cluster", "gateway"},
		Check:  checkServerNameMissing,
		Linked: true,
	}
}

func checkServerNameMissing(p *fixes.Pass) {
	var missing []*fleet.Server
	for _, s := range p.Fleet.Servers {
		if s.ServerName.Text == "" && !s.ServerName.Unknown() && !s.Broken() && needsName(s) != "" {
			missing = append(missing, s)
		}
	}
	given, chose := p.Param("name")
	if !chose {
		given = "{file}"
	}
	names := make(map[*fleet.Server]string, len(missing))
	for _, s := range missing {
		names[s], _ = template(s, given)
	}
	for _, s := range missing {
		f := atRoot(s, serverNameFinding(s))
		if reason := nameProblem(s, given, names); reason != "" {
			p.Report(f.Because(fixes.Manual, reason+" (choose with --set server-name-missing.name=TEMPLATE)"))
			continue
		}
		f.With(setServerName(p, s, names[s]), "server_name cannot be written in this file")
		p.Report(chosen(p, f, "name", fmt.Sprintf("the name %q is taken from the file's name, and a name must not change once JetStream has run under it", names[s])))
	}
}

// needsName returns what asks for a server_name, "" if nothing does.
func needsName(s *fleet.Server) string {
	switch {
	case s.AcceptsRoutes() && s.JetStream.Enabled:
		return "JetStream"
	case s.AcceptsRoutes() || s.AcceptsGateways():
		if listens(fixes.Top(s, "mqtt")) {
			return "MQTT"
		}
	}
	return ""
}

// serverNameFinding points at the name that is empty, else at what asks for it.
func serverNameFinding(s *fleet.Server) *fixes.Finding {
	what, said := "JetStream in a cluster", "jetstream cluster requires `server_name` to be set"
	at := fixes.Top(s, "jetstream")
	if needsName(s) == "MQTT" {
		what, said = "MQTT in a cluster or behind a gateway", "mqtt requires server name to be explicitly set"
		at = fixes.Top(s, "mqtt")
	}
	message := fmt.Sprintf("the server has no server_name, which it needs for %s: it refuses to start (%q), though nats-server -t calls the file valid", what, said)
	if name := fixes.Top(s, "server_name"); name != nil {
		return name.Finding("%s", message)
	}
	if at == nil {
		at = fixes.Top(s, "cluster")
	}
	if at == nil {
		return &fixes.Finding{Doc: s.Root, Message: message}
	}
	return at.KeyFinding("%s", message)
}

// nameProblem says why a server cannot get its name, "" if it can.
func nameProblem(s *fleet.Server, given string, names map[*fleet.Server]string) string {
	name := names[s]
	if _, missing := template(s, given); missing != "" {
		return fmt.Sprintf("server-name-missing.name asks for %s, which %s does not have", missing, s.Root.Path)
	}
	if name == "" || strings.ContainsAny(name, " \t\r\n") {
		return fmt.Sprintf("%q is no name for a server: it must be neither empty nor hold blanks", name)
	}
	i := slices.IndexFunc(s.Cluster.Super.Servers, func(o *fleet.Server) bool {
		return o != s && (o.ServerName.Text == name || names[o] == name)
	})
	if i >= 0 {
		return fmt.Sprintf("the name would be %q, and %s, in the same cluster or supercluster, has or would get that, too", name, s.Cluster.Super.Servers[i].Root.Path)
	}
	return ""
}

func setServerName(p *fixes.Pass, s *fleet.Server, name string) *fixes.Fix {
	if v := fixes.Top(s, "server_name"); v != nil { // an empty one
		return p.Replace(v, ast.String(name), "set server_name to %q", name)
	}
	return p.Insert(s, nil, ast.Field{Key: "server_name", Value: ast.String(name)}, ast.AtStart(), "set server_name to %q", name)
}
