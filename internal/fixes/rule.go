package fixes

import (
	"github.com/natsfix/natsfix/internal/fleet"
)

// Rule is one named check, mostly with a fix. Everything that is said about it
// to people stands here once and feeds the rules and explain commands and the
// documentation.
//
// A rule has one of the four checks, unless Ignores is set. They must not keep anything between
// calls, and may be called for several servers at once: Check, too, if the rule is Linked, for
// fleets of one server each.
type Rule struct {
	Name     string // kebab-case
	Severity Severity
	Summary  string // one sentence: what is wrong
	Doc      Doc
	Params   []Param
	// Off says that the rule runs only if it is asked for by name.
	Off bool
	// Once says that the fixes are asked for and not states to be reached: a
	// file that the rule has edited is not looked at again by it.
	Once bool
	// Syntax says that the rule cures what the official parser refuses, so that
	// its fixes may touch documents with syntax errors.
	Syntax bool

	// TakesComments says that whoever wrote the rule asks for comments to go with
	// what they belong to.
	TakesComments bool

	// Ignores says that the rule reports comments that silence findings and are
	// of no use. It has no check: the engine knows which were.
	Ignores bool

	Check       func(*Pass)                // the whole fleet
	CheckServer func(*Pass, *fleet.Server) // one server
	CheckValue  func(*Pass, *Visit)        // every value of a server; the visits must not be kept
	CheckDoc    func(*Pass, *fleet.Doc)    // one document, fragments too

	// Fields says at the values of which fields CheckValue looks, nil for all. It is
	// asked once for each field.
	Fields Fields
	// Needs are fields of the top level, by their names in the field table: CheckServer
	// finds something only in servers that have one of them, or are started with
	// flags; Check, too, if a server is looked at by itself. Nil for all servers.
	Needs []string
	// Linked says that Check compares a server only with others to which it is
	// linked by a name of a cluster or gateway, or by routes, gateways or leaf
	// links, or with which it has something in common that Ties names ("" for
	// nothing). Without it a fleet is never taken apart.
	Linked bool
	Ties   func(*fleet.Server) string
}

// Doc is the documentation of a rule.
type Doc struct {
	Stage         string            // when the server notices: parse, -t, start, run time, silent
	Message       string            // the server's own words, "" if it says nothing
	Since, Until  string            // first and last server release that it holds for, "" if open
	What          string            // what the server does, and why it matters
	Fix           string            // what the fix does
	Applicability string            // when the fix is safe, unsafe or manual, and why
	Effect        string            // what applying it asks of running servers
	Before, After string            // an example; it runs as a test
	BeforeFiles   map[string]string // further files of the example, by name
	AfterFiles    map[string]string
	References    []string // issues and releases
}

// Param is a parameter that --set RULE.NAME=VALUE or .natsfix.yaml gives.
type Param struct {
	Name    string
	Default string   // in words if it is worked out
	Values  []string // the values that it takes, nil if any
	Doc     string
}
