package silent

import "github.com/natsfix/natsfix/internal/fixes"

var plaintextPasswordDoc = fixes.Doc{
	Stage:   "start warns",
	Message: "Plaintext passwords detected, use nkeys or bcrypt",
	Since:   "1.0.0",
	What: `Whoever can read the file can log in as its users. The server takes bcrypt hashes instead of passwords; clients send the
same password as before. The rule looks at the users of authorization and accounts. Passwords of cluster, gateway and
leafnodes are left alone: servers send them to each other, and need them as they are.`,
	Fix: `With --set plaintext-password.bcrypt=COST each password is replaced by its bcrypt hash. Each run makes other hashes.`,
	Applicability: `Manual until the cost is given, safe then: clients log in as before, which takes the server longer, 11 about a tenth of
a second. The passwords cannot be got back from the hashes: keep them elsewhere. Manual for passwords over 72 bytes, and
for those that come from the environment or are shared with other fields through a variable.`,
	Effect: `A reload of the servers concerned.`,
	Before: `authorization {
  users: [{ user: app, password: s3cret }]
}
`,
	After: `authorization {
  users: [{ user: app, password: "$2a$11$cCfPJUxTcE0SXjCHgBHCceB4cRjCHFmPLBpNnqGqbXpK3s0CnKPfe" }]
}
`,
}
