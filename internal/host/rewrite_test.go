package host

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

// sample is the document that the hosts of these tests hold.
const sample = "server_name: n1\n\njetstream {\n  store_dir: /data\n}\nport: 4222\n"

// hosts are files that hold sample, by the way in which they do.
func hosts() map[string]struct{ name, text string } {
	indented := func(n int) string {
		var b strings.Builder
		for line := range strings.Lines(sample) {
			if line != "\n" {
				b.WriteString(strings.Repeat(" ", n))
			}
			b.WriteString(line)
		}
		return b.String()
	}
	head := "# before\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: nats}\n"
	return map[string]struct{ name, text string }{
		"block scalar":        {"a.yaml", head + "data:\n  nats.conf: |\n" + indented(4) + "  other: x\n"},
		"one blank":           {"a.yaml", head + "data:\n nats.conf: |\n" + indented(2) + " other: |\n  x\n"},
		"stripped":            {"a.yaml", head + "data:\n  nats.conf: |- # c\n" + indented(4) + "\n\n  other: x\n"},
		"kept":                {"a.yaml", head + "data:\n  nats.conf: |+\n" + indented(4) + "  other: x\n"},
		"with indicator":      {"a.yaml", head + "data:\n  nats.conf: |4\n" + indented(6) + "  other: x\n"},
		"at the end":          {"a.yaml", head + "data:\n  nats.conf: |\n" + strings.TrimSuffix(indented(4), "\n")},
		"blanks on no line":   {"a.yaml", head + "data:\n  nats.conf: |\n" + strings.Replace(indented(4), "\n\n", "\n  \n", 1) + "  # c\n"},
		"CRLF":                {"a.yaml", strings.ReplaceAll(head+"data:\n  nats.conf: |\n"+indented(4)+"  other: x\n", "\n", "\r\n")},
		"several objects":     {"a.yaml", "---\na: 1\n---\n" + head + "data:\n  nats.conf: |\n" + indented(4) + "---\nb: |\n  2\n"},
		"not ASCII before":    {"a.yaml", "# äöü\nkind: ConfigMap\nmetadata: {name: \"ä\"}\ndata: \n  \"nats.conf\": |\n" + indented(4)},
		"Secret":              {"a.yaml", "kind: Secret\nmetadata: {name: s}\nstringData:\n  nats.conf: |\n" + indented(6) + "type: Opaque\n"},
		"Compose":             {"compose.yaml", "services:\n  n: {image: nats}\nconfigs:\n  nats:\n    content: |\n" + indented(6) + "  other: {file: x}\n"},
		"in a list":           {"a.yaml", "files:\n- path: /nats.conf\n  content: |\n" + indented(4) + "- path: b\n"},
		"double quotes":       {"a.yaml", head + "data:\n  nats.conf: " + mustQuote(sample) + " # c\n  b: 1\n"},
		"base64":              {"a.yaml", "kind: Secret\nmetadata: {name: s}\ndata:\n  nats.conf: c2VydmVyX25hbWU6IG4xCgpqZXRzdHJlYW0gewogIHN0b3JlX2RpcjogL2RhdGEKfQpwb3J0OiA0MjIyCg==\n  b: eA==\n"},
		"Markdown":            {"a.md", "# Title\n\n```conf\n" + sample + "```\n\n~~~\nnot: this\n~~~\n"},
		"Markdown, YAML":      {"a.md", "# Title\n\n```yaml\n" + head + "data:\n  nats.conf: |\n" + indented(4) + "  other: x\n```\n\nMore.\n"},
		"Markdown, YAML list": {"a.md", "- Text\n\n  ```yml\n  kind: ConfigMap\n  data:\n    nats.conf: |-\n" + indented(6) + "  ```\n"},
		"Markdown in a list":  {"a.md", "1. Text\n\n    ```\n" + indented(4) + "    ```\n\n2. More\n"},
		"Terraform":           {"a.tf", "resource \"x\" \"y\" {\n  z = <<EOF\n" + sample + "EOF\n}\n"},
		"Terraform, mapping":  {"a.tf", "x = <<EOF\n" + sample + "mappings { \"a.*\": \"b.{{wildcard(1)}}\" }\nhttp_port: ${var.p}\nEOF\n"},
		"Terraform, indented": {"a.tf", "resource \"x\" \"y\" {\n  z = <<-EOF\n" + indented(4) + "  EOF\n}\n"},
		"Helm":                {"templates/a.yaml", "{{- if .Values.x }}\n# c\nkind: ConfigMap\nmetadata:\n  name: n\n  labels:\n    {{- include \"l\" . | nindent 4 }}\ndata:\n  nats.conf: |\n" + indented(4) + "    {{- with .Values.y }}\n    http_port: {{ . }}\n{{- end }}\n  b: {{ .Values.b | quote }}\n{{- end }}\n"},
		"Jinja":               {"nats.conf.j2", "# {{ managed }}\n{% if a %}\nhttp: {{ b }}\n{% endif %}\n" + sample},
		"Jinja, CRLF":         {"nats.conf.j2", strings.ReplaceAll("# {{ managed }}\n{% if a %}\nhttp: {{ b }}\n{% endif %}\n"+sample, "\n", "\r\n")},
		"ERB":                 {"nats.conf.erb", sample + "<% if x %>\nhttp_port: <%= p('y') %>\n<% end %>\n"},
		"Go":                  {"nats.conf.tmpl", sample + "{{ if .X }}\nhttp_port: {{ .Y }}\n{{ end }}"},
		"heredoc":             {"run.sh", "#!/bin/sh\ncat > nats.conf <<'EOF'\n" + sample + "EOF\nnats-server -c nats.conf\n"},
		"heredoc, replaced":   {"run.sh", "cat > nats.conf <<EOF\n" + sample + "http_port: $HTTP\nEOF\n"},
		"heredoc, tabs":       {"run.sh", "if x; then\n\tcat <<-EOF >nats.conf\n\t" + strings.ReplaceAll(strings.TrimSuffix(sample, "\n"), "\n", "\n\t") + "\n\tEOF\nfi\n"},
		"heredoc, CRLF":       {"run.sh", strings.ReplaceAll("cat > nats.conf <<\"EOF\"\n"+sample+"EOF\n", "\n", "\r\n")},
		"heredoc in args":     {"pod.yaml", "kind: Pod\nspec:\n  containers:\n  - args:\n    - |\n      cat > nats.conf <<'EOF'\n" + indented(6) + "      EOF\n      exec x\n    env: []\n"},
		"heredoc, Helm":       {"templates/pod.yaml", "spec:\n  args:\n  - |-\n    cat > n.conf <<EOF\n" + indented(4) + "    {{- if .x }}\n    http_port: {{ .y }}\n    {{- end }}\n    https_port: $Z\n    EOF\n"},
		"Dockerfile":          {"Dockerfile", "FROM nats\nCOPY <<EOF /etc/nats.conf\n" + sample + "EOF\nUSER 1\n"},
		"shell":               {"nats.conf.template", sample + "http_port: ${HTTP_PORT}\n"},
	}
}

func mustQuote(text string) string {
	s, err := quoteDouble([]byte(text))
	if err != nil {
		panic(err)
	}
	return s
}

// entry returns the entry of that key.
func entry(t testing.TB, tree *ast.Document, keys ...string) ast.Node {
	t.Helper()
	n := tree.Root()
	for i, key := range keys {
		found := ast.Node{}
		for c := range n.Children() {
			if c.Kind() == ast.KindEntry && c.Key() == key {
				found = c
			}
		}
		if !found.Valid() {
			t.Fatalf("no %s in %s", key, tree.Source())
		}
		if n = found; i < len(keys)-1 {
			n = found.Value()
		}
	}
	return n
}

// changes are edits as rules make them.
var changes = map[string]func(t testing.TB, tree *ast.Document) ([]ast.Edit, error){
	"replace a value": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.SetValue(entry(t, d, "port").Value(), ast.Int(14222))
	},
	"add to a block": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.InsertEntry(entry(t, d, "jetstream").Value(), ast.Field{Key: "domain", Value: ast.String("x")}, ast.AtEnd())
	},
	"add in front": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.InsertEntry(d.Root(), ast.Field{Key: "debug", Value: ast.Bool(true)}, ast.Before(entry(t, d, "server_name")))
	},
	"add behind the last": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.InsertEntry(d.Root(), ast.Field{Key: "debug", Value: ast.Bool(true)}, ast.After(entry(t, d, "port")))
	},
	"delete the first": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.DeleteEntry(entry(t, d, "server_name"))
	},
	"delete the last": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) { return ast.DeleteEntry(entry(t, d, "port")) },
	"delete a block": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.DeleteEntry(entry(t, d, "jetstream"))
	},
	"rename": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.RenameKey(entry(t, d, "port"), "listen")
	},
	"comment": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		return ast.InsertComment(entry(t, d, "jetstream", "store_dir"), "why")
	},
	"two at once": func(t testing.TB, d *ast.Document) ([]ast.Edit, error) {
		a, err := ast.SetValue(entry(t, d, "jetstream", "store_dir").Value(), ast.Map(ast.Field{Key: "a", Value: ast.Int(1)}, ast.Field{Key: "b", Value: ast.Int(2)}))
		b, err2 := ast.WrapInList(entry(t, d, "port").Value())
		return append(a, b...), cmpErr(err, err2)
	},
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// blanked returns a file without the documents in it.
func blanked(f *File) string {
	var b strings.Builder
	at := 0
	for _, d := range f.Documents {
		s := d.Span()
		fmt.Fprintf(&b, "%s<%s>", f.Src[at:s.Start], d.Base)
		at = s.End
	}
	return b.String() + string(f.Src[at:])
}

func TestRewriteChangesDocumentsOnly(t *testing.T) {
	for how, h := range hosts() {
		f := Find(h.name, []byte(h.text))
		if len(f.Documents) != 1 {
			t.Errorf("%s: %d documents; %s", how, len(f.Documents), f.Left)
			continue
		}
		d := f.Documents[0]
		if d.ReadOnly != "" {
			t.Errorf("%s: read only: %s", how, d.ReadOnly)
			continue
		}
		if plain := strings.ReplaceAll(string(d.Text), "\r\n", "\n"); !strings.Contains(plain, strings.TrimSuffix(sample, "\n")) {
			t.Errorf("%s: found %q", how, d.Text)
		}
		for what, change := range changes {
			edits, err := change(t, ast.Parse("", d.Text, ast.Latest))
			if err != nil {
				t.Fatal(how, what, err)
			}
			refused := ""
			for _, e := range edits {
				if why := d.MayEdit(e.Start, e.End, e.New); why != "" {
					refused = why
				}
			}
			// What is above an entry is taken for its comment.
			above := (what == "delete the first" || what == "add in front") && strings.HasPrefix(how, "Jinja")
			if refused != "" != above {
				t.Errorf("%s: %s: may not edit: %s", how, what, refused)
			}
			out, err := f.Rewrite(map[int][][]ast.Edit{0: {edits}})
			if above && err != nil {
				continue
			}
			if err != nil {
				t.Errorf("%s: %s: %v", how, what, err)
				continue
			}
			if got, want := blanked(out), blanked(f); got != want {
				t.Errorf("%s: %s: around the document\ngot  %q\nwant %q", how, what, got, want)
			}
			want, _ := ast.Apply(d.Text, edits)
			if got := out.Documents[0].Text; !same(got, want) {
				t.Errorf("%s: %s:\ngot  %q\nwant %q", how, what, got, want)
			}
			if n := strings.Count(string(out.Src), "\r\n"); strings.Contains(h.text, "\r\n") != (n > 0) || n > 0 && strings.Count(string(out.Src), "\n") != n {
				t.Errorf("%s: %s: line ends are mixed: %q", how, what, out.Src)
			}
			if again, err := out.Rewrite(nil); err != nil || !bytes.Equal(again.Src, out.Src) {
				t.Errorf("%s: %s: not at rest: %v", how, what, err)
			}
		}
	}
}

func TestStepsBuildOnEachOther(t *testing.T) {
	h := hosts()["block scalar"]
	f := Find(h.name, []byte(h.text))
	text := f.Documents[0].Text
	var steps [][]ast.Edit
	for _, what := range []string{"add in front", "delete a block", "rename"} {
		edits, err := changes[what](t, ast.Parse("", text, ast.Latest))
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, edits)
		text, _ = ast.Apply(text, edits)
	}
	out, err := f.Rewrite(map[int][][]ast.Edit{0: steps})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(h.text, "    server_name: n1\n\n    jetstream {\n      store_dir: /data\n    }\n    port:", "    debug: true\n    server_name: n1\n\n    listen:", 1)
	if string(out.Src) != want {
		t.Errorf("got\n%s\nwant\n%s", out.Src, want)
	}
}

func TestOffsetsAreThoseOfTheFile(t *testing.T) {
	for how, h := range hosts() {
		f := Find(h.name, []byte(h.text))
		for _, d := range f.Documents {
			if how == "base64" {
				continue // there is no such thing
			}
			last := -1
			for i := range len(d.Text) {
				off := d.Offset(i)
				if off < last || off >= len(f.Src) {
					t.Fatalf("%s: offset of %d is %d, before it %d", how, i, off, last)
				}
				last = off
				if c := d.Text[i]; c != '\n' && f.Src[off] != c && !slices.ContainsFunc(d.Masked, func(s ast.Span) bool { return s.Contains(i) }) {
					t.Fatalf("%s: byte %d is %q and in the file %q", how, i, c, f.Src[off])
				}
			}
			if end := d.Offset(len(d.Text)); end < last || end > len(f.Src) {
				t.Errorf("%s: the end is at %d", how, end)
			}
		}
	}
}

func TestAnEditIsShownWhereItIs(t *testing.T) {
	for how, h := range hosts() {
		f := Find(h.name, []byte(h.text))
		d := f.Documents[0]
		for what, change := range changes {
			edits, err := change(t, ast.Parse("", d.Text, ast.Latest))
			if err != nil || len(edits) != 1 || d.MayEdit(edits[0].Start, edits[0].End, edits[0].New) != "" {
				continue
			}
			out, err := f.Rewrite(map[int][][]ast.Edit{0: {edits}})
			if err != nil {
				t.Fatal(err)
			}
			start, end, text := d.Edit(edits[0])
			if got := h.text[:start] + text + h.text[end:]; got != string(out.Src) {
				t.Errorf("%s: %s: the edit shown makes %q, not %q", how, what, got, out.Src)
			}
		}
	}
}

func TestPlaceholdersAreNotTouched(t *testing.T) {
	f := Find("nats.conf.j2", []byte("a: {{ x }}\nserver_name: \"{{ y }}-1\"\njetstream {\n{% if z %}\n  store_dir: /d\n{% endif %}\n}\nport: 4222\n"))
	if len(f.Documents) != 1 {
		t.Fatal(f.Left)
	}
	d := f.Documents[0]
	tree := ast.Parse("", d.Text, ast.Latest)
	may := func(what string, edits []ast.Edit, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(what, err)
		}
		why := ""
		for _, e := range edits {
			if w := d.MayEdit(e.Start, e.End, e.New); w != "" {
				why = w
			}
		}
		return why
	}
	edits, err := ast.SetValue(entry(t, tree, "server_name").Value(), ast.String("b"))
	if may("set", edits, err) == "" {
		t.Error("a placeholder may be overwritten")
	}
	edits, err = ast.DeleteEntry(entry(t, tree, "server_name"))
	if may("delete", edits, err) == "" {
		t.Error("a placeholder may be deleted")
	}
	edits, err = ast.InsertEntry(entry(t, tree, "jetstream").Value(), ast.Field{Key: "domain", Value: ast.String("x")}, ast.After(entry(t, tree, "jetstream", "store_dir")))
	if why := may("insert", edits, err); why == "" {
		t.Error("an entry may be added where a template may leave it out")
	}
	edits, err = ast.SetValue(entry(t, tree, "jetstream", "store_dir").Value(), ast.String("/e"))
	if why := may("inside", edits, err); why != "" {
		t.Errorf("a value inside a conditional may not be set: %s", why)
	}
	if d.MayEdit(len(d.Text), len(d.Text), "x: "+string(entryValue(t, tree, "a"))) == "" {
		t.Error("a stand-in may be copied")
	}
	v := entry(t, tree, "server_name").Value()
	if !d.Unknown(v.Span()) || !d.Unknown(entry(t, tree, "server_name").Span()) || d.Unknown(entry(t, tree, "port").Span()) || d.Unknown(entry(t, tree, "jetstream").Span()) {
		t.Error("what is unknown is not told")
	}
}

func entryValue(t testing.TB, tree *ast.Document, key string) string {
	return entry(t, tree, key).Value().Raw()
}

func TestWhatCannotBeRewrittenSaysWhy(t *testing.T) {
	for how, c := range map[string]struct{ text, why string }{
		"folded":   {"kind: ConfigMap\ndata:\n  nats.conf: >\n    port: 4222\n\n    jetstream: true\n", "folded"},
		"anchor":   {"kind: ConfigMap\ndata:\n  nats.conf: &a |\n    port: 4222\n  b: *a\n", "anchor"},
		"quotes":   {"kind: ConfigMap\ndata:\n  nats.conf: \"port: 4222\\n\n    jetstream: true\"\n", "several lines"},
		"escapes":  {"kind: ConfigMap\ndata:\n  nats.conf: \"port: 4222\\x0a\"\n", "escapes"},
		"no YAML":  {"kind: ConfigMap\ndata:\n  nats.conf: |\n    port: 4222\n a: b: c\n", "cannot be parsed"},
		"base64":   {"kind: Secret\ndata:\n  nats.conf: |\n    cG9ydDog\n    NDIyMgo=\n", "several lines"},
		"a tag":    {"kind: ConfigMap\ndata:\n  nats.conf: !x |\n    port: 4222\n", "tag"},
		"single":   {"kind: ConfigMap\ndata:\n  nats.conf: 'port: 4222\n\n    jetstream: true'\n", "several lines"},
		"template": {"kind: ConfigMap\n{{ x }}: [\ndata:\n  nats.conf: |\n    port: 4222\n", "template"},
	} {
		f := Find("a.yaml", []byte(c.text))
		if len(f.Documents) != 1 || !strings.Contains(f.Documents[0].ReadOnly, c.why) {
			t.Errorf("%s: %+v %s", how, f.Documents, f.Left)
			continue
		}
		if _, err := f.Rewrite(map[int][][]ast.Edit{0: {{{Start: 0, End: 0, New: "debug: true\n"}}}}); err == nil {
			t.Errorf("%s: rewritten", how)
		}
		if f.Documents[0].MayEdit(0, 0, "") == "" {
			t.Errorf("%s: may be edited", how)
		}
	}
}

func TestADirectoryHoldsItsParts(t *testing.T) {
	text := "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  nats.conf: |\n    port: 4222\n    authorization { include ./users.conf }\n  users.conf: |\n    users: [ { user: a, password: b } ]\n" +
		"  nginx.conf: |\n    worker_processes 1;\n---\nkind: ConfigMap\nmetadata: {name: d}\ndata:\n  users.conf: |\n    users: [ { user: a, password: b } ]\n"
	var names []string
	for _, d := range Find("a.yaml", []byte(text)).Documents {
		names = append(names, fmt.Sprint(d.Name(), " ", d.Part))
	}
	if want := []string{"c/nats.conf false", "c/users.conf true"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestNamesAreUnique(t *testing.T) {
	one := "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  nats.conf: |\n    port: 4222\n"
	f := Find("a.yaml", []byte(one+"---\n"+one+"---\n"+one))
	seen := map[string]bool{}
	for _, d := range f.Documents {
		seen[d.Name()] = true
	}
	if len(seen) != 3 {
		t.Errorf("%v", seen)
	}
}

func FuzzRewrite(f *testing.F) {
	names := []string{"a.yaml", "a.md", "a.tf", "nats.conf.j2", "nats.conf.erb", "templates/nats.yaml", "nats.conf.tmpl", "run.sh", "Dockerfile", "pod.yaml", "compose.yaml"}
	for _, h := range hosts() {
		i := max(0, slices.Index(names, h.name))
		f.Add(uint8(i), []byte(h.text), uint16(20), uint16(3), "x: {\n\n}\n")
	}
	f.Add(uint8(0), []byte(chartValues), uint16(20), uint16(3), "x")
	f.Fuzz(func(t *testing.T, name uint8, src []byte, start, length uint16, text string) {
		file := Find(names[int(name)%len(names)], src)
		last := 0
		for i, d := range file.Documents {
			s := d.Span()
			if s.Start < last || s.End < s.Start || s.End > len(src) {
				t.Fatalf("document %d takes up %v behind %d of %d", i, s, last, len(src))
			}
			last = s.End
			from := int(start) % (len(d.Text) + 1)
			e := ast.Edit{Start: from, End: min(len(d.Text), from+int(length)%8), New: text}
			d.Edit(e)
			d.Unknown(ast.Span{Start: e.Start, End: e.End})
			for _, r := range d.Cases() {
				if r.Shows(from); len(r.Text) != len(d.Text) {
					t.Fatalf("another reading of %q is %q", d.Text, r.Text)
				}
			}
			if d.MayEdit(e.Start, e.End, e.New) != "" {
				continue
			}
			out, err := file.Rewrite(map[int][][]ast.Edit{i: {{e}}})
			if err != nil {
				continue
			}
			if !bytes.HasPrefix(out.Src, src[:s.Start]) || !bytes.HasSuffix(out.Src, src[s.End:]) {
				t.Fatalf("bytes outside of the document changed: %q became %q", src, out.Src)
			}
		}
	})
}
