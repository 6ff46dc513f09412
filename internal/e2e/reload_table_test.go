package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/schema"
)

// change is one field before and after, "" where it is not there. The block
// around it stands in the base that is named like the path's first key, or else
// in the one that in names.
type change struct {
	path, before, after string
	in                  string
	// milder says that the field table asks for more than this change takes, and
	// says so in its remark on the field.
	milder bool
}

// bases are configurations with a place for a field; @field@ stands for
// "key: value".
func bases() map[string]string {
	const top = "listen: \"127.0.0.1:@client@\"\nserver_name: s\n"
	const store = "store_dir: \"@dir@\""
	m := map[string]string{
		"":             top + "@field@\n",
		"jetstream":    top + "jetstream { " + store + ", @field@ }\n",
		"limits":       top + "jetstream { " + store + ", limits { @field@ } }\n",
		"batch":        top + "jetstream { " + store + ", limits { batch { @field@ } } }\n",
		"bounded":      top + "jetstream { " + store + ", max_mem: 64MB, max_file: 64MB, @field@ }\n",
		"flags":        top + "feature_flags { @field@ }\n",
		"cluster":      top + "cluster { name: c, listen: \"127.0.0.1:@routes@\", @field@ }\n",
		"gateway":      top + "cluster { name: c, listen: \"127.0.0.1:@routes@\" }\ngateway { name: c, listen: \"127.0.0.1:@gateway@\", @field@ }\n",
		"gateways":     top + "gateway { name: c, listen: \"127.0.0.1:@gateway@\", gateways: [ { name: d, @field@ } ] }\n",
		"gateways url": top + "gateway { name: c, listen: \"127.0.0.1:@gateway@\", gateways: [ { name: d, url: \"nats://127.0.0.1:@nowhere@\", @field@ } ] }\n",
		"leafnodes":    top + "leafnodes { listen: \"127.0.0.1:@leafnodes@\", @field@ }\n",
		"remote": top + "accounts { A { users: [ { user: a, password: pw } ] }, B { users: [ { user: b, password: pw } ] } }\n" +
			"leafnodes { reconnect: \"1h\", remotes: [ { url: \"nats://127.0.0.1:@nowhere@\", account: A, @field@ } ] }\n",
		"remote.ws":    top + "leafnodes { reconnect: \"1h\", remotes: [ { url: \"ws://127.0.0.1:@nowhere@\", @field@ } ] }\n",
		"remote.proxy": top + "leafnodes { reconnect: \"1h\", remotes: [ { url: \"ws://127.0.0.1:@nowhere@\", proxy: { url: \"http://127.0.0.1:@other@\", @field@ } } ] }\n",
		"bare":         top + "leafnodes { reconnect: \"1h\", remotes: [ { @field@ } ] }\n",
		"websocket":    top + "websocket { listen: \"127.0.0.1:@websocket@\", no_tls: true, @field@ }\n",
		"mqtt":         top + "jetstream { " + store + " }\nmqtt { listen: \"127.0.0.1:@mqtt@\", @field@ }\n",
		"account": top + "jetstream { " + store + " }\naccounts { A { users: [ { user: a, password: pw } ], @field@ }, " +
			"B { users: [ { user: b, password: pw } ], exports: [ { service: q }, { stream: s } ] } }\n",
		"account.jetstream": top + "jetstream { " + store + " }\naccounts { A { users: [ { user: a, password: pw } ], jetstream { @field@ } } }\n",
		"account.limits":    top + "accounts { A { users: [ { user: a, password: pw } ], limits { @field@ } } }\n",
		"authorization":     top + "authorization { @field@ }\n",
		"users":             top + "authorization { users: [ { user: u, password: pw, @field@ }, { user: v, password: pw } ] }\nno_auth_user: v\n",
		"users.two":         top + "authorization { users: [ { user: u, password: pw } ], @field@ }\n",
		"permissions":       top + "authorization { users: [ { user: u, password: pw, permissions { @field@ } } ] }\n",
	}
	m["proxies"] = top + "proxies { @field@ }\n"
	m["port"] = "server_name: s\nhost: \"127.0.0.1\"\n@field@\n"
	m["host"] = "server_name: s\nport: @client@\n@field@\n"
	for block, port := range map[string]string{"cluster": "routes", "gateway": "gateway", "leafnodes": "leafnodes", "websocket": "websocket", "mqtt": "mqtt"} {
		m[block+".port"] = strings.Replace(m[block], `listen: "127.0.0.1:@`+port+`@", @field@`, `host: "127.0.0.1", @field@`, 1)
	}
	m["websocket.port"] = strings.Replace(m["websocket"], `listen: "127.0.0.1:@websocket@"`, `host: "127.0.0.1"`, 1)
	m["no_auth_user"] = m[""] + "authorization { users: [ { user: a, password: pw } ] }\n"
	return m
}

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
		{path: "leafnodes.remotes", after: `[ { url: "nats://127.0.0.1:@nowhere@" } ]`},
		{path: "leafnodes.remotes.url", in: "bare", before: `"nats://127.0.0.1:@nowhere@"`, after: `"nats://127.0.0.1:@other@"`},
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
		{path: "authorization.auth_callout", in: "users.two", after: "{ issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [ u ] }"},
		{path: "authorization.users.password", in: "users", before: "", after: "other"},
		{path: "authorization.users.permissions", in: "users", after: "{ publish: { deny: a } }"},
		{path: "authorization.users.allowed_connection_types", in: "users", after: "[WEBSOCKET]"},
		{path: "authorization.users.permissions.publish", in: "permissions", before: "a", after: "[a, b]"},
		{path: "authorization.users.permissions.subscribe", in: "permissions", before: "a", after: "b"},
		{path: "authorization.users.permissions.allow_responses", in: "permissions", after: "true"},
		{path: "no_auth_user", before: "", after: "a", in: "no_auth_user"},
	}
}

// TestReloadAgreesWithTheFieldTable changes one field after the other in the
// file of a running server, which then reloads it.
func TestReloadAgreesWithTheFieldTable(t *testing.T) {
	bases := bases()
	for _, c := range slices.Concat(changes(), tlsChanges(t, bases), operatorChanges(t, bases)) {
		in := c.in
		if first, _, nested := strings.Cut(c.path, "."); in == "" && nested {
			in = first
		}
		base, ok := bases[in]
		if !ok {
			t.Fatalf("%s: there is no base %q", c.path, in)
		}
		field := schema.Root().Find(strings.Split(c.path, ".")...)
		if field == nil {
			t.Fatalf("the field table has no %s", c.path)
		}
		t.Run(c.path, func(t *testing.T) {
			reload := reloaded(t, base, c)
			takes := field.Effect <= schema.Reload
			switch {
			case c.milder && (takes || !strings.Contains(field.EffectSource, ";") || reload != nil):
				t.Errorf("%q -> %q: the table says %s (%s), the server %v", c.before, c.after, field.Effect, field.EffectSource, reload)
			case !c.milder && takes != (reload == nil):
				t.Errorf("%q -> %q: the table says %s (%s), the server %v", c.before, c.after, field.Effect, field.EffectSource, reload)
			}
		})
	}
}

// TestReloadThatAddsProxiesEndsTheServer shows why the field table asks for a
// restart where the server has code for a reload.
func TestReloadThatAddsProxiesEndsTheServer(t *testing.T) {
	if got := schema.Root().Field("proxies").Effect; got != schema.Restart {
		t.Errorf("the table says %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("the server survives: the table may say reload")
		}
	}()
	reload := reloaded(t, bases()[""], change{path: "proxies", after: "{ trusted: [] }"})
	t.Errorf("the server says %v", reload)
}

// reloaded starts a server with the field as it was before and returns what it
// says to a reload of its file with the field after.
func reloaded(t *testing.T, base string, c change) error {
	t.Helper()
	text := func(value string) string {
		entry := ""
		if value != "" {
			entry = c.path[strings.LastIndex(c.path, ".")+1:] + ": " + value
		}
		return strings.Replace(base, "@field@", entry, 1)
	}
	const cut = "#### after\n"
	s := write(t, texts{"nats.conf": text(c.before) + cut + text(c.after)})
	before, after, _ := strings.Cut(s.text("nats.conf"), cut)
	s.put("nats.conf", before)
	s.start("nats.conf")
	s.put("nats.conf", after)
	opts, err := s.options("nats.conf")
	if err != nil {
		t.Fatalf("the server refuses %v\n%s", err, after)
	}
	if r := s.running["nats.conf"].AccountResolver(); r != nil {
		defer r.Close() // the server leaves the old one running
	}
	return s.running["nats.conf"].ReloadOptions(opts)
}

// tlsChanges returns changes of TLS settings in every block that has them, and
// adds their bases.
func tlsChanges(t *testing.T, bases map[string]string) []change {
	t.Helper()
	dir := t.TempDir()
	first, second := certificate(t, dir, "first"), certificate(t, dir, "second")
	pin := strings.Repeat("ab", 32)
	var list []change
	for _, block := range []string{"", "cluster", "gateway", "leafnodes", "websocket", "mqtt"} {
		prefix := ""
		if block != "" {
			prefix = block + "."
		}
		base := strings.Replace(bases[block], "no_tls: true, ", "", 1)
		with, bare := prefix+"tls", prefix+"tls bare"
		bases[with] = strings.Replace(base, "@field@", "tls { "+first+", @field@ }", 1)
		bases[bare] = strings.Replace(base, "@field@", "tls { @field@ }", 1)
		pair := func(certificate string) string { return strings.TrimPrefix(certificate, "cert_file: ") }
		list = append(list,
			change{path: prefix + "tls.cert_file", in: bare, before: pair(first), after: pair(second)},
			change{path: prefix + "tls.timeout", in: with, before: "1", after: "2"},
			change{path: prefix + "tls.verify", in: with, after: "true"},
			change{path: prefix + "tls.verify_and_map", in: with, after: "true"},
			change{path: prefix + "tls.min_version", in: with, before: `"1.2"`, after: `"1.3"`},
			change{path: prefix + "tls.pinned_certs", in: with, after: `["` + pin + `"]`},
			change{path: prefix + "tls.connection_rate_limit", in: with, before: "10", after: "20"},
			change{path: prefix + "tls.handshake_first", in: with, before: "false", after: "true"},
			change{path: prefix + "tls.cipher_suites", in: with, after: `["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]`},
		)
	}
	for _, block := range []string{"", "cluster", "gateway", "leafnodes", "mqtt"} { // a websocket has one or no_tls
		list = append(list, change{path: strings.TrimPrefix(block+".tls", "."), in: block, after: "{ " + first + " }"})
	}
	return append(list,
		change{path: "gateway.gateways.tls", in: "gateways url", after: "{ " + first + " }"},
		change{path: "leafnodes.remotes.tls", in: "remote", after: "{ " + first + " }"},
	)
}

// operatorChanges returns changes in operator mode, and adds their bases.
func operatorChanges(t *testing.T, bases map[string]string) []change {
	t.Helper()
	operator, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	account := func(name string) (key, token string) {
		pair, err := nkeys.CreateAccount()
		if err != nil {
			t.Fatal(err)
		}
		if key, err = pair.PublicKey(); err != nil {
			t.Fatal(err)
		}
		claims := jwt.NewAccountClaims(key)
		claims.Name = name
		if token, err = claims.Encode(operator); err != nil {
			t.Fatal(err)
		}
		return key, token
	}
	sys, sysToken := account("SYS")
	a, aToken := account("A")
	public, err := operator.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	tokens := func(name string) string {
		claims := jwt.NewOperatorClaims(public)
		claims.Name = name
		token, err := claims.Encode(operator)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	top := bases[""]
	system := "operator: " + tokens("O") + "\nsystem_account: " + sys + "\nresolver_preload { " + sys + ": " + sysToken + " }\n"
	bases["operator"] = top + "system_account: " + sys + "\nresolver: MEMORY\nresolver_preload { " + sys + ": " + sysToken + " }\n"
	bases["preload"] = top + "operator: " + tokens("O") + "\nsystem_account: " + sys + "\nresolver: MEMORY\n"
	bases["resolver"] = strings.Replace(top, "@field@", "resolver { type: full, dir: \"@dir@\", @field@ }\n", 1) + system
	bases["pinned"] = top + "resolver: MEMORY\n" + system
	return []change{
		{path: "operator", in: "operator", before: tokens("O"), after: tokens("P")},
		{path: "resolver_preload", in: "preload", before: "{ " + sys + ": " + sysToken + " }", after: "{ " + sys + ": " + sysToken + ", " + a + ": " + aToken + " }"},
		{path: "resolver_pinned_accounts", in: "pinned", after: "[" + a + "]"},
		{path: "resolver.interval", before: `"1m"`, after: `"2m"`},
		{path: "resolver.limit", before: "10", after: "20"},
	}
}

// certificate makes a key and a certificate for this test, and returns the
// entries that name them.
func certificate(t *testing.T, dir, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	for file, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: cert}, ".key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path+file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("cert_file: %q, key_file: %q", path+".crt", path+".key")
}
