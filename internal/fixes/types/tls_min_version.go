package types

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// TLSMinVersion finds TLS versions that are no "1.2" or "1.3".
func TLSMinVersion() *fixes.Rule {
	return &fixes.Rule{
		Name:     "tls-min-version",
		Severity: fixes.Error,
		Summary:  `min_version of a tls block is not the text "1.2" or "1.3"`,
		Params: []fixes.Param{{
			Name: "version", Default: "none: a person decides", Values: []string{"1.2", "1.3"},
			Doc: "the version that takes the place of one that the server does not allow any more",
		}},
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "'min_version' wrong type: 1.2",
			Since:   "2.10.21",
			What: `The server takes two texts, "1.2" and "1.3". Without quotes 1.2 is a number, which it refuses ("error parsing tls config:
'min_version' wrong type: 1.2"), as it refuses other spellings ("unknown version: TLSv1.2") and versions before 1.2
("unsupported TLS version: TLS 1.1").`,
			Fix:           `Puts quotes around the version, and takes away what stands before it.`,
			Applicability: `Safe for 1.2 and 1.3 in other spellings. An older version needs a choice, since clients that speak no other are meant.`,
			Effect:        `None: the server does not run.`,
			Before:        "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  min_version: 1.2\n}\n",
			After:         "tls {\n  cert_file: \"server.pem\"\n  key_file: \"key.pem\"\n  min_version: \"1.2\"\n}\n",
		},
		Fields:     fixes.Named("min_version"),
		CheckValue: checkTLSMinVersion,
	}
}

func checkTLSMinVersion(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongVersion || v.Server.Garbled() {
		return
	}
	f := v.Finding("min_version is %s, and takes the text \"1.2\" or \"1.3\": the server refuses to start", found(v))
	text := strings.ToLower(strings.Join(strings.Fields(v.Value.Text()), ""))
	text = strings.TrimLeft(strings.TrimPrefix(text, "tls"), "v-_")
	text = strings.ReplaceAll(text, "_", ".")
	to := ""
	switch text {
	case "1.2", "12":
		to = "1.2"
	case "1.3", "13":
		to = "1.3"
	case "1", "1.0", "1.1", "10", "11":
		version, given := p.Param("version")
		if !given {
			version = "1.2"
		}
		f.With(p.Retype(v, ast.String(version), "write %q for min_version", version), whyNot(v))
		if !given {
			f.Because(fixes.NeedsChoice, "the server allows no version before 1.2: choose with --set tls-min-version.version=1.2 or 1.3")
		}
		p.Report(f)
		return
	}
	if to == "" {
		p.Report(f.Because(fixes.Manual, `nothing says which version was meant: write "1.2" or "1.3"`))
		return
	}
	p.Report(f.With(p.Retype(v, ast.String(to), "write %s for min_version", fmt.Sprintf("%q", to)), whyNot(v)))
}
