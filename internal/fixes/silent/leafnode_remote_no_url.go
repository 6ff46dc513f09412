package silent

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafnodeRemoteNoURL finds leaf remotes that lead nowhere.
func LeafnodeRemoteNoURL() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-remote-no-url",
		Severity: fixes.Warning,
		Summary:  "a leaf remote has no URL, so the server connects nowhere",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `The server accepts a remote without url, or with an empty list of urls, starts, and passes over it without a word
(server/leafnode.go, connectToRemoteLeafNodeAsynchronously): there is no leaf link. Remotes with disabled: true are left
alone.`,
			Fix:           `None: only you know where the remote leads to.`,
			Applicability: `Manual.`,
			Effect:        `A restart of the servers concerned.`,
			Before: `leafnodes {
  remotes: [
    { credentials: "leaf.creds" }
  ]
}
`,
			After: `leafnodes {
  remotes: [
    { url: "nats://hub:7422", credentials: "leaf.creds" }
  ]
}
`,
		},
		Needs: []string{"leafnodes"},
		CheckServer: func(p *fixes.Pass, s *fleet.Server) {
			if len(s.Remotes) == 0 || s.Broken() {
				return
			}
			for _, r := range s.Remotes {
				urls := r.Value.Map.Field("url", "urls")
				if urls != nil && (!urls.Value.IsList() || len(urls.Value.List) > 0) {
					continue
				}
				n, doc := r.Value.Place()
				f := &fixes.Finding{Doc: doc, Span: n.Span(), Message: "the remote has no URL: the server passes over it without a word, and there will be no leaf link"}
				p.Report(f.Because(fixes.Manual, "only you know where the remote leads to: add url, or delete the remote"))
			}
		},
	}
}
