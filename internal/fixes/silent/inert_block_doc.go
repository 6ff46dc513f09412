package silent

import "github.com/natsfix/natsfix/internal/fixes"

var inertBlockDoc = fixes.Doc{
	Stage:   "silent; a gateway with a name at start (nats-server -t is silent)",
	Message: "has no port specified (select -1 for random port)",
	Since:   "2.0.0",
	What: `cluster, gateway, leafnodes, websocket and mqtt have no default port. Without port or listen such a block is read, checked
and ignored: a server with routes starts alone, one with websocket takes no websocket clients. Only a gateway with a name
is refused, after the point at which nats-server -t stops. Blocks that make sense without a port are left alone: leafnodes
with remotes, cluster without routes (its name alone tells leaf nodes and JetStream something), a cluster whose port
comes from the flag --cluster, and port: 0.`,
	Fix: `The port that the documentation names, or the one that the parameter of the block's name gives.`,
	Applicability: `Unsafe until the port is given: the server will listen on one more port. Websocket needs tls or no_tls, MQTT needs
JetStream; a fix that makes the server refuse its file is not applied.`,
	Effect: `A restart of the servers concerned.`,
	Before: `cluster {
  name: prod
  routes: ["nats://nats1:6222", "nats://nats2:6222"]
}
`,
	After: `cluster {
  name: prod
  routes: ["nats://nats1:6222", "nats://nats2:6222"]
  port: 6222
}
`,
}
