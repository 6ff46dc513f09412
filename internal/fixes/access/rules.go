package access

import "github.com/natsfix/natsfix/internal/fixes"

// Rules returns the rules of the package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		AuthConflict(),
		ClusterPermissions(),
		UserIncomplete(),
		InvalidKey(),
		InvalidSubject(),
		ReservedAccount(),
		ImportRefused(),
		ImportPrefixAndTo(),
		ImportCycle(),
		ExportTokenPosition(),
		LatencySubject(),
		LatencySystemAccount(),
		MappingRefused(),
		TLSIncomplete(),
		TLSContext(),
		LeafnodeDuplicateRemote(),
		LeafnodeProxy(),
		CompressionThresholds(),
	}
}
