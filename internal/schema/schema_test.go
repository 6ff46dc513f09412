package schema

import (
	"slices"
	"strings"
	"testing"
)

// walk calls visit for every field of every block.
func walk(visit func(b *Block, f *Field)) {
	for b, f := range All() {
		visit(b, f)
	}
}

func TestEveryNameFindsItsField(t *testing.T) {
	fields := 0
	walk(func(b *Block, f *Field) {
		fields++
		if b.Data == f {
			return
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if b.Field(name) != f {
				t.Errorf("[%s] Field(%q) is not the field %s", b.Path, name, f.Name)
			}
			if got := b.Field(strings.ToUpper(name)); b.Exact != (got == nil) {
				t.Errorf("[%s] Exact is %v, but Field(%q) = %v", b.Path, b.Exact, strings.ToUpper(name), got)
			}
		}
	})
	if fields < 500 {
		t.Errorf("the walk reached %d fields; is part of the tree cut off?", fields)
	}
}

func TestLookupFoldsCaseAsTheServerDoes(t *testing.T) {
	for _, tt := range []struct{ path, key, want string }{
		{"", "GateWay", "gateway"},
		{"", "leaf", "leafnodes"},
		{"", "Max_Conn", "max_connections"},
		{"", "trac\u212a", ""}, // no such field
		{"", "\u212aeys", ""},
		{"websocket", "jwt_coo\u212aie", "jwt_cookie"}, // strings.ToLower turns the Kelvin sign into k
		{"", "gateways", ""},
		{"", "", ""},
		{"ocsp", "mode", "mode"},
		{"ocsp", "Mode", ""},
		{"resolver", "DIR", ""},
		{"tls.certs", "Cert_File", ""},
		{"tls", "CERT_FILE", "cert_file"},
		{"jetstream", "EK", "encryption_key"},
		{"leafnodes.remotes.jetstream_cluster_migrate", "Leader_Migrate_Delay", ""},
	} {
		b := Root()
		if tt.path != "" {
			b = b.Find(strings.Split(tt.path, ".")...).Block
		}
		got := ""
		if f := b.Field(tt.key); f != nil {
			got = f.Name
		}
		if got != tt.want {
			t.Errorf("[%s] Field(%q) = %q, want %q", tt.path, tt.key, got, tt.want)
		}
	}
}

func TestBlocksWhoseKeysAreData(t *testing.T) {
	for _, keys := range [][]string{
		{"accounts", "ACME"},
		{"mappings", "foo.*"},
		{"accounts", "A", "mappings", "foo"},
		{"resolver_preload", "AD..."},
		{"server_metadata", "Rack"},
		{"feature_flags", "js_ack_fc_v2"},
		{"default_js_domain", "A"},
		{"websocket", "headers", "X-Frame-Options"},
	} {
		f := Root().Find(keys...)
		if f == nil || f.Name != "*" {
			t.Errorf("Find(%q) = %v, want a data field", keys, f)
		}
	}
	if f := Root().Find("accounts", "Authorization", "users", "permissions", "publish", "allow"); f == nil || !f.Takes(String|Subject|List) {
		t.Errorf("an account named like a field is not followed: %v", f)
	}
	if Root().Find("accounts").Block.NoVariables {
		t.Error("the server skips used variables among accounts")
	}
	if !Root().Find("mappings").Block.NoVariables || !Root().Find("tls").Block.NoVariables || Root().NoVariables {
		t.Error("variables cannot be defined in mappings{} and tls{}, but at the top level")
	}
}

func TestFindStopsAtUnknownKeysAndAtValues(t *testing.T) {
	for _, keys := range [][]string{{"nope"}, {"gateway", "nope"}, {"port", "x"}, {"gateway", "name", "x"}, nil} {
		if f := Root().Find(keys...); f != nil {
			t.Errorf("Find(%q) = %s, want nil", keys, f.Name)
		}
	}
}

func TestLenientBlocksAreThoseThatTheServerReadsByLookup(t *testing.T) {
	var got []string
	seen := map[*Block]bool{}
	walk(func(b *Block, _ *Field) {
		if b.Lenient && !seen[b] {
			got, seen[b] = append(got, b.Path), true
		}
	})
	slices.Sort(got)
	want := []string{"accounts.<name>.exports[].latency", "leafnodes.remotes[].jetstream_cluster_migrate", "resolver"}
	if !slices.Equal(got, want) {
		t.Errorf("lenient blocks: %q, want %q", got, want)
	}
}

func TestTypes(t *testing.T) {
	for _, tt := range []struct {
		path       string
		want, elem Type
	}{
		{"jetstream", Bool | String | Enum | Map, 0},
		{"ping_interval", String | Duration | Int | Seconds | DeprecatedInt, 0},
		{"lame_duck_duration", String | Duration, 0},
		{"authorization.timeout", String | Duration | Int | Float | Seconds, 0},
		{"websocket.authorization.timeout", Int | Float | Seconds | Silent, 0},
		{"listen", Int | Port | String | HostPort, 0},
		{"cluster.routes", List, String | URL},
		{"leafnodes.remotes.urls", String | URL | List, String | URL},
		{"leafnodes.remotes.nkey", String | Seed, 0},
		{"gateway.gateways", List, Map},
		{"accounts", Map | List | Silent, String | Account},
		{"mappings.foo", String | Subject | Map | List, Map},
		{"accounts.A.exports.accounts", List, String | Account},
		{"accounts.A.exports.latency", String | Subject | Map, 0},
		{"accounts.A.jetstream.max_bytes", Bool, 0},
		{"accounts.A.jetstream.max_mem", Int | Size, 0},
		{"jetstream.max_mem", Int | String | Size, 0},
		{"authorization.users.permissions.publish", String | Subject | List | Map, String | Subject},
		{"tls.curve_preferences", List | Enum, String | Enum},
		{"mqtt.consumer_replicas", String | Int | Float | Bool | List | Map | Ignored, 0},
		{"ocsp.urls", Unusable, 0},
	} {
		f := Root().Find(strings.Split(tt.path, ".")...)
		if f == nil {
			t.Errorf("%s is unknown", tt.path)
			continue
		}
		if f.Type != tt.want || f.Elem != tt.elem {
			t.Errorf("%s is %v of %v, want %v of %v", tt.path, f.Type, f.Elem, tt.want, tt.elem)
		}
	}
	walk(func(b *Block, f *Field) {
		if f.Takes(List) == (f.Elem == 0) && !f.Takes(Ignored) {
			t.Errorf("[%s] %s: Type %v with Elem %v", b.Path, f.Name, f.Type, f.Elem)
		}
		if holdsBlock := f.Takes(Map) || f.Elem.Has(Map); holdsBlock == (f.Block == nil) && !f.Takes(Ignored) {
			t.Errorf("[%s] %s: Type %v of %v, Block %v", b.Path, f.Name, f.Type, f.Elem, f.Block)
		}
		if f.Takes(Enum) == (len(f.Values) == 0) {
			t.Errorf("[%s] %s: Type %v with values %q", b.Path, f.Name, f.Type, f.Values)
		}
	})
}

func TestTypeString(t *testing.T) {
	for want, typ := range map[string]Type{
		"0": 0, "String|List|URL": URL | String | List, "Unusable": Unusable, "Int|Port": Int | Port, "Map": Map, "Int|Size": Size | Int, "Seed": Seed,
	} {
		if got := typ.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEffects(t *testing.T) {
	for path, want := range map[string]string{
		"debug":                           "reload",
		"max_payload":                     "reload",
		"max_pending":                     "restart",
		"server_name":                     "restart",
		"gateway.name":                    "restart",
		"gateway.gateways.url":            "restart",
		"gateway.tls.cert_file":           "reload",
		"gateway.tls.timeout":             "restart",
		"cluster.name":                    "reload",
		"cluster.port":                    "restart",
		"cluster.routes":                  "reload",
		"cluster.tls.timeout":             "reload",
		"cluster.authorization.password":  "reload",
		"gateway.authorization.password":  "restart",
		"authorization.users.password":    "reload",
		"authorization.auth_callout":      "restart",
		"tls.timeout":                     "reload",
		"tls.verify_and_map":              "restart",
		"jetstream.domain":                "coordinated-restart",
		"jetstream.limits.max_ha_assets":  "reload",
		"jetstream.store_dir":             "restart",
		"leafnodes.authorization.user":    "restart",
		"leafnodes.compression":           "reload",
		"leafnodes.remotes.urls":          "reload",
		"leafnodes.remotes.hub":           "restart",
		"leafnodes.remotes.disabled":      "reload",
		"leafnodes.remotes.tls.ca_file":   "reload",
		"leafnodes.remotes.tls.timeout":   "restart",
		"leafnodes.remotes.proxy.url":     "restart",
		"leafnodes.remotes.proxy.tls":     "reload",
		"mqtt.ack_wait":                   "reload",
		"mqtt.port":                       "restart",
		"mqtt.consumer_replicas":          "none",
		"websocket.allowed_origins":       "restart",
		"websocket.tls.cert_file":         "reload",
		"accounts.A.users.permissions":    "reload",
		"mappings.foo.weight":             "reload",
		"resolver_preload.A":              "reload",
		"accounts.A.jetstream.max_memory": "reload",
	} {
		f := Root().Find(strings.Split(path, ".")...)
		if f == nil {
			t.Errorf("%s is unknown", path)
		} else if f.Effect.String() != want {
			t.Errorf("%s: %v (%s), want %s", path, f.Effect, f.EffectSource, want)
		}
	}
	walk(func(b *Block, f *Field) {
		if !strings.HasPrefix(f.EffectSource, "server/reload.go ") || !strings.HasPrefix(f.Source, "server/") {
			t.Errorf("[%s] %s names no source: %q, %q", b.Path, f.Name, f.EffectSource, f.Source)
		}
	})
}

func TestSecretFields(t *testing.T) {
	var got []string
	walk(func(b *Block, f *Field) {
		if f.Secret {
			got = append(got, strings.TrimPrefix(b.Path+"."+f.Name, "."))
		}
	})
	slices.Sort(got)
	want := []string{
		"authorization.password", "authorization.token", "authorization.users[].password",
		"cluster.authorization.password", "cluster.authorization.token",
		"default_sentinel",
		"gateway.authorization.password", "gateway.authorization.token",
		"jetstream.encryption_key", "jetstream.prev_encryption_key", "jetstream.tpm.encryption_password", "jetstream.tpm.srk_password",
		"leafnodes.authorization.password", "leafnodes.authorization.users[].password",
		"leafnodes.remotes[].nkey", "leafnodes.remotes[].proxy.password",
		"mqtt.authorization.password", "mqtt.authorization.token",
		"resolver_preload.*",
		"websocket.authorization.password", "websocket.authorization.token",
	}
	if !slices.Equal(got, want) {
		t.Errorf("secret fields:\n got %q\nwant %q", got, want)
	}
}

func TestFindSecretLooksAtWhatHoldsAValue(t *testing.T) {
	for _, tt := range []struct {
		keys          []string
		secret, known bool
	}{
		{[]string{"authorization", "password"}, true, true},
		{[]string{"authorization", "password", "x", "y"}, true, true},
		{[]string{"authorization", "user"}, false, true},
		{[]string{"authorization", "user", "x"}, false, false},
		{[]string{"nope", "password"}, false, false},
		{[]string{"resolver_preload", "AD..."}, true, true},
		{nil, false, false},
	} {
		if secret, known := Root().FindSecret(tt.keys...); secret != tt.secret || known != tt.known {
			t.Errorf("FindSecret(%q) = %v, %v, want %v, %v", tt.keys, secret, known, tt.secret, tt.known)
		}
	}
}

func TestReleases(t *testing.T) {
	for _, tt := range []struct {
		path, name, release string
		want                bool
	}{
		{"gateway.reject_unknown_cluster", "reject_unknown_cluster", "v2.1.9", false},
		{"gateway.reject_unknown_cluster", "Reject_Unknown", "v2.0.0", true},
		{"gateway.reject_unknown_cluster", "reject_unknown_cluster", "2.2.0", true},
		{"write_timeout", "write_timeout", "v2.11.10", false},
		{"write_timeout", "write_timeout", "v2.11.11", true},
		{"write_timeout", "write_timeout", "v2.12.1", false},
		{"write_timeout", "write_timeout", "v2.12.2", true},
		{"leafnodes.remotes.proxy.tls", "tls", "v2.14.8", true},
		{"leafnodes.remotes.proxy.tls", "tls", "v2.15.0", false},
		{"leafnodes.remotes.proxy.tls", "tls", "v2.15.1", true},
		{"jetstream.limits.default_max_consumers", "default_max_consumers", "v2.14.9", false},
		{"jetstream.limits.default_max_consumers", "default_max_consumers", "v2.15.0-RC.1", true},
		{"resolver.hard_delete", "hard_delete", "v2.9.15", false},
		{"leafnodes.remotes.url", "urls", "v2.0.0", false},
		{"leafnodes.remotes.url", "url", "v2.0.0", true},
		{"host", "net", "v3.0.0", true},
		{"host", "nets", "v3.0.0", false},
		{"host", "host", "latest", false},
		{"host", "host", "2.10", false},
	} {
		f := Root().Find(strings.Split(tt.path, ".")...)
		if f == nil {
			t.Errorf("%s is unknown", tt.path)
		} else if got := f.KnownIn(tt.name, tt.release); got != tt.want {
			t.Errorf("%s in %s: known %v, want %v (since %q)", tt.name, tt.release, got, tt.want, f.Since(tt.name))
		}
	}
	walk(func(b *Block, f *Field) {
		if b.Data == f {
			return
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if !f.KnownIn(name, Release) {
				t.Errorf("[%s] %s is not known in %s, although the table is of that release (since %q)", b.Path, name, Release, f.Since(name))
			}
		}
	})
}

func TestLookupDoesNotAllocate(t *testing.T) {
	root := Root()
	if n := testing.AllocsPerRun(100, func() {
		root.Field("max_subscription_tokens")
		root.Field("no_such_field")
		root.Find("leafnodes", "remotes", "tls", "cert_file")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkField(b *testing.B) {
	keys := []string{"port", "server_name", "jetstream", "cluster", "max_payload", "accounts", "websocket", "unknown_key"}
	root := Root()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		root.Field(keys[i%len(keys)])
		i++
	}
}

// BenchmarkWalk is a rule's way down an effective configuration, four blocks deep.
func BenchmarkWalk(b *testing.B) {
	root := Root()
	b.ReportAllocs()
	for b.Loop() {
		root.Field("leafnodes").Block.Field("remotes").Block.Field("tls").Block.Field("cert_file")
	}
}
