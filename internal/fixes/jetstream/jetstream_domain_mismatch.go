package jetstream

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DomainMismatch finds members of one cluster or supercluster that have
// different JetStream domains, or none where others have one.
func DomainMismatch() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-domain-mismatch",
		Severity: fixes.Warning,
		Summary:  "the servers of a cluster or supercluster do not have one and the same JetStream domain",
		Params: []fixes.Param{{
			Name: "domain", Default: "the one that most members have",
			Doc: "the domain that stays, where members have different ones",
		}},
		Doc:    domainMismatchDoc,
		Check:  checkDomainMismatch,
		Linked: true,
	}
}

// mismatch is one supercluster whose members do not agree.
type mismatch struct {
	domain          // with the domain that all are to have
	differ []string // the domains there are, in the order of servers
	rename bool     // members get another domain than they have
}

func checkDomainMismatch(p *fixes.Pass) {
	for _, super := range p.Fleet.Supers {
		if len(super.Servers) > 1 && linkedToItself(super) == nil && together(super) {
			m := &mismatch{domain: domain{pass: p, super: super}}
			m.check()
		}
	}
}

// together reports whether more than a name speaks for it that the servers of a
// cluster are one: a folder, a route that they share, or gateways. Of two
// environments whose clusters bear one name each may have its own domain.
func together(super *fleet.Super) bool {
	if len(super.Clusters) > 1 {
		return true
	}
	routes := func(s *fleet.Server) []string {
		var urls []string
		for _, r := range s.Routes {
			urls = append(urls, strings.ToLower(r.Text()))
		}
		return urls
	}
	first := super.Servers[0]
	known := routes(first)
	for _, s := range super.Servers[1:] {
		shares := slices.ContainsFunc(routes(s), func(url string) bool { return slices.Contains(known, url) })
		if !shares && filepath.Dir(s.Root.Path) != filepath.Dir(first.Root.Path) {
			return false
		}
	}
	return true
}

// check works out what is wrong with a supercluster and reports one finding for
// each member at fault. They share the fix.
func (m *mismatch) check() {
	var lacking bool
	count := make(map[string]int)
	for _, s := range m.super.Servers {
		d := s.JetStream.Domain
		if s.Broken() || s.JetStream.Unknown || s.JetStream.Value.Unknown() || d != nil && !d.IsString() {
			return
		}
		switch name := d.Text(); {
		case name == "":
			lacking = lacking || m.needsDomain(s)
		default:
			if count[name]++; count[name] == 1 {
				m.differ = append(m.differ, name)
			}
		}
	}
	if len(m.differ) == 0 || len(m.differ) == 1 && !lacking {
		return
	}
	m.rename = len(m.differ) > 1
	m.choice = choice{name: m.differ[0]}
	problem := ""
	if given, ok := m.pass.Param("domain"); m.rename && ok && slices.Contains(m.differ, given) {
		m.choice.name = given
	} else if m.rename {
		most := slices.MaxFunc(m.differ, func(a, b string) int { return count[a] - count[b] })
		m.choice.name = most
		if slices.ContainsFunc(m.differ, func(name string) bool { return name != most && count[name] == count[most] }) {
			problem = "which of the domains is the right one only you know (choose with --set jetstream-domain-mismatch.domain=NAME)"
		}
	}
	m.report(problem)
}

// needsDomain reports whether a server without a domain should have that of the
// others: it runs JetStream, or leaf links lead through its supercluster.
func (m *mismatch) needsDomain(s *fleet.Server) bool {
	return s.JetStream.Enabled || takesPart(m.super)
}

func (m *mismatch) report(problem string) {
	fix, applicability, reason, more := m.fix(problem)
	i := slices.IndexFunc(m.super.Servers, func(s *fleet.Server) bool { return s.JetStream.Domain.Text() == m.choice.name })
	model := m.super.Servers[i]
	for _, s := range m.super.Servers {
		name := s.JetStream.Domain.Text()
		if name == m.choice.name || name == "" && !m.needsDomain(s) {
			continue
		}
		f := &fixes.Finding{Fix: fix, Applicability: applicability, Reason: reason}
		if name == "" {
			f.Doc, f.Span = atJetStream(s)
			f.Message = fmt.Sprintf("this server has no JetStream domain, and %s, in the same cluster or supercluster, has %q: "+
				"clients and leaf nodes that connect here get no answer from $JS.%s.API", model.Root.Path, m.choice.name, m.choice.name)
		} else {
			n, doc := s.JetStream.Domain.Place()
			f.Doc, f.Span = doc, n.Span()
			f.Message = fmt.Sprintf("the JetStream domain is %q here and %q in %s, in the same cluster or supercluster: "+
				"each side leaves the other out when it places streams, and the server says nothing of it", name, m.choice.name, model.Root.Path)
		}
		f.Related = append([]fixes.Related{related(model.JetStream.Domain, fmt.Sprintf("the domain is %q here", m.choice.name))}, more...)
		f.Related = append(f.Related, m.withoutDomain()...)
		m.pass.Report(f)
	}
}

// fix gives all members the domain.
func (m *mismatch) fix(problem string) (*fixes.Fix, fixes.Applicability, string, []fixes.Related) {
	if problem != "" {
		return nil, fixes.Manual, problem, nil
	}
	if reason, related := m.sharedSystem(); reason != "" {
		return nil, fixes.Manual, reason, related
	}
	var sets []fixes.SetWant
	var inserts []fixes.InsertWant
	for _, s := range m.super.Servers {
		name := s.JetStream.Domain.Text()
		if name == m.choice.name || name == "" && !m.needsDomain(s) {
			continue
		}
		set, insert := m.change(s)
		if set != nil {
			sets = append(sets, *set)
		}
		if insert != nil {
			inserts = append(inserts, *insert)
		}
	}
	fix, err := m.pass.Rewrite(sets, inserts)
	if err != nil {
		if c, ok := err.(*fixes.Conflict); ok {
			return nil, fixes.Manual, c.Message, c.Related
		}
		return nil, fixes.Manual, err.Error(), nil
	}
	fix.Title = fmt.Sprintf("set the JetStream domain %q", m.choice.name)
	reasons, related := m.risks()
	if m.rename {
		reasons = append([]string{"clients, sources and mirrors that name the old domain do not find it any more"}, reasons...)
	}
	if len(reasons) > 0 {
		return fix, fixes.ChangesBehaviour, strings.Join(reasons, "; "), related
	}
	return fix, fixes.Safe, "", nil
}

// risks lists what may stop working on the members that get the domain. Those at
// the other ends of their leaf links know it already, from the other members.
func (m *mismatch) risks() (reasons []string, related []fixes.Related) {
	for _, s := range m.super.Servers {
		if s.JetStream.Domain.Text() == m.choice.name || !m.needsDomain(s) {
			continue
		}
		ownRisks(s, func(reason string, e *fleet.Entry) {
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
				related = append(related, fixes.Related{Doc: e.Doc, Span: e.Node.KeySpan(), Message: e.Key + " is set here"})
			}
		})
	}
	return reasons, related
}
