package startup

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// WebsocketHeader finds headers of websocket that the server sets by itself.
func WebsocketHeader() *fixes.Rule {
	return &fixes.Rule{
		Name:     "websocket-header",
		Severity: fixes.Error,
		Summary:  "websocket sets a header that belongs to the protocol, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `websocket: invalid header "Connection" not allowed`,
			Since:   "2.11.0",
			What: `What headers holds is added to the answer to every browser. Host, Content-Length, Connection, Upgrade,
Nats-No-Masking and all that begin with Sec-WebSocket- are the server's own, in any letter case; it refuses to start if
they are set (server/websocket.go, validateWebsocketOptions).`,
			Fix:           "Takes the header out.",
			Applicability: "Safe: the server sets the header itself, and does not start with it.",
			Effect:        "The server does not run.",
			Before: `websocket {
  port: 8080
  no_tls: true
  headers { X-Frame-Options: DENY, Connection: close }
}
`,
			After: `websocket {
  port: 8080
  no_tls: true
  headers { X-Frame-Options: DENY }
}
`,
		},
		Needs:       []string{"websocket"},
		CheckServer: checkWebsocketHeader,
	}
}

func checkWebsocketHeader(p *fixes.Pass, s *fleet.Server) {
	ws := fixes.Top(s, "websocket", "ws")
	headers := fixes.Below(ws, "headers")
	if headers == nil || s.Broken() || !listens(ws) || !headers.Value.IsMap() {
		return
	}
	for _, e := range headers.Value.Map.Entries {
		said := headerProblem(e.Key)
		if said == "" || e.Value.Unknown() {
			continue
		}
		v := fixes.VisitEntry(s, headers, headers.Inner(), e)
		f := v.KeyFinding("the header %q is the server's own: it refuses to start (%q), though nats-server -t calls the file valid", e.Key, said)
		p.Report(f.With(p.Delete(v, "take the header %q out", e.Key), "take the header out"))
	}
}

// headerProblem returns what the server says of a header, "" if it takes it.
func headerProblem(name string) string {
	switch lower := strings.ToLower(name); {
	case lower == "host", lower == "content-length", lower == "connection", lower == "upgrade", lower == "nats-no-masking":
		return fmt.Sprintf("websocket: invalid header %q not allowed", name)
	case strings.HasPrefix(lower, "sec-websocket-"):
		return fmt.Sprintf("websocket: invalid header %q, \"Sec-WebSocket-\" prefix not allowed", name)
	}
	return ""
}
