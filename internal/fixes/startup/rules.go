package startup

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		GatewayClusterName(),
		GatewayNameMissing(),
		ServerNameMissing(),
		ClusterNameMissing(),
		JetStreamClusterRoutes(),
		JetStreamSystemAccount(),
		JetStreamDomainInvalid(),
		SystemAccountMissing(),
		LeafNodeGatewaySystemAccount(),
		LeafNodeAccountMissing(),
		LeafNodeWebsocketMix(),
		OperatorMixedConfig(),
		ResolverPreload(),
		NoAuthUserMissing(),
		MQTTAuth(),
		MQTTJetStream(),
		WebsocketTLS(),
		WebsocketOrigin(),
		ClusterAccountsDuplicate(),
		MaxPayloadPending(),
		LameDuckGrace(),
		HTTPAndHTTPS(),
		PortConflict(),
	}
}
