package ast_test

import (
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/ast"
)

func FuzzQuoteStringReadsBack(f *testing.F) {
	for _, s := range []string{
		"", "hub", "5", "2m", "10s", "1h30m", "true", "on", "$x", "$2b$11$abc", "a b", "a#b", "#", "//x", "/data", "it's", `say "hi"`, `C:\temp`,
		"a,b", "a;b", "a}", "a]", "(x)", "nats://a:4222", "10.0.0.0/8", "1.2.3.4:80", "12-34", "2020-foo", "5p3cret", "-abc", ".5", "\x00", "\xff", "\u00a0x",
		"a\nb", "a\tb", "include", "=x", ":x", "[x]", "{x}", "8MBi", "0x10", "\u0661", "2016-05-04T18:53:41Z", "a'\"b", "é", "x'", "null",
	} {
		f.Add(s, byte(0))
		f.Add(s, byte(1))
		f.Add(s, byte(2))
	}
	f.Fuzz(func(t *testing.T, s string, quote byte) {
		q := ast.QuoteString(s, ast.Quote(quote%3))
		for _, format := range []string{"x: Q\n", "x: Q", "x {y: Q}", "x: [ Q ]", "x: [Q]", "x: [Q, Q]"} {
			text := ""
			for _, r := range []byte(format) {
				if r == 'Q' {
					text += q
				} else {
					text += string(r)
				}
			}
			m, err := conf.Parse(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			v := m["x"]
			switch w := v.(type) {
			case map[string]any:
				v = w["y"]
			case []any:
				v = w[len(w)-1]
			}
			if v != s {
				t.Fatalf("%q reads back as %#v, want %q", text, v, s)
			}
			if d := ast.Parse("x", []byte(text), ast.Syntax214); len(d.Errors()) > 0 {
				t.Fatalf("%q in the syntax of 2.14: %v", text, d.Errors())
			}
		}
		k, err := ast.QuoteKey(s, ast.Quote(quote%3))
		if err != nil {
			return
		}
		for _, text := range []string{k + ": 1", k + " 1", "{ " + k + ": 1 }", "{" + k + "{}}"} {
			m, err := conf.Parse(text)
			if text[0] == '{' && text[len(text)-2] == '}' && k[0] != '"' && k[0] != '\'' {
				continue // an unquoted key swallows the brace
			}
			if _, ok := m[s]; err != nil || !ok || len(m) != 1 {
				t.Fatalf("%q: %v, %v, want the key %q", text, m, err, s)
			}
		}
	})
}
