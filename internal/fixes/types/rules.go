// Package types holds the rules for values of the wrong type or unit, and for
// fields that the server does not know.
package types

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{}
}
