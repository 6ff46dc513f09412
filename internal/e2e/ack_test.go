package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// acknowledge fetches the next message of ORDERS as a user, through the
// consumer APP. It returns the subject on which it acknowledges that, and the
// server's objection.
func (s *system) acknowledge(user string) (subject string, err error) {
	s.t.Helper()
	nc := s.client("hub.conf", as(user), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	defer nc.Close()
	consumer, err := js(s.t, nc, "").Consumer(within(s.t), "ORDERS", "APP")
	if err != nil {
		s.t.Fatal(err)
	}
	msg, err := consumer.Next(jetstream.FetchMaxWait(patience))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := msg.Ack(); err != nil {
		s.t.Fatal(err)
	}
	if err := nc.FlushWithContext(within(s.t)); err != nil {
		s.t.Fatal(err)
	}
	return msg.Reply(), nc.LastError()
}

// reader is a user who may read ORDERS through the consumer APP, and
// acknowledge on the subjects given.
func reader(user, acknowledgements string) string {
	return `{ user: ` + user + `, password: pw, permissions: { publish: [
  "$JS.API.CONSUMER.INFO.ORDERS.APP", "$JS.API.CONSUMER.MSG.NEXT.ORDERS.APP", "` + acknowledgements + `"
] } }, `
}

// TestAcknowledgementSubjects sets a domain with and without the feature flag
// that puts it into the subjects of acknowledgements.
func TestAcknowledgementSubjects(t *testing.T) {
	v1, v2 := reader("v1", "$JS.ACK.ORDERS.APP.>"), reader("v2", "$JS.ACK.*.*.ORDERS.APP.>")
	type may map[string]bool // the users who acknowledge, and whether they may
	for _, tt := range []struct {
		name, flag, readers string
		without, with       string // how the subject starts, without a domain and with it
		mayWithout, mayWith may
		safe                bool // to set the domain
	}{
		{
			"flag off", "feature_flags { js_ack_fc_v2: false }\n", v1 + v2,
			"$JS.ACK.ORDERS.APP.", "$JS.ACK.ORDERS.APP.",
			may{"app": true, "v1": true, "v2": false}, may{"app": true, "v1": true, "v2": false}, true,
		},
		{
			"flag on", "feature_flags { js_ack_fc_v2: true }\n", v1 + v2 + reader("blank", "$JS.ACK._.*.ORDERS.APP.>"),
			"$JS.ACK._.", "$JS.ACK.hub.",
			may{"app": true, "v1": false, "v2": true, "blank": true}, may{"app": true, "v1": false, "v2": true, "blank": false}, false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := write(t, texts{
				"hub.conf":   tt.flag + strings.Replace(articleHub, "{ user: leaf,", tt.readers+"{ user: leaf,", 1),
				"leaf1.conf": articleLeaf + articleAccount,
			})
			acknowledge := func(when, prefix string, users may) {
				t.Helper()
				app := js(t, s.client("hub.conf", as("app")), "")
				for user, allowed := range users {
					publish(t, app, "orders", user)
					subject, err := s.acknowledge(user)
					if !strings.HasPrefix(subject, prefix) {
						t.Errorf("%s: %s acknowledges on %s, want %s", when, user, subject, prefix)
					}
					if forbidden := errors.Is(err, nats.ErrPermissionViolation); forbidden == allowed || err != nil && !forbidden {
						t.Errorf("%s: %s acknowledges on %s: %v", when, user, subject, err)
					}
				}
			}
			s.start("hub.conf")
			stream := create(t, js(t, s.client("hub.conf", as("app")), ""), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}})
			if _, err := stream.CreateConsumer(within(t), jetstream.ConsumerConfig{Durable: "APP", AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Hour}); err != nil {
				t.Fatal(err)
			}
			acknowledge("without a domain", tt.without, tt.mayWithout)
			s.stop("hub.conf")
			if safe := s.fixed("hub.conf"); safe != tt.safe {
				t.Errorf("natsfix sets a domain without --unsafe: %v", safe)
			}
			if !tt.safe && !s.fixed("hub.conf", "--unsafe") {
				t.Fatalf("with --unsafe nothing changes:\n%s", s.text("hub.conf"))
			}
			s.start("hub.conf")
			acknowledge("with a domain", tt.with, tt.mayWith)
		})
	}
}
