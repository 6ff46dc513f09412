package fixes

import (
	"slices"
	"sync"

	"github.com/natsfix/natsfix/internal/fleet"
)

// Suite is a list of rules with what they are run with. It remembers what it
// found in servers and documents, so that only those that an edit changed are
// looked at again.
type Suite struct {
	rules   []*Rule
	params  map[string]string
	window  Window
	jobs    int
	servers map[*fleet.Map]foundIn // by effective configuration
	docs    map[*fleet.Doc][]foundBy
	marks   func(*Visit) bool // see Mark
	// The rules that look at servers, values, documents and fleets, by their index.
	forServers, forValues, forDocs, forFleets []int
	needs                                     []fieldSet // by rule
	jwts                                      jwts
}

// foundIn is what was found in one server.
type foundIn struct {
	list   []foundBy // in the order of rules
	marked []*fleet.Value
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
		servers: make(map[*fleet.Map]foundIn), docs: make(map[*fleet.Doc][]foundBy),
	}
	for i, r := range rules {
		s.needs = append(s.needs, needsOf(r))
		switch {
		case r.CheckServer != nil:
			s.forServers = append(s.forServers, i)
		case r.CheckValue != nil:
			s.forValues = append(s.forValues, i)
		case r.CheckDoc != nil:
			s.forDocs = append(s.forDocs, i)
		case r.Check != nil:
			s.forFleets = append(s.forFleets, i)
		}
	}
	return s
}

// Mark has the values noted for which marks returns true, of all servers that are
// looked at from now on; see [Found.Marked].
func (s *Suite) Mark(marks func(*Visit) bool) { s.marks = marks }

// Separable reports whether servers that stand alone ([fleet.Workspace.Alone])
// may be looked at one by one: none of the rules compares them with others.
func (s *Suite) Separable() bool {
	return !slices.ContainsFunc(s.forFleets, func(i int) bool { return !s.rules[i].Linked })
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
	inServers := make([]foundIn, len(servers))
	fleet.Parallel(len(servers), s.jobs, func(i int) {
		l := lookers.Get().(*looker)
		l.server(servers[i])
		inServers[i] = foundIn{l.take(), slices.Clone(l.marked)}
		lookers.Put(l)
	})
	for i, server := range servers {
		s.servers[server.Values] = inServers[i]
	}
	var docs []*fleet.Doc
	for _, d := range f.Docs {
		if _, ok := s.docs[d]; !ok {
			docs = append(docs, d)
		}
	}
	results := make([][]foundBy, len(docs))
	fleet.Parallel(len(docs), s.jobs, func(i int) {
		l := lookers.Get().(*looker)
		l.doc(docs[i])
		results[i] = l.take()
		lookers.Put(l)
	})
	for i, d := range docs {
		s.docs[d] = results[i]
	}
	found := &Found{suite: s, fleet: f, byRule: make([][]*Finding, len(s.rules)), done: make([]bool, len(s.rules))}
	for _, server := range f.Servers {
		found.add(s.servers[server.Values].list)
	}
	for _, d := range f.Docs {
		found.add(s.docs[d])
	}
	return found
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
	marked []*fleet.Value // of the only server of a Looker's fleet
}

// Marked returns the values of a server of the fleet that were noted.
func (fd *Found) Marked(s *fleet.Server) []*fleet.Value {
	if in, ok := fd.suite.servers[s.Values]; ok {
		return in.marked
	}
	return fd.marked
}

func (fd *Found) add(list []foundBy) {
	for _, by := range list {
		fd.byRule[by.rule] = append(fd.byRule[by.rule], by.findings...)
	}
}

// Of returns the findings of the rule of an index in the suite's list, in the
// order of servers and documents.
func (fd *Found) Of(rule int) []*Finding {
	r := fd.suite.rules[rule]
	if r.Check != nil && !fd.done[rule] {
		p := fd.suite.pass(fd.fleet, r)
		r.Check(&p)
		fd.byRule[rule], fd.done[rule] = p.findings, true
	}
	return fd.byRule[rule]
}
