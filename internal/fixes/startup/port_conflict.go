package startup

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// PortConflict finds two listeners of one server on one host and port.
func PortConflict() *fixes.Rule {
	return &fixes.Rule{
		Name:     "port-conflict",
		Severity: fixes.Error,
		Summary:  "two listeners of one server have the same address, so the server gives up at the start",
		Params: []fixes.Param{{
			Name: "port", Default: "the usual port of that listener, else the next that is free",
			Doc: "the port that one of the two gets",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "Error listening on leafnode port: 4222 - listen tcp 0.0.0.0:4222: bind: address already in use",
			What: `Clients, monitoring, routes, gateways, leaf nodes, websocket, MQTT and profiling each have a listener of their own, and the
second one that wants an address cannot have it: the server ends at the start. Clients are on 4222 if nothing else is said,
and profiling is on the host of the clients.
A port on all addresses takes that port of each single one as well on Linux, which is a warning here, since other systems
allow it.`,
			Fix: "Gives the listener that is not on its usual port that one.",
			Applicability: `Somebody must choose the port, which others connect to: without --set port-conflict.port=PORT the fix is
unsafe. Manual where the port comes from a flag.`,
			Effect: "The server does not run.",
			Before: `port: 4222
leafnodes { port: 4222 }
`,
			After: `port: 4222
leafnodes { port: 7422 }
`,
		},
		Needs:       []string{"http", "http_port", "https", "https_port", "cluster", "gateway", "leafnodes", "websocket", "mqtt", "prof_port"},
		CheckServer: checkPortConflict,
	}
}

// listener is one of a server's listeners.
type listener struct {
	what  string
	usual int64 // 0 if it has none
	address
}

// listeners returns those listeners whose port is known and not left to
// chance.
func listeners(s *fleet.Server) []listener {
	list := make([]listener, 0, 9)
	add := func(what string, usual int64, a address) {
		if a.known && a.port > 0 {
			list = append(list, listener{what, usual, a})
		}
	}
	client := clientAddress(s)
	add("clients", 4222, client)
	monitor := func(what, listen string, flag int, ports ...string) {
		a := address{known: true}
		if v := fixes.Top(s, ports...); v != nil {
			a.at = v
			a.port, a.known = number(v, 0)
		}
		if v := fixes.Top(s, listen); v != nil {
			l := parseListen(v)
			if a.at == nil {
				a = l
			}
			a.host = l.host
		}
		if flag != 0 {
			a.port, a.known, a.at = int64(flag), true, nil
		}
		if a.host == "" {
			a.host = client.host
		}
		add(what, 8222, a)
	}
	monitor("monitoring", "http", s.Args.HTTPPort, "http_port", "monitor_port")
	monitor("monitoring over HTTPS", "https", s.Args.HTTPSPort, "https_port")
	for _, block := range []struct {
		what  string
		usual int64
		names []string
	}{
		{"routes", 6222, []string{"cluster"}},
		{"gateways", 7222, []string{"gateway"}},
		{"leaf nodes", 7422, []string{"leafnodes", "leaf"}},
		{"websocket", 8080, []string{"websocket", "ws"}},
		{"MQTT", 1883, []string{"mqtt"}},
	} {
		if block.what == "routes" && s.Args.Cluster != "" {
			add(block.what, block.usual, flagAddress(s.Args.Cluster))
			continue
		}
		if v := fixes.Top(s, block.names...); v != nil {
			add(block.what, block.usual, readAddress(v))
		}
	}
	// Last, though the server opens it first: of two it is the one to move, since
	// no client and no other server connects to it.
	if v := fixes.Top(s, "prof_port"); v != nil {
		a := address{host: client.host, at: v}
		a.port, a.known = number(v, 0)
		add("profiling", 0, a)
	}
	return list
}

// flagAddress reads the URL that --cluster gives; a port of -1 is any.
func flagAddress(flag string) address {
	_, listen, _ := strings.Cut(flag, "//")
	listen = listen[strings.LastIndexByte(listen, '@')+1:]
	host, port, err := net.SplitHostPort(strings.TrimSuffix(listen, "/"))
	n, e := strconv.ParseInt(port, 10, 32)
	return address{host: host, port: n, known: err == nil && e == nil}
}

// clientAddress returns where clients connect.
func clientAddress(s *fleet.Server) address {
	a := address{known: true, port: 4222}
	a.host = text(fixes.Top(s, "host", "net"))
	if v := fixes.Top(s, "port"); v != nil {
		a.at = v
		a.port, a.known = number(v, 4222)
	}
	if v := fixes.Top(s, "listen"); v != nil {
		host := a.host
		port, hadPort := a.port, a.at != nil
		a = parseListen(v)
		a.known = a.known && (!hadPort || a.port == port)
		if a.host == "" {
			a.host = host
		}
	}
	if a.port == 0 {
		a.port = 4222
	}
	if s.Args.Host != "" {
		a.host = s.Args.Host
	}
	if s.Args.Port != 0 {
		a.port, a.known, a.at = int64(s.Args.Port), true, nil
	}
	return a
}

func checkPortConflict(p *fixes.Pass, s *fleet.Server) {
	if s.Broken() {
		return
	}
	list := listeners(s)
	for j := range list {
		i := slices.IndexFunc(list[:j], func(a listener) bool {
			return a.port == list[j].port && overlapOf(a.host, list[j].host) != apart
		})
		if i >= 0 {
			p.Report(conflictFinding(p, s, list, i, j))
		}
	}
}

// conflictFinding reports that the listeners i and j collide.
func conflictFinding(p *fixes.Pass, s *fleet.Server, list []listener, i, j int) *fixes.Finding {
	a, b := list[i], list[j]
	if b.at == nil || a.at != nil && b.port == b.usual && a.port != a.usual {
		a, b = b, a
	}
	message := fmt.Sprintf("the server listens for %s and for %s on port %d of one address: it ends at the start (\"address already in use\"), though nats-server -t calls the file valid",
		a.what, b.what, b.port)
	if b.at == nil {
		return (&fixes.Finding{Doc: s.Root, Message: message}).Because(fixes.Manual, "both ports come from flags")
	}
	f := b.at.Finding("%s", message)
	beside(f, a.at, "the port for "+a.what)
	if overlapOf(a.host, b.host) == covered {
		f.Severity = fixes.Warning
		f.Message = fmt.Sprintf("the server listens for %s and for %s on port %d, one of them on all addresses: Linux refuses the second (\"address already in use\"), so that the server ends at the start",
			a.what, b.what, b.port)
	}
	port := freePort(list, b)
	if given, chose := p.Param("port"); chose {
		n, err := strconv.ParseInt(given, 10, 32)
		if err != nil || n < -1 || n == 0 || n > 65535 || taken(list, n) {
			return f.Because(fixes.Manual, fmt.Sprintf("port-conflict.port is %q: expected the number of a port that the server does not use yet", given))
		}
		port = n
	}
	fix := p.Replace(b.at, b.withPort(port), "listen for %s on port %d", b.what, port)
	if at := b.at; fix == nil && at.Value.Use.Valid() && !at.Value.IsString() {
		// The other takes its port from the same text: write this one where it is used.
		if written, err := p.Rewrite([]fixes.SetWant{{Server: s, Path: at.Path(), Value: at.Value, To: fixes.NewValue{Literal: b.withPort(port), Plain: port}}}, nil); err == nil {
			fix = written
			fix.Title = fmt.Sprintf("listen for %s on port %d", b.what, port)
		}
	}
	f.With(fix, "the port cannot be written in this file")
	return chosen(p, f, "port", "others connect to the port that changes, and must be told")
}

func taken(list []listener, port int64) bool {
	return slices.ContainsFunc(list, func(l listener) bool { return l.port == port })
}

// freePort returns the usual port of a listener, or the next that none uses.
func freePort(list []listener, l listener) int64 {
	if l.usual != 0 && !taken(list, l.usual) {
		return l.usual
	}
	port := l.port
	for taken(list, port) {
		port++
	}
	return port
}
