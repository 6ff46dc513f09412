// Package suite lists all rules.
package suite

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/jetstream"
	"github.com/natsfix/natsfix/internal/fixes/startup"
)

// All returns every rule in the order in which they run: names first, since
// what others write may be made of them.
func All() []*fixes.Rule {
	return []*fixes.Rule{
		startup.GatewayClusterName(),
		jetstream.Domain(),
	}
}
