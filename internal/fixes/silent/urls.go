package silent

import (
	"net/url"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// urlField is a field that takes the URLs at which other servers are reached.
type urlField struct {
	field *schema.Field
	what  string // what the server calls it
}

func urlFields() []urlField {
	root := schema.Root()
	return []urlField{
		{root.Find("cluster", "routes"), "route"},
		{root.Find("gateway", "gateways", "url"), "gateway"},
		{root.Find("gateway", "gateways", "urls"), "gateway"},
		{root.Find("leafnodes", "remotes", "url"), "leafnode"},
	}
}

// urlKind returns what the server calls the URLs of the field, "" if it takes
// none.
func urlKind(fields []urlField, f *schema.Field) string {
	if f == nil || f.Type&(schema.URL|schema.List) == 0 {
		return ""
	}
	for _, u := range fields {
		if u.field == f {
			return u.what
		}
	}
	return ""
}

// withScheme returns a text that was meant for a URL with a scheme in front,
// "" if that does not give a host and, where one is needed, a port.
func withScheme(text, scheme string, needsPort bool) string {
	text = strings.TrimSpace(text)
	for _, known := range []string{"nats", "tls", "nats-route", "nats-gateway", "nats-leaf", "ws", "wss"} {
		if rest, ok := strings.CutPrefix(text, known+":"); ok && strings.Contains(rest, ":") {
			scheme, text = known, rest
			break
		}
	}
	text = scheme + "://" + strings.TrimLeft(text, "/")
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || needsPort && u.Port() == "" || strings.ContainsAny(u.Hostname(), " ,;") {
		return ""
	}
	return text
}

// schemeOf returns the scheme that all other URLs of a list have, nats if they
// do not agree.
func schemeOf(v *fixes.Visit) string {
	scheme := ""
	if v.Entry == nil && v.Parent != nil {
		for _, other := range v.Parent.Value.List {
			s, _, ok := strings.Cut(other.Text(), "://")
			switch {
			case !ok || scheme == s:
			case scheme == "":
				scheme = s
			default:
				return "nats"
			}
		}
	}
	if scheme == "" {
		return "nats"
	}
	return scheme
}
