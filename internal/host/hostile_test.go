package host

import (
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/repo"
)

func TestNothingIsWrittenThatTheTemplateReads(t *testing.T) {
	for _, c := range []struct {
		what, name, text, insert string
		no                       bool
	}{
		{"a dollar sign in Compose", "compose.yaml", "services: {}\nconfigs:\n  n:\n    content: |\n      port: 4222\n      max_payload: 1MB\n", "$SYS", true},
		{"a dollar sign in ConfigMaps", "a.yaml", "data:\n  nats.conf: |\n    port: 4222\n    max_payload: 1MB\n", "$SYS", false},
		{"a dollar sign for envsubst", "nats.conf.template", "port: ${PORT}\nmax_payload: 1MB\n", "$SYS", true},
		{"braces in Jinja", "nats.conf.j2", "port: {{ port }}\nmax_payload: 1MB\n", "{{ x }}", true},
		{"braces of the server's own", "nats.conf.j2", "port: {{ port }}\nmax_payload: 1MB\n", "a.{{wildcard(1)}}", false},
		{"an interpolation in Terraform", "a.tf", "x = <<EOF\nport: 4222\nmax_payload: 1MB\nEOF\n", "${x}", true},
		{"plain text", "compose.yaml", "services: {}\nconfigs:\n  n:\n    content: |\n      port: $PORT\n      max_payload: 1MB\n", "20s", false},
	} {
		f := Find(c.name, []byte(c.text))
		if len(f.Documents) != 1 {
			t.Fatalf("%s: %d documents: %v", c.what, len(f.Documents), f.Left)
		}
		d := f.Documents[0]
		at := strings.Index(string(d.Text), "1MB")
		if why := d.MayEdit(at, at+3, c.insert); (why != "") != c.no {
			t.Errorf("%s: %q", c.what, why)
		}
	}
}

func TestOnlyTheChangedPartOfAQuotedDocumentIsShownAsEdit(t *testing.T) {
	text := `{"apiVersion": "v1", "kind": "ConfigMap", "data": {"nats.conf": "port: 4222\nauthorization { user: \"a\", password: \"s3cret\" }\nping_interval: 20\n"}}` + "\n"
	f := Find("cm.json", []byte(text))
	if len(f.Documents) != 1 || f.Documents[0].ReadOnly != "" {
		t.Fatalf("%d documents, %v", len(f.Documents), f.Left)
	}
	d := f.Documents[0]
	at := strings.Index(string(d.Text), "20\n")
	start, end, fresh := d.Edit(ast.Edit{Start: at, End: at + 2, New: `"20s"`})
	user := strings.Index(string(d.Text), `"a"`)
	if s := text[d.Offset(user):d.OffsetEnd(user+3)]; s != `\"a\"` {
		t.Errorf("the user is %s", s)
	}
	if text[start:end] != "20" || fresh != `\"20s\"` {
		t.Errorf("%q becomes %q", text[start:end], fresh)
	}
	after, err := f.Rewrite(map[int][][]ast.Edit{0: {{{Start: at, End: at + 2, New: `"20s"`}}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := text[:start] + fresh + text[end:]; string(after.Src) != want {
		t.Errorf("the edit gives %s, the file is %s", want, after.Src)
	}
}

func TestManifestsInJSONAreNoConfiguration(t *testing.T) {
	manifest := `{"apiVersion": "v1", "kind": "ConfigMap", "data": {"nats.conf": "port: 4222\nmax_payload: 1MB\n"}}`
	if v := Judge("configmap.json", []byte(manifest), true); v.Class != repo.Ours || !v.Hosts || Wanted("configmap.json") < len(manifest) {
		t.Errorf("without a telling name: %+v", v)
	}
	if v := Judge("package.json", []byte(`{"name": "a", "nats.conf": "port: 4222"}`), true); v.Class != repo.Unrelated {
		t.Errorf("what is no object of Kubernetes: %+v", v)
	}
	if v := Judge("nats.json", []byte(manifest), true); v.Class != repo.Ours || !v.Hosts {
		t.Errorf("a manifest: %+v", v)
	}
	if f := Find("nats.json", []byte(`{"port": 4222, "max_payload": "1MB"}`)); !f.Whole() {
		t.Error("configuration in JSON is taken for something else")
	}
}

func TestYAMLInAScalarIsNoConfiguration(t *testing.T) {
	f := Find("a.yaml", []byte("kind: ConfigMap\ndata:\n  values.yaml: |\n    nats.conf: |\n      server_name: x\n      port: 4222\n      jetstream { store_dir: /d }\n"))
	if len(f.Documents) != 0 || !strings.Contains(strings.Join(f.Left, " "), "YAML") {
		t.Errorf("taken: %v, left: %v", f.Documents, f.Left)
	}
}

func TestAHeredocInACommentOpensNone(t *testing.T) {
	for _, comment := range []string{"#", "  //"} {
		text := "x = \"<<EOF\"\n" + comment + " as in <<EOF\ny = <<EOF\nport: 4222\nmax_payload: 1MB\nEOF\n"
		if f := Find("a.tf", []byte(text)); len(f.Documents) != 1 || string(f.Documents[0].Text) != "port: 4222\nmax_payload: 1MB\n" {
			t.Errorf("%s: %d documents", comment, len(f.Documents))
		}
	}
}

func TestValuesOfASecretAreSecret(t *testing.T) {
	text := "kind: Secret\nmetadata: {name: s}\ndata:\n  api: czNjcjN0\nstringData:\n  nats.conf: |\n    port: 4222\n    max_payload: 1MB\n" +
		"  plain: one two # c\n  several: |\n    three\n      four\n  # a comment\n  last: \"five\ntype: x\"\ntype: Opaque\n"
	f := Find("a.yaml", []byte(text))
	if len(f.Documents) != 1 {
		t.Fatalf("%d documents: %v", len(f.Documents), f.Left)
	}
	var got []string
	for _, s := range f.Secrets {
		got = append(got, text[s.Start:s.End])
	}
	want := []string{"czNjcjN0", "one two # c", "|", "three", "four", "\"five"}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%q is not among the secrets %q", w, got)
		}
	}
	for _, s := range f.Secrets {
		if d := f.Documents[0].Span(); s.Start < d.End && d.Start < s.End {
			t.Errorf("%q is in the document", text[s.Start:s.End])
		}
	}
}

func TestRepeatedPlaceholdersAreUnknownEach(t *testing.T) {
	// What is between two of many placeholders is known, what is in them is not.
	text := "tags: [" + strings.Repeat("{{ a }},b,", 50) + "]\nport: {{ p }}\nmax_payload: 1MB\n"
	d := Find("nats.conf.j2", []byte(text)).Documents[0]
	for off := range len(text) - 1 {
		open, shut := strings.LastIndex(text[:off+2], "{{"), strings.LastIndex(text[:off], "}}")
		in := open > shut
		if got := d.Unknown(ast.Span{Start: off, End: off + 1}); got != in {
			t.Fatalf("at %d (%q): unknown is %v", off, text[off:off+1], got)
		}
	}
}

func TestNothingIsAddedThatATemplateJoinsToALine(t *testing.T) {
	for _, c := range []struct {
		name, text string // | is where an entry would be added
		no         bool
	}{
		{"nats.conf.j2", "port: 4222\nmax_payload: {% if a %}1MB{% else %}2MB{% endif %}\n|", true},
		{"nats.conf.j2", "port: 4222\n{% if a %}max_payload: 1MB{% endif %}\n|debug: true\n", true},
		{"nats.conf.j2", "port: 4222\nmax_payload: 1MB {# c #}\n|debug: true\n", true},
		{"nats.conf.j2", "port: 4222\n{% set x = 1 %}\n|max_payload: 1MB\n", false},
		{"nats.conf.j2", "port: 4222\n  {%- set x = 1 -%}\n|max_payload: 1MB\n", true},
		{"nats.conf.j2", "port: {{ port }}\n|max_payload: 1MB\n", false},
		{"nats.conf.tmpl", "port: {{ .port -}}\n|max_payload: 1MB\n", true},
		{"nats.conf.tmpl", "port: 4222\n{{ $x := 1 }}\n|max_payload: 1MB\n", false},
		{"nats.conf.tmpl", "port: 4222\n{{- /* c */}}\n|max_payload: 1MB\n", false},
		{"nats.conf.erb", "port: <%= p('x') -%>\n|max_payload: 1MB\n", true},
		{"nats.conf.erb", "port: 4222\n<% x = 1 -%>\n|max_payload: 1MB\n", false},
	} {
		at := strings.IndexByte(c.text, '|')
		f := Find(c.name, []byte(strings.Replace(c.text, "|", "", 1)))
		if len(f.Documents) != 1 {
			t.Fatalf("%q: %v", c.text, f.Left)
		}
		if why := f.Documents[0].MayEdit(at, at, "debug: false\n"); (why != "") != c.no {
			t.Errorf("%q: %q", c.text, why)
		}
	}
}
