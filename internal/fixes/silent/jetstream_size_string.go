package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// JetStreamSizeString finds sizes in quotes, whose suffixes mean something
// else than without.
func JetStreamSizeString() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-size-string",
		Severity: fixes.Info,
		Summary:  `a size in quotes has other units than one without: "1G" is 2^30 bytes, 1G is 10^9`,
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.7.0",
			What: `The sizes of the jetstream block may stand in quotes. K, M, G and T are then powers of 1024 (server/opts.go,
getStorageSize); without quotes they are powers of 1000, and Ki, Mi, Gi, Ti or KB, MB, GB, TB are those of 1024. So taking
the quotes away, or putting them on, changes the size.`,
			Fix:           `The same size without quotes, with a unit that says what it is: 1Gi for "1G".`,
			Applicability: `Safe: the size stays what it is.`,
			Effect:        `None.`,
			Before: `jetstream {
  store_dir: "/var/lib/nats"
  max_file_store: "10G"
}
`,
			After: `jetstream {
  store_dir: "/var/lib/nats"
  max_file_store: 10Gi
}
`,
		},
		CheckValue: checkJetStreamSizeString,
	}
}

func checkJetStreamSizeString(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Field == nil || v.Block == nil || v.Block.Path != "jetstream" || !v.Field.Takes(schema.String|schema.Size) || !v.Value.IsString() {
		return
	}
	text := v.Value.Text()
	number := strings.TrimRight(text, "KMGT")
	if len(number) != len(text)-1 || number == "" || strings.Trim(number, "0123456789") != "" || v.Server.Broken() {
		return
	}
	f := v.Finding("in quotes %s are powers of 1024: this is %si; without quotes %s would be the power of 1000", text[len(number):], text, text)
	p.Report(f.With(p.Replace(v, ast.Raw(text+"i"), "write the same size without quotes"), "the value comes from a place that cannot be edited"))
}
