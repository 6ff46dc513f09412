package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var defaultDomainDoc = fixes.Doc{
	Stage:   "start: a warning; what it refuses, nats-server -t does not see",
	Message: "The option `default_js_domain` is a temporary backwards compatibility measure and will be removed",
	Since:   "2.7.0",
	What: `default_js_domain was introduced together with the denials of 2.7.0 as a way to go on as before, and was deprecated from
its first day. With a name it maps $JS.API.> of an account without JetStream to $JS.<name>.API.>; with an empty name it
switches the denials off on the leaf links of that account (see jetstream-clamp).
The server refuses to start if it names the system account, an account that is not defined, an account that has
JetStream of its own (unless the name is empty), or something that is no subject (default_js_domain contains account
"A" with enabled JetStream, and the like; server/jetstream.go, validateJetStreamOptions). For $G, which has JetStream as
long as there are no other accounts, it refuses nothing, and clients get "no responders" from then on.
In place of it clients name the domain that they mean, or the account gets a mapping, which does the same and stays.
Permissions are checked after the mapping: they have to name $JS.<domain>.API.>.`,
	Fix: `The entry of the system account is taken out, and so is one of an account with JetStream of its own. For the rest there
is none: the clients come first.`,
	Applicability: `Safe for the system account. Unsafe for an account with JetStream: somebody may have meant to switch that off in place
of it. Everything else is manual.`,
	Effect: "A restart of the server.",
	Before: `server_name: leaf1
default_js_domain { APP: hub }
accounts { APP { users: [ { user: app, password: s3cret } ] } }
leafnodes { remotes: [ { url: "nats://hub-server:7422", account: APP } ] }
`,
	After: `server_name: leaf1
accounts { APP { users: [ { user: app, password: s3cret } ], mappings: { "$JS.API.>": "$JS.hub.API.>" } } }
leafnodes { remotes: [ { url: "nats://hub-server:7422", account: APP } ] }
`,
	References: []string{"nats-server#2693"},
}
