package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

var clampDoc = fixes.Doc{
	Stage:   "silent; its automatic denials stand in the log at debug level",
	Message: `Not permitted to subscribe to "$JS.API.>" on behalf of "USERS"`,
	Since:   "2.7.0",
	What: `"Not permitted to subscribe to $JS.API..." looks like an error in permissions and is none. When a leaf node connects,
both servers deny $JS.API.>, $KV.> and $OBJ.> on the link, in both directions ("Adding deny ..." at debug level, or the
notice "JetStream using domains"). Each subject that is therefore not passed on is one line in the debug log. Without
the denials a request to the JetStream API would reach the JetStream of the hub and that of the leaf, and both would
answer. For the account's clients the server maps $JS.<domain>.API.> to the local API in place of it, and that crosses
the link.

So nothing has to be cured by hand. What makes JetStream work across a leaf link is:

- a domain of its own on each side (jetstream-domain, jetstream-domain-conflict),
- clients that name the domain they mean: nats --js-domain hub, jetstream.NewWithDomain(nc, "hub"), $JS.hub.API.>,
- permissions that let those subjects through (jetstream-api-subject),
- debug switched off, so that the log is quiet (debug-logging).

To see whether it works, ask the API and not the log: nats --js-domain hub account info.

Denials that are written by hand, as deny_imports or deny_exports of $JS.API.> and what is below it, $KV.> or $OBJ.>,
change nothing. A denial of $JS.> closes the API of every domain as well, and with it the way across.
Two exceptions: on a link that binds the system account such denials have a meaning ($NRG.> in deny_imports keeps the
leaf's JetStream from extending the hub's), and where default_js_domain gives an account an empty domain the server
denies nothing by itself. This rule is silent there. It is silent, too, about denials of one domain's API
($JS.hub.API.>), which only a hand can write.`,
	Fix: `The subjects that the server denies by itself are taken out; the whole field, if it has no others. $JS.> stays: only a
person knows whether the two sides are meant to be kept apart.`,
	Applicability: `Safe: the link denies the same subjects as before. Manual for $JS.>, if the text is shared with a remote for which the
denial has a meaning, or if it comes through a variable that is used elsewhere.`,
	Effect: "None on what the servers do. For the file to count, the server of the leaf restarts.",
	Before: `server_name: leaf1
jetstream { domain: leaf1 }
leafnodes {
  remotes: [
    {
      url: "nats://hub-server:7422"
      deny_imports: ["$JS.API.>", "$KV.>"]
      deny_exports: ["$JS.API.>", "private.>"]
    }
  ]
}
`,
	After: `server_name: leaf1
jetstream { domain: leaf1 }
leafnodes {
  remotes: [
    {
      url: "nats://hub-server:7422"
      deny_exports: ["private.>"]
    }
  ]
}
`,
	References: []string{"nats-server#6293", "nats-server#2693", "server/leafnode.go, addLeafNodeConnection"},
}
