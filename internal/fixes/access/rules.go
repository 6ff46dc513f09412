package access

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// Rules returns the rules of the package in the order in which they run.
func Rules() []*fixes.Rule {
	return []*fixes.Rule{
		on(fixes.Typed(schema.Map), AuthConflict()),
		on(fixes.At("", "authorization"), PermissionsIgnored()),
		on(fixes.At("cluster", "permissions"), ClusterPermissions()),
		on(fixes.Typed(schema.Map), UserIncomplete()),
		on(fixes.Either(fixes.Typed(schema.NKey|schema.Seed), fixes.Named("pinned_certs", "trusted")), InvalidKey()),
		on(fixes.Either(fixes.At("", "operator"), fixes.In("resolver_preload")), InvalidJWT()),
		on(fixes.Typed(schema.Subject), InvalidSubject()),
		on(fixes.At("", "accounts"), ReservedAccount()),
		on(fixes.At("accounts.<name>", "imports"), ImportRefused()),
		on(fixes.At("accounts.<name>.imports[]", "to"), ImportPrefixAndTo()),
		on(fixes.At("", "accounts"), ImportCycle()),
		on(fixes.At("accounts.<name>.exports[]", "account_token_position"), ExportTokenPosition()),
		on(fixes.At("accounts.<name>.exports[]", "latency"), LatencySubject()),
		on(fixes.At("accounts.<name>.exports[]", "latency"), LatencySystemAccount()),
		on(fixes.In("mappings"), MappingRefused()),
		on(fixes.In("mappings"), MappingLiteral()),
		on(fixes.Named("tls", "resolver_tls"), TLSIncomplete()),
		on(fixes.Named("tls", "resolver_tls"), TLSContext()),
		on(fixes.At("leafnodes", "remotes"), LeafnodeDuplicateRemote()),
		on(fixes.At("leafnodes.remotes[]", "proxy"), LeafnodeProxy()),
		on(fixes.At("compression", "rtt_thresholds"), CompressionThresholds()),
	}
}

// on is a rule that looks at the values of these fields.
func on(fields fixes.Fields, rule *fixes.Rule) *fixes.Rule {
	rule.Fields = fields
	return rule
}
