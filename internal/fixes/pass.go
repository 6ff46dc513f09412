package fixes

import (
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Pass is one run of one rule.
type Pass struct {
	Fleet *fleet.Fleet
	Rule  *Rule
	// Params are the values given for parameters, by RULE.PARAM.
	Params map[string]string
	// Window are the server releases that the files are for.
	Window Window

	findings []*Finding
}

// Param returns the value given for one of the rule's parameters.
func (p *Pass) Param(name string) (string, bool) {
	v, ok := p.Params[p.Rule.Name+"."+name]
	return v, ok
}

// Report adds a finding, and fills in the rule, and its severity if the
// finding has none of its own.
func (p *Pass) Report(f *Finding) {
	f.Rule = p.Rule.Name
	if f.Severity == 0 {
		f.Severity = p.Rule.Severity
	}
	p.findings = append(p.findings, f)
}

// Suite is a list of rules with what they are run with. It remembers what it
// found in servers and documents, so that only those that an edit changed are
// looked at again.
type Suite struct {
	rules   []*Rule
	params  map[string]string
	window  Window
	jobs    int
	servers map[*fleet.Map][]foundBy // by effective configuration; in the order of rules
	docs    map[*fleet.Doc][]foundBy
	// The rules that look at servers, values and documents, by their index.
	forServers, forValues, forDocs []int
}

// foundBy are findings of the rule of an index.
type foundBy struct {
	rule     int
	findings []*Finding
}

// NewSuite returns a suite of rules. Jobs is how many servers are looked at at
// the same time.
func NewSuite(rules []*Rule, params map[string]string, window Window, jobs int) *Suite {
	s := &Suite{
		rules: rules, params: params, window: window, jobs: max(1, jobs),
		servers: make(map[*fleet.Map][]foundBy), docs: make(map[*fleet.Doc][]foundBy),
	}
	for i, r := range rules {
		switch {
		case r.CheckServer != nil:
			s.forServers = append(s.forServers, i)
		case r.CheckValue != nil:
			s.forValues = append(s.forValues, i)
		case r.CheckDoc != nil:
			s.forDocs = append(s.forDocs, i)
		}
	}
	return s
}

// Found holds the findings of a suite in one fleet.
type Found struct {
	suite *Suite
	fleet *fleet.Fleet
	// byRule is what was found, by the index of the rule, in the order of
	// servers and documents; done says for which of the rules that see the whole
	// fleet it is known.
	byRule [][]*Finding
	done   []bool
}

// Run looks at all servers and documents of the fleet. Findings of the rules
// that see the whole fleet are worked out when [Found.Of] asks for them.
func (s *Suite) Run(f *fleet.Fleet) *Found {
	var servers []*fleet.Server
	for _, server := range f.Servers {
		if _, ok := s.servers[server.Values]; !ok {
			servers = append(servers, server)
		}
	}
	lookers := sync.Pool{New: func() any { return s.looker(f) }}
	results := make([][]foundBy, len(servers))
	fleet.Parallel(len(servers), s.jobs, func(i int) {
		l := lookers.Get().(*looker)
		results[i] = l.server(servers[i])
		lookers.Put(l)
	})
	for i, server := range servers {
		s.servers[server.Values] = results[i]
	}
	var docs []*fleet.Doc
	for _, d := range f.Docs {
		if _, ok := s.docs[d]; !ok {
			docs = append(docs, d)
		}
	}
	results = make([][]foundBy, len(docs))
	fleet.Parallel(len(docs), s.jobs, func(i int) {
		l := lookers.Get().(*looker)
		results[i] = l.doc(docs[i])
		lookers.Put(l)
	})
	for i, d := range docs {
		s.docs[d] = results[i]
	}
	found := &Found{suite: s, fleet: f, byRule: make([][]*Finding, len(s.rules)), done: make([]bool, len(s.rules))}
	for _, server := range f.Servers {
		found.add(s.servers[server.Values])
	}
	for _, d := range f.Docs {
		found.add(s.docs[d])
	}
	return found
}

func (fd *Found) add(list []foundBy) {
	for _, by := range list {
		fd.byRule[by.rule] = append(fd.byRule[by.rule], by.findings...)
	}
}

func (s *Suite) pass(f *fleet.Fleet, r *Rule) Pass {
	return Pass{Fleet: f, Rule: r, Params: s.params, Window: s.window}
}

// looker runs rules on servers and documents of a fleet, one after the other.
type looker struct {
	suite  *Suite
	passes []Pass // by rule
	visitor
}

func (s *Suite) looker(f *fleet.Fleet) *looker {
	l := &looker{suite: s, passes: make([]Pass, len(s.rules))}
	for i, r := range s.rules {
		l.passes[i] = s.pass(f, r)
	}
	return l
}

// server runs the rules that look at one server.
func (l *looker) server(server *fleet.Server) []foundBy {
	s := l.suite
	for _, i := range s.forServers {
		s.rules[i].CheckServer(&l.passes[i], server)
	}
	if len(s.forValues) > 0 {
		l.walk(server, func(v *Visit) {
			for _, i := range s.forValues {
				s.rules[i].CheckValue(&l.passes[i], v)
			}
		})
	}
	return l.findings()
}

// doc runs the rules that look at one document.
func (l *looker) doc(d *fleet.Doc) []foundBy {
	s := l.suite
	for _, i := range s.forDocs {
		s.rules[i].CheckDoc(&l.passes[i], d)
	}
	return l.findings()
}

// findings takes what the passes found, in the order of rules.
func (l *looker) findings() []foundBy {
	count := 0
	for i := range l.passes {
		if len(l.passes[i].findings) > 0 {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	found := make([]foundBy, 0, count)
	for i := range l.passes {
		if p := &l.passes[i]; len(p.findings) > 0 {
			found = append(found, foundBy{i, p.findings})
			p.findings = nil
		}
	}
	return found
}

// Of returns the findings of one rule of the suite, in the order of servers
// and documents.
func (fd *Found) Of(r *Rule) []*Finding {
	i := slices.Index(fd.suite.rules, r)
	if i < 0 {
		return nil
	}
	if r.Check != nil && !fd.done[i] {
		p := fd.suite.pass(fd.fleet, r)
		r.Check(&p)
		fd.byRule[i], fd.done[i] = p.findings, true
	}
	return fd.byRule[i]
}
