package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var domainConflictDoc = fixes.Doc{
	Stage: "silent",
	Since: "2.3.0",
	What: `A JetStream domain must be unique among all that leaf links join. The server does not check that.
If a leaf has the domain of its hub, a client's request to $JS.<domain>.API always reaches the JetStream that is near, and
the one on the other side cannot be reached at all.
If two leaves of one hub have the same domain, and are bound to the same account of the hub, a request from the hub
reaches both, and both carry it out: one stream is created twice, a message is stored twice, and a deletion deletes both
(server/leafnode.go says that it does not guard against this). The same goes for two hubs of one leaf. Leaves that are
bound to different accounts do not meet.
Where a link binds the system account on both sides hub and leaf are one JetStream and have to have one domain; there
the rule speaks only if the leaf runs without a cluster and without extension_hint: will_extend, since it does not
extend the hub's JetStream then.`,
	Fix: `Leaves get another domain: --set jetstream-domain-conflict.leaf=TEMPLATE, else the cluster's name, else server_name,
else the file's name. The hub keeps its domain, and so does a leaf that bears the name it would get.`,
	Applicability: `Unsafe: clients on the leaf that name the domain, and mean the leaf's own JetStream, work today and reach the hub's from
then on; sources, mirrors, permissions and mappings that name it must follow. Manual if the new name is taken by another
system that leaf links reach, if two hubs meet, or if the text is shared with a server that needs another domain.`,
	Effect: "A domain is not reloadable: the servers that get another one restart.",
	Before: `server_name: hub-1
jetstream { domain: main }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	After: `server_name: hub-1
jetstream { domain: main }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	BeforeFiles: map[string]string{"leaf.conf": `server_name: factory
jetstream { domain: main }
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
`},
	AfterFiles: map[string]string{"leaf.conf": `server_name: factory
jetstream { domain: factory }
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
`},
	References: []string{"nats-server#3019", "nats-server#3557", "nats-server#2693", "server/leafnode.go, addLeafNodeConnection"},
}
