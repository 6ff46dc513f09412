package access

import (
	"net/url"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafnodeDuplicateRemote finds leaf remotes that are the same link twice.
func LeafnodeDuplicateRemote() *fixes.Rule {
	return refuses("leafnode-duplicate-remote", "two leaf remotes lead to the same URLs for the same account", fixes.Doc{
		Message: `duplicate remote urls=["nats://hub:7422"], account="$G"`,
		Since:   "2.14.0",
		What: `Two remotes with the same URLs, account and credentials make the same link twice, which the server refuses ("duplicate
remote"). A remote without account is one of the account $G.`,
		Fix:           "Takes the second of two equal remotes out.",
		Applicability: "Safe if both say the same in all: the server refuses them today, and one makes the link. Else manual: they differ in more.",
		Before:        "leafnodes {\n  remotes: [\n    { url: \"nats://hub:7422\" }\n    { url: \"nats://hub:7422\" }\n  ]\n}\n",
		After:         "leafnodes {\n  remotes: [\n    { url: \"nats://hub:7422\" }\n  ]\n}\n",
		References:    []string{"server/opts.go: parseRemoteLeafNodes, generateRemoteLeafOptsName"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("leafnodes", "remotes") || !v.Value.IsList() || !p.Window.Reaches(2, 14, 0) {
			return
		}
		first, whole := map[string]*fleet.Entry{}, map[string]*fleet.Value{}
		for i, item := range v.Value.List {
			if !item.IsMap() {
				continue
			}
			e := item.Map.Field("urls", "url")
			key, ok := remoteKey(item.Map, e)
			if !ok {
				continue
			}
			w := &fixes.Visit{Server: v.Server, Parent: v, Value: item, Index: i}
			other, twice := first[key]
			switch {
			case !twice:
				first[key], whole[key] = e, item // nil without a URL
			case e == nil:
				p.Report(manual(w.Finding("another remote has the same account and no URL either: the server refuses to start (\"duplicate remote\")"), "give each its URL, or take one of the two out"))
			default:
				f := at(w, e, "another remote has the same URLs and account: the server refuses to start (\"duplicate remote\")").Beside(other, "the other")
				p.Report(takeOutCopy(p, f, w, whole[key], "take the second remote out", "take one of the two out, or name its account"))
			}
		}
	})
}

// remoteKey is what the server knows a remote by; ok is false if a part of it
// is not known.
func remoteKey(m *fleet.Map, urls *fleet.Entry) (key string, ok bool) {
	var parts []string
	var list []*fleet.Value
	if urls != nil {
		if urls.Value.Unknown() {
			return "", false
		}
		list = items(urls.Value)
	}
	for _, u := range list {
		if !u.IsString() {
			return "", false
		}
		if !slices.Contains(parts, u.Text()) {
			parts = append(parts, u.Text())
		}
	}
	for _, names := range [][]string{{"account", "local"}, {"credentials", "creds"}, {"nkey", "seed"}} {
		e := m.Field(names...)
		if e != nil && e.Value.Unknown() {
			return "", false
		}
		_, value := text(m, names...)
		if value == "" && names[0] == "account" {
			value = "$G"
		}
		parts = append(parts, names[0]+"="+value)
	}
	return strings.Join(parts, "\n"), urls == nil || len(list) > 0
}

// LeafnodeProxy finds proxies of leaf remotes that the server refuses.
func LeafnodeProxy() *fixes.Rule {
	return refuses("leafnode-proxy", "the proxy of a leaf remote is not one that the server can use", fixes.Doc{
		Message: "proxy URL scheme must be http or https",
		Since:   "2.12.0",
		What: `A leaf remote reaches its hub through an HTTP proxy if it speaks WebSocket. The proxy has an http or https URL ("proxy URL
scheme must be http or https", "invalid proxy URL") with a host ("proxy URL must specify a host"), a user with a password or neither
("proxy username and password must both be specified or both be empty"), and no negative timeout. Other options without a URL are refused
("proxy URL must be specified when other proxy options are set"), and a tls block for a proxy whose URL is not https ("proxy TLS
configuration requires an https proxy URL"). A wss URL behind it needs a tls block in the remote ("proxy is configured but remote URL requires TLS and no TLS configuration is provided").`,
		Fix:           "Gives a remote with a wss URL an empty tls block, which stands for the defaults of TLS. Else a person says how to reach the proxy.",
		Applicability: "Safe for the tls block: the URL asks for TLS already. Else manual: what is missing is nowhere in the file.",
		Before:        "leafnodes {\n  remotes: [ { url: \"ws://hub:443\", proxy { url: \"socks5://proxy:1080\" } } ]\n}\n",
		After:         "leafnodes {\n  remotes: [ { url: \"ws://hub:443\", proxy { url: \"http://proxy:3128\" } } ]\n}\n",
		References:    []string{"server/leafnode.go: validateLeafNodeProxyOptions"},
	}, checkProxy)
}

func checkProxy(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("leafnodes.remotes[]", "proxy") || !v.Value.IsMap() || v.Parent == nil {
		return
	}
	m := v.Value.Map
	e, raw := text(m, "url")
	report := func(e *fleet.Entry, message, reason string) {
		p.Report(manual(at(v, e, "the server refuses to start (%q)", message).Beside(v.Entry, "the proxy"), reason))
	}
	user, pass := m.Field("username"), m.Field("password")
	if e == nil {
		if !m.Value("url").Unknown() && usesProxy(m) {
			report(v.Entry, "proxy URL must be specified when other proxy options are set", "write the URL of the proxy, as http://host:port, or take the proxy out")
		}
		return
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		report(e, "invalid proxy URL", "write the URL of the proxy, as http://host:port")
		return
	case u.Scheme != "http" && u.Scheme != "https":
		report(e, "proxy URL scheme must be http or https", "name an HTTP proxy, as http://host:port")
		return
	case u.Host == "":
		report(e, "proxy URL must specify a host", "name the proxy's host")
		return
	case u.Scheme == "http" && m.Block("tls") != nil:
		report(e, "proxy TLS configuration requires an https proxy URL", "name a proxy with an https URL, or take the tls block out")
		return
	case user == nil && pass != nil && pass.Value.Text() != "", user != nil && pass == nil && user.Value.Text() != "":
		if user == nil {
			user = pass
		}
		report(user, "proxy username and password must both be specified or both be empty", "give both, or neither")
		return
	}
	remote := v.Parent.Value.Map
	if remote.Field("tls") != nil {
		return
	}
	for _, item := range items(remote.Value("urls", "url")) {
		if item.IsString() && strings.HasPrefix(item.Text(), "wss://") {
			const message = "proxy is configured but remote URL requires TLS and no TLS configuration is provided"
			f := at(v, v.Entry, "the server refuses to start (%q)", message)
			fix := p.Insert(v.Server, v.Parent.Value, ast.Field{Key: "tls", Value: ast.Map()}, ast.AtEnd(), "give the remote a tls block")
			p.Report(f.With(fix, "give the remote a tls block"))
			return
		}
	}
}

// usesProxy reports whether a proxy without a URL has another option that says
// something.
func usesProxy(m *fleet.Map) bool {
	for _, name := range []string{"username", "password", "timeout"} {
		if v := m.Value(name); v != nil && !v.Unknown() && v.Text() != "" && v.Plain() != int64(0) {
			return true
		}
	}
	return m.Block("tls") != nil
}
