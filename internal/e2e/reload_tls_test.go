package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// tlsChanges returns changes of TLS settings in every block that has them, and
// adds their bases.
func tlsChanges(t *testing.T, bases map[string]string) []change {
	t.Helper()
	dir := t.TempDir()
	first, second := certificate(t, dir, "first"), certificate(t, dir, "second")
	pin := strings.Repeat("ab", 32)
	var list []change
	for _, block := range []string{"top", "cluster", "gateway", "leafnodes", "websocket", "mqtt"} {
		prefix := ""
		if block != "top" {
			prefix = block + "."
		}
		base := strings.Replace(bases[block], "no_tls: true, ", "", 1)
		with, bare := prefix+"tls", prefix+"tls bare"
		bases[with] = strings.Replace(base, "@field@", "tls { "+first+", @field@ }", 1)
		bases[bare] = strings.Replace(base, "@field@", "tls { @field@ }", 1)
		pair := func(certificate string) string { return strings.TrimPrefix(certificate, "cert_file: ") }
		list = append(list,
			change{path: prefix + "tls.cert_file", in: bare, before: pair(first), after: pair(second)},
			change{path: prefix + "tls.timeout", in: with, before: "1", after: "2"},
			change{path: prefix + "tls.verify", in: with, after: "true"},
			change{path: prefix + "tls.verify_and_map", in: with, after: "true"},
			change{path: prefix + "tls.min_version", in: with, before: `"1.2"`, after: `"1.3"`},
			change{path: prefix + "tls.pinned_certs", in: with, after: `["` + pin + `"]`},
			change{path: prefix + "tls.connection_rate_limit", in: with, before: "10", after: "20"},
			change{path: prefix + "tls.handshake_first", in: with, before: "false", after: "true"},
			change{path: prefix + "tls.cipher_suites", in: with, after: `["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]`},
		)
	}
	for _, block := range []string{"top", "cluster", "gateway", "leafnodes", "mqtt"} { // a websocket has one or no_tls
		path, tls := strings.TrimPrefix(block+".tls", "top."), "{ "+first+" }"
		list = append(list, change{path: path, in: block, after: tls}, change{path: path, in: block, before: tls})
	}
	return append(list,
		change{path: "gateway.gateways.tls", in: "gateways.url", after: "{ " + first + " }"},
		change{path: "leafnodes.remotes.tls", in: "remote", after: "{ " + first + " }"},
	)
}

// operatorChanges returns changes in operator mode, and adds their bases.
func operatorChanges(t *testing.T, bases map[string]string) []change {
	t.Helper()
	operator, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	account := func(name string) (key, token string) {
		pair, err := nkeys.CreateAccount()
		if err != nil {
			t.Fatal(err)
		}
		if key, err = pair.PublicKey(); err != nil {
			t.Fatal(err)
		}
		claims := jwt.NewAccountClaims(key)
		claims.Name = name
		if token, err = claims.Encode(operator); err != nil {
			t.Fatal(err)
		}
		return key, token
	}
	sys, sysToken := account("SYS")
	a, aToken := account("A")
	public, err := operator.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	tokens := func(name string) string {
		claims := jwt.NewOperatorClaims(public)
		claims.Name = name
		token, err := claims.Encode(operator)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	top := bases["top"]
	system := "operator: " + tokens("O") + "\nsystem_account: " + sys + "\nresolver_preload { " + sys + ": " + sysToken + " }\n"
	bases["operator"] = top + "system_account: " + sys + "\nresolver: MEMORY\nresolver_preload { " + sys + ": " + sysToken + " }\n"
	bases["preload"] = top + "operator: " + tokens("O") + "\nsystem_account: " + sys + "\nresolver: MEMORY\n"
	bases["resolver"] = strings.Replace(top, "@field@", "resolver { type: full, dir: \"@dir@\", @field@ }\n", 1) + system
	bases["pinned"] = top + "resolver: MEMORY\n" + system
	return []change{
		{path: "operator", in: "operator", before: tokens("O"), after: tokens("P")},
		{path: "resolver_preload", in: "preload", before: "{ " + sys + ": " + sysToken + " }", after: "{ " + sys + ": " + sysToken + ", " + a + ": " + aToken + " }"},
		{path: "resolver_pinned_accounts", in: "pinned", after: "[" + a + "]"},
		{path: "resolver.interval", before: `"1m"`, after: `"2m"`},
		{path: "resolver.limit", before: "10", after: "20"},
	}
}

// certificate makes a key and a certificate for this test, and returns the
// entries that name them.
func certificate(t *testing.T, dir, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	for file, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: cert}, ".key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path+file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("cert_file: %q, key_file: %q", path+".crt", path+".key")
}
