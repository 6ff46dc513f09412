package jetstream

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run: the
// domains first that servers lack, then those that are wrong, then what is
// written in their terms.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		DuplicateServerName(),
		LeafClusterName(),
		Domain(),
		DomainMismatch(),
		DomainConflict(),
		DefaultDomain(),
		APISubject(),
		Clamp(),
		DebugLogging(),
	}
}
