package silent

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// DuplicateURL finds lists of URLs that name one twice.
func DuplicateURL() *fixes.Rule {
	fields := urlFields()
	return &fixes.Rule{
		Name:     "duplicate-url",
		Severity: fixes.Warning,
		Summary:  "a list of URLs names one twice",
		Doc: fixes.Doc{
			Stage:   "-t warns, and exits with 1",
			Message: "Duplicate route entry detected",
			Since:   "2.8.0",
			What: `The same text twice in routes, in the urls of a gateway or of a leaf remote: the server warns, leaves the second out
and starts, but nats-server -t exits with 1 for it, as if the file was wrong. Mostly one of them was meant to be another
server, which is then missing.`,
			Fix:           `The second is deleted.`,
			Applicability: `Safe: the server leaves it out anyway.`,
			Effect:        `None.`,
			Before: `cluster {
  name: prod
  port: 6222
  routes: ["nats://nats1:6222", "nats://nats2:6222", "nats://nats2:6222"]
}
`,
			After: `cluster {
  name: prod
  port: 6222
  routes: ["nats://nats1:6222", "nats://nats2:6222"]
}
`,
		},
		Fields: func(_ *schema.Block, f *schema.Field) bool { return urlKind(fields, f) != "" },
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if what := urlKind(fields, v.Field); what != "" && len(v.Value.List) > 1 {
				checkDuplicateURL(p, v, what)
			}
		},
	}
}

func checkDuplicateURL(p *fixes.Pass, v *fixes.Visit, what string) {
	first := make(map[string]int, len(v.Value.List))
	for i, u := range v.Value.List {
		if !u.IsString() || fixes.IsFormat(u.Text()) { // what is filled in may differ
			continue
		}
		at, seen := first[u.Text()]
		if !seen {
			first[u.Text()] = i
			continue
		}
		if v.Server.Broken() {
			return
		}
		dup := item(v, i)
		f := dup.Finding("this URL stands in the list already: the server leaves it out and warns (\"Duplicate %s entry detected\"), and nats-server -t exits with 1", what)
		n, doc := v.Value.List[at].Place()
		f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span(), Message: "the first is here"})
		p.Report(f.With(p.Delete(dup, "delete the duplicate URL"), "the list comes from a place that cannot be edited"))
	}
}
