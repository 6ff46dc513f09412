package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var apiSubjectDoc = fixes.Doc{
	Stage:   "run time",
	Message: `Permissions Violation for Publish to "$JS.hub.API.INFO"`,
	Since:   "2.7.0",
	What: `$JS.API.> never crosses a leaf link (see jetstream-clamp): a client on a leaf reaches the hub's JetStream by
$JS.<domain>.API.>, with the hub's domain. Permissions are checked on the subject that is sent, after mappings and
default_js_domain. The rule speaks of subjects without a domain where they can only be meant for the other side:

- on a leaf without JetStream, in the account that the link binds: users who may publish $JS.API.>, mappings that lead
  there, and exports of it;
- at the hub: the user by whom a leaf connects, if it may publish $JS.API.> and not $JS.<domain>.API.>;
- on any leaf: users who must not publish $JS.API.>, while nothing keeps them from the hub's by $JS.<domain>.API.>. That
  may be a hole: what was deleted through it was a stream of the hub.

It is silent where $JS.API may well be meant for the leaf's own JetStream, where a list names the API of a domain already,
where the system account is bound or default_js_domain is empty for the account, and about permissions in JWTs.
If the hub is not among the files, and the leaf has no cluster, findings are advice (info).`,
	Fix: `Adds the subject with the domain beside the one without it; a mapping leads to it in place of the other one. For exports
there is no fix, since what imports them must change too. The domain is the hub's; --set jetstream-api-subject.domain=NAME
says which one, if there are several or the hub is not among the files.`,
	Applicability: `Unsafe: users get at the hub's JetStream, or are kept from it. Manual if the domain is not known, and for exports.`,
	Effect: `A reload is enough. For the user by whom a leaf connects it counts from the leaf's next connection on: a reload leaves
the link that stands as it was.`,
	Before: `server_name: hub-1
jetstream { domain: hub }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	After: `server_name: hub-1
jetstream { domain: hub }
leafnodes { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
	BeforeFiles: map[string]string{"leaf.conf": `server_name: leaf1
authorization {
  users: [
    { user: app, password: s3cret, permissions: { publish: ["orders.>", "$JS.API.>"] } }
  ]
}
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
`},
	AfterFiles: map[string]string{"leaf.conf": `server_name: leaf1
authorization {
  users: [
    { user: app, password: s3cret, permissions: { publish: ["orders.>", "$JS.API.>", "$JS.hub.API.>"] } }
  ]
}
leafnodes { remotes: [ { url: "nats://hub-server:7422" } ] }
`},
	References: []string{"nats-server#4819", "nats-server#4832", "nats-server#6293"},
}
