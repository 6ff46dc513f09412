package syntax_test

import (
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/syntax"
	"github.com/natsfix/natsfix/internal/fleet"
)

// seeds are broken texts, each with what some rule mends.
var seeds = []string{
	"cluster{\n  name: east\n  routes[\"nats://a:6222\"]\n}\naccounts{ A{ users: [{user: a}] } }\n",
	"cluster{name: x, port: 6222}\njetstream{}\nport: 4222",
	"x: [1, 2]\ny: [[3], [4]]\n{\"a\":[1],\"b\":[10.0.0.0/8]}",
	"password: -abc\nid: 12345678-1234\nv: 2.10.0-RC1\nd: 2020-foo\ninclude 1.conf\nt: 1.5s\nr: 5p3cret\n",
	"f: \"C:\\logs\\nats.log\"\ng: C:\\temp\\x\\y\nj: \"a\\/b\\u00e9\\b\"\nh: \"x\\$y\"\nk: \"C:\\nats\\\"\nl: \"m\"\n",
	"a: it's\nb: 'that's all'\nc: bar'\nd: [x', 'y's']\n",
	"a: [x,, y, , z]\nb { , c: 1,, d: 2;, e: 3 }\nf: 1,,\ng: 2\n",
	"a { b: 1 c: 2 } d { e: [{f: 1} {g: 2}] h: [\"i\" \"j\"] }\nport: 4222 host: x\n{\"a\": 1 \"b\": 2}",
	"a: (\r\nb\r\n)\r\nc: 1\r\n",
	"a: (\n b\n  ),\nc: (d)\ne: (f",
	"\ufeff# comment\nport: 4222\n\ufeffhost: a\n",
	"a { b: 1 }\n}\nc: 2\n}\n",
	"a { b: 1 }} }\n} # end",
	"include = b.conf\ninclude: c.conf\ninclude d.conf,\nx { include=e.conf }\n",
	"a: $SYS\nb: [$JS.API.>, $1.x]\nc: $2b$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI\n",
	"a { b: [1] c{ d: it's }\n} } e: -x f: \"\\q\"",
}

// FuzzRules runs all rules to rest over texts that may be broken: what changes
// can be read further than before, a text that the parser took keeps its values
// unless the fix says otherwise, and a second run changes nothing.
func FuzzRules(f *testing.F) {
	for _, text := range seeds {
		f.Add(text)
		f.Add(strings.ReplaceAll(text, "\n", " "))
		f.Add(strings.ReplaceAll(text, "\n", "\r\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		res := mended(t, text)
		after := textAfter(res, text)
		if after == text {
			return
		}
		was, is := ast.Parse("a.conf", []byte(text), ast.Latest), ast.Parse("a.conf", []byte(after), ast.Latest)
		if left := is.Errors(); len(left) > 0 && (len(was.Errors()) == 0 ||
			len(after)-left[0].Span.Start > len(text)-was.Errors()[0].Span.Start) {
			t.Fatalf("the parser stops earlier, at %v:\n%q\n%q", left[0], text, after)
		}
		if len(was.Errors()) == 0 && keepsValues(res) && !reflect.DeepEqual(values(text), values(after)) {
			t.Fatalf("values changed that no fix speaks of:\n%q\n%q", text, after)
		}
		if again := textAfter(mended(t, after), after); again != after {
			t.Fatalf("a second run goes on:\n%q\n%q\n%q", text, after, again)
		}
	})
}

func read(text string) fleet.Read {
	return func(path string) ([]byte, error) {
		if path == "a.conf" {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
}

func mended(t *testing.T, text string) *engine.Result {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Request{Targets: []string{"a.conf"}, Read: read(text), Rules: syntax.Rules(), Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func textAfter(res *engine.Result, text string) string {
	for _, file := range res.Files {
		if file.Status == engine.WouldChange {
			return string(file.After)
		}
	}
	return text
}

// keepsValues reports whether no fix that was applied says that values change.
func keepsValues(res *engine.Result) bool {
	for _, f := range res.Findings {
		if f.Fixed && len(f.Fix.Within) > 0 {
			return false
		}
	}
	return true
}

func values(text string) any {
	fl := fleet.Build(fleet.NewSet(read(text)), []string{"a.conf"}, fleet.Options{Jobs: 1})
	return fl.Servers[0].Values.Plain()
}
