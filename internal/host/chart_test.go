package host

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

func TestSingleChartValuesAreRewritten(t *testing.T) {
	for _, c := range []struct{ what, value, from, to, want string }{
		{"a number", "20", "20", `30`, "30"},
		{"a number that becomes a text", "20 # c", "20", `"20s"`, "20s # c"},
		{"a text", "abc", `"abc"`, `"d-e"`, "d-e"},
		{"a part of a text", "abc", `bc`, `xy`, "axy"},
		{"a text in quotes", `"abc"`, `"abc"`, `"d e"`, `"d e"`},
		{"a text in single quotes", `'abc'`, `"abc"`, `"d'e"`, `'d''e'`},
		{"a text that needs quotes", "abc", `"abc"`, `"a: b"`, `"a: b"`},
		{"a text that YAML takes for a word", "abc", `"abc"`, `"yes"`, `"yes"`},
		{"a text that YAML takes for a number", "abc", `"abc"`, `"1e3"`, `"1e3"`},
		{"a text in quotes that becomes a number", `"5"`, `"5"`, `5`, "5"},
		{"a size", `"5Mb"`, `"5Mb"`, `5MB`, `"<< 5MB >>"`},
		{"a size that is there", `<< 5 >>`, `5`, `5MB`, `<< 5MB >>`},
		{"a variable", "abc", `"abc"`, `$X`, "<< $X >>"},
		{"a list", "20", "20", "[ 20 ]", ""},
		{"two entries", "20", "20", "20\nport: 1", ""},
		{"a comment", "20", "20", "20 # x", ""},
		{"an escape of JSON", "20", "20", `"\x41"`, ""},
		{"with an anchor", "&a 20", "20", "30", ""},
		{"with a tag", "!!int 20", "20", "30", ""},
		{"in a block scalar", "|-\n      20", `"20"`, `"30"`, ""},
		{"over two lines", "a\n      b", `"a b"`, `"c"`, ""},
	} {
		text := "# values\nconfig:\n  merge:\n    max_payload: 1048576\n    ping_interval: " + c.value + "\n    write_deadline: 5s\nother: 1\n"
		f := Find("values.yaml", []byte(text))
		if len(f.Documents) != 1 {
			t.Fatalf("%s: %v", c.what, f.Left)
		}
		d := f.Documents[0]
		entry := strings.Index(string(d.Text), "ping_interval: ") + len("ping_interval: ")
		at := entry + strings.Index(string(d.Text[entry:]), c.from)
		e := ast.Edit{Start: at, End: at + len(c.from), New: c.to}
		if why := d.MayEdit(e.Start, e.End, e.New); (why == "") != (c.want != "") {
			t.Errorf("%s: %q", c.what, why)
		}
		after, err := f.Rewrite(map[int][][]ast.Edit{0: {{e}}})
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: rewritten:\n%s", c.what, after.Src)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		want := strings.Replace(text, "ping_interval: "+c.value, "ping_interval: "+c.want, 1)
		if string(after.Src) != want {
			t.Errorf("%s:\n%s", c.what, after.Src)
		}
		start, end, fresh := d.Edit(e)
		if shown := text[:start] + fresh + text[end:]; shown != want {
			t.Errorf("%s: shown as\n%s", c.what, shown)
		}
	}
}

func TestOnlySingleChartValuesAreRewritten(t *testing.T) {
	f := Find("values.yaml", []byte(chartValues))
	d := f.Documents[0]
	for what, text := range map[string]string{"a key": "max_payload", "what the chart writes": "4222", "a block": "A: {", "an include": `"users.conf"`} {
		at := strings.Index(string(d.Text), text)
		if at < 0 || d.MayEdit(at, at+len(text), "x") == "" {
			t.Errorf("%s may be edited", what)
		}
	}
	at := strings.Index(string(d.Text), `"hub"`)
	after, err := f.Rewrite(map[int][][]ast.Edit{0: {{{Start: at, End: at + 5, New: `"spoke"`}}, {{Start: at, End: at + 7, New: `"leaf"`}}}})
	if err != nil || string(after.Src) != strings.Replace(chartValues, "value: hub", "value: leaf", 1) {
		t.Errorf("a value of a patch, in two steps: %v\n%s", err, after.Src)
	}
	shared := strings.Replace(chartValues, "merge: {port: 7}", "merge: &m {port: 7}", 1)
	if d := Find("values.yaml", []byte(shared)).Documents[0]; d.ReadOnly == "" {
		t.Error("values with anchors may be edited")
	}
}

func TestValuesThatHoldThemselvesEnd(t *testing.T) {
	for _, text := range []string{
		"config:\n  merge:\n    <<: &s [*s]\n    max_payload: 1\n",
		"config:\n  merge: &m\n    <<: *m\n    max_payload: 1\n",
		"config:\n  merge: &m\n    accounts: {A: *m}\n    max_payload: 1\n",
	} {
		for _, d := range Find("values.yaml", []byte(text)).Documents {
			if d.MayEdit(0, 1, "x") == "" {
				t.Errorf("%q may be edited", text)
			}
		}
	}
}

func TestChartValuesAreReadAsHelmReadsThem(t *testing.T) {
	text := "d: &d\n  port: 1\n  write_deadline: 2s\nconfig:\n  merge:\n    <<: *d\n    max_payload: 0x100000\n    max_pending: 1_000\n    max_control_line: 1e3\n    debug: yes\n    trace: Off\n    logtime: \"no\"\n    port: 3\n"
	f := Find("values.yaml", []byte(text))
	if len(f.Documents) != 1 {
		t.Fatal(f.Left)
	}
	d := f.Documents[0]
	for _, want := range []string{"max_payload: 1048576\n", "max_pending: 1000\n", "max_control_line: 1000\n", "debug: true\n", "trace: false\n", "logtime: \"no\"\n", "port: 3\n", "write_deadline: $NATS_CHART\n"} {
		if !strings.Contains(string(d.Text), want) {
			t.Errorf("no %q in\n%s", want, d.Text)
		}
	}
	if at := strings.Index(string(d.Text), "debug: true") + len("debug: "); d.MayEdit(at, at+4, "false") == "" {
		t.Error("a word that YAML 1.1 takes for a bool may be edited")
	}
}
