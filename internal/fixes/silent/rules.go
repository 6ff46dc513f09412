// Package silent holds the rules for configurations that the server takes without
// a word although they do not do what was meant.
package silent

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		AccountsScalar(),
		AccountJetStreamWithoutServer(),
		AccountWithoutJetStream(),
		URLMissingScheme(),
		URLMissingPort(),
		DuplicateURL(),
		DuplicateGatewayEntry(),
		LeafnodeRemoteNoURL(),
		LeafnodeRemotePort(),
		InertBlock(),
		SimpleAuthTimeout(),
		MaxBytesIsBool(),
		JetStreamSizeString(),
		JetStreamStoreDir(),
		MixedAuth(),
		PasswordWithoutUser(),
		EmptyPermission(),
		OverBroadJetStreamPermission(),
		PlaintextPassword(),
	}
}
