package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// link starts a hub and its leaf nodes, and waits for the links.
func (s *system) link(hub string, leaves ...string) {
	s.t.Helper()
	s.start(hub)
	s.start(leaves...)
	eventually(s.t, "the leaf nodes connect", func() error { return is(s.running[hub].NumLeafNodes(), len(leaves)) })
	for _, name := range leaves {
		eventually(s.t, name+" has its link", func() error { return is(s.running[name].NumLeafNodes(), 1) })
	}
}

// TestExampleHubAndLeaf runs the example as a reader of the README would.
func TestExampleHubAndLeaf(t *testing.T) {
	s := write(t, examples(t, "leafnodes", "port: 4222\n", "", "port: 4223\n", "",
		"0.0.0.0:7422", "127.0.0.1:@leafnodes@", `advertise: "hub-server"`, "", "hub-server:7422", "127.0.0.1:@leafnodes@", "/data/hub", "@dir@"))
	app := nats.UserInfo("app", "s3cret-app")
	s.link("hub.conf", "leaf1.conf")
	for name, nc := range map[string]*nats.Conn{"hub": s.client("hub.conf", app), "leaf": s.client("leaf1.conf")} {
		if domain, err := answers(t, nc, ""); err != nil || domain != "" {
			t.Errorf("the JetStream of the %s: domain %q, %v", name, domain, err)
		}
		for _, domain := range []string{"hub", "leaf1"} {
			if err := silent(t, nc, domain); err != nil {
				t.Errorf("before, at the %s: %v", name, err)
			}
		}
	}
	s.stop("hub.conf", "leaf1.conf")
	s.fix()
	s.link("hub.conf", "leaf1.conf")
	hub, leaf := s.client("hub.conf", app), s.client("leaf1.conf")
	for _, tt := range []struct {
		nc           *nats.Conn
		domain, want string
	}{
		{hub, "", "hub"}, {hub, "hub", "hub"}, {hub, "leaf1", "leaf1"},
		{leaf, "", "leaf1"}, {leaf, "leaf1", "leaf1"}, {leaf, "hub", "hub"},
	} {
		answered(t, tt.nc, tt.domain, tt.want)
	}
}

// articleHub and articleLeaf are a hub and a leaf as people write them, and
// as nats-server#6293 is about: JetStream on both sides, and no domain.
const (
	articleHub = `server_name: hub
jetstream: { store_dir: "@dir@" }
accounts: { USERS: { jetstream: enabled, users: [ { user: app, password: pw }, { user: leaf, password: pw } ] } }
leafnodes: { listen: "127.0.0.1:@leafnodes@" }
`
	articleLeaf = `server_name: leaf1
jetstream: { store_dir: "@dir@" }
leafnodes: { remotes: [ { url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: "USERS" } ] }
`
	articleAccount = `accounts: { USERS: { jetstream: enabled, users: [ { user: app, password: pw } ] } }
`
)

func TestLeafReachesTheHubsJetStreamOnlyAfterTheFix(t *testing.T) {
	s := write(t, texts{"hub.conf": articleHub, "leaf1.conf": articleLeaf + articleAccount})
	s.debug = true
	s.link("hub.conf", "leaf1.conf")
	create(t, js(t, s.client("hub.conf", as("app")), ""), jetstream.StreamConfig{Name: "OLD", Subjects: []string{"old"}})
	leaf := s.client("leaf1.conf", as("app"))
	if err := silent(t, leaf, "hub"); err != nil {
		t.Error(err)
	}
	if _, err := js(t, leaf, "").Stream(within(t), "OLD"); err == nil {
		t.Error("before the fix a client on the leaf finds the hub's stream")
	}
	s.stop("hub.conf", "leaf1.conf")

	s.fix()
	s.link("hub.conf", "leaf1.conf")
	hubStreams, leafStreams := js(t, s.client("hub.conf", as("app")), ""), js(t, s.client("leaf1.conf", as("app")), "")
	hubFromLeaf := js(t, s.client("leaf1.conf", as("app")), "hub")
	eventually(t, "the stream from before the fix is reached", func() error { return holds(t, hubFromLeaf, "OLD", 0) })
	create(t, hubFromLeaf, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
	if ack := publish(t, hubFromLeaf, "orders.1", "from the leaf"); ack.Domain != "hub" || ack.Stream != "ORDERS" {
		t.Errorf("the hub acknowledges with %+v", ack)
	}
	if got := read(t, hubFromLeaf, "ORDERS", 1); got[0] != "from the leaf" {
		t.Errorf("read back across the link: %q", got)
	}

	if _, err := leafStreams.Stream(within(t), "ORDERS"); err == nil {
		t.Error("the hub's stream is on the leaf, too")
	}
	create(t, leafStreams, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"local.>"}})
	for _, text := range []string{"a", "b"} {
		if ack := publish(t, leafStreams, "local.1", text); ack.Domain != "leaf1" {
			t.Errorf("the leaf acknowledges with %+v", ack)
		}
	}
	for at, streams := range map[string]struct {
		api  jetstream.JetStream
		want uint64
	}{"hub": {hubStreams, 1}, "hub, from the leaf": {hubFromLeaf, 1}, "leaf": {leafStreams, 2}, "leaf, from the hub": {js(t, s.client("hub.conf", as("app")), "leaf1"), 2}} {
		eventually(t, "ORDERS of the "+at+" is reached", func() error { return holds(t, streams.api, "ORDERS", streams.want) })
	}

	create(t, leafStreams, jetstream.StreamConfig{Name: "MIRROR", Mirror: &jetstream.StreamSource{Name: "ORDERS", Domain: "hub"}})
	publish(t, hubStreams, "orders.2", "from the hub")
	eventually(t, "the mirror follows across the link", func() error { return holds(t, leafStreams, "MIRROR", 2) })
	if got := read(t, leafStreams, "MIRROR", 2); !slices.Equal(got, []string{"from the leaf", "from the hub"}) {
		t.Errorf("the mirror holds %q", got)
	}

	// All of this worked while the log had these, which therefore are no errors.
	clamped := regexp.MustCompile(`^\[DBG\] .*Not permitted to subscribe to "\$(JS\.API|KV|OBJ)[^"]*" on behalf of USERS`)
	for _, name := range []string{"hub.conf", "leaf1.conf"} {
		log := s.running[name].log
		lines := log.with("Not permitted to subscribe")
		if len(lines) == 0 {
			t.Errorf("%s: the denials of the link do not show in the debug log", name)
		}
		for _, line := range lines {
			if !clamped.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if bad := slices.Concat(log.with("[ERR]"), log.with("Permissions Violation")); len(bad) > 0 {
			t.Errorf("%s: %s", name, strings.Join(bad, "\n"))
		}
	}
}

// TestLeafWithoutItsAccount takes the article's leaf literally.
func TestLeafWithoutItsAccount(t *testing.T) {
	s := write(t, texts{"hub.conf": articleHub, "leaf1.conf": articleLeaf})
	if why := s.refused("leaf1.conf"); !strings.Contains(why, "USERS") {
		t.Errorf("before: %s", why)
	}
	s.fix()
	if why := s.refused("leaf1.conf"); !strings.Contains(why, "USERS") {
		t.Errorf("with a domain alone: %s", why)
	}
	for name, domain := range map[string]string{"hub.conf": "hub", "leaf1.conf": "leaf1"} {
		if !strings.Contains(strings.ReplaceAll(s.text(name), `"`, ""), "domain: "+domain) {
			t.Errorf("%s has no domain %s:\n%s", name, domain, s.text(name))
		}
	}
	s.put("leaf1.conf", s.text("leaf1.conf")+articleAccount)
	s.link("hub.conf", "leaf1.conf")
	answered(t, s.client("leaf1.conf", as("app")), "hub", "hub")
}
