package verify

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestPlacesAndRules measures how many problems of the configurations that
// hold one for every message of the server get a place, and how many a rule.
func TestPlacesAndRules(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../conformance/testdata/refused.cases")
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for i, part := range strings.Split("\n"+string(text), "\n=== ")[1:] {
		header, body, _ := strings.Cut(part, "\n")
		if strings.HasSuffix(header, "[esc]") {
			if body, err = strconv.Unquote(strings.TrimSpace(body)); err != nil {
				t.Fatalf("%s: %v", header, err)
			}
		}
		files[fmt.Sprintf("c%03d/nats.conf", i)] = body
	}
	res := run(t, request(t, files), Options{})
	problems, placed, known := 0, 0, 0
	for _, f := range res.Findings {
		problems++
		if f.Line > 0 {
			placed++
		} else {
			t.Logf("no place: %s: %s", f.File, f.Message)
		}
		if f.Rule != Rule {
			known++
		} else {
			t.Logf("no rule: %s:%d: %s", f.File, f.Line, f.Message)
		}
	}
	t.Logf("%d servers, %d problems, %d with a place, %d with a rule", res.Servers, problems, placed, known)
	if res.Accepted > 0 {
		t.Errorf("%d configurations that the server refuses are accepted", res.Accepted)
	}
	if placed*100 < problems*99 || known*100 < problems*98 {
		t.Errorf("of %d problems %d have a place and %d a rule", problems, placed, known)
	}
}
