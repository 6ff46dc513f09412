package startup

import (
	"fmt"
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
		Doc:    gatewayClusterNameDoc,
		Needs:  []string{"gateway"},
		Check:  checkGatewayClusterName,
		Linked: true,
	}
}

// rename is one wrong name to be cured: the servers of a cluster that call
// their gateway one way and their cluster another.
type rename struct {
	pass     *fixes.Pass
	names    *gatewayNames
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
	if len(order) == 0 {
		return
	}
	names := make(map[*fleet.Realm]*gatewayNames)
	for _, k := range order {
		r := renames[k]
		realm := r.realm()
		if names[realm] == nil {
			names[realm] = namesOf(realm)
		}
		r.names = names[realm]
		r.report()
	}
}

// realm is the servers that may speak of the cluster.
func (r *rename) realm() *fleet.Realm { return r.cluster.Servers[0].Realm }

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
		f := &fixes.Finding{
			Fix: fix, Applicability: applicability, Reason: reason,
			Message: fmt.Sprintf("the gateway is named %q and the cluster %q: the server refuses to start "+
				"(\"cluster name conflicts between cluster and gateway definitions\"), though nats-server -t calls the file valid",
				r.gateway, r.name),
		}
		r.locate(f, s)
		f.Related = append(append(f.Related, related...), r.evidence...)
		r.pass.Report(f)
	}
}

// locate fills in where the names of a server stand. The finding is at
// gateway.name, unless that is in a document that is only context.
func (r *rename) locate(f *fixes.Finding, s *fleet.Server) {
	gateway := r.place(s.GatewayName, fmt.Sprintf("the gateway is named %q here", r.gateway))
	at := gateway
	var cluster fixes.Related
	if s.ClusterName.Value != nil {
		cluster = r.place(s.ClusterName, fmt.Sprintf("the cluster is named %q here", r.name))
	}
	if at.Doc.Context && !s.Root.Context {
		if at = cluster; at.Doc == nil || at.Doc.Context {
			at = fixes.Related{Doc: s.Root, Span: firstInclude(s.Root)}
		}
		f.Related = append(f.Related, gateway)
	}
	f.Doc, f.Span = at.Doc, at.Span
	if v := s.GatewayName.Value; v.Use.Valid() && v.Doc.Env == "" {
		f.Related = append(f.Related, fixes.Related{Doc: v.Doc, Span: v.Node.Span(), Message: "the gateway's name is written here"})
	}
	switch written := s.Values.Block("cluster").Value("name"); {
	case cluster.Doc != nil && cluster != at:
		f.Related = append(f.Related, cluster)
	case s.ClusterName.Flag != "":
		f.Message += fmt.Sprintf(" (the cluster's name comes from the flag %s)", s.ClusterName.Flag)
		if written.IsString() && written.Text() != r.name {
			f.Related = append(f.Related, r.place(fleet.Name{Value: written},
				fmt.Sprintf("the file names the cluster %q: a reload, which does not see the flag, goes back to that", written.Text())))
		}
	}
}

// place returns where a name is used.
func (r *rename) place(name fleet.Name, message string) fixes.Related {
	n, doc := name.Value.Place()
	return fixes.Related{Doc: doc, Span: n.Span(), Message: message}
}

// firstInclude returns where a document includes something, else its start.
func firstInclude(d *fleet.Doc) ast.Span {
	for n := range d.Tree.Root().Walk() {
		if n.Kind() == ast.KindInclude {
			return n.Span()
		}
	}
	return ast.Span{}
}

// fix works out the edits; without a fix the reason says what a person must
// decide.
func (r *rename) fix() (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
	if strings.Contains(r.to(), " ") {
		return nil, fixes.Manual, fmt.Sprintf("%q has a space in it, which the server refuses in both names: choose another one", r.to()), nil
	}
	manual := func(reason string, related []fixes.Related) (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
		return nil, fixes.Manual, reason + "; " + r.alternatives(), related
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

// alternatives says what a person has to decide between.
func (r *rename) alternatives() string {
	hint := func(other bool, direction string) string {
		if !other {
			return ""
		}
		return " (--set gateway-cluster-name.prefer=" + direction + ")"
	}
	return fmt.Sprintf("decide by hand: either gateway.name becomes %q%s, or cluster.name becomes %q on every server of the cluster%s, and every gateways[] entry follows",
		r.name, hint(r.toGate, "cluster"), r.gateway, hint(!r.toGate, "gateway"))
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
			if v := s.GatewayName.Value; v != nil && s.GatewayName.Text != r.gateway {
				return fmt.Sprintf("%s is a member of the same cluster and has another gateway.name, so that the cluster cannot take both", s.Root.Path),
					[]fixes.Related{r.place(s.GatewayName, "the other gateway.name")}
			}
		}
		if name.Text != r.from() {
			continue
		}
		if name.Flag != "" {
			return fmt.Sprintf("%s is started with %s %s, which no file can change", s.Root.Path, name.Flag, name.Text), nil
		}
		r.set(s, name)
	}
	return "", nil
}

// value returns the name that stays as a server of the cluster writes it: by
// the variable from the environment, if its own comes from there.
func (r *rename) value(s *fleet.Server) fixes.NewValue {
	kept := s.ClusterName
	if r.toGate {
		kept = s.GatewayName
	}
	if v := kept.Value; s.Cluster == r.cluster && v != nil && kept.Text == r.to() && v.Doc.Env != "" && v.Use.Valid() {
		// Not the variable at the place of use: that may be defined in the file, further down.
		return fixes.NewValue{Literal: ast.Raw("$" + v.Doc.Env), Plain: r.to()}
	}
	return fixes.Text(r.to())
}

func (r *rename) set(s *fleet.Server, name fleet.Name) {
	r.sets = append(r.sets, fixes.SetWant{Server: s, Path: name.Path, Value: name.Value, To: r.value(s)})
}
