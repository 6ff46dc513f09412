package startup

import (
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// noHost returns the server's words for a text that can be no host on any
// machine, "" for one that can: whether a name is known is for the machine to
// say. The server puts host and port together, and net.Listen takes them apart.
func noHost(host string) string {
	h, _, err := net.SplitHostPort(net.JoinHostPort(host, "0"))
	if wrong := (*net.AddrError)(nil); errors.As(err, &wrong) {
		return wrong.Err
	}
	if fleet.NeverHost(h) {
		return "no such host"
	}
	return ""
}

// isTemplate reports whether a program that writes the file may replace a part
// of the text, so that nothing can be said of it.
func isTemplate(text string) bool {
	return fixes.IsFormat(text) || strings.Contains(text, "{{") || strings.Contains(text, "<%")
}

// plainVariable matches a text of which quoted-variable speaks.
var plainVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

// meantHost works out which host is meant by a text that is none, and which
// port, "" if there is none in it. Why says what keeps a host from being told.
func meantHost(text string) (host, port, why string) {
	host = strings.TrimSpace(text)
	if scheme, rest, isURL := strings.Cut(host, "://"); isURL {
		host = strings.TrimSuffix(rest, "/")
		switch strings.ToLower(scheme) {
		case "nats", "nats-route", "nats-gateway", "nats-leaf", "tcp", "http", "ws", "mqtt":
		default:
			return "", "", "the scheme " + scheme + " asks for more than a host says: write the host alone, and a tls block if that is meant"
		}
	}
	if noHost(host) != "" {
		if h, p, err := net.SplitHostPort(host); err == nil {
			n, err := strconv.Atoi(p)
			if err != nil || n < 1 || n > 65535 {
				return "", "", "write the name or the address of this machine here, and the port beside it"
			}
			host, port = h, p
		}
		if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
			host = inner[:len(inner)-1]
		}
	}
	if host == "*" || host == "" {
		host = "0.0.0.0"
	}
	switch {
	case noHost(host) == "":
		return host, port, ""
	case strings.Contains(host, "$"):
		why = "a variable is replaced only as a whole value without quotes: write host: $NAME, and the port beside it"
	case strings.Contains(host, "/"):
		why = "the server listens on one address, not on a network: write that, or 0.0.0.0 for all addresses of the machine"
	case strings.ContainsAny(host, ", ;"):
		why = "the server listens on one address: write that, or 0.0.0.0 for all addresses of the machine"
	default:
		why = "write a name or an address of this machine, or 0.0.0.0 for all of them"
	}
	return "", "", why
}
