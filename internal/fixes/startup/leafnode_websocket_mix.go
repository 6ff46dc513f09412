package startup

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafNodeWebsocketMix finds remotes with URLs of both kinds.
func LeafNodeWebsocketMix() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-websocket-mix",
		Severity: fixes.Error,
		Summary:  "a leafnodes remote mixes websocket URLs with others, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "keep", Default: "the kind of the first URL", Values: []string{"websocket", "plain"},
			Doc: "which URLs stay",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "remote leaf node configuration cannot have a mix of websocket and non-websocket urls",
			Since:   "2.2.0",
			What: `The URLs of one remote are different ways to the same hub, of which one is used at a time, and all must be
websocket (ws, wss) or none (server/leafnode.go, validateLeafNode).`,
			Fix: "Takes out the URLs of the other kind than the first.",
			Applicability: `Somebody must choose which URLs stay: without --set leafnode-websocket-mix.keep=websocket or =plain the fix is
unsafe. If both kinds are wanted there must be two remotes, and the hub sees two leaf nodes.`,
			Effect: "The server does not run.",
			Before: `leafnodes {
  remotes: [
    {urls: ["nats://hub:7422", "wss://hub:443"]}
  ]
}
`,
			After: `leafnodes {
  remotes: [
    {urls: ["nats://hub:7422"]}
  ]
}
`,
		},
		Needs:       []string{"leafnodes"},
		CheckServer: checkLeafNodeWebsocketMix,
	}
}

func checkLeafNodeWebsocketMix(p *fixes.Pass, s *fleet.Server) {
	remotes := fixes.Below(fixes.Top(s, "leafnodes", "leaf"), "remotes")
	if remotes == nil || s.Broken() {
		return
	}
	for _, remote := range items(remotes) {
		list := fixes.Below(remote, "url", "urls")
		urls := items(list)
		var sockets, plain []*fixes.Visit
		for _, u := range urls {
			scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text(u))), "://")
			switch {
			case !u.Value.IsString():
			case scheme == "ws" || scheme == "wss":
				sockets = append(sockets, u)
			default:
				plain = append(plain, u)
			}
		}
		if len(sockets) == 0 || len(plain) == 0 {
			continue
		}
		drop, kind := sockets, "websocket"
		keep, chose := p.Param("keep")
		if keep == "websocket" || !chose && sockets[0].Value == urls[0].Value {
			drop, kind = plain, "plain"
		}
		f := drop[0].Finding("the remote mixes websocket URLs with others: the server refuses to start (\"remote leaf node configuration cannot have a mix of websocket and non-websocket urls\"), though nats-server -t calls the file valid")
		f.With(dropURLs(p, list, drop, kind), "the URLs cannot be taken out here: "+
			"write a remote of its own for each kind, or take out one kind")
		p.Report(chosen(p, f, "keep", fmt.Sprintf("the %s URLs, %d of %d, are taken out", kind, len(drop), len(urls))))
	}
}

// dropURLs takes items out of a list of URLs.
func dropURLs(p *fixes.Pass, list *fixes.Visit, drop []*fixes.Visit, kind string) *fixes.Fix {
	nodes := make([]ast.Node, 0, len(drop))
	for _, u := range drop {
		n, doc := u.Value.Place()
		if list == nil || u.Parent != list || doc != list.Value.Doc {
			return nil
		}
		nodes = append(nodes, n)
	}
	edits, err := ast.DeleteEntries(nodes...)
	if err != nil {
		return nil
	}
	fix := fixes.NewFix(list.Value.Doc, edits, "take out the %s URLs", kind)
	if fix == nil {
		return nil
	}
	for _, u := range p.Fleet.Uses(list.Value.Node) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}
