package startup

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MQTTJetStream finds servers that speak MQTT and have JetStream nowhere.
func MQTTJetStream() *fixes.Rule {
	return &fixes.Rule{
		Name:     "mqtt-jetstream",
		Severity: fixes.Error,
		Summary:  "a server with MQTT stands alone and has no JetStream, so it refuses to start",
		Params: []fixes.Param{{
			Name: "store_dir", Default: "none, which stores below the directory for temporary files",
			Doc: "the directory for JetStream's files",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "mqtt requires JetStream to be enabled if running in standalone mode",
			Since:   "2.2.3",
			What: `MQTT sessions, retained messages and those with QoS 1 and 2 are kept in JetStream. A server without JetStream that has
no cluster, gateway or leaf nodes either cannot reach one elsewhere and refuses to start (server/mqtt.go,
validateMQTTOptions).`,
			Fix: "Switches JetStream on.",
			Applicability: `Somebody must choose where it stores its files: without --set mqtt-jetstream.store_dir=DIR the fix is unsafe and
leaves that to the server, which takes a temporary directory. It changes behaviour where the file switches JetStream off.`,
			Effect: "The server does not run.",
			Before: `server_name: edge
mqtt { port: 1883 }
`,
			After: `server_name: edge
mqtt { port: 1883 }
jetstream: enabled
`,
		},
		Needs:       []string{"mqtt"},
		CheckServer: checkMQTTJetStream,
	}
}

func checkMQTTJetStream(p *fixes.Pass, s *fleet.Server) {
	mqtt := fixes.Top(s, "mqtt")
	if mqtt == nil || s.Broken() || !listens(mqtt) || s.JetStream.Enabled || s.JetStream.Unknown {
		return
	}
	leaf := fixes.Top(s, "leafnodes", "leaf")
	if s.AcceptsRoutes() || s.AcceptsGateways() || s.AcceptsLeaves() || len(items(fixes.Below(leaf, "remotes"))) > 0 ||
		unknown(leaf) || unknown(fixes.Top(s, "cluster")) || unknown(fixes.Top(s, "gateway")) || unknown(fixes.Below(leaf, "remotes")) {
		return
	}
	f := mqtt.KeyFinding("MQTT needs JetStream, and this server, which stands alone, has none: it refuses to start (\"mqtt requires JetStream to be enabled if running in standalone mode\"), though nats-server -t calls the file valid")
	on := ast.Field{Key: "jetstream", Value: ast.String("enabled")}
	if dir, ok := p.Param("store_dir"); ok {
		on.Value = ast.Map(ast.Field{Key: "store_dir", Value: ast.String(dir)})
	}
	const otherwise = "switch JetStream on by hand"
	js := fixes.Top(s, "jetstream")
	if js == nil {
		f.With(p.Insert(s, nil, on, ast.AtEnd(), "switch JetStream on"), otherwise)
		p.Report(rooted(s, chosen(p, f, "store_dir", "without store_dir JetStream stores its files in a temporary directory")))
		return
	}
	beside(f, js, "JetStream is switched off here")
	if enabled := fixes.Below(js, "enabled", "enable"); enabled != nil {
		f.With(p.Replace(enabled, ast.Bool(true), "switch JetStream on"), otherwise)
	} else if !js.Value.IsMap() {
		f.With(p.Replace(js, on.Value, "switch JetStream on"), otherwise)
	} else {
		f.Because(fixes.Manual, otherwise)
	}
	p.Report(f.Because(fixes.ChangesBehaviour, "the file switches JetStream off, so that perhaps MQTT is what should go"))
}
