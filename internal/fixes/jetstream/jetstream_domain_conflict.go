package jetstream

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DomainConflict finds systems that leaf links join and that have one JetStream
// domain.
func DomainConflict() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-domain-conflict",
		Severity: fixes.Warning,
		Summary:  "a hub and its leaf, or two leaves of one hub, have the same JetStream domain",
		Params: []fixes.Param{{
			Name: "leaf", Default: "the cluster's name, else server_name",
			Doc: "the new domain of servers that solicit leaf links; {server_name}, {cluster} and {file} stand for the server's own",
		}},
		Doc:    domainConflictDoc,
		Needs:  []string{"leafnodes"},
		Check:  checkDomainConflict,
		Linked: true,
	}
}

// conflict is a set of systems with one domain.
type conflict struct {
	domain string
	supers []*fleet.Super
	// why says of each system whom it meets.
	why map[*fleet.Super]string
	// leaf are those that have the domain of their own hub.
	leaf map[*fleet.Super]bool
}

func checkDomainConflict(p *fixes.Pass) {
	domains := make(map[*fleet.Super]string, len(p.Fleet.Supers))
	for _, super := range p.Fleet.Supers {
		domains[super] = oneDomain(super)
	}
	of := make(map[*fleet.Super]*conflict)
	var order []*conflict
	join := func(a, b *fleet.Super, why func(other string) string) *conflict {
		c := of[a]
		switch other := of[b]; {
		case c == nil && other == nil:
			c = &conflict{domain: domains[a], supers: []*fleet.Super{a, b}, why: map[*fleet.Super]string{}, leaf: map[*fleet.Super]bool{}}
			order = append(order, c)
		case c == nil:
			c = other
			c.supers = append(c.supers, a)
		case other == nil:
			c.supers = append(c.supers, b)
		case c != other:
			c.absorb(other)
			for _, super := range other.supers {
				of[super] = c
			}
		}
		of[a], of[b] = c, c
		for super, other := range map[*fleet.Super]*fleet.Super{a: b, b: a} {
			if c.why[super] == "" {
				c.why[super] = why(other.Servers[0].Root.Path)
			}
		}
		return c
	}
	for _, super := range p.Fleet.Supers {
		type key struct{ account, domain string }
		first := make(map[key]*fleet.Super)
		for _, n := range neighbours(super) {
			domain := domains[n.super]
			if domain == "" {
				continue
			}
			if domain == domains[super] && n.hub {
				c := join(n.super, super, func(other string) string {
					return other + ", at the other end of a leaf link, has the same: neither side can reach the JetStream of the other"
				})
				c.leaf[super] = true
			}
			k := key{n.account, domain}
			switch other := first[k]; {
			case n.account == "" || domain == domains[super]:
			case other == nil:
				first[k] = n.super
			case other != n.super:
				middle := super.Servers[0].Root.Path
				join(other, n.super, func(other string) string {
					return fmt.Sprintf("%s, which is linked to %s in the same account, has the same: a request to $JS.%s.API from there reaches both, and both carry it out",
						other, middle, domain)
				})
			}
		}
	}
	for _, c := range order {
		if of[c.supers[0]] == c {
			c.report(p, domains)
		}
	}
	for _, l := range p.Fleet.LeafLinks {
		checkExtension(p, l)
	}
}

// checkExtension reports a leaf that shares the system account and the domain
// with its hub, and yet is a JetStream of its own (server/jetstream.go,
// enableJetStream: "Standalone server started in clustered mode do not support
// extending domains").
func checkExtension(p *fixes.Pass, l *fleet.LeafLink) {
	d := l.Leaf.JetStream.Domain
	if l.BindsSystem() != fleet.SharedSystem || !d.IsString() || d.Text() == "" || !l.Leaf.JetStream.Enabled || l.Leaf.Clustered() || l.Leaf.Broken() {
		return
	}
	hint := l.Leaf.JetStream.Value.Map.Value("extension_hint")
	if hint != nil && (!hint.IsString() || hint.Text() == "will_extend") {
		return
	}
	for _, super := range hubsOf(l) {
		if oneDomain(super) != d.Text() {
			continue
		}
		n, doc := d.Place()
		f := &fixes.Finding{
			Doc: doc, Span: n.Span(),
			Message: fmt.Sprintf("the leaf shares the system account and the JetStream domain %q with its hub, as if it extended the hub's JetStream, but a server without a cluster does not: there are two JetStreams in one domain", d.Text()),
			Related: []fixes.Related{related(l.Remote.Value, "this leaf link binds the system account")},
		}
		p.Report(f.Because(fixes.Manual, "either the leaf is to extend the hub's JetStream (extension_hint: will_extend), or it needs a domain of its own, and the link another account"))
		return
	}
}

func (c *conflict) absorb(other *conflict) {
	c.supers = append(c.supers, other.supers...)
	for super, why := range other.why {
		if c.why[super] == "" {
			c.why[super] = why
		}
	}
	for super := range other.leaf {
		c.leaf[super] = true
	}
}

// report reports each system that should be named otherwise. They share the
// fix.
func (c *conflict) report(p *fixes.Pass, domains map[*fleet.Super]string) {
	names := make(map[*fleet.Super]choice)
	for _, super := range c.supers {
		if len(super.Out) == 0 {
			continue // a hub keeps its name
		}
		name := chooseName(p, super)
		name.problem = strings.ReplaceAll(name.problem, "jetstream-domain.", p.Rule.Name+".")
		if name.name != c.domain || c.leaf[super] {
			names[super] = name
		}
	}
	fix, applicability, reason := c.fix(p, names, domains)
	seen := make(map[ast.Node]bool)
	for i, super := range c.supers {
		if _, ok := names[super]; !ok && (len(names) > 0 || i == 0) {
			continue
		}
		for _, s := range super.Servers {
			d := s.JetStream.Domain
			if d.Text() == "" {
				continue
			}
			n, doc := d.Place()
			if seen[n] {
				continue // members that share an include
			}
			seen[n] = true
			p.Report(&fixes.Finding{
				Doc: doc, Span: n.Span(), Fix: fix, Applicability: applicability, Reason: reason,
				Message: fmt.Sprintf("the JetStream domain is %q, and %s", c.domain, c.why[super]),
				Related: c.others(super, d),
			})
		}
	}
}

// others returns where the domain stands in another system, one place: own is
// where this one has it.
func (c *conflict) others(super *fleet.Super, own *fleet.Value) []fixes.Related {
	for _, other := range c.supers {
		if other == super {
			continue
		}
		for _, s := range other.Servers {
			if d := s.JetStream.Domain; d.Text() == c.domain && d.Node != own.Node {
				return []fixes.Related{related(s.JetStream.Domain, fmt.Sprintf("the domain is %q here, too", c.domain))}
			}
		}
	}
	return nil
}

// fix names the systems in names otherwise.
func (c *conflict) fix(p *fixes.Pass, names map[*fleet.Super]choice, domains map[*fleet.Super]string) (*fixes.Fix, fixes.Applicability, string) {
	if len(names) == 0 {
		return nil, fixes.Manual, "each hub needs a domain of its own: choose which one is renamed"
	}
	taken := make(map[string]string) // domain to who has it
	for _, other := range reachable(c.supers[0]) {
		if _, renamed := names[other]; !renamed && domains[other] != "" {
			taken[domains[other]] = other.Servers[0].Root.Path
		}
	}
	var sets []fixes.SetWant
	for _, super := range c.supers {
		name, ok := names[super]
		if !ok {
			continue
		}
		path := super.Servers[0].Root.Path
		if name.problem != "" {
			return nil, fixes.Manual, fmt.Sprintf("%s: %s", path, name.problem)
		}
		if other := taken[name.name]; other != "" {
			return nil, fixes.Manual, fmt.Sprintf("the domain of %s would be %q, which is that of %s (choose with --set %s.leaf=TEMPLATE, over {server_name}, {cluster} or {file})", path, name.name, other, p.Rule.Name)
		}
		taken[name.name] = path
		for _, s := range super.Servers {
			if s.JetStream.Domain.Text() != "" {
				sets = append(sets, fixes.SetWant{Server: s, Path: domainPath(s), Value: s.JetStream.Domain, To: fixes.Text(name.name)})
			}
		}
	}
	fix, err := p.Rewrite(sets, nil)
	if err != nil {
		return nil, fixes.Manual, err.Error() + "; give each system a jetstream block of its own, with its domain"
	}
	fix.Title = "give each leaf a JetStream domain of its own"
	return fix, fixes.ChangesBehaviour, fmt.Sprintf("clients that name the domain %q on a leaf, and mean its own JetStream, must name the new one; so must sources, mirrors, permissions and mappings, and MQTT sessions stay behind", c.domain)
}
