package cli

import (
	"strings"
	"testing"
)

func TestNoPartOfASecretThatTheServerQuotesIsShown(t *testing.T) {
	for _, c := range []struct{ value, said string }{
		{"TOPSECRET1", `parsing "TOPSECRET": invalid syntax`}, // the last letter was taken for a unit
		{`"TOPSECRET2"`, `got "TOPSECRET2"`},
		{`TOPSECRET3 }`, `got 'TOPSECRET3'`},
		{`TOPSECRET4`, `variable TOPSECRET4 unknown`},
	} {
		m := newEnvMask(environment{values: map[string]string{"PW": c.value}, secret: map[string]bool{"PW": true}})
		got := c.said
		if m.text(&got); strings.Contains(got, "TOPSECRET") || !m.used {
			t.Errorf("%s: got %q", c.value, got)
		}
	}
}
