package types

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// LeafnodeMinVersion finds least versions of leaf nodes that the server does
// not read.
func LeafnodeMinVersion() *fixes.Rule {
	return &fixes.Rule{
		Name:     "leafnode-min-version",
		Severity: fixes.Error,
		Summary:  "leafnodes.min_version is no version of the form 2.10.0, or older than 2.8.0",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "invalid leafnode's minimum version: invalid semver",
			Since:   "2.8.0",
			What: `The least version that a leaf node must have is a text of three numbers, "2.10.0". The server refuses "v2.10.0" and "2.10"
("invalid semver"), 2.10 without quotes, which is the number 2.1 ("interface conversion: interface {} is float64, not
string"), and versions before 2.8.0 ("the minimum version should be at least 2.8.0").`,
			Fix:           `Takes the v away, adds the third number, and puts quotes around it.`,
			Applicability: `Safe: the server refuses the value today, and the text says which version was meant. Manual for versions before 2.8.0.`,
			Effect:        `None: the server does not run.`,
			Before:        "leafnodes {\n  port: 7422\n  min_version: v2.10.0\n}\n",
			After:         "leafnodes {\n  port: 7422\n  min_version: 2.10.0\n}\n",
		},
		Fields:     fixes.Named("min_version"),
		CheckValue: checkLeafnodeMinVersion,
	}
}

var (
	// leafVersion is the server's own expression (server/const.go, semVerRe).
	leafVersion = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)
	// shortVersion is what people write for it.
	shortVersion = regexp.MustCompile(`(?i)^v?([0-9]+\.[0-9]+)(\.[0-9]+)?$`)
)

// isLeafVersion reports whether the server takes a text for the least version.
func isLeafVersion(text string) bool {
	m := leafVersion.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	var n [3]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(m[i+1]); err != nil {
			return false
		}
	}
	return n[0] > 2 || n[0] == 2 && n[1] >= 8
}

func checkLeafnodeMinVersion(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongLeafVersion || v.Server.Garbled() {
		return
	}
	f := v.Finding("min_version is %s, and takes a version of at least \"2.8.0\" in three numbers: the server refuses to start", found(v))
	m := shortVersion.FindStringSubmatch(strings.TrimSpace(v.Value.Text()))
	if m == nil {
		p.Report(f.Because(fixes.Manual, `write a version such as "2.10.0"`))
		return
	}
	to := m[1] + m[2]
	if m[2] == "" {
		to += ".0"
	}
	if !isLeafVersion(to) {
		p.Report(f.Because(fixes.Manual, "leaf nodes before 2.8.0 cannot be told apart: write a version of at least 2.8.0, or leave the field out"))
		return
	}
	p.Report(f.With(p.Retype(v, ast.String(to), "write %q for min_version", to), whyNot(v)))
}
