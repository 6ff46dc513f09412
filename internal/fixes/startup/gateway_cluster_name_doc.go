package startup

import "github.com/natsfix/natsfix/internal/fixes"

var gatewayClusterNameDoc = fixes.Doc{
	Stage:   "start (nats-server -t is silent)",
	Message: "cluster name conflicts between cluster and gateway definitions",
	Since:   "2.2.0",
	What: `A gateway is no entity of its own: it is the door of a cluster to other clusters, so both must have one name.
The server compares them exactly, letter case included, and refuses to start if they differ, even if cluster has no
port. It does so after the point at which nats-server -t stops (server/server.go, validateCluster).`,
	Fix: `The gateway takes the cluster's name, because a cluster's name must not change once JetStream has run under it.
Every other place that speaks of the old gateway name follows, in all loaded files: the own entry in gateways, the
gateways entries of other servers, and mapping destinations with that cluster. With
--set gateway-cluster-name.prefer=gateway the cluster takes the gateway's name instead.
Names that come through variables or includes are changed where they are written if that is right for all who share
them, else nearer to their use.`,
	Applicability: `Safe if every server with the mismatch refuses to start as its files and the known flags stand, no other
cluster bears the new name, and each reference can be resolved. Manual if another cluster bears the new name, if two
gateways of one old name cannot be told apart by their URLs, if the new name has a space (which the server refuses), or
if the text of a name is shared with others that must keep it. With prefer=gateway also manual if members of the cluster
call their gateway differently, and unsafe if one of them starts today.`,
	Effect: `The servers with the mismatch do not run. Others whose gateways entry is renamed need a restart.`,
	Before: `gateway {
  name: "gateway"
  listen: "0.0.0.0:5421"
}
cluster {
  name: "cluster"
  listen: "0.0.0.0:4242"
}
`,
	After: `gateway {
  name: "cluster"
  listen: "0.0.0.0:5421"
}
cluster {
  name: "cluster"
  listen: "0.0.0.0:4242"
}
`,
	References: []string{"nats-server#6610", "nats-server#6904", "nats-server#7418"},
}
