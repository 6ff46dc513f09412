package e2e

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestDomainIsNeutralOnOrdinaryAccounts sets the domain of the hub, then of the
// leaf, and takes them away again: streams, the API without a domain, and a
// source that crosses the link by an import go on as before.
func TestDomainIsNeutralOnOrdinaryAccounts(t *testing.T) {
	s := write(t, texts{"hub.conf": `server_name: hub
jetstream { store_dir: "@dir@" }
accounts {
  APP: {
    jetstream: enabled, users: [ { user: app, password: pw } ]
    exports: [ { service: "$JS.API.>", response_type: stream }, { service: "$JS.FC.>" }, { stream: "deliver.>" } ]
  }
  LINK: {
    users: [ { user: leaf, password: pw } ]
    imports: [
      { service: { account: APP, subject: "$JS.API.>" }, to: "hub.api.>" }
      { service: { account: APP, subject: "$JS.FC.>" } }
      { stream: { account: APP, subject: "deliver.>" } }
    ]
  }
}
leafnodes { listen: "127.0.0.1:@leafnodes@" }
`, "leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@" }
accounts { USERS: { jetstream: enabled, users: [ { user: app, password: pw } ] } }
leafnodes { remotes: [ { url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: USERS } ] }
`})
	hubBefore, leafBefore := s.text("hub.conf"), s.text("leaf1.conf")
	s.fix()
	hubAfter, leafAfter := s.text("hub.conf"), s.text("leaf1.conf")
	if hubBefore == hubAfter || leafBefore == leafAfter {
		t.Fatalf("the domains are not set:\n%s\n%s", hubAfter, leafAfter)
	}
	sent := uint64(0)
	for _, step := range []struct{ name, hub, leaf, hubDomain, leafDomain string }{
		{"without domains", hubBefore, leafBefore, "", ""},
		{"with the hub's", hubAfter, leafBefore, "hub", ""},
		{"with both", hubAfter, leafAfter, "hub", "leaf1"},
		{"with the leaf's", hubBefore, leafAfter, "", "leaf1"},
		{"without them again", hubBefore, leafBefore, "", ""},
	} {
		s.put("hub.conf", step.hub)
		s.put("leaf1.conf", step.leaf)
		s.link("hub.conf", "leaf1.conf")
		hub, leaf := js(t, s.client("hub.conf", as("app")), ""), js(t, s.client("leaf1.conf", as("app")), "")
		if sent == 0 {
			create(t, hub, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
			create(t, leaf, jetstream.StreamConfig{Name: "LOCAL", Subjects: []string{"local"}})
			create(t, leaf, jetstream.StreamConfig{Name: "COPY", Sources: []*jetstream.StreamSource{
				{Name: "ORDERS", External: &jetstream.ExternalStream{APIPrefix: "hub.api", DeliverPrefix: "deliver.leaf1"}},
			}})
		}
		sent++
		if ack := publish(t, hub, "orders", step.name); ack.Domain != step.hubDomain {
			t.Errorf("%s: the hub acknowledges with domain %q", step.name, ack.Domain)
		}
		if ack := publish(t, leaf, "local", step.name); ack.Domain != step.leafDomain {
			t.Errorf("%s: the leaf acknowledges with domain %q", step.name, ack.Domain)
		}
		if err := holds(t, hub, "ORDERS", sent); err != nil {
			t.Errorf("%s: ORDERS: %v", step.name, err)
		}
		if err := holds(t, leaf, "LOCAL", sent); err != nil {
			t.Errorf("%s: LOCAL: %v", step.name, err)
		}
		if _, err := leaf.Stream(within(t), "ORDERS"); !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("%s: the API without a domain leaves the leaf: %v", step.name, err)
		}
		eventually(t, step.name+" the source follows", func() error { return holds(t, leaf, "COPY", sent) })
		s.stop("leaf1.conf", "hub.conf")
	}
}

// shared are two servers of a hub and a leaf whose link binds the system
// account on both sides, so that the three are one JetStream.
func shared() texts {
	out := texts{}
	for _, name := range []string{"h1", "h2", "leaf1"} {
		out[name+".conf"] = `server_name: ` + name + `
jetstream { store_dir: "@dir@", max_memory_store: 16MB, max_file_store: 64MB }
accounts {
  APP: { jetstream: enabled, users: [ { user: app, password: pw } ] }
  $SYS: { users: [ { user: admin, password: pw } ] }
}
`
	}
	const hub = `cluster { name: hub, listen: "127.0.0.1:@%-routes@", routes: [ "nats://127.0.0.1:@h1-routes@", "nats://127.0.0.1:@h2-routes@" ] }
leafnodes { listen: "127.0.0.1:@%-leafnodes@" }
`
	out["h1.conf"] += strings.ReplaceAll(hub, "%", "h1")
	out["h2.conf"] += strings.ReplaceAll(hub, "%", "h2")
	out["leaf1.conf"] += `cluster { name: leaf1, listen: "127.0.0.1:@leaf1-routes@" }
leafnodes { remotes: [
  { urls: [ "nats://app:pw@127.0.0.1:@h1-leafnodes@", "nats://app:pw@127.0.0.1:@h2-leafnodes@" ], account: APP }
  { urls: [ "nats://admin:pw@127.0.0.1:@h1-leafnodes@", "nats://admin:pw@127.0.0.1:@h2-leafnodes@" ], account: "$SYS" }
] }
`
	return out
}

// TestDifferentDomainsOnASharedSystemAccountAreAnOutage shows why natsfix sets
// no domain where hub and leaf are one JetStream.
func TestDifferentDomainsOnASharedSystemAccountAreAnOutage(t *testing.T) {
	slow(t)
	s := write(t, shared())
	names := s.names()
	before := map[string]string{}
	for _, name := range names {
		before[name] = s.text(name)
	}
	s.fix("--unsafe", "--only", "jetstream-domain,jetstream-domain-mismatch,jetstream-domain-conflict")
	for _, name := range names {
		if s.text(name) != before[name] {
			t.Errorf("natsfix sets a domain in %s:\n%s", name, s.text(name))
		}
	}
	withDomains := func(hub, leaf string) {
		for _, name := range names {
			domain := hub
			if name == "leaf1.conf" {
				domain = leaf
			}
			s.put(name, strings.Replace(before[name], "jetstream {", "jetstream { domain: "+domain+",", 1))
		}
	}

	s.start(names...)
	s.elected(names...)
	hub := js(t, s.client("h1.conf", as("app")), "")
	create(t, hub, jetstream.StreamConfig{Name: "AT-LEAF", Subjects: []string{"at.leaf"}, Placement: &jetstream.Placement{Cluster: "leaf1"}})
	publish(t, hub, "at.leaf", "1")
	s.stop(names...)

	withDomains("hub", "leaf1")
	s.start(names...)
	s.elected("h1.conf", "h2.conf")
	hub = js(t, s.client("h1.conf", as("app")), "")
	eventually(t, "the stream on the leaf is offline", func() error {
		_, err := hub.Stream(within(t), "AT-LEAF")
		var api *jetstream.APIError
		if errors.As(err, &api) && strings.Contains(api.Description, "offline") {
			return nil
		}
		return errors.Join(errors.New("the hub answers"), err)
	})
	if lines := s.running["leaf1.conf"].log.with("JetStream not extended, domains differ"); len(lines) == 0 {
		t.Errorf("the leaf does not say that domains differ:\n%s", s.running["leaf1.conf"].log)
	}
	s.stop(names...)

	withDomains("main", "main")
	s.start(names...)
	s.elected(names...)
	hub = js(t, s.client("h1.conf", as("app")), "")
	eventually(t, "one domain for all brings the stream back", func() error { return holds(t, hub, "AT-LEAF", 1) })
}

// TestMemberWithoutJetStreamNeedsTheDomain has leaf nodes connect to the one
// server of a cluster that runs no JetStream.
func TestMemberWithoutJetStreamNeedsTheDomain(t *testing.T) {
	slow(t)
	const cluster = `cluster { name: hub, listen: "127.0.0.1:@%-routes@", routes: [ "nats://127.0.0.1:@a-routes@", "nats://127.0.0.1:@b-routes@", "nats://127.0.0.1:@c-routes@", "nats://127.0.0.1:@d-routes@" ] }
`
	in := texts{"a.conf": `server_name: a
accounts { APP: { users: [ { user: app, password: pw }, { user: leaf, password: pw } ] } }
leafnodes { listen: "127.0.0.1:@leafnodes@" }
` + strings.ReplaceAll(cluster, "%", "a"), "leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@", domain: leaf1 }
accounts { APP: { jetstream: enabled, users: [ { user: app, password: pw } ] } }
leafnodes { remotes: [ { url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: APP } ] }
`}
	for _, name := range []string{"b", "c", "d"} {
		in[name+".conf"] = `server_name: ` + name + `
jetstream { store_dir: "@dir@", domain: hub }
accounts { APP: { jetstream: enabled, users: [ { user: app, password: pw } ] } }
` + strings.ReplaceAll(cluster, "%", name)
	}
	s := write(t, in)
	s.start("b.conf", "c.conf", "d.conf", "a.conf", "leaf1.conf")
	s.elected("b.conf", "c.conf", "d.conf")
	linked := func() *nats.Conn {
		eventually(t, "the leaf node connects", func() error { return is(s.running["leaf1.conf"].NumLeafNodes(), 1) })
		eventually(t, "the cluster is whole", func() error { return is(s.running["a.conf"].NumRemotes(), 3) })
		return s.client("leaf1.conf", as("app"))
	}
	leaf := linked()
	if err := silent(t, leaf, "hub"); err != nil {
		t.Errorf("before: %v", err)
	}
	answered(t, s.client("b.conf", as("app")), "hub", "hub")
	if report := s.natsfix("check"); !strings.Contains(report, "until it has jetstream: enabled") {
		t.Errorf("natsfix does not tell of the account:\n%s", report)
	}
	if !s.fixed("a.conf") {
		t.Fatalf("natsfix leaves a.conf as it is:\n%s", s.text("a.conf"))
	}
	// It is enough to restart the member that changed.
	s.stop("a.conf")
	s.start("a.conf")
	if err := silent(t, linked(), "hub"); err != nil {
		t.Errorf("while the account has no JetStream at the member: %v", err)
	}
	s.stop("a.conf")
	s.put("a.conf", strings.Replace(s.text("a.conf"), "APP: {", "APP: { jetstream: enabled,", 1))
	s.start("a.conf")
	if s.running["a.conf"].JetStreamEnabled() {
		t.Error("the member runs JetStream now")
	}
	leaf = linked()
	answered(t, leaf, "hub", "hub")
	create(t, js(t, leaf, "hub"), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}, Replicas: 3})
	publish(t, js(t, leaf, "hub"), "orders", "1")
	if got := read(t, js(t, leaf, "hub"), "ORDERS", 1); got[0] != "1" {
		t.Errorf("ORDERS holds %q", got)
	}
}

// TestTwoLeavesOfOneDomain shows what one request does to two leaves that have
// the same domain, and that it does it to one of them after the fix.
func TestTwoLeavesOfOneDomain(t *testing.T) {
	in := texts{"hub.conf": `server_name: hub
jetstream { store_dir: "@dir@", domain: hub }
accounts: { USERS: { jetstream: enabled, users: [ { user: app, password: pw }, { user: leaf, password: pw } ] } }
leafnodes: { listen: "127.0.0.1:@leafnodes@" }
`}
	for _, name := range []string{"leaf-a", "leaf-b"} {
		in[name+".conf"] = `server_name: ` + name + `
jetstream { store_dir: "@dir@", domain: edge }
accounts: { USERS: { jetstream: enabled, users: [ { user: app, password: pw } ] } }
leafnodes { remotes: [ { url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: USERS } ] }
`
	}
	s := write(t, in)
	a, b := "leaf-a.conf", "leaf-b.conf"
	s.link("hub.conf", a, b)
	edge := js(t, s.client("hub.conf", as("app")), "edge")
	eventually(t, "one creation reaches both leaves", func() error {
		_, err := edge.CreateStream(attempt(t), jetstream.StreamConfig{Name: "TWICE", Subjects: []string{"twice"}})
		return errors.Join(err, holds(t, js(t, s.client(a, as("app")), ""), "TWICE", 0), holds(t, js(t, s.client(b, as("app")), ""), "TWICE", 0))
	})
	eventually(t, "one message is stored by both leaves", func() error {
		if err := s.client("hub.conf", as("app")).Publish("twice", []byte("1")); err != nil {
			return err
		}
		for _, name := range []string{a, b} {
			if err := holds(t, js(t, s.client(name, as("app")), ""), "TWICE", 0); err == nil {
				return errors.New(name + " has none")
			}
		}
		return nil
	})
	if s.fixed(a) {
		t.Error("a domain that is in use is renamed without --unsafe")
	}
	s.stop(a, b, "hub.conf")
	if !s.fixed(a, "--unsafe", "--only", "jetstream-domain-conflict") {
		t.Fatalf("with --unsafe nothing changes:\n%s", s.text(a))
	}
	s.link("hub.conf", a, b)
	hub := s.client("hub.conf", as("app"))
	for _, domain := range []string{"leaf-a", "leaf-b"} {
		answered(t, hub, domain, domain)
	}
	create(t, js(t, hub, "leaf-a"), jetstream.StreamConfig{Name: "ONCE", Subjects: []string{"once"}})
	publish(t, js(t, hub, "leaf-a"), "once", "1")
	if err := holds(t, js(t, s.client(a, as("app")), ""), "ONCE", 1); err != nil {
		t.Errorf("leaf-a: %v", err)
	}
	if _, err := js(t, s.client(b, as("app")), "").Stream(within(t), "ONCE"); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("leaf-b: %v", err)
	}
	// The streams from before are where they were.
	if err := holds(t, js(t, hub, "leaf-b"), "TWICE", 0); err == nil {
		t.Error("the stream of leaf-b lost its messages")
	}
}

// TestLeafOfTheHubsDomain has a leaf that bears its hub's domain.
func TestLeafOfTheHubsDomain(t *testing.T) {
	s := write(t, texts{
		"hub.conf":   strings.Replace(articleHub, "jetstream: {", "jetstream: { domain: main,", 1),
		"leaf1.conf": strings.Replace(articleLeaf, "jetstream: {", "jetstream: { domain: main,", 1) + articleAccount,
	})
	s.link("hub.conf", "leaf1.conf")
	create(t, js(t, s.client("hub.conf", as("app")), ""), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
	if _, err := js(t, s.client("leaf1.conf", as("app")), "main").Stream(within(t), "ORDERS"); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("before: %v", err)
	}
	s.stop("leaf1.conf", "hub.conf")
	s.fix("--unsafe", "--only", "jetstream-domain-conflict")
	s.link("hub.conf", "leaf1.conf")
	eventually(t, "the leaf finds the hub's stream", func() error {
		return holds(t, js(t, s.client("leaf1.conf", as("app")), "main"), "ORDERS", 0)
	})
	answered(t, s.client("leaf1.conf", as("app")), "", "leaf1")
}
