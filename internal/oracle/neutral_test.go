package oracle

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// operatorJWT returns a new operator's token, changed by edit.
func operatorJWT(t testing.TB, edit func(*jwt.OperatorClaims)) string {
	t.Helper()
	key, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.NewOperatorClaims(public)
	if edit != nil {
		edit(claims)
	}
	token, err := claims.Encode(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestNothingOutsideThePrivateDirectoryIsTouched(t *testing.T) {
	// In place of /etc/ssl/private and /var/lib/nats: what is created there
	// shows, and what is opened there shows as an error of the parser.
	canary := t.TempDir()
	text := fmt.Sprintf(`
CERT = "%[1]s/variable.pem"
tls { cert_file: "%[1]s/cert.pem", key_file: '%[1]s/key.pem', ca_file: %[1]s/ca.pem, verify: true }
cluster { name: a, port: 6222, tls { certs: [ { cert_file: $CERT, key_file: $KEY } ] } }
websocket { port: 80, TLS { Cert_File: "%[1]s/c", KEY_FILE: "%[1]s/k" } }
include "sub/leaf.conf"
operator: ["%[1]s/operator.jwt"]
resolver { type: full, dir: "%[1]s/jwt" }
resolver_tls { ca_file: "%[1]s/ca.pem" }
pid_file: "%[1]s/pid"
ports_file_dir: "%[1]s/ports"
log_file: "%[1]s/log"
jetstream { store_dir: "%[1]s/js", tpm { keys_file: "%[1]s/tpm", encryption_password: p } }
ocsp_cache { local_store: "%[1]s/rc" }
`, canary)
	leaf := fmt.Sprintf(`leafnodes { remotes: [ { url: "tls://h:7422", credentials: "%[1]s/creds", include "tls.conf" } ] }`, canary)
	c := Case{
		Root: "nats.conf",
		Files: map[string][]byte{
			"nats.conf":     []byte(text),
			"sub/leaf.conf": []byte(leaf),
			"sub/tls.conf":  []byte(`tls { ca_file: "` + canary + `/ca.pem" }` + "\n"),
		},
		Env: map[string]string{"KEY": canary + "/key.pem"},
	}
	j := newJudge(t, Options{})
	v := ask(t, j, c)
	if v.NotJudged != "" || v.Reached != StageStart {
		t.Fatalf("%+v", v)
	}
	for _, p := range v.Problems {
		if p.Stage == StageConfig || strings.Contains(p.Message, "certificate") {
			t.Errorf("unexpected problem: %v", p)
		}
	}
	if entries, _ := os.ReadDir(canary); len(entries) > 0 {
		t.Errorf("the judge created %v", entries)
	}
	if tls, _ := v.Values["tls"].(map[string]any); tls["cert_file"] != canary+"/cert.pem" {
		t.Errorf("the values hold a stand-in: %v", v.Values["tls"])
	}
	for _, want := range []string{"tls.cert_file: ", "cluster.tls.certs.key_file: ", "operator: ", "resolver.dir: ", "leafnodes.remotes.tls.ca_file: "} {
		if !slices.ContainsFunc(v.NotChecked, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%q is missing in %q", want, v.NotChecked)
		}
	}
}

func TestStandinsKeepTypeErrorsAndPositions(t *testing.T) {
	j := newJudge(t, Options{})
	v := askText(t, j, "tls { cert_file: /etc/ssl/private/x.pem, key_file: 5, nonsense: 1 }\n")
	got := messages(v)
	if !strings.Contains(got, "expected 'key_file' to be filename") && !strings.Contains(got, `unknown field "nonsense"`) {
		t.Errorf("got %s", got)
	}
	v = askText(t, j, "\ntls { cert_file: /etc/ssl/x.pem, key_file: /etc/ssl/x.key }; nonsense: 1\n")
	if len(v.Problems) != 1 || v.Problems[0].Line != 2 || v.Problems[0].Column != 62 || v.Problems[0].File != "nats.conf" {
		t.Errorf("got %+v", v.Problems)
	}
	v = askText(t, j, "tls { cert_file: /etc/ssl/x.pem }\n")
	if got := messages(v); got != "config: missing 'key_file' in TLS configuration" {
		t.Errorf("got %s", got)
	}
}

func TestAPathThatNoStandinFitsIsNotJudged(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "jwt")
	j := newJudge(t, Options{})
	for _, c := range []Case{
		// The size that the parser drops makes resolver the name of the block.
		{Root: "a", Files: map[string][]byte{"a": []byte("x { resolver: 5MBi, type: full, dir: \"" + canary + "\" }\n")}},
		{Root: "a", Files: map[string][]byte{"a": []byte("resolver: $R\n")}, Env: map[string]string{"R": `{type: full, dir: "` + canary + `"}`}},
		{Root: "a", Files: map[string][]byte{"a": []byte("tls { ca_file: \"" + canary + "\n\" }\n")}},
	} {
		if v := ask(t, j, c); v.NotJudged != errNotNeutral.Error() || v.Values == nil {
			t.Errorf("%s: %+v", c.Files["a"], v)
		}
		if _, err := os.Stat(canary); err == nil {
			t.Fatalf("%s: the directory was created", c.Files["a"])
		}
	}
}

func TestOperatorModeIsJudgedWithoutNetwork(t *testing.T) {
	j := newJudge(t, Options{})
	dialling := operatorJWT(t, func(c *jwt.OperatorClaims) { c.AccountServerURL = "http://127.0.0.1:1/jwt/v1" })
	v := askText(t, j, "operator: "+dialling+"\n")
	if !v.Accepted() || !slices.Contains(v.NotChecked, "resolver: the URL was not asked") {
		t.Errorf("%+v", v)
	}
	trusted := ""
	other := operatorJWT(t, func(c *jwt.OperatorClaims) { trusted = c.Subject })
	v = askText(t, j, "operator: "+other+"\naccounts { A { users [ { user: u, password: p } ] } }\ntrusted: "+trusted+"\n")
	for _, want := range []string{
		`could not fetch <"/accounts/">`,
		"operators do not allow Accounts to be configured directly",
		"operators do not allow users to be configured directly",
		"conflicting options for 'TrustedKeys' and 'TrustedOperators'",
	} {
		if strings.Count(messages(v), want) != 1 {
			t.Errorf("%q is not reported once in:\n%s", want, messages(v))
		}
	}
	// Nothing is said that only the operator's real JWT could tell.
	for _, text := range []string{"resolver { type: full, dir: jwt }\n", "system_account: AAAXAUVSGK7TCRHFIRAS4SYXVJ76EWDMNXZM6ARFGXP7BASNDGLKU7A5\n"} {
		if v = askText(t, j, "operator: /etc/nats/op.jwt\n"+text); !v.Accepted() {
			t.Errorf("%s%+v", text, v)
		}
	}
	v = askText(t, j, "operator: "+operatorJWT(t, nil)+"\nresolver { type: full, dir: jwt }\nleafnodes { remotes [ { url: \"nats://h:7422\", account: A } ] }\n")
	for _, want := range []string{"using nats based account resolver", "operator mode requires account nkeys in remotes"} {
		if strings.Count(messages(v), want) != 1 {
			t.Errorf("%q is not reported once in:\n%s", want, messages(v))
		}
	}
}

// Of two spellings of one field the server takes one at random.
func TestNoResolverIsAsked(t *testing.T) {
	resolver, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer resolver.Close()
	asked := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := resolver.Accept()
			if err != nil {
				return
			}
			conn.Close()
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}()
	j := newJudge(t, Options{})
	for i := range 20 {
		askText(t, j, fmt.Sprintf("operator: op%d.jwt\nresolver: \"URL(nobody://%[2]s/)\"\naccount_resolver: \"URL(http://%[2]s/)\"\n", i, resolver.Addr()))
	}
	select {
	case <-asked:
		t.Error("a resolver was asked")
	default:
	}
}

func TestOCSPAsksNobody(t *testing.T) {
	j := newJudge(t, Options{})
	v := askText(t, j, "ocsp { mode: always, url: \"http://127.0.0.1:1\" }\ntls { cert_file: c.pem, key_file: k.pem, ca_file: ca.pem }\n")
	if !v.Accepted() || !slices.Contains(v.NotChecked, "ocsp: the status of certificates was not fetched") {
		t.Errorf("%+v", v)
	}
}
