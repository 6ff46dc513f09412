package startup

import (
	"net"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// address is where a block says to listen.
type address struct {
	host  string
	port  int64
	known bool         // the port is known
	at    *fixes.Visit // what gives the port: listen or port, nil if nothing does
}

// on reports whether a port is set; one that is not known counts.
func (a address) on() bool { return a.at != nil && (!a.known || a.port != 0) }

// listens reports whether a block sets a port to listen on.
func listens(block *fixes.Visit) bool { return readAddress(block).on() }

// readAddress reads listen, host and port of a block. A block that gives both
// listen and port leaves it to chance which of them counts, so that the port
// is unknown then unless they agree.
func readAddress(block *fixes.Visit) address {
	a := address{known: true}
	if host := fixes.Below(block, "host", "net"); host != nil {
		a.host = text(host)
	}
	if port := fixes.Below(block, "port"); port != nil {
		a.at = port
		a.port, a.known = number(port, 0)
	}
	if listen := fixes.Below(block, "listen"); listen != nil {
		l := parseListen(listen)
		l.known = l.known && (a.at == nil || a.known && a.port == l.port)
		if l.host == "" {
			l.host = a.host
		}
		return l
	}
	return a
}

// parseListen reads a port or host:port (server/opts.go, parseListen).
func parseListen(v *fixes.Visit) address {
	a := address{at: v}
	if !v.Value.IsString() {
		a.port, a.known = number(v, 0)
		return a
	}
	host, port, err := net.SplitHostPort(v.Value.Text())
	if err != nil {
		return a
	}
	n, err := strconv.ParseInt(port, 10, 32)
	a.host, a.port, a.known = host, n, err == nil
	return a
}

// overlap of two hosts: whether listening on one port of both is refused.
type hostOverlap uint8

const (
	apart    hostOverlap = iota
	sameHost             // the same address
	covered              // one is a wildcard that covers the other, which Linux refuses
)

func overlapOf(a, b string) hostOverlap {
	a, b = normalHost(a), normalHost(b)
	switch {
	case a == b:
		return sameHost
	case a == "" || b == "":
		return covered
	}
	return apart
}

// normalHost returns "" for all addresses of the machine.
func normalHost(host string) string {
	host = strings.ToLower(host)
	ip := net.ParseIP(host)
	switch {
	case ip == nil && host == "localhost":
		return "127.0.0.1"
	case ip == nil:
		return host
	case ip.IsUnspecified():
		return ""
	}
	return ip.String()
}

// withPort returns the text that gives the address another port.
func (a address) withPort(port int64) ast.Literal {
	if a.at.Value.IsString() {
		return ast.String(net.JoinHostPort(a.host, strconv.FormatInt(port, 10)))
	}
	return ast.Int(port)
}
