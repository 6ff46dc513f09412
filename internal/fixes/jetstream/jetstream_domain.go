package jetstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Domain finds servers with JetStream that take part in a leaf link without a
// JetStream domain, and gives every member of their supercluster one.
func Domain() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-domain",
		Severity: fixes.Warning,
		Summary:  "JetStream across a leaf link needs a domain on each side",
		Params: []fixes.Param{
			{Name: "hub", Default: "hub", Doc: "the domain of servers that accept leaf nodes; {server_name}, {cluster} and {file} stand for the server's own"},
			{Name: "leaf", Default: "the cluster's name, else server_name, else the file's name", Doc: "the domain of servers that solicit leaf links, likewise"},
		},
		Doc:    domainDoc,
		Needs:  []string{"leafnodes"},
		Check:  checkDomain,
		Linked: true,
	}
}

func checkDomain(p *fixes.Pass) {
	names := choose(p)
	joined := systems(names, p.Fleet.Supers)
	for _, super := range p.Fleet.Supers {
		if lacksDomain(super) && takesPart(super) {
			d := &domain{pass: p, super: super, choice: names[super], names: names, system: joined[super]}
			d.report()
		}
	}
}

// takesPart reports whether a server of the supercluster accepts or solicits
// leaf links.
func takesPart(super *fleet.Super) bool {
	return len(super.Out) > 0 || len(super.In) > 0 ||
		slices.ContainsFunc(super.Servers, (*fleet.Server).AcceptsLeaves)
}

// lacksDomain reports whether a server runs JetStream and none has a domain.
func lacksDomain(super *fleet.Super) bool {
	runs := false
	for _, s := range super.Servers {
		if hasDomain(s) || s.Broken() {
			return false
		}
		runs = runs || s.JetStream.Enabled
	}
	return runs
}

func hasDomain(s *fleet.Server) bool {
	d := s.JetStream.Domain
	return d != nil && (d.Text() != "" || !d.IsString())
}

// domain is one supercluster that is to get a domain.
type domain struct {
	pass   *fixes.Pass
	super  *fleet.Super
	choice choice
	names  map[*fleet.Super]choice
	system system
}

// report works out the fix and reports one finding for each server with
// JetStream. They share the fix: a supercluster has one domain.
func (d *domain) report() {
	fix, applicability, reason, related := d.fix()
	type place struct {
		doc  *fleet.Doc
		span ast.Span
	}
	seen := make(map[place]bool)
	for _, s := range d.super.Servers {
		if !s.JetStream.Enabled {
			continue
		}
		f := &fixes.Finding{Fix: fix, Applicability: applicability, Reason: reason}
		f.Doc, f.Span = atJetStream(s)
		if seen[place{f.Doc, f.Span}] {
			continue // members that share an include
		}
		seen[place{f.Doc, f.Span}] = true
		f.Message = fmt.Sprintf("JetStream has no domain although %s, so clients on one side of the link cannot reach the JetStream of the other", d.role(s, f.Doc))
		f.Related = append([]fixes.Related{{Doc: f.Doc, Span: f.Span, Message: "with domains they reach it by $JS.<domain>.API: " +
			"mind that clients on the leaf can then change the hub's streams, too, unless permissions forbid $JS.<hub>.API"}}, related...)
		f.Related = append(f.Related, d.withoutDomain()...)
		d.pass.Report(f)
	}
}

// atJetStream returns where a server's files switch JetStream on or off, the
// start of its root if they do not.
func atJetStream(s *fleet.Server) (*fleet.Doc, ast.Span) {
	v := s.JetStream.Value
	if v == nil {
		return s.Root, ast.Span{}
	}
	if s.JetStream.Entry != nil && v.IsMap() && !v.Use.Valid() {
		return s.JetStream.Entry.Doc, s.JetStream.Entry.Node.KeySpan()
	}
	n, doc := v.Place()
	return doc, ast.Span{Start: n.Start(), End: n.End()}
}

// role says which part the supercluster takes in a leaf link, as it is told in
// a finding about s in doc.
func (d *domain) role(s *fleet.Server, doc *fleet.Doc) string {
	role, part := "accepts leaf nodes", (*fleet.Server).AcceptsLeaves
	if len(d.super.Out) > 0 {
		role, part = "is linked to a hub as a leaf node", func(s *fleet.Server) bool { return len(s.Remotes) > 0 }
	}
	if i := slices.IndexFunc(d.super.Servers, part); i >= 0 && !part(s) {
		return fmt.Sprintf("%s, in the same cluster or supercluster, %s", d.super.Servers[i].Root.Path, role)
	}
	if doc != s.Root {
		return s.Root.Path + " " + role
	}
	return "the server " + role
}

func (d *domain) fix() (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
	manual := func(reason string, related []fixes.Related) (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
		return nil, fixes.Manual, reason, related
	}
	if l := linkedToItself(d.super); l != nil {
		return manual("a leaf node and its hub bear one cluster name, so that nothing tells which servers are the leaf and which the hub (see leafnode-cluster-name)",
			[]fixes.Related{related(l.Remote.Value, "the leaf link")})
	}
	if reason, related := d.sharedSystem(); reason != "" {
		return manual(reason, related)
	}
	if d.choice.problem != "" {
		return manual(d.choice.problem, nil)
	}
	if reason := d.clash(); reason != "" {
		return manual(reason, nil)
	}
	var sets []fixes.SetWant
	var inserts []fixes.InsertWant
	for _, s := range d.super.Servers {
		if s.JetStream.Unknown || s.JetStream.Value.Unknown() {
			return manual(fmt.Sprintf("whether %s runs JetStream depends on a variable that is not known here (give it by --env-file or --env)", s.Root.Path), nil)
		}
		set, insert := d.change(s)
		if set != nil {
			sets = append(sets, *set)
		}
		if insert != nil {
			inserts = append(inserts, *insert)
		}
	}
	fix, err := d.pass.Rewrite(sets, inserts)
	if err != nil {
		if c, ok := err.(*fixes.Conflict); ok {
			return manual(c.Message+"; give each server a jetstream block of its own, with its domain", c.Related)
		}
		return manual(err.Error(), nil)
	}
	fix.Title = fmt.Sprintf("set the JetStream domain %q", d.choice.name)
	reasons, related := d.risks()
	if d.choice.needsChoice != "" {
		if len(reasons) == 0 {
			return fix, fixes.NeedsChoice, d.choice.needsChoice, related
		}
		reasons = append(reasons, d.choice.needsChoice)
	}
	if len(reasons) > 0 {
		return fix, fixes.ChangesBehaviour, strings.Join(reasons, "; "), related
	}
	return fix, fixes.Safe, "", nil
}

// change returns what gives one server the domain: an entry in its jetstream
// block, or a block where it has none. A server without JetStream gets a block
// that keeps it switched off, so that it takes part in the domain.
func (d *domain) change(s *fleet.Server) (*fixes.SetWant, *fixes.InsertWant) {
	js := s.JetStream
	name := fixes.NewField{Key: "domain", Value: fixes.Text(d.choice.name)}
	off := fixes.NewField{Key: "enabled", Value: fixes.Flag(false)}
	switch {
	case js.Value == nil && js.Enabled: // by a flag
		return nil, &fixes.InsertWant{Server: s, Field: fixes.NewField{Key: "jetstream", Value: fixes.Block(name)}}
	case js.Value == nil:
		return nil, &fixes.InsertWant{Server: s, Field: fixes.NewField{Key: "jetstream", Value: fixes.Block(off, name)}}
	case js.Value.IsMap() && js.Domain != nil: // an empty one
		return &fixes.SetWant{Server: s, Path: domainPath(s), Value: js.Domain, To: fixes.Text(d.choice.name)}, nil
	case js.Value.IsMap():
		return nil, &fixes.InsertWant{Server: s, Path: js.Path, Value: js.Value, Field: name}
	case js.Enabled:
		return &fixes.SetWant{Server: s, Path: js.Path, Value: js.Value, To: fixes.Block(name)}, nil
	}
	return &fixes.SetWant{Server: s, Path: js.Path, Value: js.Value, To: fixes.Block(off, name)}, nil
}

func domainPath(s *fleet.Server) string {
	return fleet.JoinKey(s.JetStream.Path, s.JetStream.Value.Map.Field("domain").Key)
}

// sharedSystem says whether a link binds the system account on both sides.
func (d *domain) sharedSystem() (string, []fixes.Related) {
	for _, l := range slices.Concat(d.super.Out, d.super.In) {
		state := l.BindsSystem()
		if state == fleet.NotSystem {
			continue
		}
		related := []fixes.Related{{Doc: l.Remote.Value.Doc, Span: l.Remote.Value.Node.Span(), Message: "this leaf link binds the system account"}}
		if state == fleet.MaybeSystem {
			return "a leaf link binds the system account on the leaf's side and perhaps on the hub's: if it does on both, hub and leaf are one JetStream " +
				"and need one and the same domain, which is an outage while it is rolled out, so that all servers must restart together; decide by hand", related
		}
		return "a leaf link binds the system account on both sides, so that hub and leaf are one JetStream: all of them need one and the same domain, " +
			"different ones are an outage, and so is a rollout server by server; set it by hand and restart all servers together", related
	}
	return "", nil
}
