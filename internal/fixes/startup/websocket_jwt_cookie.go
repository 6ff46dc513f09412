package startup

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// WebsocketJWTCookie finds jwt_cookie where nobody can check a JWT.
func WebsocketJWTCookie() *fixes.Rule {
	return &fixes.Rule{
		Name:     "websocket-jwt-cookie",
		Severity: fixes.Error,
		Summary:  "websocket takes JWTs from a cookie without an operator or trusted keys, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `trusted operators or trusted keys configuration is required for JWT authentication via cookie "token"`,
			Since:   "2.2.0",
			What: `With jwt_cookie browsers log in by a JWT, which only a server with an operator or trusted_keys can check. Another one
refuses to start (server/websocket.go, validateWebsocketOptions).`,
			Fix: "Takes jwt_cookie out.",
			Applicability: `Unsafe, as it changes behaviour: perhaps the operator is what is missing, or user_cookie, pass_cookie or
token_cookie is what is meant.`,
			Effect: "The server does not run.",
			Before: `websocket {
  port: 8080
  no_tls: true
  jwt_cookie: session
}
`,
			After: `websocket {
  port: 8080
  no_tls: true
}
`,
		},
		Needs:       []string{"websocket"},
		CheckServer: checkWebsocketJWTCookie,
	}
}

func checkWebsocketJWTCookie(p *fixes.Pass, s *fleet.Server) {
	ws := fixes.Top(s, "websocket", "ws")
	cookie := fixes.Below(ws, "jwt_cookie")
	if text(cookie) == "" || s.Broken() || !listens(ws) || operators(s) != nil || hasTrustedKeys(s) {
		return
	}
	f := cookie.Finding("nobody can check the JWTs in the cookie: the server refuses to start (%q), though nats-server -t calls the file valid",
		fmt.Sprintf("trusted operators or trusted keys configuration is required for JWT authentication via cookie %q", text(cookie)))
	f.With(p.Delete(cookie, "take jwt_cookie out"), "take jwt_cookie out, or configure the operator")
	p.Report(f.Because(fixes.ChangesBehaviour, "perhaps the operator is what is missing, or another cookie field is meant"))
}

// hasTrustedKeys reports whether trusted_keys names a key, as far as is known.
func hasTrustedKeys(s *fleet.Server) bool {
	keys := fixes.Top(s, "trusted_keys", "trusted")
	return keys != nil && (!keys.Value.IsList() || len(keys.Value.List) > 0)
}
