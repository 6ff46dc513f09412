package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

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
