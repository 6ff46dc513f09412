package e2e

import (
	"fmt"
	"net"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// TestDomainOrphansMQTTSessions shows why a domain is not set without --unsafe
// on a server with MQTT: the sessions that are there are found no more.
func TestDomainOrphansMQTTSessions(t *testing.T) {
	s := write(t, texts{"hub.conf": articleHub + `mqtt { listen: "127.0.0.1:@mqtt@" }
`, "leaf1.conf": articleLeaf + articleAccount})
	dial := func(id string) *mqttClient {
		return dialMQTT(t, s.running["hub.conf"].mqtt(), id, "app", "pw")
	}
	s.start("hub.conf")
	device := dial("device")
	if device.resumed {
		t.Error("a session is there at the first time")
	}
	device.subscribe("orders/#")
	device.close()
	sender := dial("sender")
	sender.publish("orders/1", "kept")
	sender.close()
	device = dial("device")
	if !device.resumed {
		t.Error("before: the session is not resumed")
	}
	if got := device.next(); got != "kept" {
		t.Errorf("before: the session gets %q", got)
	}
	device.close()

	before := s.text("hub.conf")
	if s.fixed("hub.conf") {
		t.Errorf("natsfix sets a domain beside MQTT without --unsafe:\n%s", s.text("hub.conf"))
	}
	s.stop("hub.conf")
	if !s.fixed("hub.conf", "--unsafe", "--only", "jetstream-domain") {
		t.Fatalf("with --unsafe nothing changes:\n%s", before)
	}
	s.start("hub.conf")
	device = dial("device")
	if device.resumed {
		t.Error("after: the session is resumed, so that the fix need not be unsafe")
	}
	device.close()
	// The old session is not deleted: both lie in the stream, the new one under the domain.
	stream, err := js(t, s.client("hub.conf", as("app")), "").Stream(within(t), "$MQTT_sess")
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]int{"$MQTT.sess.*": 2, "$MQTT.sess.hub.*": 1} { // device and sender, then device
		info, err := stream.Info(within(t), jetstream.WithSubjectFilter(filter))
		if err != nil || len(info.State.Subjects) != want {
			t.Errorf("%s: %v, %v", filter, info.State.Subjects, err)
		}
	}
	s.stop("hub.conf")

	s.put("hub.conf", before)
	s.start("hub.conf")
	device = dial("device")
	if !device.resumed {
		t.Error("without the domain the session does not come back")
	}
	device.close()
}

// mqtt returns the address at which the server accepts MQTT.
func (n *node) mqtt() string {
	v, err := n.Varz(nil)
	if err != nil {
		return err.Error()
	}
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(v.MQTT.Port))
}
