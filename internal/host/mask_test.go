package host

import (
	"bytes"
	"strings"
	"testing"
)

func maskText(t testing.TB, lang Language, text string) string {
	t.Helper()
	list := constructs(lang, []byte(text))
	out, _ := mask([]byte(text), newFlow([]byte(text), list))
	if len(out) != len(text) || bytes.Count(out, []byte("\n")) != bytes.Count([]byte(text), []byte("\n")) {
		t.Fatalf("%q became %q: another length", text, out)
	}
	return string(out)
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		what       string
		lang       Language
		text, want string
	}{
		{"a value", Jinja, "port: {{ port }}\n", "port: $P0_\n"},
		{"part of a value", Jinja, "listen: 0.0.0.0:{{ port }} # x\n", "listen: $P0_ # x\n"},
		{"in quotes", Jinja, "a: \"x{{ y | default(\"z\") }}\"\nb: 1\n", "a: $P0_\nb: 1\n"},
		{"in a list", Jinja, "routes: [ nats://{{ h }}:6222, \"{{ i }}\" ]\n", "routes: [ $P0_, $P1_ ]\n"},
		{"two in a row", Jinja, "a: {{ x }} {{ y }}\n", "a: $P0_\n"},
		{"a key", Jinja, "accounts {\n  {{ a }}: { users: [] }\n  \"{{ b }}\" { }\n}\n", "accounts {\n  P0xxxxx: { users: [] }\n  \"P1xxxxx\" { }\n}\n"},
		{"a directive", Jinja, "{% if x %}\na: 1\n  {% endif %}\n", "#         \na: 1\n  #          \n"},
		{"another branch", Jinja, "{% if x %}\na: 1\n{% else %}\na: 2\n{% endif %}\n", "#         \na: 1\n#         \n#   \n#          \n"},
		{"three branches", Jinja, "{% if x %}\na: 1\n{% elif y %}\na: 2\n{% else %}\na: 3\n{% endif %}\nb: 1\n",
			"#         \na: 1\n#           \n#   \n#         \n#   \n#          \nb: 1\n"},
		{"branches in a line", Jinja, "a: {% if x %}1{% else %}2{% endif %}\n", "a: $P0_\n"},
		{"a loop in a list", Jinja, "r: [\n{% for h in x %}\n  nats://{{ h }},\n{% endfor %}\n]\n", "r: [\n#               \n  $P0_,\n#           \n]\n"},
		{"a line of its own in a list", GoTemplate, "r: [\n  {{ include \"r\" . }}\n]\n", "r: [\n  $P0_\n]\n"},
		{"a line of its own in a map", GoTemplate, "a: 1\n{{- include \"b\" . | nindent 4 }}\n", "a: 1\ninclude P0_\n"},
		{"a short line of its own in a map", GoTemplate, "{{.b}}\na: 1\n", "#_\na: 1\n"},
		{"a comment over lines", GoTemplate, "{{- /* a\n b */ -}}\na: 1\n", "#       \n #       \na: 1\n"},
		{"an assignment", GoTemplate, "{{- $x := \"}}\" }}\na: {{ $x }}\n", "#                \na: $P0_\n"},
		{"a value behind directives", GoTemplate, "max_file:\n{{- if .x }}\n{{- .y }}\n{{- else }}\n{{- .z }}\n{{- end }}\n",
			"max_file:\n#           \n$P0_\n#          \n#        \n#         \n"},
		{"Ruby", ERB, "<%\n  x = 1\n%>\nport: <%= p(\"a\") %>\n<% if x -%>\na: 1\n<% end -%>\n", "# \n  #    \n# \nport: $P0_\n#          \na: 1\n#         \n"},
		{"a Ruby block", ERB, "<% a.each do |x| %>\nb: <%= x %>\n<% end %>\n", "#                  \nb: $P0_\n#        \n"},
		{"a shell variable", Shell, "a: ${B}\nc: \"x-${D:-e}\"\nf: $G\n", "a: $P0_\nc: $P1_\nf: $G\n"},
		{"autoconf", Autoconf, "a: @B@\nc: \"x-@D@\"\ne: ${F}\nuser: a@b.c\n", "a: $P0\nc: $P1_\ne: $P2_\nuser: a@b.c\n"},
		{"Puppet", ERB, "<% if $x { -%>\na: 1\n<% } else { -%>\na: 2\n<% } -%>\nb: 1\n", "#         \na: 1\n#      \n#   \n#      \nb: 1\n"},
		{"no end", Jinja, "b: {{ c }}\nd: 1 # {# {{ {{ {%\n", "b: $P0_\nd: 1 # {# {{ {{ {%\n"},
		{"a comment in a word", Jinja, "a: \"b{# c #}\"\nd: e{# c #}f\ng: 1{# c #}\n", "a: $P0_\nd: $P1_\ng: 1 \n"},
		{"raw text", Jinja, "{% raw %}\na: \"{{ b }}\"\n{%- endraw -%}\nc: {{ d }}\n", "#        \na: \"{{ b }}\"\n#            \nc: $P0_\n"},
		{"Compose", Compose, "a: $B\nc: \"x$$D\"\ne: ${F}\n", "a: $P\nc: $P1_\ne: $P2_\n"},
		{"Terraform", Terraform, "a: ${var.b}\n%{ if c }\nd: \"${e[\"f\"]}\"\n%{ endif }\n", "a: $P0_\n#        \nd: $P1_\n#         \n"},
		{"a literal of Terraform", Terraform, "a: $${b}\n", "a: $${b}\n"},
		{"in a comment", Jinja, "# {{ managed }}\na: 1 // {{ x }}\n", "# {{ managed }}\na: 1 // {{ x }}\n"},
		{"a block's beginning in a line", Jinja, "a { {% if x %}\n b: 1\n {% endif %} }\n", "a { \n b: 1\n }\n"},
		{"an include", GoTemplate, "include ./{{ .n }}/a.conf\n", "include $P0_\n"},
		{"CRLF", Jinja, "{% if x %}\r\na: {{ b }}\r\n{% endif %}\r\n", "#         \r\na: $P0_\r\n#          \r\n"},
		{"a function of the server's", GoTemplate, "a: \"b.{{wildcard(1)}}\"\nc: {{ d }}\n", "a: \"b.{{wildcard(1)}}\"\nc: $P0_\n"},
		{"a misspelt function of the server's", GoTemplate, "a: \"b.{{partitions(3,1)}}\"\nb: \"{{splt(1, -)}}.c\"\nc: {{ d }}\n", "a: \"b.{{partitions(3,1)}}\"\nb: \"{{splt(1, -)}}.c\"\nc: $P0_\n"},
		{"no function of the server's", GoTemplate, "a: \"b.{{f('X', 1)}}\"\nb: \"b.{{ now() }}\"\nc: {{ d(1) }}\ne: \"b.{{ f (1) }}\"\n", "a: $P0_\nb: $P1_\nc: $P2_\ne: $P3_\n"},
		{"a macro of Jinja", Jinja, "a: \"b.{{m(1)}}\"\n", "a: $P0_\n"},
		{"entries in a line", GoTemplate, "a { {{ if .x }}b: {{ .y }}, {{ end }}c: \"d\" }\n", "a {            b: $P0____,          c: \"d\" }\n"},
		{"entries in a line, behind others", GoTemplate, "a { b: 1{{ if .x }}, c: \"d\"{{ else }}, e: 2{{ end }} }\n", "a { b: 1           , c: \"d\"                           }\n"},
		{"entries in a line, of two branches", Jinja, "a { {% if x %} b: 1, {% else %} b: 2 {% endif %} c: d }\n", "a {            b: 1,                               c: d }\n"},
		{"an entry alone in a line", Jinja, "{% if x %}a: true{% else %}a: false{% endif %}\nb: 1\n", "          a: true                              \nb: 1\n"},
		{"an entry at the beginning", ERB, "<% if @x %>a: 1, <% end %>b: 2\n", "           a: 1,          b: 2\n"},
		{"items in a line", GoTemplate, "r: [ {{ range .h }}\"{{ . }}:1\", {{ end }} \"a:1\" ]\n", "r: [               $P0________,           \"a:1\" ]\n"},
		{"items that a separator joins", GoTemplate, "r: [{{ range $i, $e := .h }}{{ if $i }}, {{ end }}\"{{ $e }}:1\"{{ end }}]\n", "r: [$P0_______________________________________________________________]\n"},
		{"entries that a separator joins", Jinja, "a { {% if x %}b: 1{% endif %}{% if x and y %}, {% endif %}{% if y %}c: 2{% endif %} }\n", "a {            b: 1                             ,                       c: 2            }\n"},
		{"part of an item", GoTemplate, "r: [ a://{{ .h }}{{ if .p }}:{{ .p }}{{ end }}, b ]\n", "r: [ $P0_____________________________________, b ]\n"},
		{"part of a key", GoTemplate, "{{ if .x }}a_{{ end }}b: 1\n", "P0xxxxxxxxxxxxxxxxxxxxb: 1\n"},
		{"entries in a string", GoTemplate, "a: \"{{ if .x }}b: 1, {{ end }}\"\n", "a: $P0____________________________\n"},
		{"entries in a comment", GoTemplate, "# {{ if .x }}b: 1, {{ else }}c{{ end }}\n", "# {{ if .x }}b: 1, {{ else }}c{{ end }}\n"},
		{"a bracket that is left open", GoTemplate, "a: 1\n{{ if .x }}b { {{ end }}\n", "a: 1\ninclude P0______________\n"},
		{"a macro", Jinja, "{% macro m() %}\n}}} x\n{% endmacro %}\na: 1\n", "#              \n#    \n#             \na: 1\n"},
	} {
		if got := squeeze(maskText(t, c.lang, c.text)); got != squeeze(c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.what, got, squeeze(c.want))
		}
	}
}

// squeeze makes one of each run of the same filling character.
func squeeze(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; i == 0 || c != s[i-1] || c != '_' && c != ' ' && c != 'x' {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func FuzzMask(f *testing.F) {
	f.Add(uint8(Jinja), "a: {{ b }}\n{% if c %}\nd: [ {{ e }} ]\n{% else %}x{% endif %}")
	f.Add(uint8(GoTemplate), "{{- if .x }}\na: \"{{ `b` }}\"\n{{ end }}")
	f.Add(uint8(ERB), "<% a.each do |b| %>\n'<%= b %>': (\n<%= c %>\n)\n<% end %>")
	f.Add(uint8(Terraform), "a = ${b}${c} %{ if d }")
	f.Fuzz(func(t *testing.T, lang uint8, text string) {
		list := constructs(Language(lang), []byte(text))
		last := 0
		for _, c := range list {
			if c.start < last || c.end <= c.start || c.end > len(text) {
				t.Fatalf("construct %+v of %q", c, text)
			}
			last = c.end
		}
		fl := newFlow([]byte(text), list)
		out, spans := mask([]byte(text), fl)
		if len(out) != len(text) {
			t.Fatalf("%q became %q", text, out)
		}
		// Outside of the spans nothing changed, and line ends stay everywhere.
		covered := make([]bool, len(text))
		for _, s := range spans {
			for i := s.Start; i < s.End; i++ {
				covered[i] = true
			}
		}
		for i := range out {
			if out[i] != text[i] && (!covered[i] || text[i] == '\n') {
				t.Fatalf("%q became %q at %d", text, out, i)
			}
		}
		fl.at(len(text) / 2)
	})
}
