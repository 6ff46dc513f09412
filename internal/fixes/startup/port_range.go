package startup

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// PortRange finds ports that there are not.
func PortRange() *fixes.Rule {
	return &fixes.Rule{
		Name:     "port-range",
		Severity: fixes.Error,
		Summary:  "a port is beyond 65535 or below -1, so the server ends at the start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `Error listening on port: 0.0.0.0:70000, "listen tcp: address 70000: invalid port"`,
			Since:   "2.0.0",
			What: `A port is a number from 1 to 65535; 0 means the usual port for clients and none elsewhere, and -1 any that is free. The server
takes every number, and ends when it is to listen ("listen tcp: address 70000: invalid port"), for whatever listener the port is: clients,
monitoring ("can't listen to the monitor port"), routes ("Error listening on router port"), gateways, leaf nodes, websocket, MQTT
or profiling ("error starting profiler").`,
			Fix:           `Nothing: a person says which port is meant.`,
			Applicability: `Manual: the number tells nothing of the right one.`,
			Effect:        `None: the server does not run.`,
			Before:        "port: 42222222\n",
			After:         "port: 4222\n",
			References:    []string{"server/server.go: AcceptLoop, startMonitoring, StartProfiler"},
		},
		Fields:     fixes.Typed(schema.Port),
		CheckValue: checkPortRange,
	}
}

func checkPortRange(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Entry == nil || !v.Field.Takes(schema.Port) || v.Server.Broken() {
		return
	}
	a := address{}
	switch {
	case v.Value.Kind() == ast.KindInt:
		a.port, a.known = number(v, 0)
	case v.Value.IsString():
		a = parseListen(v)
	}
	if n := a.port; a.known && (n < -1 || n > 65535) {
		f := v.Finding("there is no port %d: the server ends at the start (\"listen tcp: address %d: invalid port\"), though nats-server -t calls the file valid", n, n)
		p.Report(f.Because(fixes.Manual, "choose a port from 1 to 65535, or -1 for any that is free"))
	}
}
