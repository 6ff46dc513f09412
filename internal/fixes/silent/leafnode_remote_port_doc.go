package silent

import "github.com/natsfix/natsfix/internal/fixes"

var leafnodeRemotePortDoc = fixes.Doc{
	Stage:   "run time",
	Message: "attempted to connect to wrong port",
	Since:   "2.0.0",
	What: `A server takes leaf nodes on a port of their own: that of its leafnodes block, by convention 7422, which a remote uses
if its URL names none. A remote that names the port for clients, mostly 4222, is turned away there, and tries again and
again. Websocket URLs are left alone: clients and leaf nodes share that port.`,
	Fix: `The port in the URL becomes the hub's port for leaf nodes; of a hub that is not among the files, 7422 or the parameter.`,
	Applicability: `Unsafe: the leaf node will be connected, which it is not today. If the hub is not among the files, unsafe until the port
is given: something in between may map ports. Manual if the hub's port comes from an unknown variable.`,
	Effect: `A restart of the leaf node.`,
	Before: `leafnodes {
  remotes: [
    { url: "nats://hub:4222" }
  ]
}
`,
	After: `leafnodes {
  remotes: [
    { url: "nats://hub:7422" }
  ]
}
`,
}
