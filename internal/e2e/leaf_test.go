package e2e

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// deployment is the hub and the leaf node of the example, running.
type deployment struct {
	hub, leaf             *server.Server
	hubClient, leafClient *nats.Conn
}

func deploy(t *testing.T, in texts) deployment {
	t.Helper()
	var d deployment
	d.hub = start(t, in["hub.conf"], "0.0.0.0:7422", "127.0.0.1:-1", "/data/hub", t.TempDir())
	d.leaf = start(t, in["leaf1.conf"], "hub-server:7422", leafAddress(t, d.hub))
	eventually(t, "the leaf node connects", func() bool { return d.hub.NumLeafNodes() == 1 && d.leaf.NumLeafNodes() == 1 })
	d.hubClient = connect(t, d.hub, nats.UserInfo("app", "s3cret-app"))
	d.leafClient = connect(t, d.leaf)
	return d
}

// leafAddress returns where a hub accepts leaf nodes.
func leafAddress(t *testing.T, hub *server.Server) string {
	t.Helper()
	v, err := hub.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(v.LeafNode.Port))
}

// domainOf asks for the JetStream of a domain ("" for the local one) and
// returns the domain that answers.
func domainOf(t *testing.T, nc *nats.Conn, domain string) (string, error) {
	t.Helper()
	js, err := jetstream.NewWithDomain(nc, domain)
	if domain == "" {
		js, err = jetstream.New(nc)
	}
	if err != nil {
		t.Fatal(err)
	}
	info, err := js.AccountInfo(within(t))
	if err != nil {
		return "", err
	}
	return info.Domain, nil
}

func TestLeafReachesTheHubsJetStreamOnlyAfter(t *testing.T) {
	before := examples(t, "leafnodes")
	t.Run("before", func(t *testing.T) {
		d := deploy(t, before)
		for name, nc := range map[string]*nats.Conn{"hub": d.hubClient, "leaf": d.leafClient} {
			if domain, err := domainOf(t, nc, ""); err != nil || domain != "" {
				t.Errorf("the JetStream of the %s: domain %q, %v", name, domain, err)
			}
		}
		for _, domain := range []string{"hub", "leaf1"} {
			if got, err := domainOf(t, d.leafClient, domain); err == nil {
				t.Errorf("domain %s answers as %q", domain, got)
			}
		}
	})
	t.Run("after", func(t *testing.T) {
		d := deploy(t, fix(t, before))
		for _, tt := range []struct {
			at           string
			nc           *nats.Conn
			domain, want string
		}{
			{"hub", d.hubClient, "", "hub"},
			{"hub", d.hubClient, "hub", "hub"},
			{"hub", d.hubClient, "leaf1", "leaf1"},
			{"leaf", d.leafClient, "", "leaf1"},
			{"leaf", d.leafClient, "leaf1", "leaf1"},
			{"leaf", d.leafClient, "hub", "hub"},
		} {
			if got, err := domainOf(t, tt.nc, tt.domain); err != nil || got != tt.want {
				t.Errorf("a client of the %s that asks domain %q reaches %q, %v", tt.at, tt.domain, got, err)
			}
		}
		streamAcross(t, d)
	})
}

// streamAcross makes a stream on the hub from the leaf, and finds it there.
func streamAcross(t *testing.T, d deployment) {
	ctx := within(t)
	fromLeaf, err := jetstream.NewWithDomain(d.leafClient, "hub")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fromLeaf.CreateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders"}}); err != nil {
		t.Fatal(err)
	}
	onHub, err := jetstream.New(d.hubClient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := onHub.Publish(ctx, "orders", []byte("1")); err != nil {
		t.Fatal(err)
	}
	stream, err := onHub.Stream(ctx, "ORDERS")
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(ctx)
	if err != nil || info.State.Msgs != 1 {
		t.Errorf("the stream on the hub holds %+v, %v", info, err)
	}
	local, err := jetstream.New(d.leafClient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Stream(ctx, "ORDERS"); err == nil {
		t.Error("the stream is on the leaf node, too")
	}
}

func TestLeafWithoutItsAccountIsRefusedBeforeAndAfter(t *testing.T) {
	before := texts{
		"hub.conf": `jetstream: { store_dir: "/data" }
server_name: hub-1
accounts: { USERS: { jetstream: enabled } }
leafnodes: { listen: "0.0.0.0:7422", advertise: "hub-server" }
`,
		"leaf1.conf": `server_name: leaf1
jetstream: enabled
leafnodes: { remotes: [ { url: "nats://hub-server:7422", account: "USERS" } ] }
`,
	}
	after := fix(t, before)
	for name, domain := range map[string]string{"hub.conf": "hub", "leaf1.conf": "leaf1"} {
		if !strings.Contains(strings.ReplaceAll(after[name], `"`, ""), "domain: "+domain) {
			t.Errorf("%s has no domain %s:\n%s", name, domain, after[name])
		}
	}
	for when, in := range map[string]texts{"before": before, "after": after} {
		if _, err := newServer(t, in["leaf1.conf"]); err == nil || !strings.Contains(err.Error(), "USERS") {
			t.Errorf("%s the leaf without its account: %v", when, err)
		}
		start(t, in["hub.conf"], "0.0.0.0:7422", "127.0.0.1:-1", "/data", t.TempDir())
		withAccount := in["leaf1.conf"] + "accounts: { USERS: { jetstream: enabled } }\n"
		if _, err := newServer(t, withAccount); err != nil {
			t.Errorf("%s the leaf with its account: %v", when, err)
		}
	}
}
