package silent

import (
	"bytes"
	"encoding/json"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// DuplicateGatewayEntry finds two entries for one gateway.
func DuplicateGatewayEntry() *fixes.Rule {
	return &fixes.Rule{
		Name:     "duplicate-gateway-entry",
		Severity: fixes.Warning,
		Summary:  "two entries of gateways have one name, and the server takes the last only",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `The server keeps the entries of gateways by name; of two with the same name the last one wins, and the URLs of the
first are never tried (server/gateway.go, newGateway). The URLs of one cluster belong into one entry.`,
			Fix: `The URLs of the first entry that the last lacks are put into the last, and the first is deleted.`,
			Applicability: `Safe if the last entry has all URLs already. Otherwise unsafe: the server will try URLs that it does not try today.
Manual if the entries differ in tls, or a URL comes through a variable.`,
			Effect: `A restart of the servers concerned.`,
			Before: `gateway {
  name: east
  port: 7222
  gateways: [
    { name: west, url: "nats://west1:7222" }
    { name: west, url: "nats://west2:7222" }
  ]
}
`,
			After: `gateway {
  name: east
  port: 7222
  gateways: [
    { name: west, urls: ["nats://west2:7222", "nats://west1:7222"] }
  ]
}
`,
		},
		Needs:       []string{"gateway"},
		CheckServer: checkDuplicateGatewayEntry,
	}
}

func checkDuplicateGatewayEntry(p *fixes.Pass, s *fleet.Server) {
	if len(s.Gateways) < 2 || s.Broken() {
		return
	}
	last := make(map[string]int, len(s.Gateways))
	for i, g := range s.Gateways {
		last[g.Name.Text] = i
	}
	for i, g := range s.Gateways {
		winner := last[g.Name.Text]
		if g.Name.Text == "" || winner == i {
			continue
		}
		n, doc := g.Name.Value.Place()
		f := &fixes.Finding{Doc: doc, Span: n.Span(), Message: "a later entry of gateways has the same name: the server takes that one, and passes over the URLs of this one"}
		n, doc = s.Gateways[winner].Name.Value.Place()
		f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span(), Message: "the entry that the server takes is here"})
		fix, more := mergeGateways(p, s, g, s.Gateways[winner])
		f.With(fix, "the entries differ in more than their URLs, or cannot be edited: merge them by hand")
		if more {
			f.Because(fixes.ChangesBehaviour, "the server will try URLs that it does not try today")
		}
		p.Report(f)
	}
}

// mergeGateways returns the fix that moves the URLs of the entry from to the
// entry to, nil if that cannot be done, and whether to gains URLs.
func mergeGateways(p *fixes.Pass, s *fleet.Server, from, to fleet.GatewayEntry) (fix *fixes.Fix, more bool) {
	if !sameBesidesURLs(from, to) {
		return nil, false
	}
	have := make(map[string]bool)
	var items []ast.Literal
	for _, u := range to.URLs {
		if u.Use.Valid() {
			return nil, false
		}
		have[u.Text()] = true
		items = append(items, ast.String(u.Text()))
	}
	known := len(items)
	for _, u := range from.URLs {
		if u.Use.Valid() {
			return nil, false
		}
		if !have[u.Text()] {
			have[u.Text()] = true
			items = append(items, ast.String(u.Text()))
		}
	}
	list := fixes.Top(s, "gateway")
	list = fixes.Below(list, "gateways")
	at := indexOf(list, from.Value)
	if at < 0 {
		return nil, false
	}
	fix = p.Delete(item(list, at), "merge the entries of one gateway")
	if len(items) == known {
		return fix, false
	}
	url, urls := to.Value.Map.Field("url"), to.Value.Map.Field("urls")
	if fix == nil || url != nil && urls != nil {
		return nil, false
	}
	if urls != nil {
		edits, err := ast.InsertItems(urls.Value.Node, items[known:], ast.AtEnd())
		if err != nil || urls.Value.Use.Valid() {
			return nil, false
		}
		return fix.Join(fixes.NewFix(urls.Value.Doc, edits, "")), true
	}
	if url == nil {
		return fix.Join(p.Insert(s, to.Value, ast.Field{Key: "urls", Value: ast.List(items...)}, ast.AtEnd(), "")), true
	}
	entry := fixes.VisitEntry(s, item(list, indexOf(list, to.Value)), schema.Root().Find("gateway", "gateways").Block, url)
	return fix.Join(p.Rename(entry, "urls", "")).Join(p.Replace(entry, ast.List(items...), "")), true
}

func indexOf(list *fixes.Visit, value *fleet.Value) int {
	for i, v := range list.Value.List {
		if v == value {
			return i
		}
	}
	return -1
}

func sameBesidesURLs(a, b fleet.GatewayEntry) bool {
	return bytes.Equal(besidesURLs(a), besidesURLs(b))
}

func besidesURLs(g fleet.GatewayEntry) []byte {
	rest := make(map[string]any)
	for _, e := range g.Value.Map.Entries {
		if f := schema.Root().Find("gateway", "gateways").Block.Field(e.Key); f == nil || f.Name != "url" && f.Name != "urls" {
			rest[e.Key] = e.Value.Plain()
		}
	}
	text, err := json.Marshal(rest)
	if err != nil {
		return nil
	}
	return text
}
