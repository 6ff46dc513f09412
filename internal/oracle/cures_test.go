package oracle

import (
	"strings"
	"testing"
)

// startCases raise one refusal of NewServer or Start each.
var startCases = []struct{ name, text, message string }{
	{"lame duck", `lame_duck_duration: "30s", lame_duck_grace_period: "30s"`, "lame duck grace period (30s) should be strictly lower than lame duck duration (30s)"},
	{"max payload", `max_payload: 100MB`, "max_payload (104857600) cannot be higher than max_pending (67108864)"},
	{"sentinel", `default_sentinel: x`, "default sentinel requires operators and accounts"},
	{"leaf account", `leafnodes { remotes [ { url: "nats://h:7422", account: NOPE } ] }`, `cannot find local account "NOPE" specified in leafnode remote`},
	{"leaf authorization account", `leafnodes { port: 7422, authorization { user: u, password: p, account: NOPE } }`, `cannot find local account "NOPE" specified in leafnode authorization`},
	{"mixed leaf URLs", `leafnodes { remotes [ { urls: ["ws://h:80", "nats://h:7422"] } ] }`, `remote leaf node configuration cannot have a mix of websocket and non-websocket urls: ["ws://h:80" "nats://h:7422"]`},
	{"leaf and gateway", `gateway { name: g, port: 7222 }, leafnodes { port: 7422 }`, "leaf nodes and gateways (both being defined) require a system account to also be configured"},
	{"no auth user", `no_auth_user: u`, `no_auth_user: "u" present, but users/nkeys are not defined`},
	{"no such auth user", `no_auth_user: u, authorization { users [ { user: a, password: b } ] }`, `no_auth_user: "u" not present as user or nkey in authorization block or account configuration`},
	{"mqtt no auth user", `server_name: s, jetstream: enabled, mqtt { port: 1883, no_auth_user: u }`, `no_auth_user: "u" present, but users/nkeys are not defined`},
	{"websocket no auth user", `websocket { port: 80, no_tls: true, no_auth_user: u }`, `no_auth_user: "u" present, but users/nkeys are not defined`},
	{"nameless gateway", `gateway { port: 7222 }`, "gateway has no name"},
	{"gateway without port", `gateway { name: g }`, `gateway "g" has no port specified (select -1 for random port)`},
	{"nameless remote gateway", `gateway { name: g, port: 7222, gateways [ { url: "nats://h:7222" } ] }`, "gateway in the list 0 has no name"},
	{"remote gateway without URL", `gateway { name: g, port: 7222, gateways [ { name: x } ] }`, `gateway "x" has no URL`},
	{"name conflict", `cluster { name: a }, gateway { name: b, port: 7222 }`, "cluster name conflicts between cluster and gateway definitions"},
	{"compression", `cluster { port: 6222, name: a, compression: zstd }`, `unsupported compression mode "zstd"`},
	{"leaf compression", `leafnodes { port: 7422, compression: zstd }`, `unsupported compression mode "zstd"`},
	{"remote compression", `leafnodes { remotes [ { url: "nats://h:7422", compression: zstd } ] }`, `unsupported compression mode "zstd"`},
	{"descending thresholds", `leafnodes { port: 7422, compression { mode: s2_auto, rtt_thresholds: ["20ms", "10ms"] } }`, "RTT threshold values [20ms 10ms] should be in ascending order"},
	{"many thresholds", `cluster { port: 6222, compression { mode: s2_auto, rtt_thresholds: ["1ms", "2ms", "3ms", "4ms", "5ms"] } }`, `compression mode "s2_auto" should have no more than 4 RTT thresholds: [1ms 2ms 3ms 4ms 5ms]`},
	{"no threshold", `cluster { port: 6222, compression { mode: s2_auto, rtt_thresholds: ["0s"] } }`, `compression mode "s2_auto" requires at least one RTT threshold`},
	{"pinned accounts without pool", `cluster { port: 6222, pool_size: -1, accounts: [A] }`, "pool_size cannot be negative if pinned accounts are specified"},
	{"pinned twice", `cluster { port: 6222, accounts: [A, A] }`, `found duplicate account name "A" in pinned accounts list ["A" "A" "$SYS"]`},
	{"mqtt server name", `mqtt { port: 1883 }, cluster { port: 6222, name: a }`, "mqtt requires server name to be explicitly set"},
	{"mqtt user", `jetstream: enabled, mqtt { port: 1883, authorization { user: u } }, authorization { users [ { user: a, password: b } ] }`, "mqtt authentication username not compatible with presence of users/nkeys"},
	{"mqtt token", `jetstream: enabled, mqtt { port: 1883, authorization { token: u } }, authorization { users [ { user: a, password: b } ] }`, "mqtt authentication token not compatible with presence of users/nkeys"},
	{"mqtt ack wait", `jetstream: enabled, mqtt { port: 1883, ack_wait: "-1s" }`, "ack wait must be a positive value"},
	{"mqtt api timeout", `jetstream: enabled, mqtt { port: 1883, js_api_timeout: "-1s" }`, "JS API timeout must be a positive value"},
	{"mqtt alone", `mqtt { port: 1883 }`, "mqtt requires JetStream to be enabled if running in standalone mode"},
	{"default domain of nobody", `default_js_domain { A: x }`, "in non operator mode, `default_js_domain` references non existing account \"A\""},
	{"default domain with JetStream", `accounts { A { jetstream: enabled } }, default_js_domain { A: x }`, `default_js_domain contains account name "A" with enabled JetStream`},
	{"default domain invalid", `accounts { A { } }, default_js_domain { A: "x y" }`, `default_js_domain contains account "A" with invalid domain name "x y"`},
	{"default domain of the system", "accounts { $SYS { } }, default_js_domain { \"$SYS\": x }", `system account "$SYS" can not be in default_js_domain`},
	{"domain", `jetstream { domain: "a.b" }`, "invalid domain name: may not contain ., * or >"},
	{"domain is no subject", `jetstream { domain: "a b" }`, `invalid domain name: derived "$JS.a b.API.>" is not a valid subject`},
	{"server name", `jetstream: enabled, cluster { port: 6222, name: a, routes: ["nats://h:6222"] }`, "jetstream cluster requires `server_name` to be set"},
	{"cluster name", `server_name: s, jetstream: enabled, cluster { port: 6222, routes: ["nats://h:6222"] }`, "jetstream cluster requires `cluster.name` to be set"},
	{"extension hint", `server_name: s, jetstream { extension_hint: foo }, cluster { name: a, port: 6222, routes: ["nats://h:6222"] }`, "expected 'no_extend' for string value, got 'foo'"},
	{"catchup", `server_name: s, jetstream { max_outstanding_catchup: -1 }, cluster { name: a, port: 6222, routes: ["nats://h:6222"] }`, "jetstream max catchup cannot be negative"},
	{"websocket TLS", `websocket { port: 80 }`, "websocket requires TLS configuration"},
	{"origin", `websocket { port: 80, no_tls: true, allowed_origins: ["example.com"] }`, `unable to parse allowed origin: parse "example.com": invalid URI for request`},
	{"origin scheme", `websocket { port: 80, no_tls: true, allowed_origins: ["ftp://example.com"] }`, `unable to parse allowed origin "ftp://example.com": allowed origins must be absolute URLs with http or https scheme`},
	{"origin host", `websocket { port: 80, no_tls: true, allowed_origins: ["http://"] }`, `unable to parse allowed origin "http://": host is required`},
	{"websocket user", `websocket { port: 80, no_tls: true, authorization { user: u } }, authorization { users [ { user: a, password: b } ] }`, "websocket authentication username not compatible with presence of users/nkeys"},
	{"websocket token", `websocket { port: 80, no_tls: true, authorization { token: u } }, authorization { users [ { user: a, password: b } ] }`, "websocket authentication token not compatible with presence of users/nkeys"},
	{"cookie", `websocket { port: 80, no_tls: true, jwt_cookie: c }`, `trusted operators or trusted keys configuration is required for JWT authentication via cookie "c"`},
	{"header", `websocket { port: 80, no_tls: true, headers { Host: x } }`, `websocket: invalid header "Host" not allowed`},
	{"header prefix", `websocket { port: 80, no_tls: true, headers { Sec-WebSocket-X: x } }`, `websocket: invalid header "Sec-WebSocket-X", "Sec-WebSocket-" prefix not allowed`},
	{"reserved name", `server_name: _, leafnodes { remotes [ { url: "nats://h:7422" } ] }`, "cluster name is reserved"},
	{"system account", `system_account: X`, "error resolving system account: account missing"},
	{"OCSP peer", `tls { cert_file: "c.pem", key_file: "k.pem", ocsp_peer: true }`, "OCSP peer verification for client connections requires TLS verify (mTLS) to be enabled"},
	{"preloads", `resolver: URL("http://127.0.0.1:1/x"), resolver_preload { }`, ""},
	{"http and https", `http_port: 8222, https_port: 8223`, "can't specify both HTTP (8222) and HTTPs (8223) ports"},
	{"https without TLS", `https_port: 8223`, "TLS cert and key required for HTTPS"},
	{"advertise", `client_advertise: "nats://h:4222"`, "Error setting server INFO with ClientAdvertise value of nats://h:4222, err=address nats://h:4222: too many colons in address"},
	{"gateway advertise", `gateway { name: g, port: 7222, advertise: "h:x" }`, `Error setting gateway INFO with Gateway.Advertise value of h:x, err=strconv.Atoi: parsing "x": invalid syntax`},
	{"leaf advertise", `leafnodes { port: 7422, advertise: "h:x" }`, `Error setting leafnode INFO with LeafNode.Advertise value of h:x, err=strconv.Atoi: parsing "x": invalid syntax`},
	{"cluster advertise", `cluster { port: 6222, advertise: "h:x" }`, `Error setting route INFO with Cluster.Advertise value of h:x, err=strconv.Atoi: parsing "x": invalid syntax`},
	{"websocket advertise", `websocket { port: 80, no_tls: true, advertise: "h:x" }`, `Unable to get websocket connect URLs: strconv.Atoi: parsing "x": invalid syntax`},
	{"advertise without port", `client_advertise: h, cluster { advertise: "not:used:here" }`, ""},
	{"JetStream on the system account", "jetstream: enabled, system_account: S, accounts { S { jetstream: enabled } }", "Not allowed to enable JetStream on the system account"},
	{"JetStream on $SYS", "jetstream: enabled, accounts { $SYS { jetstream { } } }", "Not allowed to enable JetStream on the system account"},
	{"no routes", `server_name: s, jetstream: enabled, cluster { name: a, port: 6222 }`, "JetStream cluster requires configured routes or solicited leafnode for the system account"},
	{"no routes behind a gateway", `jetstream: enabled, gateway { name: a, port: 7222 }`, "JetStream cluster requires configured routes or solicited leafnode for the system account"},
	{"a leaf link that denies the servers' own subjects", `server_name: s, jetstream: enabled, cluster { name: a, port: 6222 }, leafnodes { remotes: [ { url: "nats://h:7422", account: "$SYS", deny_imports: "$NRG.>" } ] }`, "JetStream cluster requires configured routes or solicited leafnode for the system account"},
	{"a leaf link that denies more than those", `server_name: s, jetstream: enabled, cluster { name: a, port: 6222 }, leafnodes { remotes: [ { url: "nats://h:7422", account: "$SYS", deny_imports: ">" } ] }`, ""},
	{"key and TPM", `jetstream { key: secret, tpm { keys_file: f, encryption_password: p } }`, "JetStream encryption key may not be used with TPM options"},
}

func TestEveryRefusalIsReportedAndCured(t *testing.T) {
	j := newJudge(t, Options{})
	for _, c := range startCases {
		t.Run(c.name, func(t *testing.T) {
			v := askText(t, j, c.text+"\n")
			if v.NotJudged != "" {
				t.Fatal(v.NotJudged)
			}
			want := ""
			if c.message != "" {
				want = "start: " + c.message
			}
			if got := messages(v); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if v.Incomplete {
				t.Error("no cure known")
			}
		})
	}
}

func TestRefusalsThatHideEachOtherAreAllReported(t *testing.T) {
	j := newJudge(t, Options{})
	v := askText(t, j, `
max_payload: 100MB
http_port: 8222
https_port: 8223
cluster { name: a, port: 6222, compression: zstd }
gateway { name: b, port: 7222, gateways [ { name: x }, { url: "nats://h:7222" } ] }
leafnodes { port: 7422, remotes [ { url: "nats://h:7422", account: ONE }, { url: "nats://h:7423", account: TWO } ] }
jetstream { domain: "a.b" }
websocket { port: 80, allowed_origins: ["one", "two"], headers { Host: x, Upgrade: y } }
`)
	got := messages(v)
	for _, want := range []string{
		"max_payload (104857600)",
		"can't specify both HTTP",
		"unsupported compression mode",
		"cluster name conflicts",
		`gateway "x" has no URL`,
		"gateway in the list 1 has no name",
		`local account "ONE"`,
		`local account "TWO"`,
		"require a system account",
		"may not contain ., * or >",
		"requires `server_name`",
		"websocket requires TLS",
		`parse "one"`, `parse "two"`,
		`invalid header "Host"`, `invalid header "Upgrade"`,
		"requires configured routes",
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is not reported once in:\n%s", want, got)
		}
	}
	if v.Incomplete {
		t.Error("the list ends early")
	}
}
