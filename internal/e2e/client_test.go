package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// patience bounds how long a test waits for what must happen. It is long, for
// slow machines; nothing waits so long where all is well.
const patience = 60 * time.Second

// eventually waits until a condition holds, which is so when it returns nil.
func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	t.Fatalf("it does not happen that %s: %v", what, err)
}

// is returns an error unless got is want.
func is[T comparable](got, want T) error {
	if got != want {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

// within bounds something that must happen at once.
func within(t *testing.T) context.Context { return bounded(t, patience) }

// attempt bounds something that is tried again if it does not happen: where
// several servers take part a request may get lost.
func attempt(t *testing.T) context.Context { return bounded(t, 5*time.Second) }

func bounded(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// client connects to a running server.
func (s *system) client(name string, opts ...nats.Option) *nats.Conn {
	s.t.Helper()
	nc, err := nats.Connect(s.running[name].ClientURL(), opts...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(nc.Close)
	return nc
}

// as is a client's user, whose password is pw.
func as(user string) nats.Option { return nats.UserInfo(user, "pw") }

// js returns the JetStream of a domain, "" for that of the client's server.
func js(t *testing.T, nc *nats.Conn, domain string) jetstream.JetStream {
	t.Helper()
	api, err := jetstream.New(nc)
	if domain != "" {
		api, err = jetstream.NewWithDomain(nc, domain)
	}
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// answers returns the domain of the JetStream that answers a client who asks
// for a domain, and an error if none does.
func answers(t *testing.T, nc *nats.Conn, domain string) (string, error) {
	t.Helper()
	info, err := js(t, nc, domain).AccountInfo(attempt(t))
	if err != nil {
		return "", err
	}
	return info.Domain, nil
}

// answered waits until the JetStream of a domain answers as that of another
// one: a link knows the way a moment after it stands.
func answered(t *testing.T, nc *nats.Conn, domain, want string) {
	t.Helper()
	eventually(t, fmt.Sprintf("domain %q answers as %q", domain, want), func() error {
		got, err := answers(t, nc, domain)
		return errors.Join(err, is(got, want))
	})
}

// silent returns an error unless nobody answers a client who asks for a domain.
func silent(t *testing.T, nc *nats.Conn, domain string) error {
	t.Helper()
	got, err := answers(t, nc, domain)
	// The client library has a name of its own for requests that nobody takes.
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
		return nil
	}
	return fmt.Errorf("domain %q is answered by %q, %v", domain, got, err)
}

// create makes a stream.
func create(t *testing.T, api jetstream.JetStream, config jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	var stream jetstream.Stream
	eventually(t, "stream "+config.Name+" is created", func() (err error) {
		stream, err = api.CreateStream(attempt(t), config)
		return err
	})
	return stream
}

// publish publishes to a stream and waits for the acknowledgement.
func publish(t *testing.T, api jetstream.JetStream, subject, text string) *jetstream.PubAck {
	t.Helper()
	ack, err := api.Publish(within(t), subject, []byte(text), jetstream.WithRetryAttempts(100), jetstream.WithRetryWait(100*time.Millisecond))
	if err != nil {
		t.Fatalf("publish to %s: %v", subject, err)
	}
	return ack
}

// holds returns an error unless a stream holds so many messages.
func holds(t *testing.T, api jetstream.JetStream, name string, messages uint64) error {
	t.Helper()
	stream, err := api.Stream(attempt(t), name)
	if err != nil {
		return err
	}
	return is(stream.CachedInfo().State.Msgs, messages)
}

// read returns the first messages of a stream, through a consumer that
// acknowledges each, and waits for that. Where several servers take part the
// consumer may be there before all of them know the way to it, so that asking
// once is not enough.
func read(t *testing.T, api jetstream.JetStream, name string, n int) []string {
	t.Helper()
	consumer, err := api.CreateConsumer(within(t), name, jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy, AckWait: 10 * time.Second})
	if err != nil {
		t.Fatalf("consumer of %s: %v", name, err)
	}
	var list []string
	for range n {
		var msg jetstream.Msg
		eventually(t, fmt.Sprintf("message %d of %s arrives", len(list)+1, name), func() (err error) {
			msg, err = consumer.Next(jetstream.FetchMaxWait(2 * time.Second))
			return err
		})
		eventually(t, fmt.Sprintf("message %d of %s is acknowledged", len(list)+1, name), func() error { return msg.DoubleAck(attempt(t)) })
		list = append(list, string(msg.Data()))
	}
	return list
}
