// Package recipe holds codemods that users write: YAML files with a condition,
// commands of natsfix edit and rules as steps, documentation and tests. A
// recipe becomes a rule like any other.
package recipe

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/yamlnode"
)

// Recipe is one recipe as its file has it.
type Recipe struct {
	Pos           yamlnode.Pos
	Name          string
	Description   string // one sentence
	Severity      fixes.Severity
	Applicability fixes.Applicability
	Reason        string // why it is unsafe
	Message       string // a template
	Doc           string
	Off           bool // it runs only if it is asked for by name
	Params        []Param
	Table         *Table
	Where         yamlnode.Value // a template of a condition
	Steps         []Step
	Tests         []Test

	others map[string]*Recipe // by name, for steps
	rules  []*fixes.Rule
}

// Param is a parameter. One without a default must be given, by --set, the
// settings or the table: the recipe is not for servers for which it is not.
type Param struct {
	Name       string
	Default    string
	HasDefault bool
	Values     []string // the values that it takes, nil for any
	Doc        string
}

// Step is one step: a command, or a rule or recipe by name.
type Step struct {
	Pos     yamlnode.Pos
	Command string            // a template
	Rule    string            // its safe fixes are applied
	Recipe  string            // its steps are carried out where its condition holds
	With    map[string]string // templates of parameters of the rule or recipe
}

// Test is an example with what must come of it.
type Test struct {
	Pos   yamlnode.Pos
	Name  string
	Set   map[string]string // parameters
	Files map[string]string
	Want  map[string]string // files that change
	// Finds is a part of the message that one finding must have, Refuses of the
	// reason for which nothing is done.
	Finds, Refuses string
	Lost           []string // comments that the recipe takes away
}

// param returns the parameter of that name, nil if there is none.
func (r *Recipe) param(name string) *Param {
	for i := range r.Params {
		if r.Params[i].Name == name {
			return &r.Params[i]
		}
	}
	return nil
}

// Missing returns the parameters that have neither a default nor a column in
// the table.
func (r *Recipe) Missing() []string {
	var names []string
	for _, p := range r.Params {
		if !p.HasDefault && (r.Table == nil || !r.Table.has(p.Name)) {
			names = append(names, p.Name)
		}
	}
	return names
}
