package jetstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// LeafClusterName finds leaf nodes that bear the cluster name of their hub.
func LeafClusterName() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-cluster-name",
		Severity: fixes.Warning,
		Summary:  "a leaf node bears the cluster name of its hub, which turns it away",
		Params: []fixes.Param{{
			Name: "name", Default: "none",
			Doc: "the leaf's new cluster name; {server_name} and {file} stand for the server's own",
		}},
		Doc:    leafClusterNameDoc,
		Needs:  []string{"leafnodes"},
		Check:  checkLeafClusterName,
		Linked: true,
	}
}

// announced returns the cluster name by which a server goes on leaf links:
// without a cluster a server with remotes is a cluster of its own, named as the
// server is (server/server.go, NewServer).
func announced(s *fleet.Server) (name string, at fleet.Name) {
	switch {
	case s.ClusterName.Unknown() || s.GatewayName.Unknown() || s.Broken():
		return "", fleet.Name{}
	case s.ClusterName.Text != "":
		return s.ClusterName.Text, s.ClusterName
	case s.GatewayName.Text != "":
		return s.GatewayName.Text, s.GatewayName
	case len(s.Remotes) > 0 && !s.AcceptsRoutes():
		return s.ServerName.Text, s.ServerName
	}
	return "", fleet.Name{}
}

func checkLeafClusterName(p *fixes.Pass) {
	if !p.Window.Reaches(2, 9, 0) {
		return
	}
	seen := make(map[*fleet.Server]bool)
	for _, l := range p.Fleet.LeafLinks {
		name, at := announced(l.Leaf)
		if name == "" || seen[l.Leaf] {
			continue
		}
		for _, hub := range l.Hubs {
			if other, its := announced(hub); other == name {
				seen[l.Leaf] = true
				reportLeafClusterName(p, l, hub, at, its)
				break
			}
		}
	}
}

func reportLeafClusterName(p *fixes.Pass, l *fleet.LeafLink, hub *fleet.Server, at, its fleet.Name) {
	s := l.Leaf
	what := "the leaf's cluster is named " + fmt.Sprintf("%q", at.Text)
	if at == s.ServerName {
		what = fmt.Sprintf("the leaf has no cluster and goes by its server_name %q for one", at.Text)
	}
	f := &fixes.Finding{
		Doc: s.Root,
		Message: fmt.Sprintf("%s, which is the name of its hub's cluster, too (%s): the hub turns it away (\"remote leafnode has same cluster name\"), and it tries again every 30 seconds",
			what, hub.Root.Path),
	}
	if at.Value != nil {
		n, doc := at.Value.Place()
		f.Doc, f.Span = doc, n.Span()
	}
	if its.Value != nil {
		f.Related = append(f.Related, related(its.Value, "the hub's cluster name"))
	}
	f.Related = append(f.Related, related(l.Remote.Value, "the remote that leads to the hub"))
	fix, applicability, reason := leafClusterNameFix(p, s, hub, at)
	f.Fix, f.Applicability, f.Reason = fix, applicability, reason
	p.Report(f)
}

// leafClusterNameFix gives the leaf's cluster another name: a leaf without a
// cluster gets a cluster block that holds the name and nothing else, so that its
// server_name stays.
func leafClusterNameFix(p *fixes.Pass, s, hub *fleet.Server, at fleet.Name) (*fixes.Fix, fixes.Applicability, string) {
	template, given := p.Param("name")
	members := s.Cluster.Servers
	if s.Cluster == hub.Cluster {
		members = []*fleet.Server{s}
	}
	switch {
	case at.Flag != "":
		return nil, fixes.Manual, fmt.Sprintf("the name comes from the flag %s, which no file can change", at.Flag)
	case s.GatewayName.Value != nil:
		return nil, fixes.Manual, "the cluster is part of a supercluster, whose gateways know it by this name: rename it by hand in all of them"
	case s.Cluster == hub.Cluster && s.Clustered():
		return nil, fixes.Manual, "which of the servers of that name belong to the leaf and which to the hub is not known: rename the leaf's cluster by hand on all its servers"
	case !given:
		return nil, fixes.Manual, "choose another name for the leaf's cluster (--set leafnode-cluster-name.name=NAME); a cluster.name or server_name that JetStream has run under should stay, so that it may be better to rename the hub's cluster"
	}
	name, problem := newClusterName(template, s, len(members))
	if problem != "" {
		return nil, fixes.Manual, problem
	}
	if taken := bearer(s, name); taken != nil {
		return nil, fixes.Manual, fmt.Sprintf("%s, which a leaf link joins to this server, goes by the name %q already: choose another one", taken.Root.Path, name)
	}
	var sets []fixes.SetWant
	var inserts []fixes.InsertWant
	for _, member := range members {
		field := fixes.NewField{Key: "name", Value: fixes.Text(name)}
		cluster := fixes.Top(member, "cluster")
		switch {
		case member.ClusterName.Value != nil:
			sets = append(sets, fixes.SetWant{Server: member, Path: member.ClusterName.Path, Value: member.ClusterName.Value, To: field.Value})
		case cluster == nil:
			inserts = append(inserts, fixes.InsertWant{Server: member, Field: fixes.NewField{Key: "cluster", Value: fixes.Block(field)}})
		case cluster.Value.IsMap():
			inserts = append(inserts, fixes.InsertWant{Server: member, Path: cluster.Path(), Value: cluster.Value, Field: field})
		default:
			return nil, fixes.Manual, "cluster is no block: write its name by hand"
		}
	}
	fix, err := p.Rewrite(sets, inserts)
	if err != nil {
		return nil, fixes.Manual, err.Error()
	}
	fix.Title = fmt.Sprintf("name the leaf's cluster %q", name)
	for _, member := range members {
		if member.JetStream.Enabled || member.JetStream.Unknown {
			return fix, fixes.ChangesBehaviour, "JetStream may have run under the old name, and what names that cluster for the placement of streams does not find it any more"
		}
	}
	return fix, fixes.Safe, ""
}

// newClusterName fills in the template that is the value of the parameter.
func newClusterName(template string, s *fleet.Server, members int) (name, problem string) {
	name = template
	for mark, value := range map[string]string{"{server_name}": s.ServerName.Text, "{file}": fileName(s)} {
		switch {
		case !strings.Contains(template, mark):
		case value == "":
			return "", "leafnode-cluster-name.name asks for server_name, which the server does not have or takes from an unknown variable"
		case members > 1 || s.Many():
			return "", "leafnode-cluster-name.name asks for a server's own name, but several servers have to get one and the same"
		}
		name = strings.ReplaceAll(name, mark, value)
	}
	if name == "" || strings.Contains(name, " ") {
		return "", fmt.Sprintf("%q is no name for a cluster, which the server refuses with a blank in it", name)
	}
	return name, ""
}

// bearer returns a server at the other end of the leaf's links that goes by a
// cluster name, nil if there is none.
func bearer(s *fleet.Server, name string) *fleet.Server {
	super := s.Cluster.Super
	for _, l := range slices.Concat(super.Out, super.In) {
		for _, other := range append(slices.Clone(l.Hubs), l.Leaf) {
			if its, _ := announced(other); its == name && other != s {
				return other
			}
		}
	}
	return nil
}

// linkedToItself returns a leaf link both ends of which seem to be in one
// cluster or supercluster: they bear one cluster name, so that nothing tells
// which servers are the leaf and which the hub. It is nil if there is none.
func linkedToItself(super *fleet.Super) *fleet.LeafLink {
	for _, l := range super.Out {
		if slices.Contains(hubsOf(l), super) {
			return l
		}
	}
	return nil
}
