package startup

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ListenHost finds hosts to listen on that no machine has.
func ListenHost() *fixes.Rule {
	return &fixes.Rule{
		Name:     "listen-host",
		Severity: fixes.Error,
		Summary:  "the host to listen on is none, such as * or [::], so the server ends at the start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `Error listening on port: *:4222, "listen tcp: lookup *: no such host"`,
			Since:   "2.0.0",
			What: `The server takes any text for a host, and ends when it is to listen there: on *, which other programs take for all
addresses ("no such host"), on an IPv6 address in brackets ("missing port in address"; brackets belong into listen, where
a port follows), on a host with a port or a scheme, a network such as 10.0.0.0/8, several hosts with commas, 256.1.1.1, or
a text with a dollar sign, since nothing is replaced inside of texts. It is the same for clients, monitoring
("can't listen to the monitor port"), routes ("Error listening on router port"), gateways, leaf nodes ("Error listening on
leafnode port"), websocket and MQTT ("Unable to listen"). Whether the machine knows a name is not asked: the rule speaks of what can be no
host anywhere.`,
			Fix: `Writes 0.0.0.0 for *, and takes brackets, a scheme, blanks, and a port that is the block's own away. A host with a
port becomes listen where no port is given.`,
			Applicability: `Safe where the text leaves one host. Manual for networks, several hosts, texts with a dollar sign, and a host with
another port than the block's.`,
			Effect: `None: the server does not run.`,
			Before: `host: "*"
cluster {
  name: c
  host: "[::]"
  port: 6222
}
`,
			After: `host: "0.0.0.0"
cluster {
  name: c
  host: "::"
  port: 6222
}
`,
			References: []string{"server/server.go: AcceptLoop, startMonitoring", "net.Listen"},
		},
		Needs:       []string{"listen", "host", "http", "https", "cluster", "gateway", "leafnodes", "websocket", "mqtt"},
		CheckServer: checkListenHost,
	}
}

// hostField is what gives the host of a listener.
type hostField struct {
	at   *fixes.Visit // host, or a text host:port
	host string
	port string // of the listener, "" if none is given or it is not known
	open bool   // no port is given, and listen could give one
}

// hostFields returns what gives the hosts of those listeners that are surely on.
// Of listen and host in one block the server takes one at random.
func hostFields(s *fleet.Server) []hostField {
	var list []hostField
	add := func(host, listen *fixes.Visit, port address, open bool) {
		switch {
		case host != nil && listen != nil:
		case listen != nil && listen.Value.IsString():
			if l := parseListen(listen); l.known && l.port != 0 {
				list = append(list, hostField{at: listen, host: l.host})
			}
		case host != nil && host.Value.IsString():
			h := hostField{at: host, host: text(host), open: open}
			if !open && port.known && port.port > 0 {
				h.port = strconv.FormatInt(port.port, 10)
			}
			list = append(list, h)
		}
	}
	if s.Args.Host == "" {
		open := s.Args.Port == 0 && fixes.Top(s, "port") == nil
		add(fixes.Top(s, "host", "net"), fixes.Top(s, "listen"), clientAddress(s), open)
	}
	if fixes.Top(s, "http_port", "monitor_port", "https_port") == nil {
		add(nil, fixes.Top(s, "http"), address{}, false)
		add(nil, fixes.Top(s, "https"), address{}, false)
	}
	for _, names := range [][]string{{"cluster"}, {"gateway"}, {"leafnodes", "leaf"}, {"websocket", "ws"}, {"mqtt"}} {
		block := fixes.Top(s, names...)
		if names[0] == "cluster" && s.Args.Cluster != "" {
			continue
		}
		if a := readAddress(block); a.at != nil && a.known && a.port != 0 {
			add(fixes.Below(block, "host", "net"), fixes.Below(block, "listen"), a, false)
		}
	}
	return list
}

func checkListenHost(p *fixes.Pass, s *fleet.Server) {
	if s.Broken() || !mayLackHost(s) {
		return
	}
	for _, h := range hostFields(s) {
		says := noHost(h.host)
		if says == "" || isTemplate(h.host) || plainVariable.MatchString(h.at.Value.Text()) {
			continue
		}
		f := h.at.Finding("%s is no host: the server ends at the start (%q), though nats-server -t calls the file valid", shownHost(h.host), says)
		h.cure(p, f)
		p.Report(f)
	}
}

// mayLackHost reports whether a text of which a host may come is another one than
// hosts mostly are, which is quicker to tell than what each listener has.
func mayLackHost(s *fleet.Server) bool {
	if odd(s.Values, "host", "net", "listen", "http", "https") {
		return true
	}
	for _, name := range []string{"cluster", "gateway", "leafnodes", "leaf", "websocket", "ws", "mqtt"} {
		if block := s.Values.Block(name); block != nil && odd(block, "host", "net", "listen") {
			return true
		}
	}
	return false
}

// odd reports whether one of the fields is a text that begins otherwise than an
// ordinary host does.
func odd(block *fleet.Map, names ...string) bool {
	for _, name := range names {
		e := block.Field(name)
		if e == nil || !e.Value.IsString() {
			continue
		}
		host := e.Value.Text()
		if i := strings.LastIndexByte(host, ':'); i >= 0 && name != "host" && name != "net" {
			host = host[:i]
		}
		if _, err := netip.ParseAddr(host); host != "" && err != nil && !ordinaryHost.MatchString(host) {
			return true
		}
	}
	return false
}

// ordinaryHost matches names of hosts.
var ordinaryHost = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// shownHost returns a text that stands for a host as messages show it: not if it
// may hold a password.
func shownHost(host string) string {
	if strings.Contains(host, "@") || len(host) > 60 {
		return "this text"
	}
	return strconv.Quote(host)
}

// cure gives the finding its fix, or says why there is none.
func (h hostField) cure(p *fixes.Pass, f *fixes.Finding) {
	const shared = "the value cannot be edited here: it is shared with other fields, or comes from the environment"
	host, port, why := meantHost(h.host)
	inListen := h.at.Field != nil && h.at.Field.Name != "host"
	switch {
	case why != "":
		f.Because(fixes.Manual, why)
	case inListen && port != "":
		f.Because(fixes.Manual, "there are two ports: write host:port")
	case inListen:
		_, own, _ := net.SplitHostPort(h.at.Value.Text())
		f.With(p.Retype(h.at, ast.String(net.JoinHostPort(host, own)), "listen on %s", host), shared)
	case port == "" || port == h.port:
		f.With(p.Replace(h.at, ast.String(host), "listen on %s", host), shared)
	case h.open:
		f.With(h.toListen(p, net.JoinHostPort(host, port)), shared)
	case h.port == "":
		f.Because(fixes.Manual, fmt.Sprintf("write %s here, and the port beside it", host))
	default:
		f.Because(fixes.Manual, fmt.Sprintf("the host names port %s, and the port is %s: write the host alone, and the port that is meant beside it", port, h.port))
	}
}

// toListen returns the fix that makes the host, which has a port, the address to
// listen on.
func (h hostField) toListen(p *fixes.Pass, listen string) *fixes.Fix {
	fix := p.Rename(h.at, "listen", "listen on %s", listen)
	if listen == h.at.Value.Text() {
		return fix
	}
	return fix.Join(p.Replace(h.at, ast.String(listen), "listen on %s", listen))
}
