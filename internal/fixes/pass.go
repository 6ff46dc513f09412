package fixes

import (
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
	servers map[*fleet.Map][][]*Finding // by effective configuration, then rule
	docs    map[*fleet.Doc][][]*Finding
	passes  sync.Pool // of *[]Pass, one per rule, for use again
}

// NewSuite returns a suite of rules. Jobs is how many servers are looked at at
// the same time.
func NewSuite(rules []*Rule, params map[string]string, window Window, jobs int) *Suite {
	return &Suite{
		rules: rules, params: params, window: window, jobs: max(1, jobs),
		servers: make(map[*fleet.Map][][]*Finding), docs: make(map[*fleet.Doc][][]*Finding),
	}
}

// Found holds the findings of a suite in one fleet.
type Found struct {
	suite *Suite
	fleet *fleet.Fleet
	done  map[*Rule][]*Finding
	// What was found in servers and documents, by rule, in their order; without
	// those in which nothing was.
	servers, docs [][][]*Finding
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
	results := make([][][]*Finding, len(servers))
	fleet.Parallel(len(servers), s.jobs, func(i int) {
		passes := s.take()
		results[i] = s.server(f, servers[i], *passes)
		s.passes.Put(passes)
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
	results = make([][][]*Finding, len(docs))
	fleet.Parallel(len(docs), s.jobs, func(i int) {
		passes := s.take()
		results[i] = s.doc(f, docs[i], *passes)
		s.passes.Put(passes)
	})
	for i, d := range docs {
		s.docs[d] = results[i]
	}
	found := &Found{suite: s, fleet: f, done: make(map[*Rule][]*Finding)}
	for _, server := range f.Servers {
		if byRule := s.servers[server.Values]; byRule != nil {
			found.servers = append(found.servers, byRule)
		}
	}
	for _, d := range f.Docs {
		if byRule := s.docs[d]; byRule != nil {
			found.docs = append(found.docs, byRule)
		}
	}
	return found
}

// take returns room for a pass of each rule.
func (s *Suite) take() *[]Pass {
	if passes, ok := s.passes.Get().(*[]Pass); ok {
		return passes
	}
	passes := make([]Pass, len(s.rules))
	return &passes
}

func (s *Suite) pass(f *fleet.Fleet, r *Rule) Pass {
	return Pass{Fleet: f, Rule: r, Params: s.params, Window: s.window}
}

// server runs the rules that look at one server.
func (s *Suite) server(f *fleet.Fleet, server *fleet.Server, passes []Pass) [][]*Finding {
	looks := false // at values
	for i, r := range s.rules {
		passes[i] = s.pass(f, r)
		looks = looks || r.CheckValue != nil
		if r.CheckServer != nil {
			r.CheckServer(&passes[i], server)
		}
	}
	if looks {
		visits(server, func(v *Visit) {
			for i, r := range s.rules {
				if r.CheckValue != nil {
					r.CheckValue(&passes[i], v)
				}
			}
		})
	}
	return findings(passes)
}

// findings returns what passes found, by rule; nil if that is nothing.
func findings(passes []Pass) [][]*Finding {
	var found [][]*Finding
	for i, p := range passes {
		if len(p.findings) == 0 {
			continue
		}
		if found == nil {
			found = make([][]*Finding, len(passes))
		}
		found[i] = p.findings
	}
	return found
}

// doc runs the rules that look at one document.
func (s *Suite) doc(f *fleet.Fleet, d *fleet.Doc, passes []Pass) [][]*Finding {
	for i, r := range s.rules {
		passes[i] = s.pass(f, r)
		if r.CheckDoc != nil {
			r.CheckDoc(&passes[i], d)
		}
	}
	return findings(passes)
}

// Of returns the findings of one rule of the suite, in the order of servers
// and documents.
func (fd *Found) Of(r *Rule) []*Finding {
	if list, ok := fd.done[r]; ok {
		return list
	}
	var list []*Finding
	switch {
	case r.Check != nil:
		p := fd.suite.pass(fd.fleet, r)
		r.Check(&p)
		list = p.findings
	case r.CheckDoc != nil:
		i := fd.suite.index(r)
		for _, byRule := range fd.docs {
			list = append(list, byRule[i]...)
		}
	default:
		i := fd.suite.index(r)
		for _, byRule := range fd.servers {
			list = append(list, byRule[i]...)
		}
	}
	fd.done[r] = list
	return list
}

func (s *Suite) index(r *Rule) int {
	for i, rule := range s.rules {
		if rule == r {
			return i
		}
	}
	return -1
}
