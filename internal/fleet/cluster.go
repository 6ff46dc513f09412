package fleet

import "strings"

// EffectiveClusterName returns the name that the server gives its cluster: a
// flag, cluster.name, or gateway.name where that is missing
// (server/server.go, validateCluster). It is "" if there is none or it is
// unknown.
func (s *Server) EffectiveClusterName() string {
	if s.ClusterName.Text != "" || s.ClusterName.Unknown() {
		return s.ClusterName.Text
	}
	return s.GatewayName.Text
}

// forest is a union-find over 0 to n-1.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) find(i int) int {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// join merges two sets; the smaller root stays, so that the result does not
// depend on the order.
func (f forest) join(a, b int) {
	a, b = f.find(a), f.find(b)
	f[max(a, b)] = min(a, b)
}

// linkClusters groups servers that give their cluster the same name, unless
// both their gateway names and their routes tell them apart; and servers
// without a name that share routes.
func (f *Fleet) linkClusters(book *addressBook) {
	index := make(map[*Server]int, len(f.Servers))
	for i, s := range f.Servers {
		index[s] = i
	}
	sets := newForest(len(f.Servers))
	type key struct{ name, gateway string }
	byNames := make(map[key]int)          // cluster and gateway name
	byRoute := make(map[key]int)          // cluster name and route address
	withGateway := make(map[string][]int) // cluster name to the first server of each gateway name
	noGateway := make(map[string][]int)
	for i, s := range f.Servers {
		name := s.EffectiveClusterName()
		if name == "" && !s.Clustered() {
			continue
		}
		if name != "" && !s.GatewayName.Unknown() {
			k := key{name, s.GatewayName.Text}
			if first, ok := byNames[k]; k.gateway == "" {
				noGateway[name] = append(noGateway[name], i)
			} else if ok {
				sets.join(first, i)
			} else {
				byNames[k] = i
				withGateway[name] = append(withGateway[name], i)
			}
		}
		for _, u := range s.routeAddresses() {
			k := key{name, u.host + ":" + u.port}
			if first, ok := byRoute[k]; ok {
				sets.join(first, i)
			} else {
				byRoute[k] = i
			}
			for _, peer := range book.find(u) {
				if peer.EffectiveClusterName() == name {
					sets.join(index[peer], i)
				}
			}
		}
	}
	// Members without a gateway join the cluster of their name. Where there are
	// several, routes alone tell to which one a member belongs; those that none
	// of them leads to make up one more.
	for name, members := range noGateway {
		several := make(map[int]bool)
		for _, i := range withGateway[name] {
			several[sets.find(i)] = true
		}
		if len(several) == 1 {
			members, several = append(members, withGateway[name][0]), nil
		}
		first := -1
		for _, i := range members {
			switch {
			case several[sets.find(i)]:
			case first < 0:
				first = i
			default:
				sets.join(first, i)
			}
		}
	}
	clusters := make(map[int]*Cluster)
	for i, s := range f.Servers {
		root := sets.find(i)
		c := clusters[root]
		if c == nil {
			c = &Cluster{Name: s.EffectiveClusterName()}
			clusters[root] = c
			f.Clusters = append(f.Clusters, c)
		}
		c.Servers = append(c.Servers, s)
		s.Cluster = c
	}
}

// routeAddresses returns where the server's routes lead to.
func (s *Server) routeAddresses() []address {
	var out []address
	for _, u := range s.Routes {
		if a, _, _ := parseURL(u.Text(), "6222"); a.host != "" {
			out = append(out, a)
		}
	}
	if s.Args.Routes != "" {
		for _, u := range strings.Split(s.Args.Routes, ",") {
			if a, _, _ := parseURL(u, "6222"); a.host != "" {
				out = append(out, a)
			}
		}
	}
	return out
}

// linkGateways groups clusters into superclusters: by the names in their
// gateways lists, and by the addresses.
func (f *Fleet) linkGateways(book *addressBook) {
	index := make(map[*Cluster]int, len(f.Clusters))
	byGateway := make(map[string][]int) // gateway or cluster name to clusters
	for i, c := range f.Clusters {
		index[c] = i
		names := make(map[string]bool)
		for _, s := range c.Servers {
			if s.GatewayName.Text != "" {
				names[s.GatewayName.Text] = true
				names[s.EffectiveClusterName()] = true
			}
		}
		delete(names, "")
		for name := range names {
			byGateway[name] = append(byGateway[name], i)
		}
	}
	sets := newForest(len(f.Clusters))
	for i, c := range f.Clusters {
		for _, s := range c.Servers {
			for _, e := range s.Gateways {
				for _, j := range byGateway[e.Name.Text] {
					sets.join(i, j)
				}
				for _, u := range e.URLs {
					a, _, _ := parseURL(u.Text(), "7222")
					for _, peer := range book.find(a) {
						sets.join(i, index[peer.Cluster])
					}
				}
			}
		}
	}
	supers := make(map[int]*Super)
	for i, c := range f.Clusters {
		root := sets.find(i)
		super := supers[root]
		if super == nil {
			super = &Super{}
			supers[root] = super
			f.Supers = append(f.Supers, super)
		}
		super.Clusters = append(super.Clusters, c)
		super.Servers = append(super.Servers, c.Servers...)
		c.Super = super
	}
}

// GatewayServers returns the servers that the URLs of a gateways[] entry of a
// server of the realm lead to.
func (r *Realm) GatewayServers(e GatewayEntry) []*Server {
	var out []*Server
	for _, u := range e.URLs {
		a, _, _ := parseURL(u.Text(), "7222")
		out = append(out, r.gateways.find(a)...)
	}
	return out
}
