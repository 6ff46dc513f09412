package host

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadingsTakeOneOtherBranch(t *testing.T) {
	for _, c := range []struct {
		what, name, text string
		want             []string // the readings, without comments and blank lines
	}{
		{"else", "nats.conf.j2", "port: 1\n{% if a %}\ndebug: 1\n{% else %}\ndebug: 2\n{% endif %}\nmax_payload: 1MB\n",
			[]string{"port: 1|debug: 2|max_payload: 1MB"}},
		{"three branches", "nats.conf.tmpl", "port: 1\n{{ if .a }}\ndebug: 1\n{{ else if .b }}\ndebug: 2\n{{ else }}\ndebug: 3\n{{ end }}\nmax_payload: 1MB\n",
			[]string{"port: 1|debug: 2|max_payload: 1MB", "port: 1|debug: 3|max_payload: 1MB"}},
		{"nested", "nats.conf.j2", "port: 1\n{% if a %}\ndebug: 1\n{% else %}\n{% if b %}\ndebug: 2\n{% else %}\ndebug: 3\n{% endif %}\n{% endif %}\nmax_payload: 1MB\n",
			[]string{"port: 1|debug: 2|max_payload: 1MB", "port: 1|debug: 3|max_payload: 1MB"}},
		{"one condition", "nats.conf.j2", "port: 1\n{% if a -%}\ndebug: 1\n{% else %}\ndebug: 2\n{% endif %}\n{%- if a %}\ntrace: 1\n{% else %}\ntrace: 2\n{% endif %}\nmax_payload: 1MB\n",
			[]string{"port: 1|debug: 2|trace: 2|max_payload: 1MB", "port: 1|debug: 2|trace: 2|max_payload: 1MB"}},
		{"in a macro", "nats.conf.j2", "{% macro m() %}\n{% if a %}\ndebug: 1\n{% else %}\ndebug: 2\n{% endif %}\n{% endmacro %}\nport: 1\nmax_payload: 1MB\n", nil},
		{"that cannot be parsed", "nats.conf.j2", "port: 1\n{% if a %}\ndebug: 1\n{% else %}\ntrace {\n{% endif %}\nmax_payload: 1MB\n", nil},
		{"in a block scalar", "templates/a.yaml", "data:\n  a.conf: |\n    port: 1\n    {{- if .a }}\n    debug: 1\n    {{- else }}\n    debug: 2\n    {{- end }}\n    max_payload: 1MB\n",
			[]string{"port: 1|debug: 2|max_payload: 1MB"}},
	} {
		f := Find(c.name, []byte(c.text))
		if len(f.Documents) != 1 {
			t.Fatalf("%s: %d documents: %v", c.what, len(f.Documents), f.Left)
		}
		var got []string
		for _, r := range f.Documents[0].Readings() {
			var lines []string
			for line := range strings.Lines(string(r.Text)) {
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					lines = append(lines, line)
				}
			}
			got = append(got, strings.Join(lines, "|"))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.what, got, c.want)
		}
	}
}

// TestEachBranchIsShownOnce holds that what is not in a first branch is shown
// by one reading alone, and what is in first branches only by none.
func TestEachBranchIsShownOnce(t *testing.T) {
	text := "port: 1\n{% if a %}\nx1: 1\n{% else %}\nx2: 1\n{% if b %}\nx3: 1\n{% elif c %}\nx4: 1\n{% else %}\nx5: 1\n{% if d %}\nx6: 1\n{% endif %}\n{% endif %}\nx7: 1\n{% endif %}\nmax_payload: 1MB\n"
	d := Find("nats.conf.j2", []byte(text)).Documents[0]
	readings := d.Readings()
	if len(readings) != 3 {
		t.Fatalf("%d readings", len(readings))
	}
	for what, want := range map[string]int{"port": 0, "x1": 0, "x2": 1, "x3": 1, "x4": 1, "x5": 1, "x6": 1, "x7": 1, "max_payload": 0} {
		at, shown := strings.Index(text, what), 0
		for _, r := range readings {
			if r.Shows(at) {
				shown++
				if string(r.Text[at:at+len(what)]) != what {
					t.Errorf("%s is shown as %q", what, r.Text[at:at+len(what)])
				}
			}
		}
		if shown != want {
			t.Errorf("%s is shown by %d readings", what, shown)
		}
	}
}

func TestReadingsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("port: 1\nmax_payload: 1MB\n")
	for i := range 200 {
		fmt.Fprintf(&b, "{%% if a%d %%}\ndebug: true\n{%% else %%}\ndebug: false\n{%% endif %%}\n", i)
	}
	if n := len(Find("nats.conf.j2", []byte(b.String())).Documents[0].Readings()); n != maxReadings {
		t.Errorf("%d readings", n)
	}
}

func TestDocumentsInOtherBranchesAreFound(t *testing.T) {
	object := "kind: ConfigMap\nmetadata: {name: n}\ndata:\n  nats.conf: |\n    port: 1\n    max_payload: 1MB\n"
	for _, sep := range []string{"", "---\n"} {
		f := Find("templates/a.yaml", []byte("{{- if .a }}\n"+object+"{{- else }}\n"+sep+object+"{{- end }}\n"))
		if len(f.Documents) != 2 || f.Documents[0].Apart || !f.Documents[1].Apart {
			t.Errorf("%q: %d documents: %v", sep, len(f.Documents), f.Left)
		}
	}
}
