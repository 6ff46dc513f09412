package verify

import "strings"

// about says which values a message without a position is about.
type about struct {
	message string   // how it begins; the longest that fits counts
	paths   []string // the first that is there counts; see lookup
	rule    string   // that knows it, where its page does not say so
}

const leaf = "leafnodes|leaf."

// abouts lists the messages of validateOptions, of what NewServer sets up
// after it, and of Start (server/server.go and the files that it calls), and
// those of ProcessConfigFile that name no line.
func abouts() []about {
	return []about{
		{message: "lame duck grace period", paths: []string{"lame_duck_grace_period", "lame_duck_duration"}},
		{message: "max_payload (", paths: []string{"max_payload", "max_pending"}},
		{message: "server name cannot contain spaces", paths: []string{"server_name"}},
		{message: "cluster name cannot contain spaces", paths: []string{"cluster.name"}},
		{message: "gateway name cannot contain spaces", paths: []string{"gateway.name"}},
		{message: "default sentinel", paths: []string{"default_sentinel"}},
		{message: "operators require an account resolver", paths: []string{operators}},
		{message: "operators do not allow Accounts", paths: []string{"accounts"}},
		{message: "operators do not allow users", paths: []string{"authorization", "accounts"}},
		{message: "operators do not allow authorization callouts", paths: []string{"authorization.auth_callout", "authorization"}},
		{message: "conflicting options for 'TrustedKeys'", paths: []string{"trusted|trusted_keys"}},
		{message: "trusted Keys", paths: []string{"trusted|trusted_keys.*", "trusted|trusted_keys"}},
		{message: "Error processing trusted operator keys", paths: []string{"trusted|trusted_keys"}},
		{message: "system_account in config and operator JWT", paths: []string{"=system_account", "=system"}, rule: noRule},
		{message: "using nats based account resolver", paths: []string{resolvers}},
		{message: "operator mode does not allow specifying users", paths: []string{leaf + "authorization"}},
		{message: "operator mode requires account nkeys", paths: []string{leaf + "remotes.*.account|local", leaf + "remotes"}},
		{message: "operator mode and non account nkeys", paths: []string{leaf + "authorization.account", leaf + "authorization"}},
		{message: "operator ", paths: []string{operators}},
		{message: "can not have a single user/pass and a users array", paths: []string{leaf + "authorization"}},
		{message: "can not have a single nkey and a users array", paths: []string{leaf + "authorization"}},
		{message: "duplicate user ", paths: []string{leaf + "authorization.users.*.user|username", leaf + "authorization.users"}},
		{message: "invalid deny_imports", paths: []string{leaf + "remotes.*.deny_imports|deny_import.*", leaf + "remotes.*.deny_imports|deny_import"}},
		{message: "invalid deny_exports", paths: []string{leaf + "remotes.*.deny_exports|deny_export.*", leaf + "remotes.*.deny_exports|deny_export"}},
		{message: "duplicate remote ", paths: []string{leaf + "remotes"}, rule: "leafnode-duplicate-remote"},
		{message: "cannot find local account ", paths: []string{leaf + "remotes.*.account|local", leaf + "remotes"}},
		{message: "proxy ", paths: []string{leaf + "remotes.*.proxy.url", leaf + "remotes.*.proxy"}},
		{message: "invalid proxy URL", paths: []string{leaf + "remotes.*.proxy.url", leaf + "remotes.*.proxy"}},
		{message: "remote leaf node configuration cannot have a mix", paths: []string{leaf + "remotes.*.urls|url", leaf + "remotes"}},
		{message: "invalid leafnode's minimum version", paths: []string{leaf + "min_version|minimum_version"}},
		{message: "the minimum version should be", paths: []string{leaf + "min_version|minimum_version"}},
		{message: "leaf nodes and gateways (both being defined)", paths: []string{"leafnodes|leaf", "gateway"}},
		{message: "leafnode: ", paths: []string{leaf + "tls.pinned_certs", leaf + "tls"}},
		{message: "error parsing 'pinned_certs'", paths: []string{"tls.pinned_certs.*", "tls.pinned_certs", "tls"}},
		{message: "unknown connection type ", paths: []string{"authorization.users.*.allowed_connection_types", "accounts.*.users.*.allowed_connection_types"}},
		{message: "invalid permissions for user ", paths: []string{"authorization.users.*", "accounts.*.users.*"}},
		{message: "invalid permissions for nkey ", paths: []string{"authorization.users.*", "accounts.*.users.*"}},
		{message: "no_auth_user", paths: []string{"no_auth_user", "mqtt.no_auth_user", "websocket|ws.no_auth_user"}},
		{message: "proxy trusted key ", paths: []string{"proxies.trusted.*.key", "proxies.trusted"}},
		{message: "gateway has no name", paths: []string{"gateway"}},
		{message: "gateway in the list ", paths: []string{"gateway.gateways", "gateway"}},
		{message: "gateway ", paths: []string{"gateway.gateways.*.name", "gateway.name", "gateway"}},
		{message: "cluster import ", paths: []string{"cluster.permissions", "cluster"}},
		{message: "cluster export ", paths: []string{"cluster.permissions", "cluster"}},
		{message: "unsupported compression mode ", paths: compressions()},
		{message: "compression mode ", paths: compressions()},
		{message: "RTT threshold values ", paths: compressions()},
		{message: "cluster: ", paths: []string{"cluster.tls.pinned_certs", "cluster.tls"}},
		{message: "cluster name conflicts between", paths: []string{"gateway.name", "cluster.name"}},
		{message: "cluster name is reserved", paths: []string{"cluster.name", "gateway.name"}},
		{message: "pool_size cannot be negative", paths: []string{"cluster.pool_size"}},
		{message: "found duplicate account name ", paths: []string{"cluster.accounts", "cluster"}},
		{message: "mqtt requires server name", paths: []string{"mqtt"}, rule: "server-name-missing"},
		{message: "mqtt authentication username", paths: []string{"mqtt.authorization|authentication.user|username", "mqtt.authorization|authentication"}},
		{message: "mqtt authentication token", paths: []string{"mqtt.authorization|authentication.token", "mqtt.authorization|authentication"}},
		{message: "ack wait must be", paths: []string{"mqtt.ack_wait|ackwait"}},
		{message: "JS API timeout must be", paths: []string{"mqtt.js_api_timeout|api_timeout"}},
		{message: "mqtt requires JetStream", paths: []string{"mqtt"}},
		{message: "mqtt: consumer_replicas", paths: []string{"mqtt.consumer_replicas"}},
		{message: "mqtt: ", paths: []string{"mqtt.tls.pinned_certs", "mqtt.tls"}},
		{message: "default_js_domain contains account", paths: []string{"default_js_domain.*", "default_js_domain"}},
		{message: "in non operator mode, `default_js_domain`", paths: []string{"default_js_domain"}},
		{message: "system account ", paths: []string{"default_js_domain"}},
		{message: "invalid domain name", paths: []string{"jetstream.domain"}},
		{message: "jetstream cluster requires `server_name`", paths: []string{"server_name", "jetstream"}},
		{message: "jetstream cluster requires `cluster.name`", paths: []string{"cluster.name", "cluster"}},
		{message: "expected 'no_extend'", paths: []string{"jetstream.extension_hint"}},
		{message: "jetstream max catchup", paths: []string{"jetstream.max_outstanding_catchup"}},
		{message: "websocket requires TLS configuration", paths: []string{"websocket|ws"}},
		{message: "unable to parse allowed origin", paths: []string{"websocket|ws.allowed_origins|allowed_origin|allow_origins|allow_origin|origins|origin.*",
			"websocket|ws.allowed_origins|allowed_origin|allow_origins|allow_origin|origins|origin"}},
		{message: "websocket authentication username", paths: []string{"websocket|ws.authorization|authentication.user|username", "websocket|ws.authorization|authentication"}},
		{message: "websocket authentication token", paths: []string{"websocket|ws.authorization|authentication.token", "websocket|ws.authorization|authentication"}},
		{message: "trusted operators or trusted keys configuration", paths: []string{"websocket|ws.jwt_cookie"}},
		{message: "websocket: invalid header ", paths: []string{"websocket|ws.headers.*", "websocket|ws.headers"}},
		{message: "websocket: ", paths: []string{"websocket|ws.tls.pinned_certs", "websocket|ws.tls"}},
		{message: "OCSP peer verification for client connections", paths: []string{"tls.ocsp_peer", "tls"}},
		{message: "could not fetch <", paths: []string{resolvers}},
		{message: "resolver preloads only available", paths: []string{"resolver_preload"}},
		{message: "error resolving system account", paths: []string{"=system_account", "=system"}},
		{message: "can't specify both HTTP ", paths: []string{"https|https_port", "http|http_port|monitor_port"}},
		{message: "TLS cert and key required for HTTPS", paths: []string{"https|https_port"}},
		{message: "Can't start monitoring", paths: []string{"http|http_port|monitor_port", "https|https_port"}},
		{message: "Error setting server INFO with ClientAdvertise", paths: []string{"client_advertise"}},
		{message: "Error setting gateway INFO", paths: []string{"gateway.advertise"}},
		{message: "Error setting leafnode INFO", paths: []string{leaf + "advertise|leafnode_advertise"}},
		{message: "Error setting route INFO", paths: []string{"cluster.advertise|cluster_advertise"}},
		{message: "Unable to get websocket connect URLs", paths: []string{"websocket|ws.advertise"}},
		{message: "Not allowed to enable JetStream on the system account", paths: []string{"accounts.={system}.jetstream", "accounts.={system}"}},
		{message: "JetStream encryption key", paths: []string{"jetstream.key|ek|encryption_key", "jetstream"}},
		{message: "JetStream cluster requires configured routes", paths: []string{"jetstream", "cluster"}},
		{message: "error starting profiler", paths: []string{"prof_port"}},
		{message: "Error listening on port", paths: []string{"port", "listen"}},
		{message: "Error listening on gateway port", paths: []string{"gateway.port", "gateway.listen", "gateway"}},
		{message: "Error listening on leafnode port", paths: []string{leaf + "port", leaf + "listen", "leafnodes|leaf"}},
		{message: "Error listening on router port", paths: []string{"cluster.port", "cluster.listen", "cluster"}},
		{message: "Unable to listen for MQTT connections", paths: []string{"mqtt.port", "mqtt.listen", "mqtt"}},
		{message: "Unable to listen for websocket connections", paths: []string{"websocket|ws.port", "websocket|ws.listen", "websocket|ws"}},
		{message: "error parsing operator JWT", paths: []string{operators + ".*", operators}},
		{message: "Can't start JetStream: Error enabling jetstream on configured accounts: insufficient memory", paths: []string{"accounts.*.jetstream.max_memory|max_mem|mem|memory"}},
		{message: "Can't start JetStream: Error enabling jetstream on configured accounts: insufficient storage", paths: []string{"accounts.*.jetstream.max_store|max_file|max_disk|store|disk"}},
		{message: "Can't start JetStream", paths: []string{"jetstream"}},
		{message: "Could not start resolver", paths: []string{resolvers}},
		{message: "unknown field ", rule: "unknown-field"},
		{message: "Unknown field ", rule: "unknown-field"},
		{message: "error parsing tls config, unknown field", rule: "unknown-field"},
		{message: "error parsing route url", rule: "url-missing-scheme"},
		{message: "error parsing gateway url", rule: "url-missing-scheme"},
		{message: "error parsing leafnode url", rule: "url-missing-scheme"},
		{message: "could not parse address string", rule: "listen-scheme"},
		{message: "panic: parsing ", paths: []string{"http_base_path"}},
		{message: "Cluster name was dynamically generated", paths: []string{"cluster"}},
		{message: "Websocket not configured with TLS", paths: []string{"websocket|ws"}},
		{message: "Clients that are not using", paths: []string{"tls.handshake_first|first|immediate", "tls"}},
		{message: "Maximum payloads over", paths: []string{"max_payload"}},
		{message: "Trusted Operators should utilize", paths: []string{operators}},
		{message: "The option `default_js_domain`", paths: []string{"default_js_domain"}},
		{message: "Skipping Default Domain", paths: []string{"default_js_domain.*", "default_js_domain"}},
		{message: "Authorization callout", paths: []string{"authorization.auth_callout"}},
		{message: "time: ", paths: []string{"jetstream.limits.*", "jetstream.limits.*.*"}},
	}
}

const (
	operators = "operator|operators|root|roots|root_operator|root_operators"
	resolvers = "resolver|account_resolver|accounts_resolver"
)

func compressions() []string {
	var list []string
	for _, block := range []string{"leafnodes|leaf.", "leafnodes|leaf.remotes.*.", "cluster."} {
		list = append(list, block+"compression.mode", block+"compression")
	}
	return list
}

// aboutFor returns what is known of a message, the zero value if nothing is.
func aboutFor(message string) about {
	var best about
	for _, a := range abouts() {
		if strings.HasPrefix(message, a.message) && len(a.message) > len(best.message) {
			best = a
		}
	}
	return best
}

// noRule stands for messages that no rule knows, though one may find something
// else at the same value.
const noRule = "-"

// ruleFor names the rule that knows a message whatever its page says, or "".
func ruleFor(message string) string { return aboutFor(message).rule }

// pathsOf returns the paths that a message is about, the likeliest first.
func pathsOf(message, system string) []string {
	var paths []string
	for _, p := range aboutFor(message).paths {
		if !strings.Contains(p, "{system}") || !strings.Contains(system, ".") {
			paths = append(paths, strings.ReplaceAll(p, "{system}", system))
		}
	}
	return paths
}

// blocks are the top-level blocks by a word of messages that are about them.
var blocks = []struct {
	word  string
	names []string
}{
	{"gateway", []string{"gateway"}}, {"leafnode", []string{"leafnodes", "leaf"}}, {"leaf node", []string{"leafnodes", "leaf"}},
	{"mqtt", []string{"mqtt"}}, {"websocket", []string{"websocket", "ws"}}, {"jetstream", []string{"jetstream"}},
	{"cluster", []string{"cluster"}}, {"route", []string{"cluster"}}, {"ocsp", []string{"ocsp"}}, {"tls", []string{"tls"}},
	{"resolver", []string{"resolver", "account_resolver", "accounts_resolver"}},
	{"operator", []string{"operator", "operators", "root", "roots", "root_operator", "root_operators"}},
	{"account", []string{"accounts"}}, {"authorization", []string{"authorization"}}, {"user", []string{"authorization", "accounts"}},
}
