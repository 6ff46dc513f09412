package host

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/schema"
)

// common are keys of the top level that other programs use as well.
var common = set("listen port host net debug trace http https http_port https_port cluster tls log_file logfile syslog " +
	"pid_file pidfile accounts authorization maps mappings store_dir storedir operator operators resolver websocket mqtt " +
	"max_connections max_conn max_subs ping_interval proxy_protocol server_name write_timeout proxies leaf ocsp server_tags root roots system trusted ws")

// commonInside are keys of inner blocks that say nothing about the program.
var commonInside = set("name user username users pass password token timeout url urls type mode limit dir enabled verify " +
	"account key cert ca permissions domain interval ttl advertise group groups nodes limits subject " +
	"allow deny publish subscribe service stream to weight bucket cache max_age interest")

// rare are the keys of the top level that are not common.
var rare = func() []string {
	var names []string
	for _, f := range schema.Root().Fields {
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if !common[n] && len(n) >= 6 {
				names = append(names, n)
			}
		}
	}
	return names
}()

// anyBlock are the keys of all blocks in lower case, and those that tell other
// programs.
var anyBlock = func() map[string]bool {
	all := map[string]bool{}
	for _, f := range schema.All() {
		all[strings.ToLower(f.Name)] = true
		for _, a := range f.Aliases {
			all[strings.ToLower(a)] = true
		}
	}
	delete(all, "*")
	all["include"] = true
	for _, p := range programs {
		for _, k := range p.keys {
			all[k] = true
		}
	}
	return all
}()

// part is a block that people keep in a file of its own.
type part struct {
	name  string
	block *schema.Block
	own   map[string]bool // keys that are common elsewhere and are enough here
}

var parts = []part{
	{"authorization", schema.Root().Find("authorization").Block, set("users")},
	{"tls", schema.Root().Find("tls").Block, nil},
	{"cluster", schema.Root().Find("cluster").Block, nil},
	{"leafnodes", schema.Root().Find("leafnodes").Block, nil},
	{"gateway", schema.Root().Find("gateway").Block, nil},
	{"jetstream", schema.Root().Find("jetstream").Block, nil},
	{"a leaf node's remote", schema.Root().Find("leafnodes", "remotes").Block, nil},
	{"an account", schema.Root().Find("accounts", "A").Block, set("users")},
	{"a user", schema.Root().Find("authorization", "users").Block, nil},
	{"permissions", schema.Root().Find("authorization", "default_permissions").Block, set("publish subscribe")},
}

// programs write configuration in the same syntax, with other settings. All
// keys must be there.
var programs = []struct {
	name string
	keys []string
}{
	{"nats-streaming-server", []string{"streaming"}},
	{"nats-streaming-server", []string{"nats_streaming_server"}},
	{"a bridge of NATS such as nats-kafka, nats-mq or nats-replicator", []string{"connect", "nats"}},
	{"a bridge of NATS such as nats-kafka, nats-mq or nats-replicator", []string{"connect", "reconnectinterval"}},
	{"nats-account-server", []string{"operatorjwtpath"}},
	{"nats-account-server", []string{"store", "http"}},
	{"nats-account-server", []string{"store", "nats"}},
	{"nats-rest-config-proxy", []string{"data_dir", "listen"}},
	{"nats-rest-config-proxy", []string{"data_dir", "auth"}},
}

// otherProgram says which other program reads a configuration with these keys,
// or "".
func otherProgram(keys []string) string {
	for _, p := range programs {
		if !slices.ContainsFunc(p.keys, func(k string) bool { return !slices.Contains(keys, k) }) {
			return "it is the configuration of " + p.name
		}
	}
	return ""
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
