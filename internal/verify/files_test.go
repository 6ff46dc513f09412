package verify

import (
	"bytes"
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

// folder is a directory of files that configurations name.
type folder struct {
	t   *testing.T
	dir string
}

func (f folder) write(name string, data []byte) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), data, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// certificate writes NAME.pem and NAME-key.pem, which hold until a time.
func (f folder) certificate(name string, until time.Time) {
	f.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	f.write(name+"-key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// operator writes the JWT of an operator that names a system account.
func (f folder) operator(name, system string) {
	f.t.Helper()
	key, public := f.keys(nkeys.CreateOperator)
	claims := jwt.NewOperatorClaims(public)
	claims.SystemAccount = system
	token, err := claims.Encode(key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(name, []byte(token))
}

// credentials writes a user's credentials with a seed that may be another's.
func (f folder) credentials(name string, own bool) {
	f.t.Helper()
	account, _ := f.keys(nkeys.CreateAccount)
	user, public := f.keys(nkeys.CreateUser)
	token, err := jwt.NewUserClaims(public).Encode(account)
	if err != nil {
		f.t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		f.t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		f.t.Fatal(err)
	}
	if !own {
		user, _ = f.keys(nkeys.CreateUser)
		other, err := user.Seed()
		if err != nil {
			f.t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, seed, other)
	}
	f.write(name, text)
}

func (f folder) keys(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	f.t.Helper()
	pair, err := create()
	if err != nil {
		f.t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		f.t.Fatal(err)
	}
	return pair, public
}

func TestStrictFilesAreLookedAt(t *testing.T) {
	t.Parallel()
	f := folder{t, t.TempDir()}
	f.certificate("good", time.Now().AddDate(0, 6, 0))
	f.certificate("other", time.Now().AddDate(0, 6, 0))
	f.certificate("old", time.Now().AddDate(0, -1, 0))
	f.write("junk.pem", []byte("no certificate"))
	_, system := f.keys(nkeys.CreateAccount)
	f.operator("op.jwt", system)
	f.credentials("good.creds", true)
	f.credentials("bad.creds", false)
	if err := os.Mkdir(filepath.Join(f.dir, "jwt"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"all in order", `tls { cert_file: "%[1]s/good.pem", key_file: "%[1]s/good-key.pem", ca_file: "%[1]s/good.pem" }
leafnodes { remotes: [ { url: "nats://h:7422", credentials: "%[1]s/good.creds" } ] }
`, ""},
		{"absent", `tls { cert_file: "%[1]s/no.pem", key_file: "%[1]s/no-key.pem" }
leafnodes { remotes: [ { url: "nats://h:7422", creds: "$HOME/x.creds" } ] }
`, `1:18 error tls.cert_file: %[1]s/no.pem: no such file or directory
error tls.key_file: %[1]s/no-key.pem: no such file or directory
2:55 error leafnodes.remotes[0].credentials: the path depends on $HOME, which has no value here: give one with --env
`},
		{"not belonging together", `cluster { port: 6222, tls { certs: [ { cert_file: "%[1]s/good.pem", key_file: "%[1]s/other-key.pem" } ] } }
`, `1:51 error cluster.tls.certs[0].cert_file: the certificate and the key %[1]s/other-key.pem do not do: tls: private key does not match public key
`},
		{"expired", `tls { cert_file: "%[1]s/old.pem", key_file: "%[1]s/old-key.pem" }
`, `1:18 warning tls.cert_file: the certificate has expired on`},
		{"no certificates", `tls { cert_file: "%[1]s/good.pem", key_file: "%[1]s/good-key.pem", ca_file: "%[1]s/junk.pem" }
`, `error tls.ca_file: the file holds no certificate that can be read
`},
		{"no credentials", `leafnodes { remotes: [ { url: "nats://h:7422", credentials: "%[1]s/bad.creds" } ] }
`, `1:61 error leafnodes.remotes[0].credentials: the seed does not belong to the JWT
`},
		{"no directory", `resolver { type: full, dir: "%[1]s/op.jwt" }
`, `1:29 error resolver.dir: %[1]s/op.jwt is no directory
`},
		// The judge sees the real operator, and no stand-in for it.
		{"a real operator", `operator: "%[1]s/op.jwt"
resolver { type: full, dir: "%[1]s/jwt" }
`, ""},
		{"a real operator that names another system account", `operator: ["%[1]s/op.jwt"]
resolver { type: full, dir: "%[1]s/jwt" }
system_account: ACMEWCVMSKMLXIZNCEQLRXMTMF3QE5ZHBYAHJXD2AZ6O5YQV6XHTRTMW
`, "error nats-server -t calls this valid, but the server refuses to start: system_account in config and operator JWT must be identical\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(c.text, "%[1]s", filepath.ToSlash(f.dir))
			want := strings.ReplaceAll(c.want, "%[1]s", f.dir)
			res := run(t, request(t, map[string]string{"a.conf": text}), Options{StrictFiles: true, Read: os.ReadFile})
			var got strings.Builder
			for _, f := range res.Findings {
				fmt.Fprintf(&got, "%d:%d %s %s\n", f.Line, f.Column, f.Severity, f.Message)
			}
			if want == "" && got.String() != "" || !containsLines(got.String(), want) {
				t.Errorf("got\n%swant\n%s", got.String(), want)
			}
			if notes(res) != "" {
				t.Errorf("it was checked: %s", notes(res))
			}
		})
	}
}

// containsLines reports whether each line of a text holds a line of another, in
// their order; without one there is none.
func containsLines(text, parts string) bool {
	for part := range strings.Lines(parts) {
		_, after, ok := strings.Cut(text, strings.TrimSuffix(part, "\n"))
		if !ok {
			return false
		}
		text = after
	}
	return true
}

func TestWithoutStrictFilesNoneIsOpened(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{"a.conf": `tls { cert_file: "/c", key_file: "/k" }
leafnodes { remotes: [ { url: "nats://h:7422", credentials: "/creds" } ] }
`}), Options{Read: func(path string) ([]byte, error) {
		t.Errorf("%s was opened", path)
		return nil, os.ErrNotExist
	}})
	if !strings.Contains(notes(res), "a.conf:2:61 leafnodes.remotes[0].credentials: not opened") || res.Accepted != 1 {
		t.Error(notes(res), lines(res))
	}
}
