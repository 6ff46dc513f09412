package startup

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		GatewayClusterName(),
	}
}
