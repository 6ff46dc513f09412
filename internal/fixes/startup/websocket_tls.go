package startup

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// WebsocketTLS finds websocket listeners with neither tls nor no_tls.
func WebsocketTLS() *fixes.Rule {
	return &fixes.Rule{
		Name:     "websocket-tls",
		Severity: fixes.Error,
		Summary:  "the websocket block has a port and neither tls nor no_tls, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "no_tls", Default: "true", Values: []string{"true"},
			Doc: "true: speak plain websocket, as behind a proxy that takes care of TLS",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "websocket requires TLS configuration",
			Since:   "2.2.0",
			What: `Browsers send credentials over websockets, so the server insists on a tls block in websocket, or on no_tls: true,
which says that there shall be none (server/websocket.go, validateWebsocketOptions). The tls block at the top level does
not count.`,
			Fix: "Sets no_tls: true in the websocket block. Certificates cannot be made up: write a tls block for them.",
			Applicability: `Somebody must choose: without --set websocket-tls.no_tls=true the fix is unsafe, since passwords cross the
network in the clear then unless a proxy in front takes care of TLS.`,
			Effect: "The server does not run.",
			Before: `websocket {
  port: 8080
}
`,
			After: `websocket {
  port: 8080
  no_tls: true
}
`,
		},
		Needs:       []string{"websocket"},
		CheckServer: checkWebsocketTLS,
	}
}

func checkWebsocketTLS(p *fixes.Pass, s *fleet.Server) {
	ws := fixes.Top(s, "websocket", "ws")
	if ws == nil || s.Broken() || !listens(ws) || fixes.Below(ws, "tls") != nil {
		return
	}
	off := fixes.Below(ws, "no_tls")
	if off != nil && (unknown(off) || isTrue(off)) {
		return
	}
	f := ws.KeyFinding("websocket has neither tls nor no_tls: the server refuses to start (\"websocket requires TLS configuration\"), though nats-server -t calls the file valid")
	if off != nil {
		f.With(p.Replace(off, ast.Bool(true), "set no_tls: true"), "no_tls cannot be written in this file")
	} else {
		f.With(p.Insert(s, ws.Value, ast.Field{Key: "no_tls", Value: ast.Bool(true)}, ast.AtEnd(), "set no_tls: true"), "no_tls cannot be written in this file")
	}
	p.Report(chosen(p, f, "no_tls", "without TLS passwords cross the network in the clear unless a proxy in front takes care of it; the other way is a tls block with a certificate"))
}
