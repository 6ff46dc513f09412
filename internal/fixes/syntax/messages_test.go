package syntax_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/fixes"
)

// TestMessagesOfTheOfficialParser holds every message of conf/lex.go and
// conf/parse.go against the rule that knows what causes it: "syntax" where
// nothing in the text says what is meant.
func TestMessagesOfTheOfficialParser(t *testing.T) {
	for _, c := range []struct{ text, message, rule string }{
		{"/* a */\n", "Unexpected EOF.", "block-comment"},
		{"a: \"b\n", "Unexpected EOF.", "unclosed-quote"},
		{"server_name: a b\n", "Expected a top-level value to end", "quote-space-value"},
		{"cluster{\n name: a\n}\n", "Expected a top-level value to end", "glued-brace"},
		{"a: it's\n", "Expected a top-level value to end", "single-quote"},
		{"ping_interval: 1.5s\n", "Expected a top-level value to end", "quote-digit-value"},
		{"server_name: 10.0.0.0/8\n", "Expected a top-level value to end", "quote-digit-value"},
		{"port: 4222 host: a\n", "Expected a top-level value to end", "missing-comma"},
		{"a: 1,,\nb: 2\n", "Expected a top-level value to end", "extra-comma"},
		{"a { b: 1 }\n}\nc: 2\n", "Expected a top-level value to end", "stray-brace"},
		{"\ufeff# a b\n", "Expected a top-level value to end", "byte-order-mark"},
		{"include = b.conf\n", "error parsing include file '='", "include-assignment"},
		{"{ \"a\": 1 \"b\": 2 }\n", "Expected a block-level value to end", "missing-comma"},
		{"{{a: 1}\n x }\n", "Expected a block-level to end with a '}'", "syntax"},
		{": 1\n", "Unexpected key separator", "syntax"},
		{"a { : 1 }\n", "Unexpected key separator", "syntax"},
		{"a { ]\n", "Unexpected array end", "syntax"},
		{"a { b: 1\n", "Unexpected EOF processing map.", "unclosed-block"},
		{"a { b", "Unexpected EOF processing map key.", "syntax"},
		{"a { 'b", "Unexpected EOF processing quoted map key.", "syntax"},
		{"a { \"b", "Unexpected EOF processing double quoted map key.", "syntax"},
		{"a: (\r\nb\r\n)\r\n", "Unexpected EOF processing block.", "block-string-newline"},
		{"a: (b\n", "Unexpected EOF processing block.", "block-string-newline"},
		{"a { b: , }\n", "Unexpected map value terminator", "syntax"},
		{"a { b: 1 c: 2 }\n", "Expected a map value terminator", "missing-comma"},
		{"a { b{ c: d } }\n", "Expected a map value terminator", "glued-brace"},
		{"a [, b]\n", "Unexpected array value terminator", "extra-comma"},
		{"a [1]\nb: 2\n", "Expected an array value terminator", "int-before-bracket"},
		{"a [{b: 1} {c: 2}]\n", "Expected an array value terminator", "missing-comma"},
		{"a [b; c]\n", "Expected an array value terminator", "missing-comma"},
		{"a: .b\n", "Floats must start with a digit", "quote-digit-value"},
		{"a: -.5\n", "Floats must start with a digit, not '.'.", "quote-digit-value"},
		{"a: -b\n", "Expected a digit but got", "quote-digit-value"},
		{"a: 1.example.com\n", "Floats must have a digit after the '.'", "quote-digit-value"},
		{"a: 12-34\n", "All ISO8601 dates must be in full Zulu form.", "quote-digit-value"},
		{"a: 2020-foo\n", "Expected digit in ISO8601 datetime", "quote-digit-value"},
		{"a: 2020-10/10\n", "in ISO8601 datetime", "quote-digit-value"},
		{"a: 2020-13-41T25:00:00Z\n", "expected Zulu formatted DateTime", "quote-digit-value"},
		{"a:\nb: 1\n", "Expected value but found new line", "syntax"},
		{"a: \"C:\\logs\"\n", "Invalid escape character", "backslash-escape"},
		{"{\"a\": \"b\\/c\"}\n", "Invalid escape character", "backslash-escape"},
		{"a: \"\\x1\n\"\n", "hit end of line", "backslash-escape"},
		{"a: \"\\xzz\"\n", "Expected two hexadecimal digits", "backslash-escape"},
		{"include 'a\n", "Unexpected EOF in quoted include", "syntax"},
		{"include \"a\n", "Unexpected EOF in double quoted include", "syntax"},
		{"include [a]\n", "found start of an array", "syntax"},
		{"include {a}\n", "found start of a map", "syntax"},
		{"include (a)\n", "found start of a block", "syntax"},
		{"include \\a\n", "found escape sequence", "syntax"},
		{"include \na\n", "found new line", "syntax"},
		{"include 1.conf\n", "found start of a number", "quote-digit-value"},
		{"foo", "config is invalid", "syntax"},
		{"server_name: 99999999999999999999\n", "is out of the range", "quote-digit-value"},
		{"port: 99999999999999999999\n", "is out of the range", "quote-digit-value"},
		{"system_account: $SYS\n", "variable reference for 'SYS'", "quote-dollar-value"},
		{"include /x/a.conf\n", "error parsing include file '/x/a.conf'", "include-absolute-path"},
		{"include b.conf\n", "error parsing include file 'b.conf'", "include-missing"},
	} {
		file := filepath.Join(t.TempDir(), "a.conf")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := conf.ParseFile(file); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("the official parser says of %q: %v; want %q", c.text, err, c.message)
		}
		var rules []string
		for _, f := range mended(t, c.text).Findings {
			if f.Severity == fixes.Error && f.Round == 1 {
				rules = append(rules, f.Rule)
			}
		}
		if !slices.Contains(rules, c.rule) {
			t.Errorf("%q: found by %v, want %s", c.text, rules, c.rule)
		}
	}
}
