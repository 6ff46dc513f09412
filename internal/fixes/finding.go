package fixes

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Severity says how much a finding matters.
type Severity uint8

const (
	Info    Severity = iota
	Warning          // it works, but not as people think
	Error            // the server refuses, or loses what was configured
)

var severityNames = [...]string{"info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity returns the severity of that name.
func ParseSeverity(name string) (Severity, bool) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), true
		}
	}
	return 0, false
}

// Applicability says who may apply a fix.
type Applicability uint8

const (
	// Safe: nothing that works stops working. The meaning for the server is
	// kept; or the server refuses to start today and the files themselves
	// leave one right answer. No comment is lost ([Pass.Report] sees to that).
	Safe Applicability = iota
	// NeedsChoice is unsafe until somebody picks a name or a value; giving the
	// rule's parameter makes it safe.
	NeedsChoice
	// ChangesBehaviour is unsafe for what the finding's reason says; only
	// --unsafe, or the rule named under unsafe in .natsfix.yaml, applies it.
	ChangesBehaviour
	// Manual: no edit is offered; the finding says what a person must decide.
	Manual
)

func (a Applicability) String() string {
	switch a {
	case Safe:
		return "safe"
	case Manual:
		return "manual"
	}
	return "unsafe"
}

// Finding is what a rule reports: where, what, why it matters and what the
// server would do.
type Finding struct {
	Rule          string
	Severity      Severity
	Applicability Applicability
	Reason        string // why the fix is unsafe or manual, "" if it is safe
	Message       string
	Doc           *fleet.Doc
	Span          ast.Span
	Related       []Related
	Fix           *Fix // nil if no edit is offered
}

// Related is another place that a finding speaks of.
type Related struct {
	Doc     *fleet.Doc
	Span    ast.Span
	Message string
}

// Fix is the set of byte edits, over one or more documents, that cures one
// finding: all of them or none.
type Fix struct {
	Title   string
	Edits   []Edit
	Changes []Change
	// Within are places at or below which the effective configuration may
	// change in a way that follows from the edits; everything else must be in
	// Changes.
	Within []Within
	// Same says that within those places the server reads from the new text what
	// it read from the old one, so that nothing is asked of a running server.
	Same bool
}

// Within is a value of one server, and all that is in it.
type Within struct {
	Server *fleet.Server
	Path   string
}

// Edit is a byte edit of one document.
type Edit struct {
	Doc *fleet.Doc
	ast.Edit
}

// Change is what a fix declares to alter in the effective configuration of one
// server: the proof compares it with what the official parser sees.
type Change struct {
	Server *fleet.Server
	Path   string // as fleet.Path prints it
	// Before and After are the values as JSON text, "" where there is none.
	Before, After string
	Effect        schema.Effect // what the change asks of a running server
}
