package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var domainMismatchDoc = fixes.Doc{
	Stage: "silent",
	Since: "2.3.0",
	What: `All servers of a cluster, and of a supercluster, must have one and the same JetStream domain; only a leaf link leads from
one domain to another. The server checks nothing of that. A server whose domain differs is no peer: streams are not
placed on it, and it places none on the others (server/events.go, sameDomain). One without a domain counts as a peer, but
it has no mapping for $JS.<domain>.API: clients and leaf nodes that connect to that server get no responders.
Servers without JetStream need the domain as soon as one of the cluster accepts or solicits leaf links, and on them, too,
the accounts concerned must say jetstream: enabled.
Where no member has a domain jetstream-domain speaks. Clusters of one name in different folders, without a common route,
are taken for two systems.`,
	Fix: `Members without a domain get that of the others; a member without JetStream gets a block that keeps it switched off. Of
different domains the one stays that most members have, or --set jetstream-domain-mismatch.domain=NAME.`,
	Applicability: `Safe if all members that have a domain agree: nothing on the others loses anything. Unsafe if a member without one serves
MQTT, has a v2 feature flag, or is switched by the environment, and wherever a domain is renamed. Manual if no domain has
the majority, if a leaf link binds the system account on both sides, or if the text of the block is shared with a server
that needs another domain.`,
	Effect: "A domain is not reloadable: the members that get another one restart, one after the other.",
	Before: `server_name: n1
jetstream { domain: hub, store_dir: "/data" }
cluster { name: east, listen: "0.0.0.0:6222", routes: [ "nats://n2:6222" ] }
`,
	After: `server_name: n1
jetstream { domain: hub, store_dir: "/data" }
cluster { name: east, listen: "0.0.0.0:6222", routes: [ "nats://n2:6222" ] }
`,
	BeforeFiles: map[string]string{"n2.conf": `server_name: n2
jetstream { store_dir: "/data" }
cluster { name: east, listen: "0.0.0.0:6222", routes: [ "nats://n1:6222" ] }
`},
	AfterFiles: map[string]string{"n2.conf": `server_name: n2
jetstream { domain: "hub", store_dir: "/data" }
cluster { name: east, listen: "0.0.0.0:6222", routes: [ "nats://n1:6222" ] }
`},
	References: []string{"nats-server#6293", "server/events.go, sameDomain"},
}
