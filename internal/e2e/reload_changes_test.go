package e2e

import "strings"

// change is one field before and after, "" where it is not there. The block
// around it stands in the base that is named like the path's first key, "top" if
// it has one key only, or else in the one that in names.
type change struct {
	path, before, after string
	in                  string
	// milder says that the field table asks for more than this change takes, and
	// says so in its remark on the field.
	milder bool
}

// bases returns the configurations of baseTexts by name, each for a server that
// listens for clients if the name has no "!".
func bases() map[string]string {
	m := map[string]string{}
	for section := range strings.SplitSeq(strings.TrimPrefix(baseTexts, "== "), "\n== ") {
		name, text, _ := strings.Cut(section, "\n")
		name, bare := strings.CutSuffix(name, "!")
		if !bare {
			text = "listen: \"127.0.0.1:@client@\"\n" + text
		}
		m[name] = "server_name: s\n" + text + "\n"
	}
	return m
}

// baseTexts are configurations, each below its name, with a place for a field:
// @field@ stands for "key: value".
const baseTexts = `== top
@field@
== port!
host: "127.0.0.1"
@field@
== host!
port: @client@
@field@
== flags
feature_flags { @field@ }
== proxies
proxies { @field@ }
== no_auth_user
@field@
authorization { users: [ { user: a, password: pw } ] }
== jetstream
jetstream { store_dir: "@dir@", @field@ }
== limits
jetstream { store_dir: "@dir@", limits { @field@ } }
== batch
jetstream { store_dir: "@dir@", limits { batch { @field@ } } }
== cluster
cluster { name: c, listen: "127.0.0.1:@routes@", @field@ }
== cluster.port
cluster { name: c, host: "127.0.0.1", @field@ }
== gateway
cluster { name: c, listen: "127.0.0.1:@routes@" }
gateway { name: c, listen: "127.0.0.1:@gateway@", @field@ }
== gateway.port
gateway { name: c, host: "127.0.0.1", @field@ }
== gateways
gateway { name: c, listen: "127.0.0.1:@gateway@", gateways: [ { name: d, @field@ } ] }
== gateways.url
gateway { name: c, listen: "127.0.0.1:@gateway@", gateways: [ { name: d, url: "nats://127.0.0.1:@nowhere@", @field@ } ] }
== leafnodes
leafnodes { listen: "127.0.0.1:@leafnodes@", @field@ }
== leafnodes.port
leafnodes { host: "127.0.0.1", @field@ }
== remote
accounts { A { users: [ { user: a, password: pw } ] }, B { users: [ { user: b, password: pw } ] } }
leafnodes { reconnect: "1h", remotes: [ { url: "nats://127.0.0.1:@nowhere@", account: A, @field@ } ] }
== remote.url
leafnodes { reconnect: "1h", remotes: [ { @field@ } ] }
== remote.ws
leafnodes { reconnect: "1h", remotes: [ { url: "ws://127.0.0.1:@nowhere@", @field@ } ] }
== remote.proxy
leafnodes { reconnect: "1h", remotes: [ { url: "ws://127.0.0.1:@nowhere@", proxy: { url: "http://127.0.0.1:@other@", @field@ } } ] }
== websocket
websocket { listen: "127.0.0.1:@websocket@", no_tls: true, @field@ }
== websocket.port
websocket { host: "127.0.0.1", no_tls: true, @field@ }
== mqtt
jetstream { store_dir: "@dir@" }
mqtt { listen: "127.0.0.1:@mqtt@", @field@ }
== mqtt.port
jetstream { store_dir: "@dir@" }
mqtt { host: "127.0.0.1", @field@ }
== account
jetstream { store_dir: "@dir@" }
accounts {
  A { users: [ { user: a, password: pw } ], @field@ }
  B { users: [ { user: b, password: pw } ], exports: [ { service: q }, { stream: s } ] }
}
== account.jetstream
jetstream { store_dir: "@dir@" }
accounts { A { users: [ { user: a, password: pw } ], jetstream { @field@ } } }
== account.limits
accounts { A { users: [ { user: a, password: pw } ], limits { @field@ } } }
== authorization
authorization { @field@ }
== user
authorization { users: [ { user: u, password: pw, @field@ }, { user: v, password: pw } ] }
no_auth_user: v
== beside users
authorization { users: [ { user: u, password: pw } ], @field@ }
== permissions
authorization { users: [ { user: u, password: pw, permissions { @field@ } } ] }`

// changes are ordinary changes of fields of every block.
func changes() []change {
	return []change{
		{path: "debug", before: "false", after: "true"},
		{path: "trace", before: "false", after: "true"},
		{path: "trace_verbose", after: "true"},
		{path: "trace_headers", after: "true"},
		{path: "logtime", after: "false"},
		{path: "logtime_utc", after: "true"},
		{path: "log_file", after: `"@dir@/log"`},
		{path: "logfile_size_limit", after: "1MB"},
		{path: "logfile_max_num", after: "3"},
		{path: "pid_file", after: `"@dir@/pid"`},
		{path: "ports_file_dir", after: `"@dir@"`},
		{path: "prof_block_rate", after: "1000"},
		{path: "server_name", before: "", after: "other"},
		{path: "port", in: "port", before: "@client@", after: "@other@"},
		{path: "host", in: "host", before: `"127.0.0.1"`, after: "localhost"},
		{path: "client_advertise", after: `"h:4222"`},
		{path: "http_port", after: "@http@"},
		{path: "http", before: `"127.0.0.1:@http@"`, after: `"127.0.0.1:@other@"`},
		{path: "http_base_path", before: "/a", after: "/b"},
		{path: "max_payload", before: "1MB", after: "2MB"},
		{path: "max_pending", before: "64MB", after: "32MB"},
		{path: "max_control_line", before: "4KB", after: "8KB"},
		{path: "max_connections", before: "100", after: "200"},
		{path: "max_subscriptions", before: "100", after: "200"},
		{path: "max_subscription_tokens", before: "10", after: "20"},
		{path: "max_traced_msg_len", before: "10", after: "20"},
		{path: "max_closed_clients", before: "100", after: "200"},
		{path: "ping_interval", before: `"1m"`, after: `"2m"`},
		{path: "ping_max", before: "2", after: "3"},
		{path: "write_deadline", before: `"5s"`, after: `"10s"`},
		{path: "write_timeout", before: "close", after: "retry"},
		{path: "lame_duck_duration", before: `"1m"`, after: `"2m"`},
		{path: "lame_duck_grace_period", before: `"1s"`, after: `"2s"`},
		{path: "disable_sublist_cache", after: "true"},
		{path: "no_header_support", after: "true"},
		{path: "no_system_account", after: "true"},
		{path: "no_fast_producer_stall", after: "true"},
		{path: "allow_non_tls", after: "true"},
		{path: "proxy_protocol", after: "true"},
		{path: "connect_error_reports", before: "10", after: "20"},
		{path: "reconnect_error_reports", before: "10", after: "20"},
		{path: "server_tags", before: "[a]", after: "[a, b]"},
		{path: "server_metadata", after: "{ a: b }"},
		{path: "feature_flags.js_ack_fc_v2", in: "flags", before: "false", after: "true"},
		{path: "default_js_domain", after: "{ $G: hub }"},
		{path: "mappings", after: "{ a: b }"},
		{path: "accounts", after: "{ A { users: [ { user: a, password: pw } ] } }"},
		{path: "accounts", before: "{ A { users: [ { user: a, password: pw } ] } }"},
		{path: "authorization", before: "{ user: u, password: pw }"},
		{path: "cluster", before: `{ name: c, listen: "127.0.0.1:@routes@" }`},
		{path: "gateway", before: `{ name: c, listen: "127.0.0.1:@gateway@" }`},
		{path: "leafnodes", before: `{ listen: "127.0.0.1:@leafnodes@" }`},
		{path: "authorization", after: "{ user: u, password: pw }"},
		{path: "ocsp_cache", after: "true"},
		{path: "proxies.trusted", in: "proxies", before: "[ { key: UCARKS2E3KVB7YORL2DG34XLT7PUCOL2SVM7YXV6ETHLW6Z46UUJ2VZ3 } ]", after: "[]"},

		{path: "jetstream", before: "", after: `{ store_dir: "@dir@" }`},
		{path: "jetstream", before: `{ store_dir: "@dir@" }`, after: ""},
		{path: "jetstream.enabled", before: "true", after: "false"},
		{path: "jetstream.domain", after: "hub"},
		{path: "jetstream.domain", before: "hub", after: "main"},
		{path: "jetstream.store_dir", before: "", after: `"@other-dir@"`},
		{path: "jetstream.strict", after: "false"},
		{path: "jetstream.sync_interval", before: `"1m"`, after: `"2m"`},
		{path: "jetstream.max_memory_store", before: "64MB", after: "32MB"},
		{path: "jetstream.max_memory_store", before: "64MB", after: "128MB", milder: true},
		{path: "jetstream.max_memory_store", after: "64MB"},
		{path: "jetstream.max_file_store", before: "64MB", after: "32MB"},
		{path: "jetstream.max_file_store", before: "64MB", after: "128MB", milder: true},
		{path: "jetstream.max_file_store", before: "64MB"},
		{path: "jetstream.cipher", before: "aes", after: "chacha"},
		{path: "jetstream.encryption_key", before: "k", after: "l"},
		{path: "jetstream.prev_encryption_key", before: "k", after: "l"},
		{path: "jetstream.extension_hint", after: "will_extend"},
		{path: "jetstream.unique_tag", before: "az", after: "rack"},
		{path: "jetstream.max_outstanding_catchup", before: "32MB", after: "64MB"},
		{path: "jetstream.max_buffered_size", before: "32MB", after: "64MB"},
		{path: "jetstream.max_buffered_msgs", before: "100", after: "200"},
		{path: "jetstream.request_queue_limit", before: "100", after: "200"},
		{path: "jetstream.info_queue_limit", before: "100", after: "200"},
		{path: "jetstream.meta_compact", before: "10", after: "20"},
		{path: "jetstream.meta_compact_size", before: "1MB", after: "2MB"},
		{path: "jetstream.meta_compact_sync", after: "true"},
		{path: "jetstream.max_concurrent_io", before: "10", after: "20"},
		{path: "jetstream.limits.max_ack_pending", in: "limits", before: "10", after: "20"},
		{path: "jetstream.limits.max_ha_assets", in: "limits", before: "10", after: "20"},
		{path: "jetstream.limits.max_request_batch", in: "limits", before: "10", after: "20"},
		{path: "jetstream.limits.duplicate_window", in: "limits", before: `"1m"`, after: `"2m"`},
		{path: "jetstream.limits.batch.max_msgs", in: "batch", before: "10", after: "20"},
		{path: "jetstream.limits.batch.timeout", in: "batch", before: `"1s"`, after: `"2s"`},

		{path: "cluster.name", before: "", after: "d"},
		{path: "cluster.port", in: "cluster.port", before: "@routes@", after: "@other@"},
		{path: "cluster.routes", before: `[ "nats://127.0.0.1:@nowhere@" ]`, after: `[ "nats://127.0.0.1:@other@" ]`},
		{path: "cluster.routes", before: `[ "nats://127.0.0.1:@nowhere@" ]`},
		{path: "cluster.authorization", after: "{ user: u, password: pw }"},
		{path: "cluster.advertise", after: `"h:6222"`},
		{path: "cluster.no_advertise", after: "true"},
		{path: "cluster.connect_retries", before: "1", after: "2"},
		{path: "cluster.connect_backoff", after: "true"},
		{path: "cluster.permissions", after: "{ import: a, export: b }"},
		{path: "cluster.pool_size", before: "2", after: "4"},
		{path: "cluster.accounts", after: `["$SYS"]`},
		{path: "cluster.compression", before: "off", after: "s2_fast"},
		{path: "cluster.ping_interval", before: `"10s"`, after: `"20s"`},
		{path: "cluster.ping_max", before: "2", after: "3"},
		{path: "cluster.write_deadline", before: `"10s"`, after: `"20s"`},
		{path: "cluster.write_timeout", before: "close", after: "retry"},
		{path: "cluster", after: `{ name: c, listen: "127.0.0.1:@routes@" }`},

		{path: "gateway", after: `{ name: c, listen: "127.0.0.1:@gateway@" }`},
		{path: "gateway.port", in: "gateway.port", before: "@gateway@", after: "@other@"},
		{path: "gateway.authorization", after: "{ user: u, password: pw }"},
		{path: "gateway.advertise", after: `"h:7222"`},
		{path: "gateway.connect_retries", before: "1", after: "2"},
		{path: "gateway.connect_backoff", after: "true"},
		{path: "gateway.reject_unknown_cluster", after: "true"},
		{path: "gateway.write_deadline", before: `"10s"`, after: `"20s"`},
		{path: "gateway.write_timeout", before: "close", after: "retry"},
		{path: "gateway.gateways", after: `[ { name: d, url: "nats://127.0.0.1:@nowhere@" } ]`},
		{path: "gateway.gateways.url", in: "gateways", before: `"nats://127.0.0.1:@nowhere@"`, after: `"nats://127.0.0.1:@other@"`},
		{path: "gateway.gateways.urls", in: "gateways", before: `["nats://127.0.0.1:@nowhere@"]`, after: `["nats://127.0.0.1:@nowhere@", "nats://127.0.0.1:@other@"]`},

		{path: "leafnodes", after: `{ listen: "127.0.0.1:@leafnodes@" }`},
		{path: "leafnodes.port", in: "leafnodes.port", before: "@leafnodes@", after: "@other@"},
		{path: "leafnodes.authorization", after: "{ user: u, password: pw }"},
		{path: "leafnodes.reconnect", before: `"1h"`, after: `"2h"`},
		{path: "leafnodes.dial_timeout", before: `"1s"`, after: `"2s"`},
		{path: "leafnodes.advertise", after: `"h:7422"`},
		{path: "leafnodes.no_advertise", after: "true"},
		{path: "leafnodes.min_version", before: `"2.9.0"`, after: `"2.10.0"`},
		{path: "leafnodes.compression", before: "off", after: "s2_fast"},
		{path: "leafnodes.isolate_leafnode_interest", after: "true"},
		{path: "leafnodes.write_deadline", before: `"10s"`, after: `"20s"`},
		{path: "leafnodes.write_timeout", before: "close", after: "retry"},
		{path: "leafnodes.remotes", before: `[ { url: "nats://127.0.0.1:@nowhere@" } ]`},
		{path: "leafnodes.remotes", after: `[ { url: "nats://127.0.0.1:@nowhere@" } ]`},
		{path: "leafnodes.remotes.url", in: "remote.url", before: `"nats://127.0.0.1:@nowhere@"`, after: `"nats://127.0.0.1:@other@"`},
		{path: "leafnodes.remotes.account", in: "remote", before: "", after: "B"},
		{path: "leafnodes.remotes.hub", in: "remote", after: "true"},
		{path: "leafnodes.remotes.deny_imports", in: "remote", before: "[a]", after: "[a, b]"},
		{path: "leafnodes.remotes.deny_exports", in: "remote", after: "a"},
		{path: "leafnodes.remotes.no_randomize", in: "remote", after: "true"},
		{path: "leafnodes.remotes.disabled", in: "remote", after: "true"},
		{path: "leafnodes.remotes.compression", in: "remote", before: "off", after: "s2_fast"},
		{path: "leafnodes.remotes.ws_compression", in: "remote", after: "true"},
		{path: "leafnodes.remotes.ws_no_masking", in: "remote", after: "true"},
		{path: "leafnodes.remotes.jetstream_cluster_migrate", in: "remote", after: "true"},
		{path: "leafnodes.remotes.isolate_leafnode_interest", in: "remote", after: "true"},
		{path: "leafnodes.remotes.request_isolation", in: "remote", after: "true"},
		{path: "leafnodes.remotes.first_info_timeout", in: "remote", before: `"1s"`, after: `"2s"`},
		{path: "leafnodes.remotes.dial_timeout", in: "remote", before: `"1s"`, after: `"2s"`},
		{path: "leafnodes.remotes.ignore_discovered_servers", in: "remote", after: "true"},
		{path: "leafnodes.remotes.proxy", in: "remote.ws", after: `{ url: "http://127.0.0.1:@other@" }`},
		{path: "leafnodes.remotes.proxy.timeout", in: "remote.proxy", before: `"1s"`, after: `"2s"`},

		{path: "websocket", after: `{ listen: "127.0.0.1:@websocket@", no_tls: true }`},
		{path: "websocket.port", in: "websocket.port", before: "@websocket@", after: "@other@"},
		{path: "websocket.advertise", after: `"h:80"`},
		{path: "websocket.same_origin", after: "true"},
		{path: "websocket.allowed_origins", after: `["https://a.example"]`},
		{path: "websocket.handshake_timeout", before: `"1s"`, after: `"2s"`},
		{path: "websocket.compression", after: "true"},
		{path: "websocket.authorization", after: "{ user: u, password: pw }"},
		{path: "websocket.headers", after: "{ a: b }"},
		{path: "websocket.ping_interval", before: `"1m"`, after: `"2m"`},

		{path: "mqtt.port", in: "mqtt.port", before: "@mqtt@", after: "@other@"},
		{path: "mqtt.authorization", after: "{ user: u, password: pw }"},
		{path: "mqtt.ack_wait", before: `"1m"`, after: `"2m"`},
		{path: "mqtt.js_api_timeout", before: `"1s"`, after: `"2s"`},
		{path: "mqtt.max_ack_pending", before: "10", after: "20"},
		{path: "mqtt.js_domain", after: "hub"},
		{path: "mqtt.stream_replicas", after: "1"},
		{path: "mqtt.consumer_replicas", after: "1"},
		{path: "mqtt.consumer_memory_storage", after: "true"},
		{path: "mqtt.consumer_inactive_threshold", before: `"1m"`, after: `"2m"`},
		{path: "mqtt.reject_qos2_publish", after: "true"},
		{path: "mqtt.downgrade_qos2_subscribe", after: "true"},

		{path: "accounts.A.jetstream", in: "account", after: "enabled"},
		{path: "accounts.A.exports", in: "account", after: "[ { service: a } ]"},
		{path: "accounts.A.imports", in: "account", after: "[ { service: { account: B, subject: q } }, { stream: { account: B, subject: s } } ]"},
		{path: "accounts.A.mappings", in: "account", after: "{ a: b }"},
		{path: "accounts.A.default_permissions", in: "account", after: "{ publish: a }"},
		{path: "accounts.A.msg_trace", in: "account", after: "a"},
		{path: "accounts.A.jetstream.max_memory", in: "account.jetstream", before: "1MB", after: "2MB"},
		{path: "accounts.A.jetstream.max_streams", in: "account.jetstream", before: "10", after: "5"},
		{path: "accounts.A.limits.max_connections", in: "account.limits", before: "10", after: "5"},
		{path: "accounts.A.limits.max_payload", in: "account.limits", before: "1MB", after: "2MB"},

		{path: "authorization.token", before: "a", after: "b"},
		{path: "authorization.user", before: "", after: "a, password: pw", in: "authorization"},
		{path: "authorization.timeout", before: "1", after: "2"},
		{path: "authorization.users", before: "[ { user: a, password: pw } ]", after: "[ { user: b, password: pw } ]"},
		{path: "authorization.default_permissions", after: "{ publish: a }"},
		{path: "authorization.proxy_required", after: "true"},
		{path: "authorization.auth_callout", in: "beside users", after: "{ issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [ u ] }"},
		{path: "authorization.users.password", in: "user", before: "", after: "other"},
		{path: "authorization.users.permissions", in: "user", after: "{ publish: { deny: a } }"},
		{path: "authorization.users.allowed_connection_types", in: "user", after: "[WEBSOCKET]"},
		{path: "authorization.users.permissions.publish", in: "permissions", before: "a", after: "[a, b]"},
		{path: "authorization.users.permissions.subscribe", in: "permissions", before: "a", after: "b"},
		{path: "authorization.users.permissions.allow_responses", in: "permissions", after: "true"},
		{path: "no_auth_user", before: "", after: "a", in: "no_auth_user"},
	}
}
