package conformance

import (
	"regexp"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// Choices are values for the parameters that fixes need, as a person might
// choose them: where there is a default it is that.
var Choices = map[string]string{
	"auth-conflict.user":                      "list",
	"backslash-escape.meaning":                "literal",
	"block-string-newline.brackets":           "keep",
	"cluster-name-missing.name":               "C1",
	"cluster-pool-accounts.keep":              "accounts",
	"conflicting-aliases.keep":                "last",
	"duplicate-key.keep":                      "last",
	"duration-unit.unit":                      "s",
	"empty-permission.meaning":                "nothing",
	"gateway-cluster-name.prefer":             "cluster",
	"gateway-name-missing.name":               "C1",
	"http-and-https.keep":                     "http",
	"https-tls.use":                           "http",
	"jetstream-cluster-routes.routes":         "nats://n1:6222",
	"jetstream-domain-invalid.domain":         "hub",
	"inert-block.gateway":                     "7222",
	"lame-duck-grace.grace":                   "10s",
	"latency-subject.subject":                 "latency.samples",
	"listen-scheme.port":                      "4222",
	"leafnode-account-missing.account":        "create",
	"leafnode-gateway-system-account.account": "$SYS",
	"leafnode-websocket-mix.keep":             "plain",
	"max-bytes-is-bool.meaning":               "account",
	"max-payload-pending.keep":                "payload",
	"mqtt-jetstream.store_dir":                "data",
	"name-with-space.with":                    "-",
	"operator-resolver-missing.resolver":      "MEMORY",
	"port-conflict.port":                      "14222",
	"quote-space-value.as":                    "text",
	"resolver-option.hard_delete":             "allow",
	"resolver-preload.keep":                   "resolver",
	"server-name-missing.name":                "n1",
	"size-string.letter":                      "decimal",
	"system-account-missing.account":          "create",
	"tls-insecure-ciphers.allow":              "yes",
	"tls-min-version.version":                 "1.2",
	"unknown-field.take":                      "suggestion",
	"unclosed-block.by":                       "indentation",
	"unquoted-special.as":                     "text",
	"websocket-origin.scheme":                 "https",
	"websocket-tls.no_tls":                    "true",
}

// elsewhere are the rules whose answer may prove wrong for what is not in the
// file: then the proof holds the fix back, and the answer counts as not
// derivable.
var elsewhere = map[string]string{
	"unknown-field":      "the field that is likest, which is chosen here, need not be the one that is meant",
	"include-assignment": "the included file is not there",
}

// losing are the rules whose errors are right on configurations that start:
// the server drops what is written there, without a word.
var losing = map[string]string{
	"duplicate-key":          "of two values of one key the server keeps the last, and drops the other whole",
	"conflicting-aliases":    "of two spellings of one field one is dropped, at random at every start",
	"size-suffix":            "the value is dropped, and its block takes the name of the field",
	"empty-value":            "the key is dropped, and its block takes the name of the key",
	"field-case":             "of the fields of a resolver the server reads those in lower case, and drops the others",
	"latency-system-account": "the server sends no samples, or refuses them, as it happens to read its map",
	"import-prefix-and-to":   "the server drops to, or refuses the import, as it happens to read its map",
}

// LosesValue reports whether a finding speaks of a value that the server loses.
func LosesValue(f *engine.Finding) bool { return losing[f.Rule] != "" }

// Derivable reports whether every error of a run has an answer that follows from
// the file, or from the choices made here: also those that come to light only
// when others are cured. A choice may prove wrong; then the proof holds it back.
func Derivable(res *engine.Result) bool {
	errors := 0
	for _, e := range res.Findings {
		if e.Severity != fixes.Error {
			continue
		}
		errors++
		switch {
		case e.Applicability == fixes.Manual, e.Applicability == fixes.ChangesBehaviour, e.Fix == nil, e.Hidden == "needs a choice":
			return false
		case e.Hidden != "" && elsewhere[e.Rule] != "":
			return false
		}
	}
	return errors > 0
}

// outsideMessages are refusals for what is not in the file: other files, keys
// and JWTs that somebody signed, and a state of the machine.
var outsideMessages = regexp.MustCompile(`^(error parsing include file .*no such file|error parsing operator JWT|invalid account JWT|operator .* expects version|` +
	`error parsing X509|error parsing certificate|failed to parse root ca|` +
	`cert_store not compatible with current operating system|cert store type not implemented|encountered panic without a token|runtime error: invalid memory address)`)

// Outside reports whether the server says that message for what is not in the
// files: keys and JWTs that somebody signed, and a state of the machine.
func Outside(message string) bool { return outsideMessages.MatchString(message) }
