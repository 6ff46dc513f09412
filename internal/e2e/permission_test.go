package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// forbidden returns an error unless the server of a file forbids a user to
// publish to a subject.
func (s *system) forbidden(name, user, subject string) error {
	s.t.Helper()
	nc := s.client(name, as(user), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	defer nc.Close()
	if err := nc.PublishRequest(subject, nc.NewInbox(), nil); err != nil {
		return err
	}
	if err := nc.FlushWithContext(within(s.t)); err != nil { // a refusal comes before the answer to this
		return err
	}
	if err := nc.LastError(); !errors.Is(err, nats.ErrPermissionViolation) {
		return errors.New(user + " may publish to " + subject)
	}
	return nil
}

// hubOfA is a hub with a domain, for the account A.
const hubOfA = `server_name: hub
jetstream { store_dir: "@dir@", domain: hub }
accounts { A { jetstream: enabled, users: [ { user: app, password: pw }, { user: leaf, password: pw } ] } }
leafnodes { listen: "127.0.0.1:@leafnodes@" }
`

const linkOfA = `leafnodes { remotes: [ { url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: A } ] }
`

// hubAndLeafOfA runs the two, with a stream ORDERS on the hub.
func hubAndLeafOfA(t *testing.T, hub, leaf string) *system {
	t.Helper()
	s := write(t, texts{"hub.conf": hub, "leaf1.conf": leaf})
	s.link("hub.conf", "leaf1.conf")
	create(t, js(t, s.client("hub.conf", as("app")), ""), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
	return s
}

// fixAndReload has natsfix change a file that a server runs, which then reloads
// it.
func (s *system) fixAndReload(name string, args ...string) {
	s.t.Helper()
	if !s.fixed(name, args...) {
		s.t.Fatalf("natsfix leaves %s as it is:\n%s", name, s.text(name))
	}
	if err := s.reload(name); err != nil {
		s.t.Fatalf("the reload of %s: %v\n%s", name, err, s.text(name))
	}
}

const apiSubject = "jetstream-api-subject"

// TestRestrictedUserReachesTheHubAfterTheFix has users on a leaf without
// JetStream who may use the API without a domain only, which leads nowhere.
func TestRestrictedUserReachesTheHubAfterTheFix(t *testing.T) {
	s := hubAndLeafOfA(t, hubOfA, `listen: "127.0.0.1:@leaf1@"
server_name: leaf1
accounts { A { users: [
  { user: all, password: pw, permissions: { publish: [ "orders", "$JS.API.>" ] } }
  { user: look, password: pw, permissions: { publish: { allow: [ "$JS.API.STREAM.INFO.*" ] } } }
] } }
`+linkOfA)
	for user, subject := range map[string]string{"all": "$JS.hub.API.INFO", "look": "$JS.hub.API.STREAM.INFO.ORDERS"} {
		if err := s.forbidden("leaf1.conf", user, subject); err != nil {
			t.Errorf("before: %v", err)
		}
	}
	if err := silent(t, s.client("leaf1.conf", as("all")), ""); err != nil {
		t.Errorf("before: %v", err)
	}
	if s.fixed("leaf1.conf") {
		t.Error("natsfix widens a permission without --unsafe")
	}
	s.fixAndReload("leaf1.conf", "--unsafe", "--only", apiSubject)
	all, look := js(t, s.client("leaf1.conf", as("all")), "hub"), js(t, s.client("leaf1.conf", as("look")), "hub")
	publish(t, all, "orders", "1")
	for _, api := range []jetstream.JetStream{all, look} {
		eventually(t, "the users see the hub's stream", func() error { return holds(t, api, "ORDERS", 1) })
	}
	// What neither list has is still forbidden.
	for user, subject := range map[string]string{"all": "other", "look": "$JS.hub.API.STREAM.DELETE.ORDERS"} {
		if err := s.forbidden("leaf1.conf", user, subject); err != nil {
			t.Errorf("after: %v", err)
		}
	}
}

// TestDenialCoversTheHubAfterTheFix has a user on a leaf who must not delete
// streams, and deletes one of the hub.
func TestDenialCoversTheHubAfterTheFix(t *testing.T) {
	s := hubAndLeafOfA(t, hubOfA, `listen: "127.0.0.1:@leaf1@"
server_name: leaf1
jetstream { store_dir: "@dir@", domain: leaf1 }
accounts { A { jetstream: enabled, users: [
  { user: app, password: pw, permissions: { publish: { deny: [ "$JS.API.STREAM.DELETE.*" ] } } }
] } }
`+linkOfA)
	leaf := s.client("leaf1.conf", as("app"))
	if err := s.forbidden("leaf1.conf", "app", "$JS.API.STREAM.DELETE.ORDERS"); err != nil {
		t.Errorf("before: %v", err)
	}
	eventually(t, "the hub's stream is deleted", func() error { return js(t, leaf, "hub").DeleteStream(within(t), "ORDERS") })
	create(t, js(t, leaf, "hub"), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
	s.fixAndReload("leaf1.conf", "--unsafe", "--only", apiSubject)
	for _, subject := range []string{"$JS.API.STREAM.DELETE.ORDERS", "$JS.hub.API.STREAM.DELETE.ORDERS"} {
		if err := s.forbidden("leaf1.conf", "app", subject); err != nil {
			t.Errorf("after: %v", err)
		}
	}
	// The user's own domain is mapped to the API without one before permissions
	// are looked at.
	if err := s.forbidden("leaf1.conf", "app", "$JS.leaf1.API.STREAM.DELETE.ORDERS"); err != nil {
		t.Errorf("after: %v", err)
	}
	leaf = s.client("leaf1.conf", as("app"))
	eventually(t, "what is not denied works", func() error { return holds(t, js(t, leaf, "hub"), "ORDERS", 0) })
}

// TestLeafUserOfTheHub restricts the user by whom a leaf connects: what it may
// publish is what crosses the link.
func TestLeafUserOfTheHub(t *testing.T) {
	s := hubAndLeafOfA(t, `listen: "127.0.0.1:@hub@"
`+strings.Replace(hubOfA, "user: leaf, password: pw", `user: leaf, password: pw, permissions: { publish: [ "$JS.API.>", "_INBOX.>" ] }`, 1), `server_name: leaf1
accounts { A { users: [ { user: app, password: pw } ] } }
`+linkOfA)
	leaf := s.client("leaf1.conf", as("app"))
	if err := silent(t, leaf, "hub"); err != nil {
		t.Errorf("before: %v", err)
	}
	s.fixAndReload("hub.conf", "--unsafe", "--only", apiSubject)
	if err := silent(t, leaf, "hub"); err != nil {
		t.Errorf("while the link is the old one: %v", err)
	}
	s.stop("leaf1.conf")
	s.start("leaf1.conf")
	leaf = s.client("leaf1.conf", as("app"))
	answered(t, leaf, "hub", "hub")
}

// TestMappingLeadsToTheHubAfterTheFix follows mappings on a leaf without
// JetStream.
func TestMappingLeadsToTheHubAfterTheFix(t *testing.T) {
	s := hubAndLeafOfA(t, hubOfA, `listen: "127.0.0.1:@leaf1@"
server_name: leaf1
accounts { A {
  users: [ { user: app, password: pw } ]
  mappings: { "streams.>": [ { destination: "$JS.API.STREAM.>", weight: 100% } ] }
} }
`+linkOfA)
	ask := func() error {
		_, err := s.client("leaf1.conf", as("app")).RequestWithContext(attempt(t), "streams.INFO.ORDERS", nil)
		return err
	}
	if err := ask(); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("before: %v", err)
	}
	s.fixAndReload("leaf1.conf", "--unsafe", "--only", apiSubject)
	eventually(t, "the mapping leads to the hub", ask)
}

// TestDefaultDomainEntriesThatTheServerRefuses has natsfix take them out.
func TestDefaultDomainEntriesThatTheServerRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, entries, refused string
		args                   []string
	}{
		{"system account", `A: hub, "$SYS": hub`, `"$SYS"`, nil},
		{"account with JetStream", "A: hub, B: hub", "enabled JetStream", []string{"--unsafe", "--only", "default-js-domain"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := write(t, texts{"hub.conf": hubOfA, "leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@", domain: leaf1 }
default_js_domain { ` + tt.entries + ` }
accounts { A { users: [ { user: app, password: pw } ] }, B { jetstream: enabled, users: [ { user: b, password: pw } ] } }
` + linkOfA})
			if why := s.refused("leaf1.conf"); !strings.Contains(why, tt.refused) {
				t.Errorf("before: %s", why)
			}
			s.fix(tt.args...)
			s.link("hub.conf", "leaf1.conf")
			answered(t, s.client("leaf1.conf", as("app")), "", "hub") // by the entry that stays
			answered(t, s.client("leaf1.conf", as("b")), "", "leaf1")
		})
	}
}

// TestDefaultDomainAndTheMappingInItsPlace compares the option with what its
// page recommends, for a user of either kind of permission.
func TestDefaultDomainAndTheMappingInItsPlace(t *testing.T) {
	for name, parts := range map[string]struct{ top, account string }{
		"default_js_domain": {"default_js_domain { A: hub }\n", ""},
		"mapping":           {"", `, mappings: { "$JS.API.>": "$JS.hub.API.>" }`},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubAndLeafOfA(t, hubOfA, `server_name: leaf1
`+parts.top+`accounts { A { users: [
  { user: app, password: pw }
  { user: plain, password: pw, permissions: { publish: "$JS.API.>" } }
  { user: mapped, password: pw, permissions: { publish: "$JS.hub.API.>" } }
]`+parts.account+` } }
`+linkOfA)
			for _, user := range []string{"app", "mapped"} {
				answered(t, s.client("leaf1.conf", as(user)), "", "hub")
			}
			if err := s.forbidden("leaf1.conf", "plain", "$JS.API.INFO"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDefaultDomainWaitsForTheHubs has a leaf without JetStream whose
// default_js_domain names a domain that the hub gets by the fix, or none.
func TestDefaultDomainWaitsForTheHubs(t *testing.T) {
	for _, tt := range []struct {
		name, domain string
		worked       bool // before
	}{{"named", "hub", false}, {"empty", `""`, true}} {
		t.Run(tt.name, func(t *testing.T) {
			s := hubAndLeafOfA(t, strings.Replace(hubOfA, ", domain: hub", "", 1), `server_name: leaf1
default_js_domain { A: `+tt.domain+` }
accounts { A { users: [ { user: app, password: pw } ] } }
`+linkOfA)
			leaf := s.client("leaf1.conf", as("app"))
			if tt.worked {
				answered(t, leaf, "", "")
			} else if err := silent(t, leaf, ""); err != nil {
				t.Errorf("before: %v", err)
			}
			if s.fixed("hub.conf") {
				t.Error("natsfix sets a domain beside default_js_domain without --unsafe")
			}
			s.stop("leaf1.conf", "hub.conf")
			s.fix("--unsafe", "--only", "jetstream-domain")
			s.link("hub.conf", "leaf1.conf")
			after := js(t, s.client("leaf1.conf", as("app")), "")
			eventually(t, "the leaf finds the hub's stream", func() error { return holds(t, after, "ORDERS", 0) })
		})
	}
}

// TestHandMadeDenialsAreNotMissed takes out what repeats the server's own
// denials, and finds that the same crosses the link as before.
func TestHandMadeDenialsAreNotMissed(t *testing.T) {
	s := write(t, texts{"hub.conf": hubOfA, "leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@", domain: leaf1 }
accounts { A { jetstream: enabled, users: [ { user: app, password: pw } ] } }
leafnodes { remotes: [ {
  url: "nats://leaf:pw@127.0.0.1:@leafnodes@", account: A
  deny_imports: [ "$JS.API.>", "$KV.>" ], deny_exports: [ "$JS.API.>", "$OBJ.>", "private.>" ]
} ] }
`})
	for _, when := range []string{"before", "after"} {
		s.link("hub.conf", "leaf1.conf")
		hub, leaf := s.client("hub.conf", as("app")), s.client("leaf1.conf", as("app"))
		for _, tt := range []struct {
			nc           *nats.Conn
			domain, want string
		}{{hub, "", "hub"}, {hub, "leaf1", "leaf1"}, {leaf, "", "leaf1"}, {leaf, "hub", "hub"}} {
			answered(t, tt.nc, tt.domain, tt.want)
		}
		for subject, crosses := range map[string]bool{"public": true, "private.x": false, "$KV.bucket.key": false, "$OBJ.bucket.x": false, "$JS.API.X": false} {
			if got := passes(t, leaf, hub, subject); got != crosses {
				t.Errorf("%s: %s crosses the link: %v", when, subject, got)
			}
		}
		if when == "before" {
			s.stop("leaf1.conf", "hub.conf")
			if !s.fixed("leaf1.conf") || strings.Contains(s.text("leaf1.conf"), "$JS.API") {
				t.Fatalf("natsfix leaves the denials:\n%s", s.text("leaf1.conf"))
			}
		}
	}
}

// passes reports whether a message gets from one client to another.
func passes(t *testing.T, from, to *nats.Conn, subject string) bool {
	t.Helper()
	got := make(chan *nats.Msg, 1000)
	subscribe := func(subject string) {
		sub, err := to.ChanSubscribe(subject, got)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sub.Unsubscribe() })
		if err := to.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	arrives := func(mark string) {
		subscribe(mark)
		eventually(t, "messages cross the link", func() error {
			if err := errors.Join(from.Publish(mark, nil), from.Flush()); err != nil {
				return err
			}
			for {
				select {
				case msg := <-got:
					if msg.Subject == mark {
						return nil
					}
				case <-time.After(100 * time.Millisecond):
					return errors.New("none does")
				}
			}
		})
	}
	// Once the link is up, interest crosses it in the order of subscriptions. So
	// where a mark arrives that was subscribed to behind the subject, interest in
	// that has arrived, too, if it is let through; and likewise messages.
	arrives(to.NewInbox())
	subscribe(subject)
	arrives(to.NewInbox())
	end := to.NewInbox()
	subscribe(end)
	arrives(to.NewInbox())
	if err := errors.Join(from.Publish(subject, nil), from.Publish(end, nil), from.Flush()); err != nil {
		t.Fatal(err)
	}
	passed := false
	for ctx := within(t); ; {
		select {
		case msg := <-got:
			switch msg.Subject {
			case subject:
				passed = true
			case end:
				return passed
			}
		case <-ctx.Done():
			t.Fatalf("nothing crosses the link behind %s", subject)
		}
	}
}

// TestNarrowPermissionsAreEnough holds the page of
// over-broad-jetstream-permission to what it recommends.
func TestNarrowPermissionsAreEnough(t *testing.T) {
	s := write(t, texts{"hub.conf": strings.Replace(hubOfA, "user: leaf, password: pw", `user: reader, password: pw, permissions: { publish: [
  "$JS.API.CONSUMER.INFO.ORDERS.APP", "$JS.API.CONSUMER.MSG.NEXT.ORDERS.APP", "$JS.ACK.ORDERS.APP.>"
] }`, 1)})
	s.start("hub.conf")
	app := js(t, s.client("hub.conf", as("app")), "")
	stream := create(t, app, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
	if _, err := stream.CreateConsumer(within(t), jetstream.ConsumerConfig{Durable: "APP", AckPolicy: jetstream.AckExplicitPolicy}); err != nil {
		t.Fatal(err)
	}
	publish(t, app, "orders", "1")
	consumer, err := js(t, s.client("hub.conf", as("reader")), "").Consumer(within(t), "ORDERS", "APP")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := consumer.Next(jetstream.FetchMaxWait(patience))
	if err != nil {
		t.Fatal(err)
	}
	if err := msg.DoubleAck(within(t)); err != nil {
		t.Error(err)
	}
	for _, subject := range []string{"$JS.API.STREAM.DELETE.ORDERS", "$JS.API.STREAM.PURGE.ORDERS", "$JS.API.CONSUMER.DELETE.ORDERS.APP", "orders"} {
		if err := s.forbidden("hub.conf", "reader", subject); err != nil {
			t.Error(err)
		}
	}
}
