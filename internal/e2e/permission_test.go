package e2e

import (
	"errors"
	"strings"
	"testing"

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
