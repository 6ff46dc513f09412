package oracle

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// standin is a kind of path that is replaced in the copies. Stand-ins are
// relative to the working directory and as long as what they replace, so that
// every position in a copy holds in the original: c, cc, d/c, d//c and so on.
type standin struct {
	letter string
	note   string // for Verdict.NotChecked
}

var (
	certStandin     = standin{"c", "not opened, a stand-in certificate took its place"}
	operatorStandin = standin{"o", "not opened, a stand-in operator took its place"}
	resolverStandin = standin{"r", "not opened, an empty directory took its place"}
)

// of returns the stand-in of n bytes, n > 0.
func (s standin) of(n int) string {
	if n < 3 {
		return strings.Repeat(s.letter, n)
	}
	return "d" + strings.Repeat("/", n-2) + s.letter
}

// is reports whether the path is a stand-in.
func (s standin) is(path string) bool {
	return path != "" && path == s.of(len(path))
}

// names returns all files that stand-ins of the kind lead to.
func (s standin) names() [3]string { return [3]string{s.of(1), s.of(2), s.of(3)} }

// standins are the files in the working directory, and keys for cures.
type standins struct {
	account string // public key of an account
}

// makeStandins fills the working directory.
func makeStandins() (standins, error) {
	var s standins
	if err := os.Mkdir("d", 0o700); err != nil {
		return s, err
	}
	cert, err := makeCertificate()
	if err != nil {
		return s, err
	}
	operator, err := makeOperator()
	if err != nil {
		return s, err
	}
	for _, name := range certStandin.names() {
		if err := os.WriteFile(name, cert, 0o600); err != nil {
			return s, err
		}
	}
	for _, name := range operatorStandin.names() {
		if err := os.WriteFile(name, operator, 0o600); err != nil {
			return s, err
		}
	}
	account, err := nkeys.CreateAccount()
	if err != nil {
		return s, err
	}
	s.account, err = account.PublicKey()
	return s, err
}

// clean removes the directories that resolvers made.
func (s standins) clean() {
	for _, name := range resolverStandin.names() {
		os.RemoveAll(name)
	}
}

// makeCertificate returns one PEM text that serves as certificate, key and CA.
func makeCertificate() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "stand-in"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(10, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...), nil
}

// makeOperator returns the JWT of an operator that names nothing.
func makeOperator() ([]byte, error) {
	key, err := nkeys.CreateOperator()
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey()
	if err != nil {
		return nil, err
	}
	token, err := jwt.NewOperatorClaims(public).Encode(key)
	return []byte(token), err
}
