package jetstream

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// choice is the domain that a supercluster gets or has.
type choice struct {
	name        string
	has         bool   // it is there already
	problem     string // why no name can be chosen
	needsChoice string // why a person should choose
}

// choose returns the domains of all superclusters that take part in a leaf
// link, those that they have and those that they should get.
func choose(p *fixes.Pass) map[*fleet.Super]choice {
	names := make(map[*fleet.Super]choice)
	for _, super := range p.Fleet.Supers {
		switch {
		case !takesPart(super):
		case domainOf(super) != "":
			names[super] = choice{name: domainOf(super), has: true}
		case lacksDomain(super):
			names[super] = chooseName(p, super)
		}
	}
	return names
}

// domainOf returns the domain of a supercluster, "" if it has none or it is
// not known.
func domainOf(super *fleet.Super) string {
	for _, s := range super.Servers {
		if d := s.JetStream.Domain; d.IsString() && d.Text() != "" {
			return d.Text()
		}
	}
	return ""
}

// chooseName returns the domain that a supercluster should get. A server that
// both accepts and solicits leaf links is named as a leaf.
func chooseName(p *fixes.Pass, super *fleet.Super) choice {
	if len(super.Out) == 0 {
		template, ok := p.Param("hub")
		if !ok {
			template = "hub"
		}
		return expand("hub", template, super)
	}
	s := super.Servers[0]
	cluster := s.EffectiveClusterName()
	if !s.Clustered() {
		cluster = ""
	}
	switch {
	case cluster != "":
	case s.Clustered() && (s.ClusterName.Unknown() || s.GatewayName.Unknown()):
		return choice{problem: "the cluster's name is not known here, and so not which servers must have one domain (give it by --env-file or --env)"}
	case s.Many():
		return choice{problem: "server_name is a variable, so the file stands for many servers, and each needs a domain of its own: set jetstream.domain by a variable, too"}
	}
	if template, ok := p.Param("leaf"); ok {
		return expand("leaf", template, super)
	}
	switch {
	case cluster != "":
		c := legalName("leaf", cluster)
		name := s.ClusterName
		if name.Text == "" {
			name = s.GatewayName
		}
		c.needsChoice = fromEnvironment(c.name, name)
		if len(super.Clusters) > 1 {
			c.needsChoice = fmt.Sprintf("the domain %q is the name of one of %d clusters that are joined by gateways (choose with --set jetstream-domain.leaf=NAME)", c.name, len(super.Clusters))
		}
		return c
	case s.ServerName.Text != "":
		c := legalName("leaf", s.ServerName.Text)
		c.needsChoice = fromEnvironment(c.name, s.ServerName)
		if len(super.Servers) > 1 {
			c.needsChoice = fmt.Sprintf("the domain %q is the name of one of %d servers that are joined by routes (choose with --set jetstream-domain.leaf=NAME, or set cluster.name)", c.name, len(super.Servers))
		}
		return c
	}
	c := legalName("leaf", fileName(s))
	c.needsChoice = fmt.Sprintf("the domain %q is taken from the file's name (choose with --set jetstream-domain.leaf=NAME, or set server_name)", c.name)
	return c
}

// fromEnvironment says why a domain that is made of a name needs a choice, if
// the name comes from the environment: the same file may be another server's
// elsewhere.
func fromEnvironment(domain string, name fleet.Name) string {
	if name.Value == nil || name.Value.Doc.Env == "" {
		return ""
	}
	return fmt.Sprintf("the domain %q is the value of $%s in the environment, which may differ where the file is used (set jetstream.domain by a variable, too, or choose with --set jetstream-domain.leaf=NAME)", domain, name.Value.Doc.Env)
}

// expand fills in the template that is the value of a parameter: a text over a
// server's own names.
func expand(param, template string, super *fleet.Super) choice {
	s := super.Servers[0]
	literal := template
	name := template
	for _, field := range []struct {
		mark, value, what string
		shared            bool // all servers of a cluster have it in common
	}{
		{"{server_name}", s.ServerName.Text, "server_name", false},
		{"{cluster}", s.EffectiveClusterName(), "cluster.name", true},
		{"{file}", fileName(s), "the file's name", false},
	} {
		if !strings.Contains(template, field.mark) {
			continue
		}
		switch {
		case field.value == "":
			return choice{problem: fmt.Sprintf("jetstream-domain.%s asks for %s, which %s does not have or takes from an unknown variable", param, field.what, s.Root.Path)}
		case !field.shared && (len(super.Servers) > 1 || s.Many()), len(super.Clusters) > 1:
			return choice{problem: fmt.Sprintf("jetstream-domain.%s asks for %s, but several servers have to get one and the same domain", param, field.what)}
		}
		name = strings.ReplaceAll(name, field.mark, field.value)
		literal = strings.ReplaceAll(literal, field.mark, "")
	}
	if i := strings.IndexFunc(literal, isIllegal); i >= 0 {
		r := []rune(literal[i:])[0]
		return choice{problem: fmt.Sprintf("jetstream-domain.%s is %q, and a domain must not hold %q: expected letters, digits, - and _, besides {server_name}, {cluster} and {file}", param, template, r)}
	}
	return legalName(param, name)
}

func fileName(s *fleet.Server) string {
	base := filepath.Base(s.Root.Path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// isIllegal reports whether a rune is left out of domains. The server refuses
// blanks, dots, * and > (server/jetstream.go, validateJetStreamOptions); others
// make subjects that are hard to type.
func isIllegal(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// legalName makes a domain of a name: every illegal character becomes a -.
func legalName(param, name string) choice {
	legal := name
	if strings.ContainsFunc(name, isIllegal) {
		legal = strings.Map(func(r rune) rune {
			if isIllegal(r) {
				return '-'
			}
			return r
		}, name)
		legal = strings.Trim(legal, "-")
	}
	if legal == "" || legal == "API" { // $JS.API.API looks like the API without a domain
		return choice{problem: fmt.Sprintf("no domain can be made of the name %q (choose with --set jetstream-domain.%s=NAME)", name, param)}
	}
	return choice{name: legal}
}

// clash says whether another supercluster that is reachable over leaf links
// has, or would get, the same domain.
func (d *domain) clash() string {
	for _, other := range d.system[d.choice.name] {
		if other == d.super {
			continue
		}
		c := d.names[other]
		verb, param := "would get", "hub"
		if c.has {
			verb = "has"
		}
		if len(d.super.Out) > 0 {
			param = "leaf"
		}
		return fmt.Sprintf("the domain would be %q, which %s %s, too; they are linked over leaf nodes, so each needs its own (choose with --set jetstream-domain.%s=TEMPLATE, over {server_name}, {cluster} or {file})",
			c.name, other.Servers[0].Root.Path, verb, param)
	}
	return ""
}

// system is what leaf links join: its superclusters by the domain that they
// have or would get, those without one left out.
type system map[string][]*fleet.Super

// systems returns the system of every supercluster that has or would get a
// domain.
func systems(names map[*fleet.Super]choice, supers []*fleet.Super) map[*fleet.Super]system {
	out := make(map[*fleet.Super]system, len(names))
	for _, super := range supers {
		if out[super] != nil {
			continue
		}
		sys := make(system)
		for _, member := range reachable(super) {
			out[member] = sys
			if c, ok := names[member]; ok {
				sys[c.name] = append(sys[c.name], member)
			}
		}
	}
	return out
}
