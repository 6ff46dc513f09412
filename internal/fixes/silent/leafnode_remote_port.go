package silent

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// clientPort is the port on which a server listens for clients by default.
const clientPort = "4222"

// LeafnodeRemotePort finds leaf remotes that lead to the hub's port for
// clients.
func LeafnodeRemotePort() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-remote-port",
		Severity: fixes.Warning,
		Summary:  "a leaf remote leads to the hub's port for clients, where leaf nodes are turned away",
		Params: []fixes.Param{{
			Name: "port", Default: "the port of the hub if it is among the files, else 7422",
			Doc: "the port on which the hub listens for leaf nodes",
		}},
		Doc:    leafnodeRemotePortDoc,
		Needs:  []string{"leafnodes"},
		Check:  checkLeafnodeRemotePort,
		Linked: true,
	}
}

func checkLeafnodeRemotePort(p *fixes.Pass) {
	field := schema.Root().Find("leafnodes", "remotes", "url")
	local := make(map[*fleet.Realm]map[localPort]*fleet.Server)
	for _, l := range p.Fleet.LeafLinks {
		if l.Resolved() || l.Leaf.Broken() {
			continue
		}
		for _, value := range l.Remote.URLs {
			u, err := url.Parse(strings.TrimSpace(value.Text()))
			if err != nil || u.Host == "" || strings.HasPrefix(u.Scheme, "ws") {
				continue
			}
			hubs := l.OtherPort
			if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
				realm := l.Leaf.Realm
				if local[realm] == nil {
					local[realm] = localHubs(realm)
				}
				if hub := local[realm][localPort{filepath.Dir(l.Leaf.Root.Path), u.Port()}]; hub != nil && hub != l.Leaf {
					hubs = append(slices.Clone(hubs), hub)
				}
			}
			remotePort(p, &fixes.Visit{Server: l.Leaf, Field: field, Value: value}, u, hubs)
		}
	}
}

// localPort is a port for clients of a server among the files of a folder.
type localPort struct{ folder, port string }

// localHubs returns the servers that take leaf nodes, by their ports for
// clients: a remote that leads to this machine most likely means the one whose
// file stands beside its own. Where two share a port neither is returned.
func localHubs(r *fleet.Realm) map[localPort]*fleet.Server {
	hubs := make(map[localPort]*fleet.Server)
	for _, s := range r.Servers {
		if !s.AcceptsLeaves() {
			continue
		}
		at := localPort{filepath.Dir(s.Root.Path), clientPortOf(s)}
		if _, taken := hubs[at]; taken {
			s = nil
		}
		hubs[at] = s
	}
	return hubs
}

// remotePort reports a URL that names the port for clients of a hub: of one
// among the files, or the default.
func remotePort(p *fixes.Pass, v *fixes.Visit, u *url.URL, hubs []*fleet.Server) {
	hub := hubWithClientPort(hubs, u.Port())
	if hub == nil && (u.Port() != clientPort || len(hubs) > 0) {
		return
	}
	port, given := p.Param("port")
	switch {
	case given:
	case hub == nil:
		port = "7422"
	default:
		port = hub.LeafPort()
	}
	f := v.Finding("the remote leads to port %s, which by default is the one for clients: a hub turns leaf nodes away there (\"attempted to connect to wrong port\"); it takes them on its leafnodes port, by default 7422", u.Port())
	if hub != nil {
		f.Message = fmt.Sprintf("the remote leads to port %s, the hub's port for clients: the link never comes up (\"attempted to connect to wrong port\")", u.Port())
		if port != "" {
			f.Message += fmt.Sprintf("; the hub takes leaf nodes on port %s", port)
		}
		if e := hub.Values.Field("leafnodes", "leaf"); e != nil {
			f.Related = append(f.Related, fixes.Related{Doc: e.Doc, Span: e.Node.KeySpan(), Message: "the hub's leafnodes block is here"})
		}
	}
	if port == "" {
		p.Report(f.Because(fixes.Manual, "the hub's port for leaf nodes cannot be told from its files; give it with --set leafnode-remote-port.port=PORT"))
		return
	}
	text := v.Value.Text()
	at := strings.LastIndex(text, ":"+u.Port())
	to := text[:at+1] + port + text[at+1+len(u.Port()):]
	f.With(p.Replace(v, ast.String(to), "lead the remote to port %s", port), "the URL comes from a place that cannot be edited")
	switch {
	case hub != nil:
		f.Because(fixes.ChangesBehaviour, "the leaf node will be connected, which it is not today")
	case !given:
		f.Because(fixes.NeedsChoice, "the hub is not among the files: say its port with --set leafnode-remote-port.port=PORT")
	}
	p.Report(f)
}

// hubWithClientPort returns the first of the servers whose port for clients
// this is, if it is none of those for leaf nodes.
func hubWithClientPort(hubs []*fleet.Server, port string) *fleet.Server {
	for _, hub := range hubs {
		if !hub.Broken() && hub.AcceptsLeaves() && port == clientPortOf(hub) {
			return hub
		}
	}
	return nil
}

// clientPortOf returns the port on which a server listens for clients, "" if
// it cannot be told.
func clientPortOf(s *fleet.Server) string {
	if s.Args.Port != 0 {
		return strconv.Itoa(s.Args.Port)
	}
	if v := fixes.Top(s, "listen"); v != nil {
		text := v.Value.Text()
		return text[strings.LastIndexByte(text, ':')+1:]
	}
	if v := fixes.Top(s, "port"); v != nil {
		return v.Value.Text()
	}
	return clientPort
}
