package startup

import (
	"slices"

	"github.com/natsfix/natsfix/internal/fleet"
)

// gatewayNames says who bears or speaks of a name, for all renames in a realm: each
// of them would look through all its servers otherwise.
type gatewayNames struct {
	place    map[*fleet.Server]int       // in the realm
	bearing  map[string][]*fleet.Server  // whose gateway or cluster has the name, cluster by cluster
	gateways map[string][]*fleet.Cluster // with a gateway of the name
	entries  map[string][]gatewayUse     // in gateways blocks
}

// gatewayUse is an entry in a gateways block.
type gatewayUse struct {
	server *fleet.Server
	entry  fleet.GatewayEntry
}

func namesOf(r *fleet.Realm) *gatewayNames {
	g := &gatewayNames{
		place: make(map[*fleet.Server]int, len(r.Servers)), bearing: make(map[string][]*fleet.Server), gateways: make(map[string][]*fleet.Cluster),
		entries: make(map[string][]gatewayUse),
	}
	for _, c := range r.Clusters {
		for _, s := range c.Servers {
			gateway, cluster := s.GatewayName.Text, s.EffectiveClusterName()
			if list := g.gateways[gateway]; !slices.Contains(list[max(0, len(list)-1):], c) {
				g.gateways[gateway] = append(list, c)
			}
			if gateway == "" && !s.GatewayName.Unknown() {
				continue // a cluster without a gateway is nobody's peer
			}
			g.bearing[gateway] = append(g.bearing[gateway], s)
			if cluster != gateway {
				g.bearing[cluster] = append(g.bearing[cluster], s)
			}
		}
	}
	for i, s := range r.Servers {
		g.place[s] = i
		for _, e := range s.Gateways {
			g.entries[e.Name.Text] = append(g.entries[e.Name.Text], gatewayUse{s, e})
		}
	}
	return g
}

// speaking returns the servers that may speak of a name of a cluster, in the
// order of the realm: those with an entry for it, and those that are linked, whose
// mappings may name it.
func (g *gatewayNames) speaking(name string, c *fleet.Cluster) []*fleet.Server {
	list := slices.Clone(c.Super.Servers)
	for _, use := range g.entries[name] {
		list = append(list, use.server)
	}
	slices.SortFunc(list, func(a, b *fleet.Server) int { return g.place[a] - g.place[b] })
	return slices.Compact(list)
}
