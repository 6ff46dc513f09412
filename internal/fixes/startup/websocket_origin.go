package startup

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// WebsocketOrigin finds allowed origins that are no origins.
func WebsocketOrigin() *fixes.Rule {
	return &fixes.Rule{
		Name:     "websocket-origin",
		Severity: fixes.Error,
		Summary:  "an allowed origin of websocket is no http or https URL, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "scheme", Default: "https", Values: []string{"https", "http"},
			Doc: "the scheme of origins that have none",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `unable to parse allowed origin "example.com": allowed origins must be absolute URLs with http or https scheme`,
			Since:   "2.2.0; texts such as \"*\" since 2.11.14 and 2.12.5",
			What: `The server compares the Origin that a browser sends with allowed_origins, by scheme, host and port, and refuses to
start if one of them has no scheme, another one than http and https, or no host (server/websocket.go,
validateWebsocketOptions). There are no wildcards: to allow all origins leave allowed_origins out.`,
			Fix: `A host without scheme gets one. "*" is taken out together with allowed_origins, which allows all origins.`,
			Applicability: `The scheme must be chosen: without --set websocket-origin.scheme=https or =http the fix is unsafe and takes
https. Taking "*" out changes behaviour, as pages from anywhere may connect then. Manual for everything else.`,
			Effect: "The server does not run.",
			Before: `websocket {
  port: 443
  tls { cert_file: cert.pem, key_file: key.pem }
  allowed_origins: ["example.com"]
}
`,
			After: `websocket {
  port: 443
  tls { cert_file: cert.pem, key_file: key.pem }
  allowed_origins: ["https://example.com"]
}
`,
		},
		Needs:       []string{"websocket"},
		CheckServer: checkWebsocketOrigin,
	}
}

func checkWebsocketOrigin(p *fixes.Pass, s *fleet.Server) {
	ws := fixes.Top(s, "websocket", "ws")
	if ws == nil || s.Broken() || !listens(ws) {
		return
	}
	list := fixes.Below(ws, "allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origins", "origin")
	for _, item := range items(list) {
		if !item.Value.IsString() {
			continue
		}
		problem := originProblem(item.Value.Text())
		if problem == "" {
			continue
		}
		if fixes.CutAddress(item.Value.Node) {
			continue // cidr-unquoted
		}
		f := item.Finding("%q is no origin: the server refuses to start (%q), though nats-server -t calls the file valid", item.Value.Text(), problem)
		fixOrigin(p, f, list, item)
		p.Report(f)
	}
}

func fixOrigin(p *fixes.Pass, f *fixes.Finding, list, item *fixes.Visit) {
	origin := strings.TrimSpace(item.Value.Text())
	if origin == "*" {
		f.With(p.Delete(list, "allow all origins, as \"*\" says"), "take allowed_origins out to allow all origins")
		f.Because(fixes.ChangesBehaviour, "pages from anywhere may connect then")
		return
	}
	scheme, chose := p.Param("scheme")
	if !chose {
		scheme = "https"
	}
	whole := scheme + "://" + origin
	if strings.Contains(origin, "://") || strings.Contains(origin, "*") || originProblem(whole) != "" {
		f.Because(fixes.Manual, "write the origin as a browser sends it, such as https://example.com or http://example.com:8080")
		return
	}
	f.With(p.Replace(item, ast.String(whole), "write the origin as %q", whole), "the origin cannot be written in this file")
	chosen(p, f, "scheme", "a page from http://"+origin+" is another origin than one from https://"+origin)
}

// originProblem returns what the server says of an allowed origin, "" if it
// takes it (server/websocket.go, validateWebsocketOptions, wsGetHostAndPort).
func originProblem(origin string) string {
	u, err := url.ParseRequestURI(origin)
	switch {
	case err != nil:
		return fmt.Sprintf("unable to parse allowed origin: %v", err)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("unable to parse allowed origin %q: allowed origins must be absolute URLs with http or https scheme", origin)
	case u.Host == "":
		return fmt.Sprintf("unable to parse allowed origin %q: host is required", origin)
	}
	_, port, err := net.SplitHostPort(u.Host)
	if missing := (*net.AddrError)(nil); errors.As(err, &missing) && strings.Contains(missing.Err, "missing port") {
		return ""
	}
	if err == nil {
		_, err = strconv.Atoi(port)
	}
	if err != nil {
		return fmt.Sprintf("unable to parse allowed origin: %v", err)
	}
	return ""
}
