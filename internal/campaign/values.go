package campaign

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/nats-io/nkeys"
	"github.com/natsfix/natsfix/internal/schema"
)

// generator makes up one case.
type generator struct {
	rng *rand.Rand
	// wrong is how likely a value is not what its field takes.
	wrong float64
	// accounts and users are names that the case defines, once it does.
	accounts, users []string
}

// chance is true with a probability.
func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

// pick returns one of several.
func pick[T any](g *generator, list ...T) T { return list[g.rng.IntN(len(list))] }

// Names that cases are made of: few, so that they meet.
var (
	accountNames = []string{"A", "B", "APP", "SYS", "$SYS", "$G", "a b"}
	userNames    = []string{"alice", "bob", "carol", "u-1"}
	clusterNames = []string{"C1", "C2", "east"}
	hostNames    = []string{"n1", "n2", "127.0.0.1", "0.0.0.0", "hub.example.com", "localhost", "::1"}
	subjects     = []string{"foo", "foo.>", "foo.*", "a.b.c", ">", "*", "$JS.API.>", "$JS.API.INFO", "_INBOX.>", "bar.*.baz", "$SYS.>", "orders.new"}
	ports        = []int{4222, 4223, 6222, 6223, 7222, 7422, 8080, 8222, 1883, 9222, -1, 0}
	durations    = []string{"10ms", "100ms", "1s", "2s", "5s", "10s", "30s", "1m", "2m", "5m", "1h", "90s", "1h30m", "0s"}
	sizes        = []string{"0", "1", "1024", "65536", "1048576", "1K", "1KB", "64KB", "1MB", "8MB", "8MiB", "64MB", "1GB", "1GiB", "1k", "2m", "1g", "-1", "1T"}
	releases     = []string{"2.8.0", "2.10.0", "2.11.3", "2.2.0", "v2.12.0", "2.15.2"}
)

// value returns a value for a field of the block at path: one that the server
// takes, or now and then another.
func (g *generator) value(path string, f *schema.Field, depth int) value {
	if g.chance(g.wrong) {
		return g.wrongValue(path, f, depth)
	}
	return g.rightValue(path, f, depth)
}

// rightValue returns a value of a kind that the field takes.
func (g *generator) rightValue(path string, f *schema.Field, depth int) value {
	var kinds []schema.Type
	for _, k := range []schema.Type{schema.String, schema.Int, schema.Float, schema.Bool, schema.List, schema.Map} {
		if f.Takes(k) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		return g.anyValue()
	}
	switch k := kinds[g.rng.IntN(len(kinds))]; k {
	case schema.Map:
		return g.block(joinPath(path, f.Name), f.Block, depth+1)
	case schema.List:
		v := listOf()
		for range g.count(3) {
			item := *f
			item.Type = f.Elem
			switch {
			case f.Elem.Has(schema.Map):
				v.items = append(v.items, g.block(joinPath(path, f.Name)+"[]", f.Block, depth+1))
			case f.Elem == 0:
				v.items = append(v.items, g.anyValue())
			default:
				v.items = append(v.items, g.value(path, &item, depth))
			}
		}
		return v
	case schema.Bool:
		return g.bool()
	case schema.Float:
		return wordOf(pick(g, "1.5", "0.5", "2.0", "-1.0", "30.25"))
	case schema.Int:
		return g.int(f)
	}
	return g.text(path, f)
}

// count is 0 to most, mostly 1.
func (g *generator) count(most int) int {
	if g.chance(0.6) {
		return 1
	}
	return g.rng.IntN(most + 1)
}

func (g *generator) bool() value {
	if g.chance(0.8) {
		return wordOf(pick(g, "true", "false"))
	}
	return wordOf(pick(g, "yes", "no", "on", "off", "True", "FALSE", "On"))
}

func (g *generator) int(f *schema.Field) value {
	switch t := f.Type; {
	case t.Has(schema.Port):
		return intOf(pick(g, ports...))
	case t.Has(schema.Percent):
		return intOf(pick(g, 1, 25, 50, 100, 0))
	case t.Has(schema.Size):
		return wordOf(pick(g, sizes...))
	case t.Has(schema.Duration), t.Has(schema.Seconds):
		return intOf(pick(g, 1, 2, 5, 30, 60, 0))
	}
	return wordOf(pick(g, "0", "1", "2", "3", "5", "10", "100", "1024", "-1", "1k"))
}

// text returns a text that means what the field says.
func (g *generator) text(path string, f *schema.Field) value {
	t := f.Type
	var means []schema.Type
	for _, m := range []schema.Type{schema.Enum, schema.Duration, schema.HostPort, schema.URL, schema.Path, schema.Subject, schema.Percent,
		schema.Size, schema.Account, schema.Cluster, schema.NKey, schema.Seed, schema.JWT} {
		if t.Has(m) {
			means = append(means, m)
		}
	}
	if len(means) == 0 {
		return textOf(g.plainText(path, f.Name))
	}
	switch means[g.rng.IntN(len(means))] {
	case schema.Enum:
		w := pick(g, f.Values...)
		if g.chance(0.15) {
			w = pick(g, strings.ToUpper(w), strings.ToLower(w))
		}
		return textOf(w)
	case schema.Duration:
		return textOf(pick(g, durations...))
	case schema.HostPort:
		return textOf(g.hostPort())
	case schema.URL:
		return textOf(g.url(path))
	case schema.Path:
		return textOf(pick(g, "/etc/nats/cert.pem", "data", "./js", "/var/lib/nats", "keys/server.key", "/tmp/nats.log"))
	case schema.Subject:
		return textOf(pick(g, subjects...))
	case schema.Percent:
		return textOf(pick(g, "50%", "100", "1%", "10"))
	case schema.Size:
		return textOf(pick(g, "1K", "1M", "10G", "1T", "64M", "512K"))
	case schema.Account:
		return textOf(g.account())
	case schema.Cluster:
		return textOf(pick(g, clusterNames...))
	case schema.NKey:
		return textOf(g.nkey(path, f.Name))
	case schema.Seed:
		return textOf(seedKey())
	}
	return textOf(operatorJWT)
}

// plainText returns a text for a field whose meaning the table does not tell.
func (g *generator) plainText(path, name string) string {
	switch name {
	case "user", "no_auth_user", "auth_users", "username":
		return g.user()
	case "host":
		return pick(g, hostNames...)
	case "password", "token", "encryption_key", "prev_encryption_key", "encryption_password", "srk_password":
		return pick(g, "s3cret", "pw", "a.b", "5p3cret", "T0ken!", "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy")
	case "server_name":
		return pick(g, "n1", "s1", "hub", "my server")
	case "domain", "js_domain":
		return pick(g, "hub", "leaf", "D1")
	case "min_version":
		return pick(g, releases...)
	case "http_base_path":
		return pick(g, "/", "/nats", "mon")
	case "cipher_suites":
		return pick(g, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA")
	case "pinned_certs":
		return strings.Repeat(pick(g, "ab", "0f", "7e"), 32)
	case "jwt_cookie", "user_cookie", "pass_cookie", "token_cookie":
		return "cookie"
	}
	switch path {
	case "default_js_domain":
		return pick(g, "hub", "leaf", "")
	case "websocket.headers":
		return pick(g, "x", "max-age=31536000")
	}
	return pick(g, "x", "abc", "name-1", "a.b", "key:value")
}

func (g *generator) hostPort() string {
	host := pick(g, hostNames...)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if g.chance(0.15) {
		host = ""
	}
	return fmt.Sprintf("%s:%d", host, pick(g, ports...))
}

// url returns a URL as the block at path has it.
func (g *generator) url(path string) string {
	host := pick(g, "n1", "n2", "127.0.0.1", "hub.example.com", "[::1]")
	user := ""
	if g.chance(0.2) {
		user = pick(g, "alice:pw@", "bob@")
	}
	scheme, port := "nats", "6222"
	switch {
	case strings.HasPrefix(path, "gateway"):
		port = "7222"
	case strings.HasSuffix(path, "proxy"):
		scheme, port = "http", "3128"
	case strings.HasPrefix(path, "leafnodes"):
		scheme, port = pick(g, "nats", "nats-leaf", "tls", "ws", "wss", "nats"), "7422"
	case strings.HasPrefix(path, "websocket"):
		scheme, port, user = "https", "443", ""
	case path == "" || strings.HasPrefix(path, "ocsp"):
		scheme, port = "http", "8080"
	}
	if g.chance(0.1) {
		return scheme + "://" + user + host
	}
	return scheme + "://" + user + host + ":" + port
}

// account names an account that the case defines, if it does.
func (g *generator) account() string {
	if len(g.accounts) > 0 && g.chance(0.8) {
		return pick(g, g.accounts...)
	}
	return pick(g, accountNames...)
}

func (g *generator) user() string {
	if len(g.users) > 0 && g.chance(0.8) {
		return pick(g, g.users...)
	}
	return pick(g, userNames...)
}

// nkey returns a public key of the kind that the field wants.
func (g *generator) nkey(path, name string) string {
	kind := nkeys.PrefixByteUser
	switch {
	case name == "trusted_keys":
		kind = nkeys.PrefixByteOperator
	case name == "issuer", name == "resolver_pinned_accounts", strings.HasPrefix(path, "accounts.") && !strings.Contains(path, "users"):
		kind = nkeys.PrefixByteAccount
	case name == "xkey":
		kind = nkeys.PrefixByteCurve
	}
	return publicKey(kind, byte(g.rng.IntN(3)))
}
