package startup

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// HTTPSTLS finds HTTPS monitoring without certificates.
func HTTPSTLS() *fixes.Rule {
	return &fixes.Rule{
		Name:     "https-tls",
		Severity: fixes.Error,
		Summary:  "monitoring is set to HTTPS and the server has no certificate, so it gives up at the start",
		Params: []fixes.Param{{
			Name: "use", Default: "http", Values: []string{"http"},
			Doc: "http: monitor over HTTP on that port",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "TLS cert and key required for HTTPS",
			Since:   "2.0.0",
			What: `Monitoring over HTTPS uses the certificate of the tls block at the top level. Without one the server ends at the
start (server/server.go, StartMonitoring).`,
			Fix: "Makes it HTTP on the same port. A certificate cannot be made up: write a tls block for one.",
			Applicability: `Somebody must choose: without --set https-tls.use=http the fix is unsafe, since what monitoring tells crosses
the network in the clear then.`,
			Effect: "The server does not run.",
			Before: "https_port: 8222\n",
			After:  "http_port: 8222\n",
		},
		Needs:       []string{"https", "https_port"},
		CheckServer: checkHTTPSTLS,
	}
}

func checkHTTPSTLS(p *fixes.Pass, s *fleet.Server) {
	https, secure := monitoring(s, "https", []string{"https_port"}, s.Args.HTTPSPort)
	if !secure || s.Broken() || fixes.Top(s, "tls") != nil {
		return
	}
	if _, plain := monitoring(s, "http", []string{"http_port", "monitor_port"}, s.Args.HTTPPort); plain {
		return // http-and-https comes first
	}
	const message = "monitoring is set to HTTPS, and there is no tls block with a certificate: the server ends at the start (\"TLS cert and key required for HTTPS\"), though nats-server -t calls the file valid"
	if len(https) != 1 || s.Args.HTTPSPort != 0 {
		f := &fixes.Finding{Doc: s.Root, Message: message}
		p.Report(f.Because(fixes.Manual, "write a tls block with a certificate, or start the server without HTTPS"))
		return
	}
	f := https[0].KeyFinding(message)
	key := strings.Replace(strings.ToLower(https[0].Entry.Key), "https", "http", 1)
	f.With(p.Rename(https[0], key, "monitor over HTTP"), "write a tls block with a certificate, or monitor over HTTP")
	p.Report(chosen(p, f, "use", "what monitoring tells crosses the network in the clear then; the other way is a tls block with a certificate"))
}
