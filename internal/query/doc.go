// Package query finds values in the effective configuration of servers.
//
// A path names them as people write them: jetstream.domain,
// gateway.gateways[name=c1].url, accounts.*.users[user=~"^svc-"].permissions.
// A condition says which servers are meant: jetstream.domain exists and
// leafnodes.remotes[*].url contains "ngs". Keys compare as the server compares
// them: in any letter case, and under any of a field's names, where the field
// table knows the block; byte by byte where keys are data.
//
// Nothing in it changes anything.
package query
