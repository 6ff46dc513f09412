package fleet

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Realm is the servers that may have to do with each other: those of the files,
// or the examples of one Markdown file. A rule that compares a server with others
// by more than its links looks at those of its realm, not at the whole fleet.
type Realm struct {
	Name     string // "" for the files
	Servers  []*Server
	Clusters []*Cluster

	gateways *addressBook
}

// Cluster is a set of servers that are linked by routes, or one server alone.
type Cluster struct {
	Name    string // the cluster's name as its servers have it, "" if none or unknown
	Servers []*Server
	Super   *Super
}

// Super is a supercluster: clusters that are linked by gateways. A cluster
// without gateways is a supercluster of its own.
type Super struct {
	Clusters []*Cluster
	Servers  []*Server
	// Out and In are the leaf links that its servers solicit and accept.
	Out, In []*LeafLink
}

// LeafLink is one remote of a server's leafnodes.remotes.
type LeafLink struct {
	Leaf   *Server
	Remote Remote
	Hubs   []*Server // the servers that its URLs lead to; none if unresolved
	// OtherPort are, for a link that is unresolved, the servers whose host its
	// URLs name, but not a port on which they accept leaf nodes.
	OtherPort []*Server
}

// Resolved reports whether the hub at the other end is loaded.
func (l *LeafLink) Resolved() bool { return len(l.Hubs) > 0 }

// address is a host and port that a URL or an advertise field names.
type address struct{ host, port string }

// parseURL returns the address and user of a URL as it stands in routes,
// gateways or remotes; a text without scheme is read as host:port.
func parseURL(text, defaultPort string) (addr address, scheme, user string) {
	text = strings.TrimSpace(text)
	if i := strings.Index(text, "://"); i >= 0 {
		scheme = strings.ToLower(text[:i])
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			addr.host, addr.port = splitHostPort(u.Host)
			user = u.User.Username()
		}
	} else {
		addr.host, addr.port = splitHostPort(text)
	}
	if addr.port == "" {
		addr.port = defaultPort
	}
	return addr, scheme, user
}

// addressBook finds the servers that answer under an address.
type addressBook struct {
	listener func(*Server) listener
	byHost   map[string][]*Server
	byPort   map[string][]*Server // those that listen on all or on loopback addresses
}

func newAddressBook(servers []*Server, hosts map[string][]string, of func(*Server) listener) *addressBook {
	b := &addressBook{listener: of, byHost: make(map[string][]*Server), byPort: make(map[string][]*Server)}
	for _, s := range servers {
		l := of(s)
		if !l.on {
			continue
		}
		for _, host := range s.hostNames(l, hosts) {
			b.byHost[host] = append(b.byHost[host], s)
		}
		if l.port != "" && (l.host == "" || isWildcard(l.host) || isLoopback(l.host)) {
			b.byPort[l.port] = append(b.byPort[l.port], s)
		}
	}
	return b
}

// hostNames returns the names under which a listener of s can be reached.
func (s *Server) hostNames(l listener, hosts map[string][]string) []string {
	names := slices.Clone(hosts[s.Root.Path])
	if host, _ := splitHostPort(l.advertise); host != "" {
		names = append(names, host)
	}
	if l.host != "" && !isWildcard(l.host) && !isLoopback(l.host) {
		names = append(names, l.host)
	}
	if s.ServerName.Text != "" {
		names = append(names, strings.ToLower(s.ServerName.Text))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func isWildcard(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// find returns the servers that answer under the address. A loopback address
// finds a server only if it is the only one on that port.
func (b *addressBook) find(a address) []*Server {
	if a.host == "" {
		return nil
	}
	if isLoopback(a.host) {
		if all := b.byPort[a.port]; len(all) == 1 {
			return all
		}
		return nil
	}
	found := b.match(b.byHost[a.host], a.port)
	if label, _, dotted := strings.Cut(a.host, "."); len(found) == 0 && dotted && net.ParseIP(a.host) == nil {
		for _, s := range b.match(b.byHost[label], a.port) {
			if strings.EqualFold(s.ServerName.Text, label) {
				found = append(found, s)
			}
		}
	}
	return found
}

// match keeps the servers that listen on, or advertise, the port.
func (b *addressBook) match(servers []*Server, port string) []*Server {
	var out []*Server
	for _, s := range servers {
		l := b.listener(s)
		_, advertised := splitHostPort(l.advertise)
		if l.port == "" || l.port == port || advertised == port {
			out = append(out, s)
		}
	}
	return out
}

// onHosts returns the servers beside self that answer under one of the hosts,
// on whatever port.
func (b *addressBook) onHosts(hosts []string, self *Server) []*Server {
	var out []*Server
	for _, host := range hosts {
		for _, s := range b.byHost[host] {
			if s != self && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// link groups the servers into clusters and superclusters and finds the leaf
// links. Servers of different realms are not linked.
func (f *Fleet) link(hosts, realms map[string]string) {
	if len(realms) == 0 {
		f.linkAll("", hosts)
		return
	}
	byRealm := map[string][]*Server{"": nil}
	for _, s := range f.Servers {
		realm := realms[s.Root.Path]
		byRealm[realm] = append(byRealm[realm], s)
	}
	for _, realm := range slices.Sorted(maps.Keys(byRealm)) {
		part := &Fleet{Servers: byRealm[realm]}
		part.linkAll(realm, hosts)
		f.Clusters = append(f.Clusters, part.Clusters...)
		f.Supers = append(f.Supers, part.Supers...)
		f.LeafLinks = append(f.LeafLinks, part.LeafLinks...)
	}
}

// linkAll links all servers of f, which are those of a realm.
func (f *Fleet) linkAll(realm string, hosts map[string]string) {
	names := make(map[string][]string, len(hosts))
	for host, root := range hosts {
		names[root] = append(names[root], strings.ToLower(host))
	}
	f.linkClusters(newAddressBook(f.Servers, names, func(s *Server) listener { return s.clusterPort }))
	gateways := newAddressBook(f.Servers, names, func(s *Server) listener { return s.gatewayPort })
	f.linkGateways(gateways)
	f.linkLeaves(
		newAddressBook(f.Servers, names, func(s *Server) listener { return s.leafPort }),
		newAddressBook(f.Servers, names, func(s *Server) listener { return s.wsPort }))
	r := &Realm{Name: realm, Servers: f.Servers, Clusters: f.Clusters, gateways: gateways}
	for _, s := range f.Servers {
		s.Realm = r
	}
}

func (f *Fleet) linkLeaves(leaf, ws *addressBook) {
	for _, s := range f.Servers {
		for _, remote := range s.Remotes {
			l := &LeafLink{Leaf: s, Remote: remote}
			for _, u := range remote.URLs {
				addr, scheme, _ := parseURL(u.Text(), "7422")
				book := leaf
				if scheme == "ws" || scheme == "wss" {
					book = ws
				}
				for _, hub := range book.find(addr) {
					if hub != s && !slices.Contains(l.Hubs, hub) {
						l.Hubs = append(l.Hubs, hub)
					}
				}
			}
			if !l.Resolved() {
				l.OtherPort = leaf.onHosts(Hosts(remote.URLs), s)
			}
			f.LeafLinks = append(f.LeafLinks, l)
			s.Cluster.Super.Out = append(s.Cluster.Super.Out, l)
			var supers []*Super
			for _, hub := range l.Hubs {
				if super := hub.Cluster.Super; !slices.Contains(supers, super) {
					supers = append(supers, super)
					super.In = append(super.In, l)
				}
			}
		}
	}
}

// Hosts returns the host names and addresses in URLs, in lower case.
func Hosts(urls []*Value) []string {
	var out []string
	for _, u := range urls {
		if a, _, _ := parseURL(u.Text(), ""); a.host != "" {
			out = append(out, a.host)
		}
	}
	return out
}
