package fleet

import (
	"testing"
)

func TestClusters(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		files      files
	}{
		{"one name", "a+b", files{"a.conf": "cluster { name: c, port: 6222 }", "b.conf": "cluster { name: c, port: 6222 }"}},
		{"two names", "a b", files{"a.conf": "cluster { name: c, port: 6222 }", "b.conf": "cluster { name: d, port: 6222 }"}},
		{"names keep their letter case", "a b", files{"a.conf": "cluster { name: c, port: 6222 }", "b.conf": "cluster { name: C, port: 6222 }"}},
		{"servers without any", "a b", files{"a.conf": "port: 4222", "b.conf": "port: 4223"}},
		{"one name and one gateway name", "a+b", files{
			"a.conf": "cluster { name: c, port: 6222 }\ngateway { name: g, port: 7222 }", "b.conf": "cluster { name: c, port: 6222 }\ngateway { name: g, port: 7222 }"}},
		{"one name and two gateway names, other routes", "a b", files{
			"a.conf": "cluster { name: c, port: 6222, routes: [nats://a1:6222] }\ngateway { name: g, port: 7222 }",
			"b.conf": "cluster { name: c, port: 6222, routes: [nats://b1:6222] }\ngateway { name: h, port: 7222 }"}},
		{"one name and two gateway names, the same routes", "a+b", files{
			"a.conf": "cluster { name: c, port: 6222, routes: [nats://a1:6222, nats://a2:6222] }\ngateway { name: g, port: 7222 }",
			"b.conf": "cluster { name: c, port: 6222, routes: [nats://a2:6222] }\ngateway { name: h, port: 7222 }"}},
		{"two gateway names, routes that lead to the other", "a+b", files{
			"a.conf": "cluster { name: c, listen: \"a1:6222\" }\ngateway { name: g, port: 7222 }",
			"b.conf": "cluster { name: c, port: 6222, routes: [nats://a1:6222] }\ngateway { name: h, port: 7222 }"}},
		{"a member without gateway joins the only one", "a+b+c", files{
			"a.conf": "cluster { name: c, port: 6222 }\ngateway { name: g, port: 7222 }", "b.conf": "cluster { name: c, port: 6222 }", "c.conf": "cluster { name: c, port: 6222 }"}},
		{"a member without gateway joins none of two", "a b c", files{
			"a.conf": "cluster { name: c, port: 6222 }\ngateway { name: g, port: 7222 }", "b.conf": "cluster { name: c, port: 6222 }",
			"c.conf": "cluster { name: c, port: 6222 }\ngateway { name: h, port: 7222 }"}},
		{"a gateway's name is the cluster's", "a+b", files{"a.conf": "gateway { name: c, port: 7222 }\ncluster { port: 6222 }", "b.conf": "cluster { name: c, port: 6222 }"}},
		{"no name, shared routes", "a+b c", files{
			"a.conf": "cluster { port: 6222, routes: [nats://a:6222, nats://b:6222] }", "b.conf": "cluster { port: 6222, routes: [nats://b:6222, nats://a:6222] }",
			"c.conf": "cluster { port: 6222, routes: [nats://x:6222] }"}},
		{"no name, a default port", "a+b", files{"a.conf": "cluster { port: 6222, routes: [nats://a] }", "b.conf": "cluster { port: 6222, routes: [nats://a:6222] }"}},
		{"no name, no routes", "a b", files{"a.conf": "cluster { port: 6222 }", "b.conf": "cluster { port: 6222 }"}},
		{"no name, one unique port on this machine", "a+b", files{"a.conf": "cluster { listen: \"127.0.0.1:6001\" }", "b.conf": "cluster { listen: \"localhost:6002\", routes: [nats://localhost:6001] }"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.files.build(Options{})
			if got := clusters(f); got != tt.want {
				t.Errorf("clusters %s, want %s", got, tt.want)
			}
			for _, s := range f.Servers {
				if s.Cluster == nil || s.Cluster.Super == nil {
					t.Errorf("%s belongs to no cluster", s.Root.Path)
				}
			}
		})
	}
}

func TestClusterFlags(t *testing.T) {
	in := files{"a.conf": "cluster { name: a, port: 6222 }", "b.conf": "cluster { name: b, port: 6222 }"}
	if got := clusters(in.build(Options{Args: Args{ClusterName: "c"}})); got != "a+b" {
		t.Errorf("clusters by --cluster_name %s", got)
	}
	in = files{"a.conf": "cluster { port: 6222 }", "b.conf": "cluster { port: 6222 }"}
	if got := clusters(in.build(Options{Args: Args{Routes: "nats://a:6222, nats://b:6222"}})); got != "a+b" {
		t.Errorf("clusters by --routes %s", got)
	}
}

func TestSuperclusters(t *testing.T) {
	gateway := func(name, rest string) string {
		return "gateway { name: " + name + ", port: 7222, " + rest + " }\ncluster { name: " + name + ", port: 6222 }\n"
	}
	for _, tt := range []struct {
		name, want string
		files      files
	}{
		{"by name", "a+b", files{"a.conf": gateway("A", "gateways: [{ name: B, url: nats://x:7222 }]"), "b.conf": gateway("B", "")}},
		{"by URL", "a+b", files{"a.conf": gateway("A", "gateways: [{ name: X, url: \"nats://b:7222\" }]"), "b.conf": gateway("B", "advertise: \"b:7222\"")}},
		{"by URL without a port", "a+b", files{"a.conf": gateway("A", "gateways: [{ name: X, urls: [\"nats://b\"] }]"), "b.conf": gateway("B", "host: b")}},
		{"neither", "a b", files{"a.conf": gateway("A", "gateways: [{ name: X, url: \"nats://x:7222\" }]"), "b.conf": gateway("B", "advertise: \"b:7222\"")}},
		{"another port", "a b", files{"a.conf": gateway("A", "gateways: [{ name: X, url: \"nats://b:7223\" }]"), "b.conf": gateway("B", "advertise: \"b:7222\"")}},
		{"a chain", "a+b+c", files{"a.conf": gateway("A", "gateways: [{ name: B }]"), "b.conf": gateway("B", "gateways: [{ name: C }]"), "c.conf": gateway("C", "")}},
		{"by the name of the cluster behind a wrong gateway name", "a+b", files{
			"a.conf": gateway("A", "gateways: [{ name: B }]"), "b.conf": "gateway { name: wrong, port: 7222 }\ncluster { name: B, port: 6222 }"}},
		{"a cluster of the name without a gateway", "a b", files{"a.conf": gateway("A", "gateways: [{ name: B }]"), "b.conf": "cluster { name: B, port: 6222 }"}},
		{"all members come along", "a1+a2+b", files{"a1.conf": gateway("A", "gateways: [{ name: B }]"), "a2.conf": gateway("A", ""), "b.conf": gateway("B", "")}},
		{"the own name in the own list", "a b", files{"a.conf": gateway("A", "gateways: [{ name: A }]"), "b.conf": gateway("B", "")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := supers(tt.files.build(Options{})); got != tt.want {
				t.Errorf("superclusters %s, want %s", got, tt.want)
			}
		})
	}
}

func TestGatewayServers(t *testing.T) {
	f := files{
		"a.conf": "gateway { name: A, port: 7222, gateways: [ { name: B, urls: [ \"nats://b1:7222\", \"nats://none:7222\" ] } ] }",
		"b.conf": "gateway { name: B, listen: \"b1:7222\" }",
	}.build(Options{})
	found := server(t, f, "a.conf").Realm.GatewayServers(server(t, f, "a.conf").Gateways[0])
	if len(found) != 1 || found[0].Root.Path != "b.conf" {
		t.Errorf("found %d servers", len(found))
	}
}

func TestLeafLinks(t *testing.T) {
	leaf := func(url string) string { return "leafnodes { remotes: [ { url: \"" + url + "\" } ] }" }
	for _, tt := range []struct {
		name, want string
		hub        string
		leaf       string
		hosts      map[string]string
	}{
		{"by advertise", "hub", "leafnodes { port: 7422, advertise: \"hub-server\" }", leaf("nats://hub-server:7422"), nil},
		{"by advertise with a port of its own", "hub", "leafnodes { port: 7422, advertise: \"pub.example:443\" }", leaf("tls://pub.example:443"), nil},
		{"by advertise with a port, at another port", "-", "leafnodes { port: 7422, advertise: \"pub.example:443\" }", leaf("tls://pub.example:444"), nil},
		{"in any letter case", "hub", "leafnodes { port: 7422, advertise: \"Hub\" }", leaf("nats-leaf://HUB:7422"), nil},
		{"by host", "hub", "leafnodes { listen: \"10.0.0.1:7422\" }", leaf("nats://10.0.0.1:7422"), nil},
		{"by IPv6 address", "hub", "leafnodes { listen: \"[fd00::1]:7422\" }", leaf("nats://[fd00::1]:7422"), nil},
		{"by server_name", "hub", "server_name: hub1\nleafnodes { port: 7422 }", leaf("nats://hub1:7422"), nil},
		{"by the first label of a host name", "hub", "server_name: hub-0\nleafnodes { port: 7422 }", leaf("nats://hub-0.hub.nats.svc.cluster.local:7422"), nil},
		{"not by the first label of an address", "-", "server_name: \"10\"\nleafnodes { port: 7422 }", leaf("nats://10.0.0.1:7422"), nil},
		{"not by the first label of an advertised name", "-", "leafnodes { port: 7422, advertise: hub }", leaf("nats://hub.example:7422"), nil},
		{"by hosts", "hub", "leafnodes { port: 7422 }", leaf("nats://nats.example:7422"), map[string]string{"NATS.example": "hub.conf"}},
		{"by the hosts of another", "-", "leafnodes { port: 7422 }", leaf("nats://nats.example:7422"), map[string]string{"nats.example": "leaf.conf"}},
		{"at the default port", "hub", "server_name: h\nleafnodes { port: 7422 }", leaf("nats://h"), nil},
		{"at another port", "-", "server_name: h\nleafnodes { port: 7423 }", leaf("nats://h"), nil},
		{"at a port that is not known", "hub", "server_name: h\nleafnodes { port: $P }", leaf("nats://h:1"), nil},
		{"one that does not listen", "-", "server_name: h\nleafnodes { port: 0 }", leaf("nats://h:7422"), nil},
		{"one without leafnodes", "-", "server_name: h\nport: 7422", leaf("nats://h:7422"), nil},
		{"by WebSocket", "hub", "server_name: h\nwebsocket { port: 443 }\nleafnodes { port: 7422 }", leaf("wss://h:443"), nil},
		{"by WebSocket at the leaf port", "-", "server_name: h\nwebsocket { port: 443 }\nleafnodes { port: 7422 }", leaf("ws://h:7422"), nil},
		{"on this machine", "hub", "leafnodes { port: 7422 }", leaf("nats://localhost:7422"), nil},
		{"on this machine, by address", "hub", "leafnodes { listen: \"127.0.0.1:7422\" }", leaf("nats://127.0.0.1:7422"), nil},
		{"on this machine, bound elsewhere", "-", "leafnodes { listen: \"10.0.0.1:7422\" }", leaf("nats://localhost:7422"), nil},
		{"on this machine, at a port that both listen on", "-", "leafnodes { port: 7422 }", "leafnodes { port: 7422, remotes: [ { url: \"nats://localhost:7422\" } ] }", nil},
		{"through a variable", "hub", "H: hub\nserver_name: $H\nleafnodes { port: 7422 }", "U: \"nats://hub:7422\"\nleafnodes { remotes: [ { url: $U } ] }", nil},
		{"two remotes", "hub -", "server_name: h\nleafnodes { port: 7422 }", "leafnodes { remotes: [ { url: \"nats://h:7422\" }, { urls: [\"nats://x:7422\", \"nats://y:7422\"] } ] }", nil},
		{"itself", "-", "", "server_name: h\nleafnodes { port: 7422, remotes: [ { url: \"nats://h:7422\" } ] }", nil},
		{"a disabled remote", "", "server_name: h\nleafnodes { port: 7422 }", "leafnodes { remotes: [ { url: \"nats://h:7422\", disabled: true } ] }", nil},
		{"an unknown URL", "-", "server_name: h\nleafnodes { port: 7422 }", "leafnodes { remotes: [ { url: $U } ] }", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{"hub.conf": tt.hub, "leaf.conf": tt.leaf}.build(Options{Hosts: tt.hosts})
			if got := hubs(f); got != tt.want {
				t.Errorf("links to %q, want %q", got, tt.want)
			}
			if tt.want != "hub" {
				return
			}
			hub, leaf := server(t, f, "hub.conf"), server(t, f, "leaf.conf")
			if in := hub.Cluster.Super.In; len(in) != 1 || in[0].Leaf != leaf || in[0] != leaf.Cluster.Super.Out[0] {
				t.Error("the link does not stand at both ends")
			}
		})
	}
}

func TestLeafLinksToManyHubs(t *testing.T) {
	f := files{
		"h1.conf": "server_name: h1\ncluster { name: c, port: 6222 }\nleafnodes { port: 7422 }",
		"h2.conf": "server_name: h2\ncluster { name: c, port: 6222 }\nleafnodes { port: 7422 }",
		"x.conf":  "server_name: x\nleafnodes { port: 7422 }",
		"l.conf":  "leafnodes { remotes: [ { urls: [ \"nats://h1\", \"nats://h2\", \"nats://h1\" ] } ] }",
	}.build(Options{})
	if got := hubs(f); got != "h1+h2" {
		t.Errorf("links to %s", got)
	}
	if in := server(t, f, "h1.conf").Cluster.Super.In; len(in) != 1 {
		t.Errorf("the hub has %d links, want one", len(in))
	}
	if in := server(t, f, "x.conf").Cluster.Super.In; len(in) != 0 {
		t.Errorf("another server has %d links", len(in))
	}
}

func TestSystemLinks(t *testing.T) {
	const hub = "server_name: h\nleafnodes { port: 7422"
	remote := func(fields string) string { return "leafnodes { remotes: [ { " + fields + " } ] }\n" }
	for _, tt := range []struct {
		name      string
		hub, leaf string
		want      SystemLink
	}{
		{"the default account", hub + " }", remote("url: nats://h"), NotSystem},
		{"another account", hub + " }", remote("url: nats://h, account: A"), NotSystem},
		{"the system account to the hub's default account", hub + " }", remote("url: nats://h, account: \"$SYS\""), NotSystem},
		{"on both sides, by account", hub + ", authorization { account: SYS } }\nsystem_account: SYS", remote("url: nats://h, account: S") + "system_account: S", SharedSystem},
		{"on both sides, by user", hub + " }\naccounts { SYS { users: [ { user: s, password: p } ] } }\nsystem_account: SYS",
			remote("url: \"nats://s:p@h\", account: \"$SYS\""), SharedSystem},
		{"on both sides, by a leaf user", hub + ", authorization { users: [ { user: s, password: p, account: \"$SYS\" } ] } }",
			remote("url: \"nats://s:p@h\", account: \"$SYS\""), SharedSystem},
		{"on both sides, by no_auth_user", hub + " }\nno_auth_user: s\naccounts { \"$SYS\" { users: [ { user: s, password: p } ] } }",
			remote("url: \"nats://h\", account: \"$SYS\""), SharedSystem},
		{"another user", hub + " }\naccounts { SYS { users: [ { user: s, password: p } ] }, A { users: [ { user: a, password: p } ] } }\nsystem_account: SYS",
			remote("url: \"nats://a:p@h\", account: \"$SYS\""), NotSystem},
		{"by credentials", hub + " }", remote("url: nats://h, account: \"$SYS\", credentials: x"), MaybeSystem},
		{"to a hub that is not loaded", hub + " }", remote("url: nats://x, account: \"$SYS\""), MaybeSystem},
		{"an account that is not known", hub + " }", remote("url: nats://h, account: $A"), MaybeSystem},
		{"a user that is not known", hub + " }\naccounts { A { users: [ { user: a, password: p } ] } }", remote("url: \"nats://u:p@h\", account: \"$SYS\""), MaybeSystem},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{"hub.conf": tt.hub, "leaf.conf": tt.leaf}.build(Options{})
			if got := f.LeafLinks[0].BindsSystem(); got != tt.want {
				t.Errorf("BindsSystem is %d, want %d", got, tt.want)
			}
		})
	}
}

func TestJetStreamSubjects(t *testing.T) {
	for text, want := range map[string]string{
		"permissions { publish: \"$JS.hub.API.>\" }":                                                                            "permissions.publish",
		"permissions { publish: [ x, \"$JS.ACK._.>\" ] }":                                                                       "permissions.publish[1]",
		"mappings { \"$JS.hub.API\": x }":                                                                                       "mappings.\"$JS.hub.API\"",
		"accounts { A { imports: [ { stream: { subject: \"a.$JS.h.API\" } } ] } }":                                              "accounts.A.imports[0].stream.subject",
		"permissions { publish: [ \"$JS.API.>\", \"$JS.ACK.>\", \"$JS.FC.>\", \"$JS.hub\", \"$JS.x.y.API\", \"$JS.x.APIS\" ] }": "",
		"permissions { publish: \">\" }":                                                                                        "",
	} {
		path, v := one(text).UsesJetStreamSubject()
		if path != want || (v != nil) != (want != "") {
			t.Errorf("%s: %q", text, path)
		}
	}
}

func TestRealmsAreNotLinked(t *testing.T) {
	texts := files{
		"hub.conf":    "server_name: hub\ncluster { name: c, port: 6222 }\nleafnodes { port: 7422 }\n",
		"leaf.conf":   "leafnodes { remotes: [ { url: \"nats://hub:7422\" } ] }\n",
		"README/1":    "cluster { name: c, port: 6222 }\n",
		"README/leaf": "leafnodes { remotes: [ { url: \"nats://hub:7422\" } ] }\n",
	}
	f := texts.build(Options{Realms: map[string]string{"README/1": "r", "README/leaf": "r"}})
	hub := server(t, f, "hub.conf")
	if n := len(hub.Cluster.Servers); n != 1 {
		t.Errorf("%d servers in the cluster of the hub", n)
	}
	for _, l := range f.LeafLinks {
		if got, want := l.Resolved(), l.Leaf.Root.Path == "leaf.conf"; got != want {
			t.Errorf("%s: resolved: %v", l.Leaf.Root.Path, got)
		}
	}
	if all := texts.build(Options{}); len(server(t, all, "hub.conf").Cluster.Servers) != 2 || len(f.Clusters) != len(all.Clusters)+1 {
		t.Errorf("%d clusters, %d without realms", len(f.Clusters), len(all.Clusters))
	}
}
