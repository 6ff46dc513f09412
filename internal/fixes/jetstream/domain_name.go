package jetstream

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// choice is the domain that a supercluster gets or has.
type choice struct {
	name        string
	problem     string // why no name can be chosen
	needsChoice string // why a person should choose
}

// chooseName returns the domain of a supercluster: the one that it has, or the
// one that it should get. A server that both accepts and solicits leaf links
// is named as a leaf.
func chooseName(p *fixes.Pass, super *fleet.Super) choice {
	for _, s := range super.Servers {
		if d := s.JetStream.Domain; d.IsString() && d.Text() != "" {
			return choice{name: d.Text()}
		}
	}
	if len(super.Out) == 0 {
		name := "hub"
		if v, ok := p.Param("hub"); ok {
			name = v
		}
		return legalName(name)
	}
	if template, ok := p.Param("leaf"); ok {
		return expand(template, super)
	}
	s := super.Servers[0]
	if name := s.EffectiveClusterName(); name != "" && s.Clustered() {
		c := legalName(name)
		if len(super.Clusters) > 1 {
			c.needsChoice = fmt.Sprintf("the domain %q is the name of one of %d clusters that are joined by gateways (choose with --set jetstream-domain.leaf=NAME)", c.name, len(super.Clusters))
		}
		return c
	}
	switch {
	case s.ServerName.Text != "":
		return legalName(s.ServerName.Text)
	case s.Many():
		return choice{problem: "server_name is a variable, so the file stands for many servers, and each needs a domain of its own: set jetstream.domain by a variable, too"}
	}
	c := legalName(fileName(s))
	c.needsChoice = fmt.Sprintf("the domain %q is taken from the file's name (choose with --set jetstream-domain.leaf=NAME, or set server_name)", c.name)
	return c
}

// expand fills in a template over a server's own names.
func expand(template string, super *fleet.Super) choice {
	s := super.Servers[0]
	for _, field := range []struct{ mark, value, what string }{
		{"{server_name}", s.ServerName.Text, "server_name"},
		{"{cluster}", s.EffectiveClusterName(), "cluster.name"},
		{"{file}", fileName(s), "a file name"},
	} {
		if !strings.Contains(template, field.mark) {
			continue
		}
		if field.value == "" {
			return choice{problem: fmt.Sprintf("jetstream-domain.leaf asks for %s, which %s does not have or takes from an unknown variable", field.what, s.Root.Path)}
		}
		template = strings.ReplaceAll(template, field.mark, field.value)
	}
	return legalName(template)
}

func fileName(s *fleet.Server) string {
	base := filepath.Base(s.Root.Path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// legalName makes a domain of a name: letters, digits, - and _ stay. The
// server refuses blanks, dots, * and > (server/jetstream.go, validateJetStreamOptions).
func legalName(name string) choice {
	legal := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
	legal = strings.Trim(legal, "-")
	if legal == "" || legal == "API" {
		return choice{problem: fmt.Sprintf("no domain can be made of the name %q (choose with --set jetstream-domain.leaf=NAME)", name)}
	}
	return choice{name: legal}
}

// clash says whether another supercluster that is reachable over leaf links
// has, or would get, the same domain.
func (d *domain) clash() string {
	for _, other := range linked(d.super) {
		if other == d.super {
			continue
		}
		if c, ok := d.names[other]; ok && c.name == d.choice.name {
			return fmt.Sprintf("%s, which is linked over leaf nodes, has or would get the same domain %q: each side needs its own (--set jetstream-domain.leaf=, over {server_name}, {cluster} or {file})",
				other.Servers[0].Root.Path, c.name)
		}
	}
	return ""
}

// linked returns all superclusters that leaf links join to super, itself
// included.
func linked(super *fleet.Super) []*fleet.Super {
	all := []*fleet.Super{super}
	for i := 0; i < len(all); i++ {
		for _, l := range slices.Concat(all[i].Out, all[i].In) {
			for _, s := range append(slices.Clone(l.Hubs), l.Leaf) {
				if next := s.Cluster.Super; !slices.Contains(all, next) {
					all = append(all, next)
				}
			}
		}
	}
	return all
}
