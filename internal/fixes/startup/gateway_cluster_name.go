package startup

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// GatewayClusterName finds servers whose gateway and cluster have different
// names, and gives both the same one everywhere.
func GatewayClusterName() *fixes.Rule {
	return &fixes.Rule{
		Name:     "gateway-cluster-name",
		Severity: fixes.Error,
		Summary:  "gateway.name and cluster.name differ, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "prefer", Default: "cluster", Values: []string{"cluster", "gateway"},
			Doc: "which of the two names stays: the cluster's, or the gateway's",
		}},
		Doc:   gatewayClusterNameDoc,
		Check: checkGatewayClusterName,
	}
}

// rename is one wrong name to be cured: the servers of a cluster that call
// their gateway one way and their cluster another.
type rename struct {
	pass     *fixes.Pass
	cluster  *fleet.Cluster
	gateway  string // gateway.name
	name     string // cluster.name
	toGate   bool   // the gateway's name is to stay
	servers  []*fleet.Server
	sets     []fixes.SetWant
	evidence []fixes.Related // places that speak for the name that goes
}

func checkGatewayClusterName(p *fixes.Pass) {
	type key struct {
		cluster       *fleet.Cluster
		gateway, name string
	}
	prefer, _ := p.Param("prefer")
	var order []key
	renames := make(map[key]*rename)
	for _, s := range p.Fleet.Servers {
		gateway, name := s.GatewayName.Text, s.ClusterName.Text
		if gateway == "" || name == "" || gateway == name || s.Broken() {
			continue
		}
		k := key{s.Cluster, gateway, name}
		if renames[k] == nil {
			renames[k] = &rename{pass: p, cluster: s.Cluster, gateway: gateway, name: name, toGate: prefer == "gateway"}
			order = append(order, k)
		}
		renames[k].servers = append(renames[k].servers, s)
	}
	for _, k := range order {
		renames[k].report()
	}
}

// from and to are the name that goes and the name that stays.
func (r *rename) from() string {
	if r.toGate {
		return r.name
	}
	return r.gateway
}

func (r *rename) to() string {
	if r.toGate {
		return r.gateway
	}
	return r.name
}

// report works out the fix and reports one finding for each server. They share
// the fix: the names of a cluster change together.
func (r *rename) report() {
	fix, applicability, reason, related := r.fix()
	for _, s := range r.servers {
		at, doc := s.GatewayName.Value.Node, s.GatewayName.Value.Doc
		if doc.Env != "" {
			at, doc = s.GatewayName.Value.Place()
		}
		f := &fixes.Finding{
			Doc: doc, Span: at.Span(), Fix: fix,
			Applicability: applicability, Reason: reason,
			Message: fmt.Sprintf("the gateway is named %q and the cluster %q: the server refuses to start "+
				"(\"cluster name conflicts between cluster and gateway definitions\"), though nats-server -t calls the file valid",
				r.gateway, r.name),
		}
		if v := s.ClusterName.Value; v != nil {
			n, d := v.Place()
			f.Related = append(f.Related, fixes.Related{Doc: d, Span: n.Span(), Message: fmt.Sprintf("the cluster is named %q here", r.name)})
		} else {
			f.Message += fmt.Sprintf(" (the cluster's name comes from the flag %s)", s.ClusterName.Flag)
		}
		f.Related = append(append(f.Related, related...), r.evidence...)
		r.pass.Report(f)
	}
}

// fix works out the edits; without a fix the reason says what a person must
// decide.
func (r *rename) fix() (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
	manual := func(reason string, related []fixes.Related) (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
		other := fmt.Sprintf("decide by hand: either gateway.name becomes %q, or cluster.name becomes %q on every server of the cluster "+
			"(--set gateway-cluster-name.prefer=gateway), and every gateways[] entry follows", r.name, r.gateway)
		return nil, fixes.Manual, reason + "; " + other, related
	}
	if reason, related := r.collision(); reason != "" {
		return manual(reason, related)
	}
	if reason, related := r.own(); reason != "" {
		return manual(reason, related)
	}
	if reason, related := r.references(); reason != "" {
		return manual(reason, related)
	}
	fix, err := r.pass.Rewrite(r.sets, nil)
	if err != nil {
		var related []fixes.Related
		if c, ok := err.(*fixes.Conflict); ok {
			related = c.Related
		}
		return manual(err.Error(), related)
	}
	what := "gateway"
	if r.toGate {
		what = "cluster"
	}
	fix.Title = fmt.Sprintf("rename the %s %q to %q", what, r.from(), r.to())
	if r.toGate {
		if running := r.running(); running != "" {
			return fix, fixes.ChangesBehaviour, fmt.Sprintf("%s starts today as a member of cluster %q, whose name must not change once JetStream has run under it",
				running, r.name), nil
		}
	}
	return fix, fixes.Safe, "", nil
}

// running returns a server of the cluster that starts today, or "".
func (r *rename) running() string {
	for _, s := range r.cluster.Servers {
		if s.GatewayName.Text == "" || s.GatewayName.Text == s.ClusterName.Text {
			return s.Root.Path
		}
	}
	return ""
}

// own collects the changes in the servers of the cluster itself.
func (r *rename) own() (string, []fixes.Related) {
	for _, s := range r.cluster.Servers {
		name := s.GatewayName
		if r.toGate {
			name = s.ClusterName
		}
		if name.Text != r.from() {
			continue
		}
		if name.Flag != "" {
			return fmt.Sprintf("%s is started with %s %s, which no file can change", s.Root.Path, name.Flag, name.Text), nil
		}
		r.set(s, name, r.value(s))
	}
	return "", nil
}

// value returns the name that stays, by the variable from the environment if
// it comes from there.
func (r *rename) value(s *fleet.Server) fixes.NewValue {
	kept := s.ClusterName
	if r.toGate {
		kept = s.GatewayName
	}
	if v := kept.Value; v != nil && kept.Text == r.to() && v.Doc.Env != "" && v.Use.Valid() {
		return fixes.NewValue{Literal: ast.Raw("$" + v.Use.Text()), Plain: r.to()}
	}
	return fixes.Text(r.to())
}

func (r *rename) set(s *fleet.Server, name fleet.Name, to fixes.NewValue) {
	r.sets = append(r.sets, fixes.SetWant{Server: s, Path: name.Path, Value: name.Value, To: to})
}

// collision says whether another cluster bears the name that is to stay: after
// the fix two gateways would have one name, and messages would silently not
// cross between them.
func (r *rename) collision() (string, []fixes.Related) {
	to := r.to()
	for _, c := range r.pass.Fleet.Clusters {
		if c == r.cluster {
			continue
		}
		for _, s := range c.Servers {
			if s.GatewayName.Text == "" && !s.GatewayName.Unknown() {
				continue // a cluster without a gateway is nobody's peer
			}
			if s.GatewayName.Text == to || s.EffectiveClusterName() == to {
				n, doc := nameNode(s, to)
				return fmt.Sprintf("another cluster is named %q too (%s): with the fix both would have one gateway name and no connection would form between them", to, s.Root.Path),
					[]fixes.Related{{Doc: doc, Span: n.Span(), Message: fmt.Sprintf("%q here", to)}}
			}
		}
	}
	for _, s := range r.pass.Fleet.Servers {
		for _, e := range s.Gateways {
			if e.Name.Text == to && !r.isOwn(e) {
				return fmt.Sprintf("%s has an entry %q in gateways whose URLs do not lead to this cluster as far as the files tell", s.Root.Path, to),
					[]fixes.Related{{Doc: e.Value.Doc, Span: e.Value.Node.Span(), Message: fmt.Sprintf("gateway %q here", to)}}
			}
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

// isOwn reports whether the URLs of a gateways entry lead to the cluster: to
// its servers, to hosts of its routes, or to where an entry with the name that
// goes leads.
func (r *rename) isOwn(e fleet.GatewayEntry) bool {
	found := r.pass.Fleet.GatewayServers(e)
	if len(found) > 0 {
		return !slices.ContainsFunc(found, func(s *fleet.Server) bool { return s.Cluster != r.cluster })
	}
	hosts := fleet.Hosts(e.URLs)
	for _, s := range r.cluster.Servers {
		if overlap(hosts, fleet.Hosts(s.Routes)) {
			return true
		}
	}
	return false
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(h string) bool { return slices.Contains(b, h) })
}

// bearers returns the other clusters whose gateway has the name that goes.
func (r *rename) bearers() []*fleet.Cluster {
	var out []*fleet.Cluster
	for _, c := range r.pass.Fleet.Clusters {
		if c != r.cluster && slices.ContainsFunc(c.Servers, func(s *fleet.Server) bool { return s.GatewayName.Text == r.from() }) {
			out = append(out, c)
		}
	}
	return out
}

// references collects the changes at every other place that speaks of the name
// that goes: gateways entries, the own one too, and mapping destinations.
func (r *rename) references() (string, []fixes.Related) {
	others := r.bearers()
	for _, s := range r.pass.Fleet.Servers {
		taken := slices.ContainsFunc(s.Gateways, func(e fleet.GatewayEntry) bool { return e.Name.Text == r.to() })
		for _, e := range s.Gateways {
			if e.Name.Text != r.from() {
				continue
			}
			place := fixes.Related{Doc: e.Value.Doc, Span: e.Value.Node.Span(), Message: fmt.Sprintf("entry %q in gateways", r.from())}
			found := r.pass.Fleet.GatewayServers(e)
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
			r.evidence = append(r.evidence, place)
			r.set(s, e.Name, fixes.Text(r.to()))
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
		r.set(s, m, fixes.Text(r.to()))
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
