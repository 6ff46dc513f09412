package jetstream

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

func TestCoversAgreesWithTheServer(t *testing.T) {
	subjects := []string{
		">", "*", "a", "*.>", "a.>", "a.*", "a.b", "*.b", "*.*", "a.b.c", "a.*.c", "a.b.>", "a.*.>", "*.b.>", "$JS.>", "$JS.*.>",
		"$JS.API.>", "$JS.API.INFO", "$JS.API.STREAM.>", "$JS.API.STREAM.*.x", "$JS.hub.API.>", "$JS.*.API.>", "$JS.API", "$JS",
	}
	for _, outer := range subjects {
		for _, inner := range subjects {
			if got, want := covers(outer, inner), server.SubjectMatchesFilter(inner, outer); got != want {
				t.Errorf("covers(%q, %q) = %v, want %v", outer, inner, got, want)
			}
		}
	}
}
