package types

import (
	"cmp"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
	"github.com/natsfix/natsfix/internal/suggest"
)

// EnumCase finds words that are not among those that a field takes, mostly for
// their letter case.
func EnumCase() *fixes.Rule {
	return &fixes.Rule{
		Name:     "enum-case",
		Severity: fixes.Error,
		Summary:  "a word is not among those that the field takes, mostly for its letter case",
		Doc: fixes.Doc{
			Stage:   "-t (compression: start)",
			Message: "write_timeout must be 'default', 'close' or 'retry'",
			What: `Some fields take one of a few words. Most compare them in any letter case, but write_timeout, cluster_traffic and the names
of cipher suites do not: Expected 'system' or 'owner' string value for "cluster_traffic", got Owner, "unrecognized
cipher tls_aes_128_gcm_sha256". A word that the field does not know at all is refused as well: "Unknown cipher type",
"Unknown response type", "invalid connection types", "Expected 'enabled' or 'disabled' for string value, got 'foo'" (jetstream),
"expected 'no_extend' for string value, got 'foo'" (extension_hint), field "handshake_first"'s value "soon" is invalid, "error parsing
ocsp config: unsupported ocsp mode string" (the Go type, never the value).`,
			Fix:           `Writes the word in the letter case that the server takes, and OpenSSL's name of a cipher suite as IANA's.`,
			Applicability: `Safe if only the letter case or white space differs, and for cipher suites. Manual for other words; the finding names the nearest one.`,
			Effect:        `None: the server does not run.`,
			Before:        "write_timeout: \"Retry\"\n",
			After:         "write_timeout: \"retry\"\n",
		},
		Fields:     fixes.Either(fixes.Typed(schema.Enum|schema.Duration), fixes.Named("cipher_suites")),
		CheckValue: checkEnumCase,
	}
}

// ianaName returns the name that the server knows a cipher suite by, for the one
// that OpenSSL gives it; "" for others.
func ianaName(text string) string {
	words := strings.Split(strings.ToUpper(text), "-")
	if len(words) < 4 || words[0] != "ECDHE" {
		return ""
	}
	cipher := strings.Join(words[2:], "_")
	cipher = strings.NewReplacer("AES128", "AES_128", "AES256", "AES_256").Replace(cipher)
	if cipher == "CHACHA20_POLY1305" {
		cipher += "_SHA256"
	}
	return cipherNamed("TLS_ECDHE_" + words[1] + "_WITH_" + cipher)
}

func checkEnumCase(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongWord || v.Server.Garbled() {
		return
	}
	field, text := v.Field, strings.TrimSpace(v.Value.Text())
	if len(field.Values) == 0 { // cipher_suites, whose names are those of Go
		f := v.Finding("the server knows no cipher suite of the name %s, and refuses to start", shown(v))
		if is := cmp.Or(cipherNamed(text), ianaName(text)); is != "" {
			p.Report(f.With(p.Retype(v, ast.String(is), "write %s", is), whyNot(v)))
			return
		}
		p.Report(f.Because(fixes.Manual, "the names are those of IANA, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, and not those of OpenSSL"))
		return
	}
	f := v.Finding("%s is %s, and takes one of the words %s: the server refuses to start", name(v), found(v), strings.Join(field.Values, ", "))
	if field.Name == "extension_hint" && (!v.Server.Clustered() || !v.Server.JetStream.Enabled) {
		f = v.Finding("%s is %s, and the server knows only %s: it ignores the setting", name(v), found(v), strings.Join(field.Values, " and "))
		f.Severity = fixes.Warning
	}
	for _, w := range field.Values {
		if strings.EqualFold(w, text) {
			p.Report(f.With(p.Retype(v, ast.String(w), "write %s for %s", w, name(v)), whyNot(v)))
			return
		}
	}
	reason := "write one of the words"
	if w := suggest.Suggest(text, field.Values); w != "" {
		reason = "did you mean " + w + "?"
	}
	p.Report(f.Because(fixes.Manual, reason))
}
