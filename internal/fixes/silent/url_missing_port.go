package silent

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// URLMissingPort finds routes and gateways without a port.
func URLMissingPort() *fixes.Rule {
	fields := urlFields()
	return &fixes.Rule{
		Name:     "url-missing-port",
		Severity: fixes.Warning,
		Summary:  "the URL of a route or a gateway has no port, so the server never connects",
		Params: []fixes.Param{{
			Name: "port", Default: "the port of the other URLs of the list if they agree, else that on which the server itself listens, else 6222 for routes and 7222 for gateways",
			Doc: "the port on which the other server listens",
		}},
		Doc: fixes.Doc{
			Stage:   "run time",
			Message: "Error trying to connect to route (attempt 1): address 10.0.0.2: missing port in address",
			Since:   "2.0.0",
			What: `The URLs of routes and gateways have no port by default, other than those of clients and leaf remotes: the server starts, tries
again and again to connect, and logs that the port is missing ("missing port in address"). The cluster works only as far as the
other servers connect by themselves.`,
			Fix: `Writes a port behind the host: that of the other URLs of the list if they agree, else that on which the server itself
listens for routes or gateways, since the servers of a cluster mostly use the same, else the usual one.`,
			Applicability: `Unsafe until the port is given: the other server says which it is. With --set url-missing-port.port=PORT it is
safe.`,
			Effect: `A reload for routes; a restart for gateways.`,
			Before: `cluster {
  name: prod
  port: 6222
  routes: ["nats://nats1", "nats://nats2:6222"]
}
`,
			After: `cluster {
  name: prod
  port: 6222
  routes: ["nats://nats1:6222", "nats://nats2:6222"]
}
`,
			References: []string{"server/server.go: getRandomIP"},
		},
		Fields: func(_ *schema.Block, f *schema.Field) bool { return needsPort(urlKind(fields, f)) },
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if what := urlKind(fields, v.Field); needsPort(what) && v.Value.IsString() && (v.Entry == nil && v.Parent.Entry != nil || v.Entry != nil && v.Field.Takes(schema.String)) {
				checkURLMissingPort(p, v, what)
			}
		},
	}
}

// needsPort reports whether URLs of that kind have no default port.
func needsPort(what string) bool { return what == "route" || what == "gateway" }

func checkURLMissingPort(p *fixes.Pass, v *fixes.Visit, what string) {
	text := strings.TrimSpace(v.Value.Text())
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Port() != "" || strings.Contains(u.Host, "$") || v.Server.Broken() || fixes.IsFormat(text) || strings.Contains(text, "{{") {
		return // quoted-variable speaks of dollar signs
	}
	f := v.Finding("the %s URL has no port: the server starts, and never connects to it (\"missing port in address\")", what)
	if strings.HasSuffix(u.Host, ":") {
		f.Message = fmt.Sprintf("the %s URL has a colon and no port behind it: the server starts, and never connects to it", what)
	}
	port, given := p.Param("port")
	if !given {
		port = likelyPort(v, what)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("url-missing-port.port is %q: expected the number of a port", port)))
		return
	}
	begin := strings.Index(text, "//") + len("//")
	end := len(text)
	if i := strings.IndexAny(text[begin:], "/?#"); i >= 0 {
		end = begin + i
	}
	to := strings.TrimSuffix(text[:end], ":") + ":" + port + text[end:]
	f.With(p.Replace(v, ast.String(to), "connect to port %s", port), "the URL comes from a place that cannot be edited")
	if !given {
		f.Because(fixes.NeedsChoice, "the other server says on which port it listens: choose it with --set url-missing-port.port=PORT")
	}
	p.Report(f)
}

// likelyPort returns the port that the other URLs of the list have, or on which
// the server itself listens for the same, or else the usual one.
func likelyPort(v *fixes.Visit, what string) string {
	port := ""
	if v.Entry == nil && v.Parent != nil {
		for _, other := range v.Parent.Value.List {
			u, err := url.Parse(strings.TrimSpace(other.Text()))
			switch {
			case err != nil || u.Port() == "" || port == u.Port():
			case port == "":
				port = u.Port()
			default:
				return ownPort(v, what)
			}
		}
	}
	if port == "" {
		return ownPort(v, what)
	}
	return port
}

// ownPort returns the port on which the server itself listens for routes or
// gateways, the usual one if it does not say.
func ownPort(v *fixes.Visit, what string) string {
	block, usual := fixes.Top(v.Server, "cluster"), "6222"
	if what == "gateway" {
		block, usual = fixes.Top(v.Server, "gateway"), "7222"
	}
	for _, name := range []string{"listen", "port"} {
		at := fixes.Below(block, name)
		if at == nil || at.Value.Unknown() {
			continue
		}
		text := at.Value.Text()
		port := text[strings.LastIndexByte(text, ':')+1:]
		if n, err := strconv.Atoi(port); err == nil && n > 0 && n <= 65535 {
			return port
		}
	}
	return usual
}
