package ast_test

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/ast"
)

// refusedByLexer reports whether the official parser refuses the text for its
// syntax: not for an include or a variable, which the tree leaves unresolved.
func refusedByLexer(text []byte) (string, bool) {
	_, err := conf.Parse(string(text))
	if err == nil || strings.Contains(err.Error(), "error parsing include file") ||
		strings.HasPrefix(err.Error(), "variable reference") {
		return "", false
	}
	return err.Error(), true
}

// stopsEarly reports whether the official parser stopped at a variable or an
// include, so that it did not see the rest of the text.
func stopsEarly(text []byte) bool {
	_, err := conf.Parse(string(text))
	_, refused := refusedByLexer(text)
	return err != nil && !refused
}

func checkAgreement(tb testing.TB, name string, text []byte) {
	tb.Helper()
	d := ast.Parse(name, text, ast.Latest)
	if !d.RoundTrips() {
		tb.Errorf("%s: tokens do not cover the text\n%q", name, text)
	}
	if string(d.Print()) != string(text) {
		tb.Errorf("%s: print(parse(x)) is not x\n%q", name, text)
	}
	official, refused := refusedByLexer(text)
	if stopsEarly(text) {
		return
	}
	ours := d.Errors()
	if refused != (len(ours) > 0) {
		tb.Errorf("%s: official %q, ours %v\n%q", name, official, ours, text)
		return
	}
	if refused {
		msg := strings.TrimSuffix(official[strings.Index(official, "'")+1:], "'")
		if !strings.HasPrefix(official, "Parse error") {
			return
		}
		if got := ours[0].Official; !sameMessage(msg, got) {
			tb.Errorf("%s: official %q, ours %q\n%q", name, msg, got, text)
		}
	}
}

// sameMessage compares up to the part that quotes the text at fault, which the
// official lexer does in more than one way.
func sameMessage(official, ours string) bool {
	n := min(len(official), len(ours), 24)
	return official[:n] == ours[:n]
}

func TestTreeAgreesWithTheOfficialParserOnServerConfigurations(t *testing.T) {
	for _, in := range append(serverConfigs(t), extraInputs(t)...) {
		checkAgreement(t, in.name, in.text)
	}
}

func FuzzAgreeWithOfficialLexer(f *testing.F) {
	for _, in := range serverConfigs(f) {
		f.Add(in.text)
	}
	for _, s := range oddities {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checkAgreement(t, "fuzz", text)
	})
}

// oddities are texts at the corners of the syntax.
var oddities = []string{
	"", "\n", "# c", "// c", "/", "/* c */\na: 1", "a", "a:", "a: \n", "a: 1", "a 1", "a=1", "a == 1", "a:= 1", "; a: 1",
	"a: 1, b: 2; c: 3", "a: 1 b: 2", "a: 1}\nb: 2", "a: 1\n}", "a: 1\n}\n", "a: 1\n}\nb=2", "}", "} \"", "}\x00rest",
	"{ a: 1 }", "{ a: 1 } b: 2", "{{ a: 1 }}", "{ { a: 1 } b: 2 }", "{ { a: 1 } , b: 2 }", "{ a: 1", "{\n a: 1\n", "{ a: 1 # c\n }", "{ }", "{",
	"m { a: 1 }", "m { a: 1, b: 2, }", "m { a: 1; b: 2 }", "m { a: 1 b: 2 }", "m { a }", "m { a: }", "x { m { a: } }\ny: 1", "m { a:, b }", "m { : 1 }", "m { ] }",
	"m { /a: 1 }", "m { / a: 1 }", "m { / }", "m { a: 1 / b: 2 }", "m { a: 1 // c\n b: 2 }", "m {\n name:\n port=5\n}", "debug\ntrace=true", "m { debug\ntrace: true }",
	"m{ a: 1 }", "m{\n a: 1\n}", "m:{a:1}", "\"m\"{a:1}", "m\n{ a: 1 }", "m:\n{ a: 1 }", "x { m:\n{ a: 1 } }", "m: # c\n{ a: 1 }",
	"a: [1, 2]", "a: [1, 2 ]", "a: [1.5]", "a: [-1,-2]", "a: [x y]", "a: [x,, y]", "a: [, x]", "a: [x, y,]", "a: [\n x\n y,\n z\n]", "a: [x / y]", "a: [/ y]", "a: [x // c\n]", "a: [ # c\n x ]", "a: [10.0.0.0/8, x]", "a: [", "a: [ \"", "a: [ '", "a [x 'y']", "a: [{b:1},{c:2}]", "a: [{b:1} {c:2}]", "a: [[1.5],[x]]", "a: [{ foo }]", "a: [{ foo: }, x]\nb: 1", "a: [# c\n'",
	"a: 1k", "a: 1kb", "a: 1KiB", "a: 8MBi", "m { a: 5MBi, b: 1 }", "a: 1kbb", "a: 100e", "a: 9223372036854775807", "a: 9223372036854775808", "a: 12345678901234567890k", "a: 2m30s", "a: 1h30m", "a: 3e5", "a: 5p3cret", "a: 5k\\x41", "a: 5\\x41", "a: 5\\x41\\x42", "a: 5'abc", "a: 5]", "a: -1", "a: -abc", "a: -1k", "a: -1kx", "a: -1.5", "a: -1.2.3", "a: -", "a: .5", "a: 1.", "a: 1.5s", "a: 1.2.3.4:80", "a: 10.0.0.0/8", "a: 2.10", "a: 2.10.0-RC1", "a: 0644", "a: 1_000", "a: \u0661\u0662", "a: 1\u0661", "a: 1.\u0661", "a: -\u0661",
	"a: 2016-05-04T18:53:41Z", "a: 2016-13-04T18:53:41Z", "a: 2016-05-04T18:53:41Zx", "a: 2020-foo", "a: 12-34", "a: 12345678-aaaa",
	"a: true", "a: Yes", "a: oN", "a: oFF", "a: true'", "a: true#x", "a: $x", "a: $x'", "x: 1\na: $x", "a: \"$x\"", "a: $2a$11$abc", "a: $2b$11$abc", "a: $", "a: \\x24x",
	"a: 'x'", "a: 'x\ny'", "a: '", "a: 'x", "a: \"x\\ty\\x41\\\"\\\\\"", "a: \"\\q\"", "a: \"\\x4\"", "a: \"\\x", "a: \"", "a: \"x", "a: \"x\\t", "a: [ \"x\\t", "a: C:\\temp", "a: C:\\foo", "a: it's", "a: bar'\nb: 2", "a: foo\"bar", "a: foo#bar", "a: foo #bar", "a: foo//bar", "a: foo //bar", "\"a b\": 1", "'a b': 1", "\"a", "'", "\"", "x: 1\n\"", "x { \"a", "x { 'a' 1 }", "\"\": 1", "\"}\"", "m { \"a\\tb\": x }",
	"a: (\n x\n)\nb: 1", "a: (\r\nx\r\n)\r\n", "a: (x)", "a: (\n)", "a: (\n x\n)", "a: ()\n)\nb: 1", "a: (\n)\x00b: 1",
	"include x.conf", "include 'x.conf'", "include \"x.conf\"", "include: x", "include = x", "INCLUDE x", "include\nx", "include", "include ", "include 1", "include -x", "include [x]", "include {x}", "include (x)", "include \\x", "include 'x", "include x; a: 1", "include x, a: 1", "m { include x }", "m { include x, a: 1 }", "m { include 'x', a: 1 }", "{ include 'x' }", "a: [ include x ]", "include\u00a0x", "m { /include x }", "include x'y",
	"\ufeffa: 1", "a: 1\n\x00b: 2", "a: 1 \x00 b: 2", "a: x\x00b: 2", "a: \"x\x00y\"", "a\x00", "m { a\x00 }", "m { a: 1\x00 }", "m { \x00 }", "m { /\x00: 1 }", "{ \x00", "# c\x00 d\na: 1", "a: \x00", "a: [\x00]", "\"\x00", "'\x00x", "{ \"\x00",
	"a:\u00a0foo", "a\u00a0: 1", "a\u0085: 1", "m { a\u2028: 1 }", "m { /\u00a0: 1 }", "a: foo\u0085b: 2", "a: foo\vbar", "\va: 1", "a: \xff\xfe", "\xffa: 1", "a\xa0: 1",
	"a: 1\r\nb: foo\r\nc { d: 1\r\n}\r\n", "a: 1\rb: 2", "# c\rb: 2", "a: @x", "a: 50%", "a: :4222", "a: ,b: 1", "a: }", "a: ]", "a: ;b: 1", "m { a: ; b: 1 }", "m { a: ] }", "m { ,: 1 }", "m { a: 1,, b: 2 }", "m { a: 1\n, b: 2 }", "a: 1\n, b: 2",
}
