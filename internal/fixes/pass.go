package fixes

import (
	"github.com/natsfix/natsfix/internal/fleet"
)

// Pass is one run of one rule over a fleet.
type Pass struct {
	Fleet *fleet.Fleet
	Rule  *Rule
	// Params are the values given for parameters, by RULE.PARAM.
	Params map[string]string

	findings []*Finding
}

// Param returns the value given for one of the rule's parameters.
func (p *Pass) Param(name string) (string, bool) {
	v, ok := p.Params[p.Rule.Name+"."+name]
	return v, ok
}

// Report adds a finding. Rule and severity are filled in if they are not set;
// findings in documents that were only read as context are kept, since a fix
// may reach out from them, and are left out of reports later.
func (p *Pass) Report(f *Finding) {
	f.Rule = p.Rule.Name
	if f.Severity == 0 {
		f.Severity = p.Rule.Severity
	}
	p.findings = append(p.findings, f)
}

// Run runs the rule and returns its findings in the order in which it reported
// them.
func (r *Rule) Run(f *fleet.Fleet, params map[string]string) []*Finding {
	p := &Pass{Fleet: f, Rule: r, Params: params}
	r.Check(p)
	return p.findings
}
