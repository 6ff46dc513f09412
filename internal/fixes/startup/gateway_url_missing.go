package startup

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// GatewayURLMissing finds entries of gateways without a URL.
func GatewayURLMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "gateway-url-missing",
		Severity: fixes.Error,
		Summary:  "an entry of gateways has no URL, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "url", Default: "none, which takes the entry out",
			Doc: "the URL of the other cluster; {name} stands for the entry's name",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `gateway "west" has no URL`,
			Since:   "2.0.0",
			What: `An entry of gateways says where another cluster can be reached. One without url and urls makes the server refuse
to start (server/gateway.go, validateGatewayOptions), even if it is the entry of the server's own cluster, which the
server passes over otherwise.`,
			Fix: "Takes the entry out, or writes the URL that --set gateway-url-missing.url gives.",
			Applicability: `Safe for the entry of the server's own cluster, and if the URL is given. Otherwise it changes behaviour to
take the entry out: gateways connect in both directions as soon as one of them knows the other, but nothing tells that here.`,
			Effect: "The server does not run.",
			Before: `gateway {
  name: east
  port: 7222
  gateways: [
    {name: east}
    {name: west, url: "nats://west:7222"}
  ]
}
`,
			After: `gateway {
  name: east
  port: 7222
  gateways: [
    {name: west, url: "nats://west:7222"}
  ]
}
`,
		},
		Needs:       []string{"gateway"},
		CheckServer: checkGatewayURLMissing,
	}
}

func checkGatewayURLMissing(p *fixes.Pass, s *fleet.Server) {
	list := fixes.Below(fixes.Top(s, "gateway"), "gateways")
	if list == nil || s.Broken() || !list.Value.IsList() || !s.AcceptsGateways() && s.GatewayName.Text == "" {
		return
	}
	for _, item := range items(list) {
		name := fixes.Below(item, "name")
		urls := fixes.Below(item, "url", "urls")
		if one := fixes.Below(item, "url"); one != nil && !one.Value.IsList() {
			continue // beside an empty urls, of which conflicting-aliases speaks
		}
		if text(name) == "" || urls != nil && (!urls.Value.IsList() || len(urls.Value.List) > 0) {
			continue
		}
		at := fixes.Below(item, "name")
		if urls != nil {
			at = urls
		}
		f := at.Finding("the entry %q has no URL: the server refuses to start (%q), though nats-server -t calls the file valid", text(name), fmt.Sprintf("gateway %q has no URL", text(name)))
		given, chose := p.Param("url")
		own := text(name) == s.GatewayName.Text
		switch {
		case chose && !own:
			url := ast.String(replaceName(given, text(name)))
			if urls != nil {
				f.With(p.Replace(urls, ast.List(url), "write the URL"), "the URL cannot be written in this file")
			} else {
				f.With(p.Insert(s, item.Value, ast.Field{Key: "url", Value: url}, ast.AtEnd(), "write the URL"), "the URL cannot be written in this file")
			}
		default:
			f.With(p.Delete(item, "take the entry %q out", text(name)), "take the entry out, or write its URL")
			if !own {
				f.Because(fixes.ChangesBehaviour, "the server does not connect to that cluster then; or give its URL (--set gateway-url-missing.url=URL)")
			}
		}
		p.Report(f)
	}
}
