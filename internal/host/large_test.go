package host

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/repo"
)

func TestWhatIsTooLargeIsLeftAndToldOf(t *testing.T) {
	text := "kind: ConfigMap\ndata:\n  nats.conf: |\n    port: 4222\n    jetstream: enabled\n" + strings.Repeat("# x\n", maxHost/4)
	n := Wanted("cm.yaml")
	v := Judge("cm.yaml", []byte(text[:n]), false)
	if v.Class != repo.Nothing || !strings.Contains(v.Why, "too large") {
		t.Errorf("class %d, %q", v.Class, v.Why)
	}
	if v = Judge("cm.yaml", []byte(text[:100]), true); v.Class != repo.Ours {
		t.Errorf("the beginning of it alone: class %d, %q", v.Class, v.Why)
	}
}
