package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// TestErrorsThatAlternateAreAllMended has the errors of many rules in turns:
// each rule sees the first error of the file only.
func TestErrorsThatAlternateAreAllMended(t *testing.T) {
	var b strings.Builder
	b.WriteString("accounts {\n")
	for i := range 15 {
		fmt.Fprintf(&b, "A%d { users: [ {user: a\\q%d, password: -b%d}, {user: it's, password: \"c\\/\"} {user: x, password: 1.5s} ] }\n", i, i, i)
		fmt.Fprintf(&b, "B%d{ users: [ {user: a\\q%d,, password: -b%d} ] }\n", i, i, i)
	}
	b.WriteString("}\n")
	res := mended(t, b.String())
	for _, f := range res.Findings {
		if !f.Fixed {
			t.Errorf("line %d: %s is left: %s %s", f.Line, f.Rule, f.Hidden, f.Reason)
		}
	}
	if errs := ast.Parse("a.conf", []byte(textAfter(res, b.String())), ast.Latest).Errors(); len(errs) > 0 {
		t.Error(errs[0])
	}
}

// TestEverySyntaxErrorIsReportedOnce holds the seeds of the fuzz test to one
// finding for each place.
func TestEverySyntaxErrorIsReportedOnce(t *testing.T) {
	for _, text := range seeds {
		seen := make(map[string]string)
		for _, f := range mended(t, text).Findings {
			if f.Rule == "include-missing" {
				continue // what shows once the include is written right
			}
			at := fmt.Sprintf("%d:%d", f.Line, f.Column)
			if other, ok := seen[at]; ok {
				t.Errorf("%s is reported by %s and %s:\n%s", at, other, f.Rule, text)
			}
			seen[at] = f.Rule
		}
	}
}
