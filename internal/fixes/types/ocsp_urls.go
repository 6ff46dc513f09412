package types

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// OCSPURLs finds urls in an ocsp block, which no release of the server can
// read.
func OCSPURLs() *fixes.Rule {
	return &fixes.Rule{
		Name:     "ocsp-urls",
		Severity: fixes.Error,
		Summary:  "urls in the ocsp block makes every release of the server refuse to start",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "interface conversion: interface {} is []interface {}, not []string",
			Since:   "2.3.0",
			What: `The server has a field urls in the ocsp block and fails on every value of it, because it expects a kind of list that its
parser never makes. url, with one URL, works.`,
			Fix:           `Renames urls to url, if it holds one URL.`,
			Applicability: `Safe: no release takes urls, and url means the same for one URL. Manual for several URLs, of which one must be chosen.`,
			Effect:        `None: the server does not run.`,
			Before:        "ocsp {\n  mode: always\n  urls: [\"http://ocsp.example.com\"]\n}\n",
			After:         "ocsp {\n  mode: always\n  url: \"http://ocsp.example.com\"\n}\n",
		},
		Fields: fixes.Typed(schema.Unusable),
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if mistakeOf(v) != unusableURLs || v.Server.Garbled() {
				return
			}
			f := v.KeyFinding("the server fails on every value of ocsp.urls (\"interface conversion: interface {} is []interface {}, not []string\") and refuses to start")
			fix, why := ocspFix(p, v)
			p.Report(f.With(fix, why))
		},
	}
}

func ocspFix(p *fixes.Pass, v *fixes.Visit) (*fixes.Fix, string) {
	rename := p.Rename(v, "url", "write url for urls")
	switch {
	case rename == nil:
		return nil, "url is there already, or a variable refers to this entry: take urls out"
	case v.Value.IsString():
		return rename, ""
	case !v.Value.IsList() || len(v.Value.List) != 1 || !v.Value.List[0].IsString():
		return nil, "url takes one URL: choose which"
	case v.Value.Use.Valid() || v.Value.List[0].Use.Valid():
		return nil, "the list comes through a variable: write url with the one URL"
	}
	edits, err := ast.Unwrap(v.Value.Node)
	if err != nil {
		return nil, "write url with the one URL"
	}
	return rename.Join(fixes.NewFix(v.Entry.Doc, edits, "take the list away")), whyNot(v)
}
