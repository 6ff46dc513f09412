package startup

import (
	"time"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// MQTTTimeout finds negative waiting times of MQTT.
func MQTTTimeout() *fixes.Rule {
	return &fixes.Rule{
		Name:     "mqtt-timeout",
		Severity: fixes.Error,
		Summary:  "a waiting time of mqtt is negative, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "ack wait must be a positive value",
			What: `ack_wait and js_api_timeout of mqtt say how long to wait for a client and for JetStream. A negative time makes no sense, and
the server refuses to start ("ack wait must be a positive value", "JS API timeout must be a positive value"; server/mqtt.go,
validateMQTTOptions). 0 stands for the server's own time.`,
			Fix:           "Takes the time out, so that the server takes its own: 30 s and 5 s.",
			Applicability: `Unsafe (changes behaviour): another time may have been meant.`,
			Effect:        "The server does not run.",
			Before:        "server_name: edge\njetstream: enabled\nmqtt {\n  port: 1883\n  ack_wait: \"-1s\"\n}\n",
			After:         "server_name: edge\njetstream: enabled\nmqtt {\n  port: 1883\n}\n",
		},
		Needs:       []string{"mqtt"},
		CheckServer: checkMQTTTimeout,
	}
}

func checkMQTTTimeout(p *fixes.Pass, s *fleet.Server) {
	mqtt := fixes.Top(s, "mqtt")
	if mqtt == nil || s.Broken() || !listens(mqtt) {
		return
	}
	for _, one := range []struct {
		names   []string
		message string
	}{
		{[]string{"ack_wait", "ackwait"}, "ack wait must be a positive value"},
		{[]string{"js_api_timeout", "api_timeout"}, "JS API timeout must be a positive value"},
	} {
		v := fixes.Below(mqtt, one.names...)
		if v == nil || !isNegative(v.Value) {
			continue
		}
		f := v.Finding("the time is negative: the server refuses to start (%q), though nats-server -t calls the file valid", one.message)
		f.With(p.Delete(v, "take %s out", v.Entry.Key), "write a time above 0")
		p.Report(f.Because(fixes.ChangesBehaviour, "another time may have been meant"))
	}
}

// isNegative reports whether a number of seconds or a duration is below 0.
func isNegative(v *fleet.Value) bool {
	switch n := v.Plain().(type) {
	case int64:
		return n < 0
	case string:
		d, err := time.ParseDuration(n)
		return err == nil && d < 0
	}
	return false
}
