package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var domainDoc = fixes.Doc{
	Stage: "silent",
	Since: "2.7.0",
	What: `Since 2.7.0 the JetStream API without a domain ($JS.API.>) never crosses a leaf link: when a leaf node connects, both
servers deny it, so that requests do not echo between two JetStreams (server/leafnode.go, addLeafNodeConnection). A
client on a leaf reaches the hub's JetStream only by $JS.<domain>.API, so each side needs a domain of its own. All
members of a cluster or supercluster need the same one; members without JetStream too, or the leaf links that they
accept do not lead to it.`,
	Fix: `Every member gets the domain in its jetstream block; a member without JetStream gets a block that keeps it switched
off. The hub's name is --set jetstream-domain.hub=TEMPLATE, "hub" if that is not given; a leaf's is
--set jetstream-domain.leaf=TEMPLATE, else its cluster's name, its server_name, or its file's name. A server that both
accepts and solicits leaf links is named as a leaf. In a name that is taken from elsewhere every character but letters,
digits, - and _ becomes a -; a name that is asked for is used as it is or refused. Names are unique among all that are
linked.`,
	Applicability: `Safe if both ends of every leaf link of the supercluster are loaded and resolved and there is no MQTT, no
default_js_domain, no v2 feature flag, and no permission or mapping that names $JS.<x>.API or $JS.ACK._; unsafe where
permissions cannot be looked through (operator mode, an authorization callout). A name taken from a file's name, or from
one of several clusters, needs a choice. Manual if a link binds the system account on both sides (hub and leaf are one
JetStream then and need one and the same domain), if a leaf's server_name or cluster name is an unknown variable, if two
would get one name, or if the text of the block is shared with a server that needs another domain.
In every case clients on the leaf gain $JS.<hub>.API: permissions decide what they may do there.`,
	Effect: "A domain is not reloadable: every server of the supercluster restarts, one after the other.",
	Before: `# hub.conf
server_name: hub-1
jetstream {
  store_dir: "/data"
}
accounts { USERS { jetstream: enabled } }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	After: `# hub.conf
server_name: hub-1
jetstream {
  domain: "hub"
  store_dir: "/data"
}
accounts { USERS { jetstream: enabled } }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	BeforeFiles: map[string]string{"leaf1.conf": `server_name: leaf1
jetstream { store_dir: "/data" }
accounts { USERS { jetstream: enabled } }
leafnodes { remotes: [ { url: "nats://hub-server:7422", account: "USERS" } ] }
`},
	AfterFiles: map[string]string{"leaf1.conf": `server_name: leaf1
jetstream { domain: "leaf1", store_dir: "/data" }
accounts { USERS { jetstream: enabled } }
leafnodes { remotes: [ { url: "nats://hub-server:7422", account: "USERS" } ] }
`},
	References: []string{"nats-server#6293", "nats-server#2693", "nats-server#2161", "nats-server#3019"},
}
