package startup

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// collision says whether another cluster bears the name that is to stay: after
// the fix two gateways would have one name, and messages would silently not
// cross between them.
func (r *rename) collision() (string, []fixes.Related) {
	to := r.to()
	for _, s := range r.names.bearing[to] {
		if s.Cluster == r.cluster {
			continue
		}
		n, doc := nameNode(s, to)
		bearer := "another cluster is"
		if s.GatewayName.Text == to {
			bearer = "the gateway of another cluster is"
		}
		return fmt.Sprintf("%s named %q too (%s): with the fix both would have one gateway name and no connection would form between them", bearer, to, s.Root.Path),
			[]fixes.Related{{Doc: doc, Span: n.Span(), Message: fmt.Sprintf("%q here", to)}}
	}
	for _, use := range r.names.entries[to] {
		if s, e := use.server, use.entry; !r.isOwn(e) {
			return fmt.Sprintf("%s has an entry %q in gateways whose URLs do not lead to this cluster as far as the files tell", s.Root.Path, to),
				[]fixes.Related{{Doc: e.Value.Doc, Span: e.Value.Node.Span(), Message: fmt.Sprintf("gateway %q here", to)}}
		}
	}
	return "", nil
}

// nameNode returns where a server writes the name.
func nameNode(s *fleet.Server, name string) (ast.Node, *fleet.Doc) {
	for _, n := range []fleet.Name{s.GatewayName, s.ClusterName} {
		if n.Text == name && n.Value != nil {
			return n.Value.Place()
		}
	}
	return s.Root.Tree.Root(), s.Root
}

// isOwn reports whether a gateways entry with the name that is to stay speaks
// of the cluster: its URLs lead to the cluster's servers, or to hosts of their
// routes. If that name is the gateway's today the entry has it right already,
// unless its URLs lead to others.
func (r *rename) isOwn(e fleet.GatewayEntry) bool {
	found := r.realm().GatewayServers(e)
	if len(found) > 0 {
		return !slices.ContainsFunc(found, func(s *fleet.Server) bool { return s.Cluster != r.cluster })
	}
	hosts := fleet.Hosts(e.URLs)
	return r.toGate || slices.ContainsFunc(r.cluster.Servers, func(s *fleet.Server) bool { return overlap(hosts, fleet.Hosts(s.Routes)) })
}

// overlap reports whether two lists of hosts have one in common. Loopback
// addresses do not count: all clusters of one machine have them.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(h string) bool {
		return h != "localhost" && !net.ParseIP(h).IsLoopback() && slices.Contains(b, h)
	})
}

// bearers returns the other clusters whose gateway has the name that goes.
func (r *rename) bearers() []*fleet.Cluster {
	return slices.DeleteFunc(slices.Clone(r.names.gateways[r.from()]), func(c *fleet.Cluster) bool { return c == r.cluster })
}

// references collects the changes at every other place that speaks of the name
// that goes: gateways entries, the own one too, and mapping destinations.
func (r *rename) references() (string, []fixes.Related) {
	others := r.bearers()
	for _, s := range r.names.speaking(r.from(), r.cluster) {
		taken := slices.ContainsFunc(s.Gateways, func(e fleet.GatewayEntry) bool { return e.Name.Text == r.to() })
		for _, e := range s.Gateways {
			if e.Name.Text != r.from() {
				continue
			}
			place := fixes.Related{Doc: e.Value.Doc, Span: e.Value.Node.Span(), Message: fmt.Sprintf("entry %q in gateways", r.from())}
			found := r.realm().GatewayServers(e)
			here := slices.ContainsFunc(found, func(t *fleet.Server) bool { return t.Cluster == r.cluster })
			elsewhere := slices.ContainsFunc(found, func(t *fleet.Server) bool { return t.Cluster != r.cluster })
			switch {
			case here && !elsewhere:
			case elsewhere && !here && len(others) > 0:
				continue // it speaks of another cluster of that name
			case len(others) == 0 && !elsewhere:
			default:
				related := []fixes.Related{place}
				for _, c := range others {
					n, doc := nameNode(c.Servers[0], r.from())
					related = append(related, fixes.Related{Doc: doc, Span: n.Span(), Message: fmt.Sprintf("another gateway %q", r.from())})
				}
				return fmt.Sprintf("it cannot be told from its URLs which cluster the entry %q of %s speaks of", r.from(), s.Root.Path), related
			}
			if taken && s.Cluster != r.cluster {
				return fmt.Sprintf("%s has entries for both %q and %q, of which the server would keep only the last", s.Root.Path, r.from(), r.to()),
					[]fixes.Related{place}
			}
			if !slices.Contains(r.evidence, place) {
				r.evidence = append(r.evidence, place)
			}
			r.set(s, e.Name)
		}
		if reason, related := r.mappings(s, others); reason != "" {
			return reason, related
		}
	}
	return "", nil
}

// mappings collects the destinations of subject mappings that are limited to
// the cluster (server/opts.go, parseAccountMapDest).
func (r *rename) mappings(s *fleet.Server, others []*fleet.Cluster) (string, []fixes.Related) {
	if s.Cluster.Super != r.cluster.Super {
		return "", nil
	}
	for _, m := range clusterMappings(s) {
		if m.Text != r.from() {
			continue
		}
		if len(others) > 0 {
			n, doc := m.Value.Place()
			return fmt.Sprintf("%s maps subjects for cluster %q, and more than one cluster bears that name", s.Root.Path, r.from()),
				[]fixes.Related{{Doc: doc, Span: n.Span(), Message: "mapping destination"}}
		}
		r.set(s, m)
	}
	return "", nil
}

// clusterMappings returns the cluster fields of all mapping destinations of a
// server, at the top level and in its accounts.
func clusterMappings(s *fleet.Server) []fleet.Name {
	var out []fleet.Name
	s.Each(func(path string, e *fleet.Entry, v *fleet.Value) {
		if e == nil || !v.IsString() || !strings.EqualFold(e.Key, "cluster") {
			return
		}
		keys := fleet.SplitPath(path)
		if keys[0] = strings.ToLower(keys[0]); keys[0] == "accounts" && len(keys) > 3 {
			keys = keys[2:]
			keys[0] = strings.ToLower(keys[0])
		}
		if len(keys) == 3 && (keys[0] == "mappings" || keys[0] == "maps") {
			out = append(out, fleet.Name{Text: v.Text(), Value: v, Path: path})
		}
	})
	return out
}
