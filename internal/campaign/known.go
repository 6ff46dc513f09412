package campaign

import (
	"regexp"

	"github.com/nats-io/nkeys"
)

// Known is a difference between natsfix and the server that stays, and why.
type Known struct {
	ID string // of the disagreements
	// Match narrows the entry to cases whose text or detail it matches, nil for
	// all of the ID.
	Match *regexp.Regexp
	// Example has the difference. If it has it no more, the entry has to go.
	Example Case
	Reason  string
}

// single is a case of one document.
func single(text string) Case { return Case{Files: map[string]string{Root: text}} }

// holds reports whether a disagreement is this difference.
func (k *Known) holds(cs Case, d Disagreement) bool {
	return d.ID() == k.ID && (k.Match == nil || k.Match.MatchString(d.Detail) || k.Match.MatchString(cs.String()))
}

// operatorMode matches a case with an operator.
var operatorMode = regexp.MustCompile(`(?i)operator|root|trusted`)

// Why some differences stay.
const (
	inTheJWT       = "what an operator's JWT names (a system account, a resolver's URL) decides, of which natsfix reads only what stands in the file, for the resolver and the system account"
	unusedVariable = "without the value that goes nothing uses the variable, and its definition becomes a field that the server does not know: " +
		"the proof holds the fix back, and says so"
	provedLater = "a fix is held back because it brings another error to light; once the first run has cured what was beside it, the second can compare and takes it"
)

// KnownDifferences lists the differences that stay.
func KnownDifferences() []Known {
	return []Known{
		{
			ID:      "missed: leaf nodes and gateways (both being defined) require a system account to also be configured",
			Match:   operatorMode,
			Example: single("gateway { name: C1, port: 7222 }\nleafnodes { port: 7422 }\noperator: operator.jwt\n"),
			Reason:  inTheJWT,
		},
		{
			ID:      "missed: JetStream cluster requires configured routes or solicited leafnode for the system account",
			Match:   operatorMode,
			Example: single("gateway { name: C1, port: 7222 }\njetstream {}\noperator: " + operatorJWT + "\nserver_name: n1\nleafnodes { remotes: [ { account: APP } ] }\n"),
			Reason:  inTheJWT,
		},
		{
			ID:      "not cured: leaf nodes and gateways (both being defined) require a system account to also be configured",
			Match:   operatorMode,
			Example: single("gateway { name: C1, port: 7222 }\nleafnodes { port: 7422 }\noperator: operator.jwt\ndebug: \"true\"\n"),
			Reason:  inTheJWT,
		},
		{
			ID:      "unproved: conflicting-aliases",
			Match:   regexp.MustCompile(`unknown field`),
			Example: single("V4: 6222\nport: $V4\nlisten: \"127.0.0.1:7422\"\n"),
			Reason:  unusedVariable,
		},
		{
			ID:      "unproved: duplicate-key",
			Match:   regexp.MustCompile(`unknown field`),
			Example: single("V2: []\nserver_tags: $V2\nserver_tags: []\n"),
			Reason:  unusedVariable,
		},
		{
			ID:      "false error: glued-brace",
			Match:   regexp.MustCompile(`headers`),
			Example: single("websocket { headers { Str[ict: x } }\n"),
			Reason:  "a bracket in the name of a header, which the server takes and no browser sends",
		},
		{
			ID:      "unproved: empty-permission",
			Match:   regexp.MustCompile(`unknown field`),
			Example: single("V4: []\nauthorization { default_permissions { subscribe { deny: $V4 } } }\n"),
			Reason:  unusedVariable,
		},
		{
			ID:      "missed: expected … to be a valid non-empty string",
			Example: single("tls { cert_file: a.pem, key_file: b.pem, cert_match: \"\" }\n"),
			Reason:  "options for the certificate store of Windows",
		},
		{
			ID:      "missed: unknown field …",
			Match:   regexp.MustCompile(`unknown field "[^"]*[{}\[\]%]|resolver_preload`),
			Example: single("gateway}{name:"),
			Reason:  "keys that hold more than one bracket, or what a separator cuts off a value in a block whose keys are names: nobody writes that",
		},
		{
			ID:      "missed: Duplicate service import subject …, previously used in import for account …, subject …",
			Match:   regexp.MustCompile(`stream`),
			Example: single("accounts={A={imports=[{stream={}\nservice={account=\"APP\"\nsubject=\"foo.>\"}\nto=\"_INBOX.>\"}\n{service {account=\"APP\"\nsubject=\"_INBOX.>\"}}]}}\n"),
			Reason:  "of an import that is both a stream and a service, which export-directive reports, the server takes the one that it happens to read first",
		},
		{
			ID:      "boot: Can't start JetStream: setting up internal jetstream subscriptions failed: system account not setup",
			Match:   operatorMode,
			Example: single("jetstream: enabled\noperator: " + operatorJWT + "\nresolver: MEMORY\n"),
			Reason:  inTheJWT,
		},
		{
			ID:      "boot: Can't set system account: account validation failed",
			Example: single("trusted_keys: " + publicKey(nkeys.PrefixByteOperator, 0) + "\naccounts { A {} }\nsystem_account: A\n"),
			Reason:  "only a real start shows it, for trusted_keys without an operator, which operator JWTs took the place of in 2.0",
		},
		{
			ID:      "false error: gateway-name-missing",
			Match:   regexp.MustCompile(`(?s)listen.*port|port.*listen`),
			Example: single("gateway { listen: \"n1:-1\", port: 0 }\n"),
			Reason:  "listen and port contradict each other, which conflicting-aliases reports: at some starts the gateway listens and needs a name",
		},
		{
			ID:      "missed: proxy is configured but remote URL wss://0:0 requires TLS and no TLS configuration is provided. When using proxy with TLS endpoints, ensure TLS is properly configured for the leafnode remote",
			Example: single("leafnodes {\nremotes [{ urls \"wss://127.0.0.1:7422\"\ntls { certs {} }\nproxy { url \"http://127.0.0.1:3128\" } }]\n}\n"),
			Reason:  "it follows from the tls block, which the server refuses and a rule reports",
		},
		{
			ID:      "unproved: cidr-unquoted",
			Match:   regexp.MustCompile(`this is a bug`),
			Example: single("authorization{auth_hook=10.0.0.0/8\nusers=}\n"),
			Reason:  "two values are lost at once, and the block takes its name from either; the fix is held back until the other is mended",
		},
		{
			ID:      "missed: trust key … required to be a valid public operator nkey",
			Example: single("trusted: [\"5\"\n" + publicKey(nkeys.PrefixByteOperator, 0) + "]\n"),
			Reason:  "the server names the line of the last key in the list, natsfix that of the wrong one",
		},
		{
			ID:      "twice: jetstream-system-account and server-name-missing",
			Example: single("cluster: { port: 6222, name: C1, routes: [\"nats://n1:6222\"] }\njetstream: {}\ntrusted_keys: " + publicKey(nkeys.PrefixByteOperator, 0) + "\n"),
			Reason:  "JetStream lacks two things",
		},
		{
			ID:      "unproved: unquoted-special",
			Match:   regexp.MustCompile(`this is a bug`),
			Example: single("operator=" + operatorJWT[:200] + "}" + operatorJWT[200:] + "\nresolver=MEMORY"),
			Reason:  "a closing brace within a text without quotes at the top; the fix is held back",
		},
		{
			ID:      "restless: after a fix that failed its proof",
			Example: single("tls {\n  cert_file: server.pem\n  certs: [{ cert_file: x.pem, key_file: off }]\n  curve_preferences: []\n}\n"),
			Reason:  provedLater,
		},
	}
}
