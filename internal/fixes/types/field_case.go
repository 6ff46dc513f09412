package types

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// FieldCase finds keys in other letter case in the few blocks where the server
// compares them exactly.
func FieldCase() *fixes.Rule {
	return &fixes.Rule{
		Name:     "field-case",
		Severity: fixes.Error,
		Summary:  "a key differs in letter case in one of the few blocks where that matters",
		Doc: fixes.Doc{
			Stage:   "-t in ocsp and certs, silent in resolver, latency and jetstream_cluster_migrate",
			Message: "error parsing ocsp config: unsupported field string",
			What: `The server takes its fields in any letter case, except in five blocks. In ocsp and in the entries of certs it refuses the key
("unsupported field string" prints the Go type and not the key, "error parsing tls certs config, unknown field"). In
resolver, latency and jetstream_cluster_migrate it ignores keys that it does not know, so the setting is lost.`,
			Fix: `Writes the key in lower case.`,
			Applicability: `Safe in ocsp and certs, which the server refuses. In the other blocks the setting takes effect with the fix, which
changes behaviour.`,
			Effect: `In ocsp and certs none, since the server does not run; in the others the setting begins to count, with a reload or restart.`,
			Before: "ocsp {\n  Mode: always\n}\n",
			After:  "ocsp {\n  mode: always\n}\n",
		},
		Fields:     fixes.Unknown,
		CheckValue: checkFieldCase,
	}
}

// wrongCase returns the key that an entry should have in a block that compares
// keys exactly, "" if letter case is not what is wrong.
func wrongCase(v *fixes.Visit) string {
	if v.Block == nil || !v.Block.Exact || v.Field != nil || v.Entry == nil {
		return ""
	}
	if key := strings.ToLower(v.Entry.Key); key != v.Entry.Key && v.Block.Field(key) != nil {
		return key
	}
	return ""
}

func checkFieldCase(p *fixes.Pass, v *fixes.Visit) {
	key := wrongCase(v)
	if key == "" || v.Server.Garbled() || v.Entry.Used && v.Block.Lenient {
		return
	}
	what := "the server refuses to start"
	if v.Block.Lenient {
		what = "the server ignores it without a word, and the setting is lost"
	}
	f := v.KeyFinding("%s is not known in this letter case, only %s: %s", v.Entry.Key, key, what)
	f.With(p.Rename(v, key, "write %s for %s", key, v.Entry.Key), key+" is there already, or a variable refers to this entry: take one of them out")
	if v.Block.Lenient {
		f.Because(fixes.ChangesBehaviour, "the setting takes effect then, for the first time")
	}
	p.Report(f)
}
