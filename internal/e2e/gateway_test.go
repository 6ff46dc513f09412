package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const conflict = "cluster name conflicts between cluster and gateway definitions"

func TestGatewayIsRefusedBeforeAndStartsAfter(t *testing.T) {
	ports := []string{"0.0.0.0:5421", "127.0.0.1:-1", "0.0.0.0:4242", "127.0.0.1:-1"}
	before := examples(t, "gateway")
	if _, err := newServer(t, before["nats.conf"], ports...); err == nil || !strings.Contains(err.Error(), conflict) {
		t.Fatalf("before: %v", err)
	}
	after := fix(t, before)["nats.conf"]
	if want := strings.Replace(before["nats.conf"], `name: "gateway"`, `name: "cluster"`, 1); after != want {
		t.Errorf("after:\n%s", after)
	}
	s := start(t, after, ports...)
	if got := s.ClusterName(); got != "cluster" {
		t.Errorf("the cluster is named %q", got)
	}
	if s.GatewayAddr() == nil {
		t.Error("the gateway does not listen")
	}
}

func TestSuperclusterForms(t *testing.T) {
	// Both clusters have a gateway of another name, by which the other one
	// speaks of it.
	before := texts{}
	for _, names := range [][2]string{{"east", "west"}, {"west", "east"}} {
		before[names[0]+".conf"] = fmt.Sprintf(`server_name: %[1]s-1
gateway {
  name: %[1]s-gw
  listen: "%[1]s-1:7222"
  gateways: [
    { name: %[1]s-gw, url: "nats://%[1]s-1:7222" }
    { name: %[2]s-gw, url: "nats://%[2]s-1:7222" }
  ]
}
cluster { name: %[1]s, listen: "0.0.0.0:6222" }
`, names[0], names[1])
	}
	ports := []string{"0.0.0.0:6222", "127.0.0.1:-1", "east-1:7222", freeAddress(t), "west-1:7222", freeAddress(t)}
	for name, text := range before {
		if _, err := newServer(t, text, ports...); err == nil || !strings.Contains(err.Error(), conflict) {
			t.Fatalf("%s before: %v", name, err)
		}
	}
	after := fix(t, before)
	east, west := start(t, after["east.conf"], ports...), start(t, after["west.conf"], ports...)
	for _, s := range []*server.Server{east, west} {
		eventually(t, "gateways connect", func() bool { return s.NumOutboundGateways() == 1 })
	}
	sub, err := connect(t, east).SubscribeSync("greeting")
	if err != nil {
		t.Fatal(err)
	}
	nc := connect(t, west)
	eventually(t, "a message crosses", func() bool {
		if err := nc.Publish("greeting", nil); err != nil {
			t.Fatal(err)
		}
		nc.Flush()
		_, err := sub.NextMsg(nats.DefaultTimeout / 20)
		return err == nil
	})
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
