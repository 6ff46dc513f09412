package startup

import "github.com/natsfix/natsfix/internal/fixes"

// Rules lists the rules of this package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		GatewayClusterName(),
		GatewayNameMissing(),
		GatewayURLMissing(),
		ServerNameMissing(),
		ClusterNameMissing(),
		JetStreamClusterRoutes(),
		JetStreamSystemAccount(),
		JetStreamKeyTPM(),
		JetStreamCatchup(),
		JetStreamDomainInvalid(),
		JetStreamAccountLimits(),
		SystemAccountMissing(),
		LeafNodeGatewaySystemAccount(),
		LeafNodeAccountMissing(),
		LeafNodeWebsocketMix(),
		OperatorMixedConfig(),
		OperatorSystemAccount(),
		OperatorResolverMissing(),
		DefaultSentinel(),
		ResolverPreload(),
		ResolverWithoutOperator(),
		NoAuthUserMissing(),
		MQTTAuth(),
		MQTTJetStream(),
		MQTTTimeout(),
		WebsocketTLS(),
		WebsocketOrigin(),
		WebsocketHeader(),
		WebsocketJWTCookie(),
		ClusterAccountsDuplicate(),
		ClusterPoolAccounts(),
		MaxPayloadPending(),
		LameDuckGrace(),
		HTTPAndHTTPS(),
		HTTPSTLS(),
		ListenHost(),
		PortRange(),
		PortConflict(),
	}
}
