package golden

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// Whatever a case file holds, it is read or refused with the line; and a case
// that is written with what it expects already says the same as before.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(differing))
	f.Add([]byte(strings.ReplaceAll(whole, "\n", "\r\n")))
	f.Add([]byte("It shows.\nbom: a\n-- in/a --\n-- diff --\nx\n-- findings --\n"))
	f.Add([]byte("It shows.\n-- --\n-- in/a --\n-- --"))
	f.Add([]byte("It shows.\nedit: set a 1\nrepeats\n-- out/a --\nb\n-- in/a --\nc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("r/x.txtar", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "r/x.txtar:") {
				t.Errorf("the error does not say where: %v", err)
			}
			return
		}
		o := &Outcome{Files: c.Out, Sections: c.Sections}
		text, err := c.Format(o)
		if err != nil {
			return
		}
		again, err := Parse("r/x.txtar", text)
		if err != nil {
			t.Fatalf("what was written is no case: %v\n%q", err, text)
		}
		if !maps.EqualFunc(c.In, again.In, bytes.Equal) || c.Compare(o) == "" && again.Compare(o) != "" {
			t.Errorf("%q became %q", data, text)
		}
		if twice, err := again.Format(o); err != nil || !bytes.Equal(twice, text) {
			t.Errorf("%v: %q became %q", err, text, twice)
		}
	})
}

// A stand-in is as long as the secret, and nothing of the secret is left in it
// but what tells its kind.
func FuzzStandin(f *testing.F) {
	for _, secret := range []string{"hunter2", `a\x41\`, "%4", "$2a$11$abc", "eyJh.b", "größe", "\xff", "-1k", "S" + strings.Repeat("A", 57)} {
		f.Add(secret, false)
	}
	f.Fuzz(func(t *testing.T, secret string, number bool) {
		kind := ast.KindString
		if number {
			kind = ast.KindInt
		}
		s := newStandins()
		got := s.replace(secret, kind)
		if len(got) != len(secret) {
			t.Fatalf("%q became %q", secret, got)
		}
		if again := s.replace(secret, kind); again != got {
			t.Errorf("%q became %q and %q", secret, got, again)
		}
		head, _ := keptHead(secret)
		for i := head; i < len(secret) && !number; i++ {
			if strings.IndexByte("bcdfghijklmopqrstuvw023456789", secret[i]) >= 0 && got[i] == secret[i] && !escaped(secret, i) {
				t.Errorf("%q became %q: byte %d is the same", secret, got, i)
			}
		}
	})
}

// escaped reports whether a byte may stand behind a backslash or a percent sign,
// where it means something else.
func escaped(secret string, at int) bool {
	return strings.ContainsAny(secret[max(0, at-3):at], `\%`)
}
