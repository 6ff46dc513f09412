package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestDomainIsRolledThroughAClusterUnderLoad fixes the files of three servers
// and their leaf node, restarts one server after the other while clients
// publish, and looks for every message that was acknowledged.
func TestDomainIsRolledThroughAClusterUnderLoad(t *testing.T) {
	slow(t)
	in := texts{"leaf1.conf": `server_name: leaf1
jetstream { store_dir: "@dir@" }
accounts { A { jetstream: enabled, users: [ { user: app, password: pw } ] } }
leafnodes { reconnect: "250ms", remotes: [ { urls: [ "nats://leaf:pw@127.0.0.1:@n1-leafnodes@", "nats://leaf:pw@127.0.0.1:@n2-leafnodes@", "nats://leaf:pw@127.0.0.1:@n3-leafnodes@" ], account: A } ] }
`}
	members := []string{"n1.conf", "n2.conf", "n3.conf"}
	for _, file := range members {
		in[file] = strings.ReplaceAll(`server_name: %
listen: "127.0.0.1:@%@"
jetstream { store_dir: "@dir@" }
accounts { A { jetstream: enabled, users: [ { user: app, password: pw }, { user: leaf, password: pw } ] } }
cluster { name: hub, listen: "127.0.0.1:@%-routes@", routes: [ "nats://127.0.0.1:@n1-routes@", "nats://127.0.0.1:@n2-routes@", "nats://127.0.0.1:@n3-routes@" ] }
leafnodes { listen: "127.0.0.1:@%-leafnodes@" }
`, "%", strings.TrimSuffix(file, ".conf"))
	}
	s := write(t, in)
	s.start(members...)
	s.elected(members...)
	s.start("leaf1.conf")
	var urls []string
	for _, file := range members {
		urls = append(urls, s.running[file].ClientURL())
	}
	client := func() *nats.Conn {
		nc, err := nats.Connect(strings.Join(urls, ","), as("app"), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return nc
	}
	api := js(t, client(), "")
	create(t, api, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}, Replicas: 3})
	s.healthy(members, "ORDERS")
	local := js(t, s.client("leaf1.conf", as("app")), "")
	create(t, local, jetstream.StreamConfig{Name: "LOCAL", Subjects: []string{"local"}})
	publish(t, local, "local", "1")

	load := &load{acknowledged: map[string]bool{}}
	publishing, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	for i := range 3 {
		load.publish(publishing, js(t, client(), ""), fmt.Sprintf("p%d", i))
	}
	load.grows(t)

	for _, file := range append(members, "leaf1.conf") {
		if before := s.text(file); strings.Contains(before, "domain") {
			t.Fatalf("%s has a domain:\n%s", file, before)
		}
	}
	s.fix()
	for _, file := range members {
		if !strings.Contains(s.text(file), "domain: \"hub\"") {
			t.Fatalf("%s has no domain:\n%s", file, s.text(file))
		}
		s.stop(file)
		load.grows(t) // on two servers
		s.start(file)
		s.elected(members...)
		s.healthy(members, "ORDERS")
		load.grows(t)
	}
	s.stop("leaf1.conf")
	s.start("leaf1.conf")
	load.grows(t)
	stop()
	load.done.Wait()

	s.healthy(members, "ORDERS")
	stored, total := contents(t, api, "ORDERS")
	lost, twice := 0, 0
	for id := range load.acknowledged {
		switch n := stored[id]; {
		case n == 0:
			lost++
		case n > 1:
			twice++
		}
	}
	t.Logf("%d messages acknowledged, %d stored, %d publishes tried again", len(load.acknowledged), total, load.retries)
	if lost > 0 || twice > 0 || len(load.acknowledged) == 0 {
		t.Errorf("of %d acknowledged messages %d are lost, and %d are there more than once", len(load.acknowledged), lost, twice)
	}

	leaf := s.client("leaf1.conf", as("app"))
	eventually(t, "the leaf reaches the stream through the domain", func() error {
		stream, err := js(t, leaf, "hub").Stream(attempt(t), "ORDERS")
		if err != nil {
			return err
		}
		if got := stream.CachedInfo().State.Msgs; got < total { // the last publishes may have been cut off and arrive late
			return fmt.Errorf("it has %d of %d messages", got, total)
		}
		return nil
	})
	if err := holds(t, js(t, leaf, ""), "LOCAL", 1); err != nil {
		t.Errorf("the leaf's own stream: %v", err)
	}
}

// contents returns how often each message is in a stream, and how many there are.
func contents(t *testing.T, api jetstream.JetStream, name string) (texts map[string]int, total uint64) {
	t.Helper()
	ctx := within(t)
	stream, err := api.Stream(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	total = stream.CachedInfo().State.Msgs
	consumer, err := api.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		t.Fatal(err)
	}
	defer messages.Stop()
	texts = map[string]int{}
	for i := range total {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			t.Fatalf("message %d of %d: %v", i+1, total, err)
		}
		texts[string(msg.Data())]++
	}
	return texts, total
}

// healthy waits until every member has all of a stream, and the stream a leader
// that says so.
func (s *system) healthy(members []string, stream string) {
	s.t.Helper()
	for _, name := range members {
		n := s.running[name]
		eventually(s.t, name+" has all of "+stream, func() error {
			return is(n.JetStreamIsStreamCurrent("A", stream), true)
		})
	}
	api := js(s.t, s.client(members[0], as("app")), "")
	eventually(s.t, stream+" has a leader and current replicas", func() error {
		found, err := api.Stream(within(s.t), stream)
		if err != nil {
			return err
		}
		info := found.CachedInfo().Cluster
		current := 0
		for _, replica := range info.Replicas {
			if replica.Current && !replica.Offline {
				current++
			}
		}
		if info.Leader == "" {
			return errors.New("it has no leader")
		}
		return is(current, len(members)-1)
	})
}

// load is what clients publish at the same time.
type load struct {
	done         sync.WaitGroup
	mu           sync.Mutex
	acknowledged map[string]bool
	retries      int
}

// publish publishes messages, each as often as it takes until it is
// acknowledged, until the context ends.
func (l *load) publish(ctx context.Context, api jetstream.JetStream, name string) {
	l.done.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			id := fmt.Sprintf("%s-%d", name, i)
			for ctx.Err() == nil {
				once, cancel := context.WithTimeout(ctx, 2*time.Second)
				_, err := api.Publish(once, "orders", []byte(id), jetstream.WithMsgID(id))
				cancel()
				l.mu.Lock()
				if err == nil {
					l.acknowledged[id] = true
				} else {
					l.retries++
				}
				l.mu.Unlock()
				if err == nil {
					break
				}
			}
			time.Sleep(time.Millisecond) // the machine has other things to do
		}
	})
}

// grows waits until more messages are acknowledged.
func (l *load) grows(t *testing.T) {
	t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.acknowledged)
	}
	start := count()
	eventually(t, "messages are acknowledged", func() error {
		if got := count(); got < start+50 {
			return fmt.Errorf("%d in all, %d since", got, got-start)
		}
		return nil
	})
}
