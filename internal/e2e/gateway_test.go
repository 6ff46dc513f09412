package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const conflict = "cluster name conflicts between cluster and gateway definitions"

func TestExampleGatewayStartsAfterTheFix(t *testing.T) {
	s := write(t, examples(t, "gateway", "0.0.0.0:5421", "127.0.0.1:-1", "0.0.0.0:4242", "127.0.0.1:-1"))
	before := s.text("nats.conf")
	if why := s.refused("nats.conf"); !strings.Contains(why, conflict) {
		t.Errorf("before: %s", why)
	}
	s.fix()
	if got, want := s.text("nats.conf"), strings.Replace(before, `name: "gateway"`, `name: "cluster"`, 1); got != want {
		t.Errorf("after:\n%s", got)
	}
	s.start("nats.conf")
	if got := s.running["nats.conf"].ClusterName(); got != "cluster" {
		t.Errorf("the cluster is named %q", got)
	}
	if s.running["nats.conf"].GatewayAddr() == nil {
		t.Error("the gateway does not listen")
	}
}

// superclusterRegions are the clusters of TestSuperclusterForms.
func superclusterRegions() []string { return []string{"east", "north", "west"} }

// superclusterTexts are three clusters of three servers, each of which calls
// its gateway something else than its cluster, as do the others.
func superclusterTexts() texts {
	out := texts{}
	for _, cluster := range superclusterRegions() {
		var gateways strings.Builder
		for _, other := range superclusterRegions() {
			fmt.Fprintf(&gateways, "    { name: gw-%[1]s, urls: [ \"nats://127.0.0.1:@%[1]s-1-gateway@\", \"nats://127.0.0.1:@%[1]s-2-gateway@\" ] }\n", other)
		}
		for i := 1; i <= 3; i++ {
			out[fmt.Sprintf("%s-%d.conf", cluster, i)] = fmt.Sprintf(`server_name: %[1]s-%[2]d
jetstream { store_dir: "@dir@", max_memory_store: 16MB, max_file_store: 64MB }
accounts {
  APP: { jetstream: enabled, users: [ { user: app, password: pw } ] }
  $SYS: { users: [ { user: admin, password: pw } ] }
}
gateway {
  name: gw-%[1]s
  listen: "127.0.0.1:@%[1]s-%[2]d-gateway@"
  gateways: [
%[3]s  ]
}
cluster {
  name: %[1]s
  listen: "127.0.0.1:@%[1]s-%[2]d-routes@"
  routes: [ "nats://127.0.0.1:@%[1]s-1-routes@", "nats://127.0.0.1:@%[1]s-2-routes@", "nats://127.0.0.1:@%[1]s-3-routes@" ]
}
`, cluster, i, gateways.String())
		}
	}
	return out
}

// TestSuperclusterForms turns nine files that no server takes into three
// clusters that are one system: messages, requests, and streams that are placed
// by the name of a cluster.
func TestSuperclusterForms(t *testing.T) {
	slow(t)
	s := write(t, superclusterTexts())
	files := s.names()
	for _, name := range files {
		if why := s.refused(name); !strings.Contains(why, conflict) {
			t.Errorf("%s before: %s", name, why)
		}
	}
	s.fix()
	s.start(files...)
	for _, name := range files {
		srv := s.running[name]
		eventually(t, name+" has its gateways", func() error { return is(srv.NumOutboundGateways(), 2) })
		cluster, _, _ := strings.Cut(name, "-")
		if got := srv.ClusterName(); got != cluster {
			t.Errorf("the cluster of %s is named %q", name, got)
		}
	}
	clients := map[string]*nats.Conn{}
	for i, cluster := range superclusterRegions() {
		clients[cluster] = s.client(fmt.Sprintf("%s-%d.conf", cluster, i+1), as("app"))
	}
	for _, from := range superclusterRegions() {
		for _, to := range superclusterRegions() {
			if from != to {
				crosses(t, clients[from], clients[to], from+"."+to)
			}
		}
	}
	s.elected(files...)
	for i, cluster := range superclusterRegions() {
		asked := superclusterRegions()[(i+1)%3] // a client elsewhere
		placed(t, js(t, clients[asked], ""), cluster)
	}
}

// crosses proves that a message and a request get from one client to another.
func crosses(t *testing.T, from, to *nats.Conn, subject string) {
	t.Helper()
	sub, err := to.SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Subscribe("ask."+subject, func(m *nats.Msg) { m.Respond([]byte("answer to " + string(m.Data))) }); err != nil {
		t.Fatal(err)
	}
	if err := to.Flush(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a message crosses "+subject, func() error {
		if err := from.Publish(subject, []byte(subject)); err != nil {
			return err
		}
		msg, err := sub.NextMsg(time.Second)
		if err != nil {
			return err
		}
		return is(string(msg.Data), subject)
	})
	eventually(t, "a request crosses "+subject, func() error {
		msg, err := from.Request("ask."+subject, []byte("me"), time.Second)
		if err != nil {
			return err
		}
		return is(string(msg.Data), "answer to me")
	})
}

// placed makes a stream of three copies in a cluster, and uses it.
func placed(t *testing.T, api jetstream.JetStream, cluster string) {
	t.Helper()
	stream := create(t, api, jetstream.StreamConfig{
		Name: "IN-" + cluster, Subjects: []string{"in." + cluster}, Replicas: 3, Placement: &jetstream.Placement{Cluster: cluster},
	})
	info, err := stream.Info(within(t))
	if err != nil {
		t.Fatal(err)
	}
	at := []string{info.Cluster.Leader}
	for _, peer := range info.Cluster.Replicas {
		at = append(at, peer.Name)
	}
	for _, name := range at {
		if info.Cluster.Name != cluster || !strings.HasPrefix(name, cluster+"-") || len(at) != 3 {
			t.Errorf("the stream for %s is in %s, on %v", cluster, info.Cluster.Name, at)
		}
	}
	publish(t, api, "in."+cluster, cluster)
	if got := read(t, api, "IN-"+cluster, 1); got[0] != cluster {
		t.Errorf("the stream in %s holds %q", cluster, got)
	}
}
