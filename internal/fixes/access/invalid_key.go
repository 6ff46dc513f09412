package access

import (
	"regexp"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// InvalidKey finds nkeys and fingerprints that are none.
func InvalidKey() *fixes.Rule {
	return refuses("invalid-key", "a public key, a seed or a certificate's fingerprint is none, so the server refuses to start", fixes.Doc{
		Message: "Not a valid public nkey for a user",
		What: `A public key starts with a letter that tells its kind (A for accounts, U for users, O for operators, X for curves), has 56
letters and digits, and ends in a checksum, so that one wrong letter is noticed: "Not a valid public nkey for an account", "Not a valid
public nkey for leafnode authorization", "Expected callout user to be a valid public account nkey", "Expected callout xkey to be a
valid public xkey", "trust key required to be a valid public operator nkey", "invalid proxy key" (and for an entry of proxies without one, which
nats-server -t lets pass, proxy trusted key "" is invalid). A seed starts with S ("Remote
leafnode nkey is not a valid seed", a message that shows the seed). An item of pinned_certs has 64 hexadecimal digits ("does not look
like hex-encoded sha256").`,
		Fix:           "Nothing: a person looks for the right key.",
		Applicability: "Manual: a key cannot be guessed.",
		Before:        "authorization {\n  users: [ { nkey: UABC } ]\n}\n",
		After:         "authorization {\n  users: [ { nkey: UC6NLCN7AS34YOJVCYD4PJ3QB7QGLYG5B5IMBT25VW5K4TNUJODM7BOX } ]\n}\n",
		References:    []string{"server/opts.go: parseAccounts, parseUsers, parseLeafAuthorization, parseAuthCallout, parseProxiesTrusted, parseTLS"},
	}, checkInvalidKey)
}

var fingerprint = regexp.MustCompile(`^[A-Fa-f0-9]{64}$`)

func checkInvalidKey(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil && v.Field != nil && v.Field.Name == "trusted" && v.Block.Path == "proxies" && v.Value.IsMap() {
		if e := v.Value.Map.Field("key", "public_key"); e == nil || e.Value.IsString() && e.Value.Text() == "" {
			p.Report(manual(v.Finding("the entry has no key: the server refuses to start (\"proxy trusted key \\\"\\\" is invalid\"), though nats-server -t calls the file valid"), "give the proxy's public key"))
		}
	}
	if v.Field == nil || v.Block == nil || v.Value.Kind() != ast.KindString || v.Entry == nil && (!v.Field.Takes(schema.List) || v.Parent.Entry == nil) {
		return // a list where one value belongs is for wrap-in-list
	}
	if fixes.CutAddress(v.Value.Node) {
		return // cidr-unquoted
	}
	if v.Field.Name == "pinned_certs" {
		if v.Entry == nil && !fingerprint.MatchString(v.Value.Text()) {
			p.Report(manual(v.Finding("this is no SHA-256 in hexadecimal digits: the server refuses to start (\"does not look like hex-encoded sha256\")"), "take the fingerprint from the certificate's public key"))
		}
		return
	}
	if v.Field.Type&(schema.NKey|schema.Seed) == 0 && v.Field.Elem&schema.NKey == 0 {
		return
	}
	valid, what, message := keyCheck(v)
	if v.Value.Text() == "" && (v.Block.Path == "authorization.users[]" || v.Block.Path == "proxies.trusted[]") {
		return // as if it was left out
	}
	if valid == nil || valid(v.Value.Text()) {
		return
	}
	p.Report(manual(v.Finding("this is no %s: the server refuses to start (%q)", what, message), "look for the right key"))
}

// keyCheck returns what a key has to be at a place, and what the server says
// if it is not; nil if the server does not look.
func keyCheck(v *fixes.Visit) (valid func(string) bool, what, message string) {
	switch path, name := v.Block.Path, v.Field.Name; {
	case path == "accounts.<name>" && name == "nkey":
		return nkeys.IsValidPublicAccountKey, "public key of an account", "Not a valid public nkey for an account"
	case path == "authorization.users[]" && name == "nkey":
		return nkeys.IsValidPublicUserKey, "public key of a user", "Not a valid public nkey for a user"
	case path == "leafnodes.authorization" && name == "nkey":
		return nkeys.IsValidPublicUserKey, "public key of a user", "Not a valid public nkey for leafnode authorization"
	case path == "authorization.auth_callout" && name == "issuer":
		return nkeys.IsValidPublicAccountKey, "public key of an account", "Expected callout user to be a valid public account nkey"
	case path == "authorization.auth_callout" && name == "xkey":
		return nkeys.IsValidPublicCurveKey, "public key of a curve", "Expected callout xkey to be a valid public xkey"
	case path == "" && name == "trusted_keys":
		return nkeys.IsValidPublicOperatorKey, "public key of an operator", "required to be a valid public operator nkey"
	case path == "proxies.trusted[]" && name == "key":
		return nkeys.IsValidPublicKey, "public key", "invalid proxy key"
	case path == "leafnodes.remotes[]" && name == "nkey":
		return isUserSeed, "seed of a user", "Remote leafnode nkey is not a valid seed"
	}
	return nil, "", ""
}

func isUserSeed(s string) bool {
	prefix, _, err := nkeys.DecodeSeed([]byte(s))
	return err == nil && prefix == nkeys.PrefixByteUser
}
