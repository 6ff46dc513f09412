package silent

import (
	"strconv"
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
			Fix:           `The same size without quotes, with a unit that says what it is: 1Gi for "1G". In JSON, which has no units, the bytes.`,
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
		Fields:     fixes.In("jetstream"),
		CheckValue: checkJetStreamSizeString,
	}
}

func checkJetStreamSizeString(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Field == nil || v.Block == nil || v.Block.Path != "jetstream" || !v.Field.Takes(schema.String|schema.Size) || !v.Value.IsString() {
		return
	}
	text := v.Value.Text()
	number := strings.TrimRight(text, "KMGT")
	if len(number) != len(text)-1 || number == "" || strings.Trim(number, "0123456789") != "" || v.Server.Garbled() {
		return
	}
	f := v.Finding("in quotes the unit is a power of 1024: the server reads %si; without the quotes %s would be less, since the unit is a power of 1000 then", text, text)
	to := ast.Raw(text + "i")
	if v.Entry.Node.Valid() && v.Entry.Node.Quote() == ast.Double { // JSON has no units
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil {
			return
		}
		to = ast.Int(n << (10 * (1 + strings.IndexByte("KMGT", text[len(number)]))))
	}
	p.Report(f.With(p.Replace(v, to, "write the same size without quotes").KeepsMeaning(), "the value comes from a place that cannot be edited"))
}
