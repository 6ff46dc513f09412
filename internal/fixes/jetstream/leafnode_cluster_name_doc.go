package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var leafClusterNameDoc = fixes.Doc{
	Stage:   "run time",
	Message: "remote leafnode has same cluster name",
	Since:   "2.9.0",
	What: `A leaf node tells its hub the name of its cluster. If the hub's cluster bears the same name the hub closes the
connection ("remote leafnode has same cluster name"), and the leaf tries again every 30 seconds, for ever ("Leafnode
connection dropped with same cluster name error"). Both servers start, and nats-server -t calls both files valid.
The name is cluster.name, with a port or without; where that is missing, gateway.name; and a server with leaf remotes
and without a cluster goes by its server_name (server/server.go, NewServer; server/leafnode.go, processLeafNodeConnect).
Before 2.9 such links worked, and some used one name on purpose to keep interest from being passed on between leaves;
since 2.12 isolate_leafnode_interest does that.`,
	Fix: `Names the leaf's cluster by --set leafnode-cluster-name.name=NAME, on all its servers. A leaf without a cluster gets a
cluster block that holds the name alone: it stays a server on its own, and its server_name stays.`,
	Applicability: `Manual without the parameter. With it: safe if the leaf runs no JetStream, since the link does not work today; unsafe if it
does, because a cluster's name should not change once JetStream has run under it. Manual too if the leaf's cluster has a
gateway, if the name comes from a flag, or if routes join servers of that name so that nothing tells which of them are
the leaf.`,
	Effect: "Every server of the leaf's cluster reloads its configuration, or restarts.",
	Before: `server_name: hub-1
cluster { name: east, listen: "0.0.0.0:6222" }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	After: `server_name: hub-1
cluster { name: east, listen: "0.0.0.0:6222" }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	BeforeFiles: map[string]string{"leaf.conf": `server_name: east
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
`},
	AfterFiles: map[string]string{"leaf.conf": `server_name: east
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
cluster { name: factory }
`},
	References: []string{"nats-server#3232", "nats-server#6830", "nats-server#7238"},
}
