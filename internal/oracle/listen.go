package oracle

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/fleet"
)

// listener is an address on which the options have the server listen.
type listener struct {
	host    *string
	port    *int
	message string // what the server says if it cannot: of the address, the port and the reason
}

// listeners returns the listeners that the options turn on, in the order in
// which Start opens them (server/server.go), and fills in the defaults that
// NewServer would (server/opts.go, setBaselineOptions).
func listeners(o *server.Options) []listener {
	if o.Host == "" {
		o.Host = server.DEFAULT_HOST
	}
	if o.Port == 0 {
		o.Port = server.DEFAULT_PORT
	}
	if o.HTTPHost == "" {
		o.HTTPHost = o.Host
	}
	all := []listener{
		{&o.Host, &o.ProfPort, "error starting profiler: %[3]s"},
		{&o.HTTPHost, &o.HTTPPort, "Can't start monitoring: can't listen to the monitor port: %[3]s"},
		{&o.HTTPHost, &o.HTTPSPort, "Can't start monitoring: can't listen to the monitor port: %[3]s"},
		{&o.Gateway.Host, &o.Gateway.Port, "Error listening on gateway port: %[2]d - %[3]s"},
		{&o.Websocket.Host, &o.Websocket.Port, "Unable to listen for websocket connections: %[3]s"},
		{&o.LeafNode.Host, &o.LeafNode.Port, "Error listening on leafnode port: %[2]d - %[3]s"},
		{&o.MQTT.Host, &o.MQTT.Port, "Unable to listen for MQTT connections: %[3]s"},
		{&o.Host, &o.Port, "Error listening on port: %[1]s, %[3]q"},
		{&o.Cluster.Host, &o.Cluster.Port, "Error listening on router port: %[2]d - %[3]s"},
	}
	return slices.DeleteFunc(all, func(l listener) bool { return *l.port == 0 || o.DontListen && l.port == &o.Port })
}

// refused says that there is no such port or host, or that the listener's
// address is taken, in the server's words.
func (l listener) refused() string {
	address := l.address()
	why := "listen tcp " + address + ": bind: address already in use"
	if !l.possible() {
		why = fmt.Sprintf("listen tcp: address %d: invalid port", *l.port)
	} else if reason := impossibleHost(address); reason != "" {
		why = "listen tcp: " + reason
	}
	text := fmt.Sprintf(l.message, address, *l.port, why)
	text, _, _ = strings.Cut(text, "%!(EXTRA") // what this message does not tell
	return text
}

// address returns what the server listens on, as net.Listen takes it.
func (l listener) address() string {
	return net.JoinHostPort(*l.host, strconv.Itoa(max(*l.port, 0)))
}

// impossibleHost says why no machine has the host of an address, "" if one may.
func impossibleHost(address string) string {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return err.Error()
	case fleet.NeverHost(host):
		return "lookup " + host + ": no such host"
	}
	return ""
}

// possible reports whether there is such a port; -1 is any.
func (l listener) possible() bool { return *l.port >= -1 && *l.port <= 65535 }

// collides reports whether one of two listeners keeps the other from having
// its address on every system. A wildcard beside a single address does so on
// Linux only.
func (l listener) collides(o listener) bool {
	return *l.port > 0 && *l.port == *o.port && plainHost(*l.host) == plainHost(*o.host)
}

// plainHost gives one name to the ways of writing one address.
func plainHost(host string) string {
	switch host = strings.ToLower(strings.Trim(host, "[]")); host {
	case "", "0.0.0.0", "::":
		return "0.0.0.0"
	case "localhost", "::1":
		return "127.0.0.1"
	}
	return host
}

// collisions lists what the server says of listeners whose address another one
// has, or nothing can have.
func collisions(o *server.Options) []string {
	list := listeners(o)
	var messages []string
	for i, l := range list {
		if !l.possible() || impossibleHost(l.address()) != "" || slices.ContainsFunc(list[:i], l.collides) {
			messages = append(messages, l.refused())
		}
	}
	return messages
}
