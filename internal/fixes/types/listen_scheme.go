package types

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// ListenScheme finds addresses to listen on that are no host:port.
func ListenScheme() *fixes.Rule {
	return &fixes.Rule{
		Name:     "listen-scheme",
		Severity: fixes.Error,
		Summary:  "an address to listen on or to advertise is no host:port: it has a scheme, or no port",
		Params: []fixes.Param{{
			Name: "port", Default: "the usual port of that listener",
			Doc: "the port that an address without one gets",
		}},
		Doc: fixes.Doc{
			Stage:   "-t (client_advertise and the like: start)",
			Message: "could not parse address string",
			What: `listen, http and https take a port or a text of the form host:port. The server refuses a URL (could not parse address
string "nats://0.0.0.0:4222"), a port in quotes (could not parse address string "8222"), a host alone, and a port that
is no number ("could not parse port"). The addresses to advertise take host:port or a host; with a scheme in front
the server ends at its start, and so it does with more colons than an address has ("Error setting server INFO with
ClientAdvertise value", "too many colons in address").`,
			Fix: `Takes the scheme away, and the quotes of a port that stands alone. Gives a host without port one.`,
			Applicability: `Safe if what is left is host:port. For a host without port somebody must say which: --set listen-scheme.port=PORT.
Manual for a scheme that asks for TLS, which the address cannot express.`,
			Effect: `None: the server does not run.`,
			Before: "listen: \"nats://0.0.0.0:4222\"\nhttp: \"8222\"\n",
			After:  "listen: \"0.0.0.0:4222\"\nhttp: 8222\n",
		},
		Fields:     fixes.Typed(schema.HostPort),
		CheckValue: checkListenScheme,
	}
}

var portText = regexp.MustCompile(`^[0-9]{1,5}$`)

func checkListenScheme(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongListen || v.Server.Garbled() {
		return
	}
	text := strings.TrimSpace(v.Value.Text())
	f := v.Finding("%s is %s and not host:port: the server refuses to start", name(v), found(v))
	if !v.Field.Takes(schema.Port) && !listens(v) {
		f.Message = name(v) + " is no host:port: the server refuses to start once this block has a port"
		f.Severity = fixes.Warning
	}
	scheme, rest, isURL := strings.Cut(text, "://")
	rest = strings.TrimSuffix(rest, "/")
	port := strings.TrimPrefix(text, ":")
	switch {
	case isURL && !isPlainScheme(scheme):
		p.Report(f.Because(fixes.Manual, "the scheme "+scheme+" asks for more than an address says: write host:port, and a tls block if that is meant"))
	case isURL && strings.ContainsAny(rest, "@/?#"):
		p.Report(f.Because(fixes.Manual, "only host:port can stand here, without user, path or query"))
	case isURL && (isHostPort(rest) || !v.Field.Takes(schema.Port) && rest != ""):
		p.Report(f.With(p.Retype(v, ast.String(rest), "take the scheme of %s away", name(v)), whyNot(v)))
	case !isURL && v.Field.Takes(schema.Port) && portText.MatchString(port) && port == text:
		p.Report(f.With(p.Retype(v, ast.Raw(port), "take the quotes of the port away"), whyNot(v)))
	case isHostPort(text), !v.Field.Takes(schema.Port) && isAdvertised(text):
		p.Report(f.With(p.Retype(v, ast.String(text), "take the white space away"), whyNot(v)))
	case !v.Field.Takes(schema.Port):
		p.Report(f.Because(fixes.Manual, "write host:port, or a host; an IPv6 address stands in brackets"))
	case hostAlone.MatchString(text):
		reportNoPort(p, v, f, strings.TrimSuffix(text, ":"))
	default:
		p.Report(f.Because(fixes.Manual, `nothing says which port was meant: write "host:port", or a port without quotes`))
	}
}

// hostAlone matches a name or an IPv4 address without a port.
var hostAlone = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?:?$`)

// reportNoPort reports an address to listen on that is a host alone.
func reportNoPort(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding, host string) {
	usual := map[string]string{"": "4222", "cluster": "6222", "gateway": "7222", "leafnodes": "7422", "websocket": "8080", "mqtt": "1883"}[v.Block.Path]
	if v.Field.Name == "http" || v.Field.Name == "https" {
		usual = "8222"
	}
	port, chose := p.Param("port")
	if !chose {
		port = usual
	}
	if n, err := strconv.Atoi(port); err != nil || n < -1 || n > 65535 {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("listen-scheme.port is %q: expected the number of a port", port)))
		return
	}
	f.With(p.Replace(v, ast.String(host+":"+port), "listen on port %s", port), whyNot(v))
	if !chose {
		f.Because(fixes.NeedsChoice, fmt.Sprintf("nothing says which port was meant: choose it with --set listen-scheme.port=PORT, such as %s", usual))
	}
	p.Report(f)
}

// listens reports whether the block around an address to advertise has a port,
// without which the server does not look at the address.
func listens(v *fixes.Visit) bool {
	return v.Parent == nil || v.Parent.Value.Map.Field("port", "listen") != nil
}

// isPlainScheme reports whether a scheme says nothing beyond what listening on
// an address means anyhow.
func isPlainScheme(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "nats", "nats-route", "nats-leaf", "tcp", "http", "ws", "mqtt":
		return true
	}
	return false
}
