package fleet

import "testing"

func TestLeafLinkToAnotherPortOfAKnownHost(t *testing.T) {
	f := files{
		"hub.conf":   "leafnodes { port: 7422, advertise: hub.example.com }",
		"other.conf": "leafnodes { port: 7422, advertise: other.example.com }",
		"leaf.conf": `leafnodes { remotes [
			{ url: "nats://hub.example.com:4222" }
			{ url: "nats://hub.example.com:7422" }
			{ urls: [ "nats://hub.example.com:4222", "nats://other.example.com" ] }
			{ url: "nats://elsewhere.example.com:4222" }
		] }`,
	}.build(Options{})
	hub := server(t, f, "hub.conf")
	if hub.LeafPort() != "7422" {
		t.Errorf("the hub's leaf nodes port is %q", hub.LeafPort())
	}
	links := server(t, f, "leaf.conf").Cluster.Super.Out
	if len(links) != 4 {
		t.Fatalf("%d links, want 4", len(links))
	}
	if l := links[0]; l.Resolved() || len(l.OtherPort) != 1 || l.OtherPort[0] != hub {
		t.Errorf("the client port: hubs %v, other port %v", l.Hubs, l.OtherPort)
	}
	for i, l := range links[1:] {
		if len(l.OtherPort) != 0 {
			t.Errorf("link %d leads to another port of %v", i+1, l.OtherPort)
		}
	}
}

func TestServerNameThatIsNoStringStandsForOneServer(t *testing.T) {
	if s := one("server_name: 2001"); s.Many() || !s.ServerName.Unknown() {
		t.Error("a server_name that is a number was taken for a variable")
	}
	if s := one("server_name: $POD"); !s.Many() {
		t.Error("a server_name from an unknown variable stands for many servers")
	}
}
