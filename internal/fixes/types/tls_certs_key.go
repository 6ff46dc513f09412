package types

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// TLSCertsKey finds entries of certs in a tls block whose keys are not
// cert_file and key_file.
func TLSCertsKey() *fixes.Rule {
	return &fixes.Rule{
		Name:     "tls-certs-key",
		Severity: fixes.Error,
		Summary:  "an entry of certs in a tls block has other keys than cert_file and key_file",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "error parsing certificates config: both 'cert_file' and 'cert_key' options are required",
			Since:   "2.10.8",
			What: `Each entry of certs has exactly two keys, cert_file and key_file. The server's message asks for a 'cert_key', which it then
refuses: error parsing tls certs config, unknown field "cert_key".`,
			Fix:           `Renames cert_key and key to key_file, cert to cert_file.`,
			Applicability: `Safe if the entry lacks the key that was meant. Manual if one of the two keys is missing.`,
			Effect:        `None: the server does not run.`,
			Before:        "tls {\n  certs: [\n    { cert_file: \"server.pem\", cert_key: \"key.pem\" }\n  ]\n}\n",
			After:         "tls {\n  certs: [\n    { cert_file: \"server.pem\", key_file: \"key.pem\" }\n  ]\n}\n",
		},
		Fields:     fixes.Either(fixes.In(certsBlock), fixes.Named("certs")),
		CheckValue: checkTLSCertsKey,
	}
}

const certsBlock = "tls.certs[]"

// certsKeys are names that people give the two keys of a certificate.
var certsKeys = map[string]string{
	"cert_key": "key_file", "key": "key_file", "keyfile": "key_file", "key-file": "key_file", "private_key": "key_file",
	"cert": "cert_file", "certfile": "cert_file", "cert-file": "cert_file", "certificate": "cert_file", "crt": "cert_file",
}

func checkTLSCertsKey(p *fixes.Pass, v *fixes.Visit) {
	switch {
	case v.Block == nil || v.Server.Broken():
	case v.Entry != nil && v.Block.Path == certsBlock && v.Field == nil:
		to := certsKeys[strings.ToLower(v.Entry.Key)]
		if to == "" {
			return
		}
		f := v.KeyFinding("an entry of certs has no field %q: the server refuses to start", v.Entry.Key)
		p.Report(f.With(p.Rename(v, to, "rename %s to %s", v.Entry.Key, to), fmt.Sprintf("%s is there already, or a variable refers to this entry", to)))
	case v.Entry == nil && v.Field != nil && v.Field.Name == "certs" && isTLS(v.Block) && v.Value.IsMap():
		for _, e := range v.Value.Map.Entries {
			if v.Field.Block.Field(e.Key) == nil {
				return // what is missing may be there under a wrong name
			}
		}
		cert, key := v.Value.Map.Get("cert_file"), v.Value.Map.Get("key_file")
		if cert == nil || key == nil {
			p.Report(v.Finding("an entry of certs needs both cert_file and key_file: the server refuses to start").
				Because(fixes.Manual, "name the other file"))
		}
	}
}
