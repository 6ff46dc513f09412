package types

import (
	"regexp"
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
		Doc: fixes.Doc{
			Stage:   "-t (client_advertise and the like: start)",
			Message: "could not parse address string",
			What: `listen, http and https take a port or a text of the form host:port. The server refuses a URL ("could not parse address
string \"nats://0.0.0.0:4222\""), a port in quotes ("could not parse address string \"8222\""), a host alone, and a port that
is no number ("could not parse port"). The addresses to advertise take host:port or a host; with a scheme in front
the server ends at its start, and so it does with more colons than an address has ("Error setting server INFO with
ClientAdvertise value", "too many colons in address").`,
			Fix: `Takes the scheme away, and the quotes of a port that stands alone.`,
			Applicability: `Safe if what is left is host:port. Manual for a host without port, and for a scheme that asks for TLS, which the
address cannot express.`,
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
	if mistakeOf(v) != wrongListen || v.Server.Broken() {
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
	default:
		p.Report(f.Because(fixes.Manual, `nothing says which port was meant: write "host:port", or a port without quotes`))
	}
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
