package startup

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MQTTAuth finds authorization blocks in mqtt and websocket beside users.
func MQTTAuth() *fixes.Rule {
	return &fixes.Rule{
		Name:     "mqtt-auth",
		Severity: fixes.Error,
		Summary:  "mqtt or websocket has an authorization of its own beside users, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "mqtt authentication username not compatible with presence of users/nkeys",
			Since:   "2.2.0",
			What: `The authorization block in mqtt and in websocket is for servers with one user or token. Beside a list of users or
nkeys, in authorization or in an account, the server refuses to start (server/mqtt.go, validateMQTTOptions;
server/websocket.go, validateWebsocketOptions: "websocket authentication token not compatible with presence of
users/nkeys"), since it could not tell which account such clients belong to.`,
			Fix: "Takes the authorization block of mqtt or websocket out.",
			Applicability: `Unsafe, as it changes behaviour: clients that log in by that name or token need a user in the list, perhaps with
allowed_connection_types: [MQTT] or [WEBSOCKET].`,
			Effect: "The server does not run.",
			Before: `authorization {
  users: [{user: app, password: changeme}]
}
jetstream: enabled
mqtt {
  port: 1883
  authorization { user: device, password: changeme }
}
`,
			After: `authorization {
  users: [{user: app, password: changeme}]
}
jetstream: enabled
mqtt {
  port: 1883
}
`,
		},
		Needs:       []string{"mqtt", "websocket"},
		CheckServer: checkMQTTAuth,
	}
}

func checkMQTTAuth(p *fixes.Pass, s *fleet.Server) {
	for _, name := range []string{"mqtt", "websocket"} {
		block := fixes.Top(s, name)
		if name == "websocket" {
			block = fixes.Top(s, "websocket", "ws")
		}
		auth := fixes.Below(block, "authorization", "authentication")
		if auth == nil || s.Broken() || !listens(block) {
			continue
		}
		kind, at := "username", fixes.Below(auth, "user", "username")
		if text(at) == "" {
			kind, at = "token", fixes.Below(auth, "token")
		}
		if text(at) == "" {
			continue
		}
		u := readUsers(s)
		if u.first == nil {
			continue
		}
		f := at.KeyFinding("%s has a %s of its own beside a list of users: the server refuses to start (%q), though nats-server -t calls the file valid", name, kind,
			fmt.Sprintf("%s authentication %s not compatible with presence of users/nkeys", name, kind))
		beside(f, u.first, "users")
		f.With(p.Delete(auth, "take out the authorization of %s", name), "take out the authorization of "+name)
		f.Because(fixes.ChangesBehaviour, fmt.Sprintf("clients of %s that log in by that %s need a user in the list", name, kind))
		p.Report(f)
	}
}
