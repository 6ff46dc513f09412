package fixes

import "github.com/natsfix/natsfix/internal/fleet"

// Pass is one run of one rule.
type Pass struct {
	Fleet *fleet.Fleet
	Rule  *Rule
	// Params are the values given for parameters, by RULE.PARAM.
	Params map[string]string
	// Window are the server releases that the files are for.
	Window Window

	jwts     *jwts
	findings []*Finding
}

// Param returns the value given for one of the rule's parameters.
func (p *Pass) Param(name string) (string, bool) {
	v, ok := p.Params[p.Rule.Name+"."+name]
	return v, ok
}

// Report adds a finding, and fills in the rule, and its severity if the
// finding has none of its own. A fix with which a comment goes is safe only if
// the rule is somebody's own, who asks for that.
func (p *Pass) Report(f *Finding) {
	f.Rule = p.Rule.Name
	if f.Severity == 0 {
		f.Severity = p.Rule.Severity
	}
	if !p.Rule.TakesComments {
		f.keepComments()
	}
	p.findings = append(p.findings, f)
}
