// Package suite lists all rules.
package suite

import (
	"slices"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/access"
	"github.com/natsfix/natsfix/internal/fixes/jetstream"
	"github.com/natsfix/natsfix/internal/fixes/meaning"
	"github.com/natsfix/natsfix/internal/fixes/silent"
	"github.com/natsfix/natsfix/internal/fixes/startup"
	"github.com/natsfix/natsfix/internal/fixes/syntax"
	"github.com/natsfix/natsfix/internal/fixes/types"
)

// All returns every rule in the order in which they run: what the parser
// refuses first, since nothing else can be seen behind it; then values of the
// wrong type; then names, since what others write may be made of them.
func All() []*fixes.Rule {
	return slices.Concat(
		syntax.Rules(),
		types.Rules(),
		meaning.Rules(),
		access.Rules(),
		startup.Rules(),
		jetstream.Rules(),
		silent.Rules(),
	)
}
