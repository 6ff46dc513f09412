package fleet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestJetStreamSpellings(t *testing.T) {
	for _, tt := range []struct {
		text string
		flag bool
		want string
	}{
		{"", false, "off"},
		{"", true, "on"},
		{"jetstream: enabled", false, "on"},
		{"jetstream: enable", false, "on"},
		{"JetStream: ENABLED", false, "on"},
		{"jetstream: true", false, "on"},
		{"jetstream: yes", false, "on"},
		{"jetstream = \"enabled\"", false, "on"},
		{"jetstream: disabled", false, "off"},
		{"jetstream: false", false, "off"},
		{"jetstream: false", true, "on"},
		{"jetstream {}", false, "on"},
		{"jetstream { store_dir: x }", false, "on"},
		{"jetstream { enabled: false, domain: d }", false, "off domain d"},
		{"jetstream { Enable: true, Domain: d }", false, "on domain d"},
		{"jetstream { enabled: false }", true, "on"},
		{"jetstream: $JS", false, "unknown"},
		{"jetstream: $JS", true, "on"},
		{"jetstream { enabled: $JS }", false, "unknown"},
		{"JS: enabled\njetstream: $JS", false, "on"},
		{"JS { domain: d }\njetstream: $JS", false, "on domain d"},
		{"{ \"jetstream\": { \"domain\": \"d\" } }", false, "on domain d"},
		{"jetstream { domain: $D }", false, "on domain $D"},
	} {
		s := files{"a.conf": tt.text}.build(Options{Args: Args{JetStream: tt.flag}}).Servers[0]
		got := "off"
		switch js := s.JetStream; {
		case js.Unknown:
			got = "unknown"
		case js.Enabled:
			got = "on"
		}
		if d := s.JetStream.Domain; d != nil {
			got += " domain " + d.Text()
		}
		if got != tt.want {
			t.Errorf("%q with the flag %t: %s, want %s", tt.text, tt.flag, got, tt.want)
		}
	}
}

func TestListenSpellings(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "off"},
		{"leafnodes {}", "off"},
		{"leafnodes { remotes: [] }", "off"},
		{"leafnodes { port: 7422 }", "on 7422"},
		{"LEAF { PORT: 7422 }", "on 7422"},
		{"leafnodes { port: 0 }", "off 0"},
		{"leafnodes { port: -1 }", "on"},
		{"leafnodes { port: $P }", "on"},
		{"P: 7422\nleafnodes { port: $P }", "on 7422"},
		{"leafnodes { listen: 7422 }", "on 7422"},
		{"leafnodes { listen: $L }", "on"},
		{"leafnodes { listen: \"0.0.0.0:7422\" }", "on 0.0.0.0 7422"},
		{"leafnodes { listen: Hub.Example:7422 }", "on hub.example 7422"},
		{"leafnodes { listen: \":7422\" }", "on 7422"},
		{"leafnodes { listen: \"[::1]:7422\" }", "on ::1 7422"},
		{"leafnodes { listen: \"h:-1\" }", "on h"},
		{"leafnodes { host: Hub, port: 7422 }", "on hub 7422"},
		{"leafnodes { net: hub, port: 7422 }", "on hub 7422"},
		{"leafnodes { host: hub }", "off hub"},
		{"leafnodes { port: 7422, advertise: \"pub:1\" }", "on 7422 as pub:1"},
		{"leafnodes { port: 7422, leafnode_advertise: pub }", "on 7422 as pub"},
	} {
		s := one(tt.text)
		l := s.leafPort
		words := []string{"off"}
		if l.on {
			words[0] = "on"
		}
		for _, w := range []string{l.host, l.port} {
			if w != "" {
				words = append(words, w)
			}
		}
		if l.advertise != "" {
			words = append(words, "as", l.advertise)
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
		if s.AcceptsLeaves() != l.on {
			t.Errorf("%q: AcceptsLeaves is %t", tt.text, s.AcceptsLeaves())
		}
	}
}

func TestNames(t *testing.T) {
	s := one("server_name: n\ncluster { name: c }\nGateway { Name: g }")
	if s.ServerName.Text != "n" || s.ClusterName.Path != "cluster.name" || s.GatewayName.Path != "Gateway.Name" || s.GatewayName.Text != "g" {
		t.Errorf("names %+v %+v %+v", s.ServerName, s.ClusterName, s.GatewayName)
	}
	flagged := files{"a.conf": "cluster { name: c }"}.build(Options{Args: Args{ClusterName: "x", ServerName: "y"}}).Servers[0]
	if flagged.ClusterName != (Name{Text: "x", Flag: "--cluster_name"}) || flagged.ServerName.Text != "y" || flagged.ClusterName.Unknown() {
		t.Errorf("names by flags %+v", flagged.ClusterName)
	}
	filled := files{"a.conf": "cluster { name: c }"}.build(Options{Args: Args{ClusterName: "$(X)", ServerName: "n-$(POD)"}}).Servers[0]
	if !filled.ClusterName.Unknown() || !filled.ServerName.Unknown() || !filled.Many() || filled.EffectiveClusterName() != "" {
		t.Errorf("names by flags that are filled in %+v %+v", filled.ClusterName, filled.ServerName)
	}
	if s := one("server_name: $POD\ncluster { name: $C }\ngateway { name: 5 }"); !s.Many() || !s.ClusterName.Unknown() || !s.GatewayName.Unknown() || s.EffectiveClusterName() != "" {
		t.Error("names that are no text are taken for known ones")
	}
	if s := one(""); s.Many() || s.ServerName.Unknown() || s.EffectiveClusterName() != "" {
		t.Error("absent names are something")
	}
	if got := one("gateway { name: g }").EffectiveClusterName(); got != "g" {
		t.Errorf("a server with a gateway alone has the cluster %q", got)
	}
}

func TestSystemAccount(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "$SYS",
		"system_account: S":              "S",
		"system: S":                      "S",
		"system: A\nsystem_account: B":   "B",
		"System_Account: S":              "$SYS", // the server looks for the lower case key alone
		"system_account: $S":             "$SYS",
		"S: \"X\"\nsystem_account: $S\n": "X",
	} {
		if got := one(text).SystemAccount(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestURLFields(t *testing.T) {
	s := one(`
cluster { port: 1, routes: [ nats-route://a:6222, $R, 5 ] }
gateway { name: g, port: 2, gateways: [ { name: A, url: "nats://a:7222" }, { Name: B, URLs: ["nats://b:7222", "nats://c:7222"] }, 5, { name: $N } ] }
leafnodes { remotes: [
  { url: "nats://h:7422", account: A, credentials: "x" }
  { urls: ["nats://h:1", "nats://h:2"], local: B }
  { url: "nats://off:1", disabled: true }
  { urls: "nats://h:3", nkey: x }
] }`)
	if len(s.Routes) != 1 || s.Routes[0].Text() != "nats-route://a:6222" || !s.Clustered() {
		t.Errorf("%d routes", len(s.Routes))
	}
	var got []string
	for _, e := range s.Gateways {
		got = append(got, fmt.Sprint(e.Path, " ", e.Name.Text, " ", len(e.URLs), " ", e.Name.Path))
	}
	for _, r := range s.Remotes {
		account := "-"
		if r.Account != nil {
			account = r.Account.Text()
		}
		got = append(got, fmt.Sprint(r.Path, " ", account, " ", len(r.URLs), " ", r.Credentials))
	}
	want := []string{
		"gateway.gateways[0] A 1 gateway.gateways[0].name", "gateway.gateways[1] B 2 gateway.gateways[1].Name", "gateway.gateways[3]  0 gateway.gateways[3].name",
		"leafnodes.remotes[0] A 1 true", "leafnodes.remotes[1] B 2 false", "leafnodes.remotes[3] - 1 true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParseURL(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"nats://a:1", "a 1 nats "},
		{"nats://A.B", "a.b 9 nats "},
		{"nats-leaf://u:p@h:1", "h 1 nats-leaf u"},
		{"WSS://h", "h 9 wss "},
		{"h", "h 9  "},
		{"h:1", "h 1  "},
		{" h:1 ", "h 1  "},
		{"nats://[::1]:5", "::1 5 nats "},
		{"nats://[fe80::1]", "fe80::1 9 nats "},
		{"tls://token@h:1/path", "h 1 tls token"},
		{"nats://h:port", " 9 nats "},
		{"://", " 9  "},
		{"", " 9  "},
	} {
		a, scheme, user := parseURL(tt.text, "9")
		if got := strings.Join([]string{a.host, a.port, scheme, user}, " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestPaths(t *testing.T) {
	path := JoinKey(JoinIndex(JoinIndex(JoinKey(JoinKey("", "accounts"), "a.b"), 3), 0), "x y\"z[1]")
	if want := `accounts."a.b"[3][0]."x y\"z[1]"`; path != want {
		t.Errorf("path %s, want %s", path, want)
	}
	for _, keys := range [][]string{
		{"a"}, {"a", "b"}, {"a.b", "c"}, {""}, {"a", "", "b"}, {"$SYS", "x-y", "1_2"}, {"\"", "'", "[", "]", "."}, {"ü", "\xff\x00", "a\nb"}, {"accounts", "a[0]", "b"},
	} {
		plain, indexed := "", ""
		for i, k := range keys {
			plain = JoinKey(plain, k)
			indexed = JoinIndex(JoinKey(indexed, k), i)
		}
		for _, p := range []string{plain, indexed} {
			if got := SplitPath(p); !slices.Equal(got, keys) {
				t.Errorf("%q: split into %q", p, got)
			}
		}
	}
	if got := SplitPath(""); got != nil {
		t.Errorf("the empty path has keys %q", got)
	}
	for _, odd := range []string{"[", "a[", "\"", "a.\"b", "a[1", "]"} {
		SplitPath(odd) // must end
	}
}

func TestEachVisitsInOrder(t *testing.T) {
	s := one("b { y: [ { z: 1 }, 2 ], x: 3 }\na: 4")
	var got []string
	s.Each(func(path string, e *Entry, _ *Value) {
		if e != nil {
			path += "=" + e.Key
		}
		got = append(got, path)
	})
	if want := "b=b b.y=y b.y[0] b.y[0].z=z b.y[1] b.x=x a=a"; strings.Join(got, " ") != want {
		t.Errorf("visited %s, want %s", strings.Join(got, " "), want)
	}
}
