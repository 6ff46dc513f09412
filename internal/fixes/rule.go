package fixes

// Rule is one named check, mostly with a fix. Everything that is said about it
// to people stands here once and feeds the rules and explain commands and the
// documentation.
type Rule struct {
	Name     string // kebab-case
	Severity Severity
	Summary  string // one sentence: what is wrong
	Doc      Doc
	Params   []Param
	Check    func(*Pass)
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
