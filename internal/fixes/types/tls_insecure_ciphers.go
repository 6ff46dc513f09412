package types

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// TLSInsecureCiphers finds cipher suites that the server takes only if it is
// told so.
func TLSInsecureCiphers() *fixes.Rule {
	return &fixes.Rule{
		Name:     "tls-insecure-ciphers",
		Severity: fixes.Error,
		Summary:  "cipher_suites has suites that are known to be weak, which the server takes only if it is told so",
		Params: []fixes.Param{{
			Name: "allow", Default: "none: a person decides", Values: []string{"yes"},
			Doc: "allow the weak suites, as servers before 2.12.0 did without being told",
		}},
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "insecure cipher suites configured without 'allow_insecure_cipher_suites' option set",
			Since:   "2.12.0",
			What: `Since 2.12.0 the server refuses the cipher suites that Go lists as insecure (RC4, 3DES, and those with RSA key exchange or
CBC with SHA-256) unless the block says allow_insecure_cipher_suites: true.`,
			Fix: `Adds allow_insecure_cipher_suites: true. It takes no suite out: some client may speak no other.`,
			Applicability: `Needs a choice: --set tls-insecure-ciphers.allow=yes keeps what worked before 2.12.0. To be secure, take the suites out
instead.`,
			Effect: `None: the server does not run.`,
			Before: "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  cipher_suites: [\"TLS_RSA_WITH_AES_128_CBC_SHA\"]\n}\n",
			After:  "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  cipher_suites: [\"TLS_RSA_WITH_AES_128_CBC_SHA\"]\n  allow_insecure_cipher_suites: true\n}\n",
		},
		Fields:     fixes.Named("cipher_suites"),
		CheckValue: checkTLSInsecureCiphers,
	}
}

func checkTLSInsecureCiphers(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Entry == nil || v.Parent == nil || v.Field.Name != "cipher_suites" || !p.Window.Reaches(2, 12, 0) || v.Server.Broken() {
		return
	}
	var weak []string
	at := v
	for i, item := range v.Value.List {
		if item.IsString() && isInsecureCipher(item.Text()) {
			if len(weak) == 0 {
				at = &fixes.Visit{Server: v.Server, Parent: v, Block: v.Block, Field: v.Field, Value: item, Index: i}
			}
			weak = append(weak, item.Text())
		}
	}
	allow := v.Parent.Value.Map.Field("allow_insecure_cipher_suites")
	if len(weak) == 0 || allow != nil && (allow.Value.Kind() != ast.KindBool || allow.Value.Node.BoolValue()) {
		return
	}
	f := at.Finding("%s: the server refuses to start with weak cipher suites (\"insecure cipher suites configured without 'allow_insecure_cipher_suites' option set\")", strings.Join(weak, ", "))
	if allow != nil {
		p.Report(f.Because(fixes.Manual, "allow_insecure_cipher_suites is off, so the suites have to go").Beside(allow, "they are not allowed here"))
		return
	}
	field := ast.Field{Key: "allow_insecure_cipher_suites", Value: ast.Bool(true)}
	f.With(p.Insert(v.Server, v.Parent.Value, field, ast.After(v.Entry.Node), "allow the weak suites"), "the block cannot be edited")
	if choice, _ := p.Param("allow"); choice != "yes" {
		f.Because(fixes.NeedsChoice, fmt.Sprintf("take out %s, or allow them with --set tls-insecure-ciphers.allow=yes", plural(len(weak))))
	}
	p.Report(f)
}

func plural(n int) string {
	if n == 1 {
		return "the suite"
	}
	return fmt.Sprintf("the %d suites", n)
}

// isInsecureCipher reports whether Go lists a cipher suite as insecure, which
// is what the server goes by (server/ciphersuites.go).
func isInsecureCipher(name string) bool {
	return slices.ContainsFunc(insecureSuites(), func(c *tls.CipherSuite) bool { return c.Name == name })
}

// insecureSuites is Go's list, which Go makes anew for everybody who asks.
var insecureSuites = sync.OnceValue(tls.InsecureCipherSuites)
