package fixes

import (
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// looker runs rules on servers and documents of a fleet, one after the other.
type looker struct {
	suite  *Suite
	passes []Pass // by rule
	visitor
	// onField are the rules that look at the values of a field, by its ID; nil if
	// they are not known yet. onUnknown are those that look at what a block does not
	// know.
	onField   [][]int
	onUnknown map[*schema.Block][]int
	has       fieldSet       // what the last server has
	marked    []*fleet.Value // of the last server
}

func (s *Suite) pass(f *fleet.Fleet, r *Rule) Pass {
	return Pass{Fleet: f, Rule: r, Params: s.params, Window: s.window, jwts: &s.jwts}
}

func (s *Suite) looker(f *fleet.Fleet) *looker {
	l := &looker{
		suite: s, passes: make([]Pass, len(s.rules)),
		onField: make([][]int, schema.NumFields), onUnknown: make(map[*schema.Block][]int),
	}
	for i, r := range s.rules {
		l.passes[i] = s.pass(f, r)
	}
	return l
}

// server runs the rules that look at one server.
func (l *looker) server(server *fleet.Server) {
	s := l.suite
	l.has = has(server)
	for _, i := range s.forServers {
		if s.needs[i].meets(l.has) {
			s.rules[i].CheckServer(&l.passes[i], server)
		}
	}
	l.marked = l.marked[:0]
	if len(s.forValues) > 0 || s.marks != nil {
		l.walk(server, l.value)
	}
}

// value runs the rules that look at a value.
func (l *looker) value(v *Visit) {
	for _, i := range l.on(v.Block, v.Field) {
		l.suite.rules[i].CheckValue(&l.passes[i], v)
	}
	if marks := l.suite.marks; marks != nil && marks(v) {
		l.marked = append(l.marked, v.Value)
	}
}

// on returns the rules that look at the values of a field of a block.
func (l *looker) on(b *schema.Block, f *schema.Field) []int {
	if f == nil {
		rules, known := l.onUnknown[b]
		if !known {
			rules = l.suite.on(b, nil)
			l.onUnknown[b] = rules
		}
		return rules
	}
	if l.onField[f.ID] == nil {
		l.onField[f.ID] = l.suite.on(b, f)
	}
	return l.onField[f.ID]
}

func (s *Suite) on(b *schema.Block, f *schema.Field) []int {
	rules := []int{}
	for _, i := range s.forValues {
		if looks := s.rules[i].Fields; looks == nil || looks(b, f) {
			rules = append(rules, i)
		}
	}
	return rules
}

// doc runs the rules that look at one document.
func (l *looker) doc(d *fleet.Doc) {
	s := l.suite
	for _, i := range s.forDocs {
		s.rules[i].CheckDoc(&l.passes[i], d)
	}
}

// take takes what the passes found, in the order of rules.
func (l *looker) take() []foundBy {
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

// Looker runs a suite on fleets of one server each, one after the other.
type Looker struct {
	looker
	found Found
}

// Looker returns a looker of its own for each goroutine.
func (s *Suite) Looker() *Looker {
	l := &Looker{looker: *s.looker(nil)}
	l.found = Found{suite: s, byRule: make([][]*Finding, len(s.rules)), done: make([]bool, len(s.rules))}
	return l
}

// Look returns what the suite finds in a fleet, and remembers nothing of it. What
// it returns is valid until the next call.
func (l *Looker) Look(f *fleet.Fleet) *Found {
	for i := range l.passes {
		l.passes[i].Fleet = f
	}
	for _, server := range f.Servers {
		l.server(server)
	}
	for _, d := range f.Docs {
		l.doc(d)
	}
	for _, i := range l.suite.forFleets {
		if l.suite.needs[i].meets(l.has) {
			l.suite.rules[i].Check(&l.passes[i])
		}
		l.found.done[i] = true
	}
	for i := range l.passes {
		l.found.byRule[i] = l.passes[i].findings
		l.passes[i].findings = nil
	}
	l.found.marked = l.marked
	return &l.found
}
