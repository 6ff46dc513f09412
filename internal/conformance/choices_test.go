package conformance

import "github.com/natsfix/natsfix/internal/engine"

// choices are values for the parameters that fixes need, as a person might
// choose them: where there is a default it is that.
var choices = map[string]string{
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
	"lame-duck-grace.grace":                   "10s",
	"leafnode-account-missing.account":        "create",
	"leafnode-gateway-system-account.account": "$SYS",
	"leafnode-websocket-mix.keep":             "plain",
	"max-bytes-is-bool.meaning":               "account",
	"max-payload-pending.keep":                "payload",
	"mqtt-jetstream.store_dir":                "data",
	"name-with-space.with":                    "-",
	"port-conflict.port":                      "14222",
	"resolver-option.hard_delete":             "allow",
	"resolver-preload.keep":                   "resolver",
	"server-name-missing.name":                "n1",
	"size-string.letter":                      "decimal",
	"system-account-missing.account":          "create",
	"tls-insecure-ciphers.allow":              "yes",
	"tls-min-version.version":                 "1.2",
	"unknown-field.take":                      "suggestion",
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
	"duplicate-key":       "of two values of one key the server keeps the last, and drops the other whole",
	"conflicting-aliases": "of two spellings of one field one is dropped, at random at every start",
	"size-suffix":         "the value is dropped, and its block takes the name of the field",
	"empty-value":         "the key is dropped, and its block takes the name of the key",
}

// losesValue reports whether a finding speaks of a value that the server loses.
func losesValue(f *engine.Finding) bool { return losing[f.Rule] != "" }
