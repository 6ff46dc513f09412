package types

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// curves are the names that the server knows (server/ciphersuites.go,
// curvePreferenceMap), which it compares exactly.
var curves = map[string]bool{
	"SecP384r1MLKEM1024": true, "SecP256r1MLKEM768": true, "X25519MLKEM768": true, "X25519": true,
	"CurveP256": true, "CurveP384": true, "CurveP521": true,
}

// otherCurves are the names that OpenSSL, IANA and NIST give the same curves.
var otherCurves = map[string]string{
	"p256": "CurveP256", "p384": "CurveP384", "p521": "CurveP521",
	"curve256": "CurveP256", "curve384": "CurveP384", "curve521": "CurveP521",
	"secp256r1": "CurveP256", "secp384r1": "CurveP384", "secp521r1": "CurveP521",
	"prime256v1": "CurveP256", "curve25519": "X25519",
}

// TLSCurveName finds curve preferences that the server knows by another name.
func TLSCurveName() *fixes.Rule {
	return &fixes.Rule{
		Name:     "tls-curve-name",
		Severity: fixes.Error,
		Summary:  "a TLS curve is not named as the server names it",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "unrecognized curve preference",
			What: `curve_preferences takes the names X25519MLKEM768, X25519, CurveP256, CurveP384 and CurveP521, and since 2.15 the two hybrids
SecP256r1MLKEM768 and SecP384r1MLKEM1024, in exactly these letters. P256, secp384r1 or x25519 end the start with
"unrecognized curve preference P256".`,
			Fix:           `Writes the server's name of the curve.`,
			Applicability: `Safe for other names of the same curve. Manual for curves that the server does not have.`,
			Effect:        `None: the server does not run.`,
			Before:        "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  curve_preferences: [\"P256\", \"x25519\"]\n}\n",
			After:         "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  curve_preferences: [\"CurveP256\", \"X25519\"]\n}\n",
		},
		Fields:     fixes.Named("curve_preferences"),
		CheckValue: checkTLSCurveName,
	}
}

func checkTLSCurveName(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongCurve || v.Server.Garbled() {
		return
	}
	f := v.Finding("the server knows no curve of the name %s (\"unrecognized curve preference\"), and refuses to start", shown(v))
	if is := curveNamed(v.Value.Text()); is != "" {
		p.Report(f.With(p.Retype(v, ast.String(is), "write %s", is), whyNot(v)))
		return
	}
	p.Report(f.Because(fixes.Manual, "the server has the curves X25519MLKEM768, X25519, CurveP256, CurveP384 and CurveP521"))
}

// curveNamed returns the server's name of a curve, or "".
func curveNamed(text string) string {
	text = strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(text))
	for name := range curves {
		if strings.ToLower(name) == text {
			return name
		}
	}
	return otherCurves[text]
}
