package engine_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/host"
)

// runHost runs the whole suite, unsafe fixes included, over the documents in
// one file, and returns the file as it would be written.
func runHost(t testing.TB, name string, text []byte) (f *host.File, res *engine.Result, after []byte) {
	t.Helper()
	f = host.Find(name, text)
	req := engine.Request{Read: files{}.read, Rules: suite.All(), Unsafe: true, Hosted: make(map[string]engine.Hosted)}
	for i, d := range f.Documents {
		path := name + "#" + d.Name()
		req.Hosted[path] = engine.Hosted{File: f, Index: i}
		if d.Part {
			req.Parts = append(req.Parts, path)
		} else {
			req.Targets = append(req.Targets, path)
		}
	}
	res, err := engine.Run(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	engine.InFiles(res, req.Hosted)
	after = text
	for _, file := range res.Files {
		if file.Path != name {
			t.Errorf("%s: the result speaks of %s", name, file.Path)
		}
		if file.Status == engine.WouldChange {
			after = file.After
		}
		if file.Status == engine.Refused {
			t.Errorf("%s: refused: %s", name, file.Message)
		}
	}
	return f, res, after
}

// around returns a file without the documents in it.
func around(f *host.File) string {
	var b strings.Builder
	at := 0
	for _, d := range f.Documents {
		b.Write(f.Src[at:d.Span().Start])
		b.WriteString("<document>")
		at = d.Span().End
	}
	b.Write(f.Src[at:])
	return b.String()
}

// constructs matches what template languages fill in.
var constructs = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{[^}\n]*\}`)

// checkHost checks what holds of every rewritten file, and says whether it
// would change.
func checkHost(t testing.TB, name string, text []byte) bool {
	t.Helper()
	f, res, after := runHost(t, name, text)
	for _, finding := range res.Findings {
		if finding.File != name || finding.Offset < 0 || finding.End > len(text) || finding.Offset > finding.End {
			t.Errorf("%s: a finding at %s:%d-%d", name, finding.File, finding.Offset, finding.End)
		}
		if line := strings.Count(string(text[:finding.Offset]), "\n") + 1; line != finding.Line {
			t.Errorf("%s: offset %d is in line %d, not %d (%s)", name, finding.Offset, line, finding.Line, finding.Rule)
		}
	}
	if string(after) == string(text) {
		return false
	}
	again := host.Find(name, after)
	if len(again.Documents) != len(f.Documents) {
		t.Errorf("%s: %d documents became %d", name, len(f.Documents), len(again.Documents))
		return true
	}
	if around(f) != around(again) {
		t.Errorf("%s: bytes outside of documents changed", name)
	}
	if was, is := constructs.FindAllString(string(text), -1), constructs.FindAllString(string(after), -1); !slices.Equal(was, is) {
		t.Errorf("%s: %d placeholders became %d, or others", name, len(was), len(is))
	}
	if f.Form == host.YAML {
		sameAround(t, name, text, after, f)
	}
	if _, _, second := runHost(t, name, after); string(second) != string(after) {
		t.Errorf("%s: a second run would change more", name)
	}
	return true
}

// sameAround checks with a YAML parser that two files, if they are YAML, mean
// the same but for as many texts as there are documents.
func sameAround(t testing.TB, name string, was, is []byte, f *host.File) {
	t.Helper()
	a, b := scalars(was), scalars(is)
	if len(a) != len(b) {
		t.Errorf("%s: %d scalars became %d", name, len(a), len(b))
		return
	}
	differ := 0
	for i := range a {
		if a[i] != b[i] {
			differ++
		}
	}
	if differ > len(f.Documents) {
		t.Errorf("%s: %d scalars differ, and there are %d documents", name, differ, len(f.Documents))
	}
}

// scalars lists the keys and values of a YAML file; nil if it is none.
func scalars(text []byte) (list []string) {
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		list = append(list, fmt.Sprint(n.Kind, n.Tag, n.Value))
		for _, c := range n.Content {
			walk(c)
		}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err != nil {
			return list
		}
		walk(&n)
	}
}

func TestHostedDocumentsAreRewrittenInPlace(t *testing.T) {
	for name, text := range map[string]string{
		"a.yaml": "kind: ConfigMap\nmetadata: {name: a}\ndata:\n  nats.conf: |\n    jetstream: true\n    gateway { name: g, port: 7222 }\n    cluster { name: c, port: 6222 }\n    server_name: n\n  other: x\n",
		"two.yaml": "kind: ConfigMap\nmetadata: {name: a}\ndata:\n  a.conf: |\n    gateway { name: g, port: 7222 }\n    cluster { name: c, port: 6222 }\n---\n" +
			"kind: ConfigMap\nmetadata: {name: b}\ndata:\n  a.conf: |\n    gateway { name: h, port: 7222 }\n    cluster { name: d, port: 6222 }\n",
		"values.yaml":  "config:\n  gateway: {enabled: true, merge: {name: g}}\n  merge:\n    cluster: { name: c, port: 6222 }\n    max_payload: 1048576\nother: g\n",
		"run.sh":       "cat > nats.conf <<EOF\ngateway { name: g, port: $P }\ncluster { name: c, port: 6222 }\nserver_name: n\nEOF\n",
		"nats.conf.j2": "{% if x %}\ngateway { name: g, port: {{ p }} }\n{% endif %}\ncluster { name: c, port: 6222 }\nserver_name: {{ n }}\n",
	} {
		if !checkHost(t, name, []byte(text)) {
			t.Errorf("%s: nothing would change", name)
		}
	}
}

// TestUnknownPartsHideNoWrongValues holds that values are looked at although a
// template or another mount adds entries, and that nothing is called missing.
func TestUnknownPartsHideNoWrongValues(t *testing.T) {
	const config = "server_name: n\n    ping_interval: 20\n    jetstream: true\n    cluster { port: 6222, routes: [ nats://a:6222 ] }\n"
	for what, c := range map[string]struct{ name, text string }{
		"a line that prints": {"a.yaml", "data:\n  nats.conf: |\n    " + config + "    {{ tpl .Values.more . | nindent 4 }}\n"},
		"another mount":      {"a.yaml", "data:\n  nats.conf: |\n    " + config + "    include ./auth.conf\n"},
		"a plain template":   {"nats.conf.tmpl", config + "{{ template \"more\" . }}\n"},
	} {
		_, res, _ := runHost(t, c.name, []byte(c.text))
		var rules []string
		for _, f := range res.Findings {
			rules = append(rules, f.Rule)
		}
		if !slices.Contains(rules, "duration-unit") || slices.Contains(rules, "cluster-name-missing") || slices.Contains(rules, "include-missing") {
			t.Errorf("%s: found %v", what, rules)
		}
	}
	_, res, _ := runHost(t, "a.yaml", []byte("data:\n  nats.conf: |\n    "+config))
	if !slices.ContainsFunc(res.Findings, func(f *engine.Finding) bool { return f.Rule == "cluster-name-missing" }) {
		t.Error("nothing is missing where nothing is added")
	}
}

func TestARefusedGroupKeepsTheFilesOfItsDocuments(t *testing.T) {
	f := host.Find("a.yaml", []byte("data:\n  nats.conf: |\n    port: 4222\n    max_payload: 1MB\n"))
	doc := &engine.File{Path: "a.yaml#data/nats.conf", Status: engine.Unchanged}
	group := &engine.Group{Files: []*engine.File{doc}, Refused: "why"}
	res := &engine.Result{Files: []*engine.File{doc}, Groups: []*engine.Group{group}}
	engine.InFiles(res, map[string]engine.Hosted{doc.Path: {File: f}})
	if len(group.Files) != 1 || group.Files[0].Path != "a.yaml" || group.Files[0].Status != engine.Refused || group.Files[0].Message != "why" {
		t.Errorf("the group has %+v", group.Files)
	}
}

// TestSecretsInTemplatesAreMasked holds that a secret is not shown because a
// template stands around it, and that what is filled in is.
func TestSecretsInTemplatesAreMasked(t *testing.T) {
	for _, c := range []struct{ line, shown string }{
		{"password: {{if .b}}s3cret{{else}}s3cret2{{end}} }", "password: * }"},
		{"password: \"${PASSWORD:-s3cret}\"", "password: \"*\""},
		{"password: {{ .Values.password | default \"s3cret\" }}", "password: *"},
		{"password: <%= p('password', 's3cret') %>", "password: *"},
		{"password: $2a$11$3kIDaCxw.Glsl1.u5nKa6eUnNDLV5HV9tIuUp7EHhMt6Nm9myW1aS", "password: *"},
		{"password: {{ .Values.password }}, user: a", "password: {{ .Values.password }}, user: a"},
		{"password: ${PASSWORD}", "password: ${PASSWORD}"},
		{"password: $PASSWORD", "password: $PASSWORD"},
		{"password: <%= pass %>", "password: <%= pass %>"},
	} {
		text := "kind: ConfigMap\ndata:\n  nats.conf: |\n    port: 4222\n    max_payload: 1MB\n    ping_interval: 20\n  other: |\n    " + c.line + "\n"
		_, res, after := runHost(t, "a.yaml", []byte(text))
		if len(res.Files) != 1 || res.Files[0].After == nil {
			t.Fatalf("%s: nothing changes", c.line)
		}
		shown := string(after)
		for _, s := range slices.Backward(res.Files[0].SecretsAfter) {
			shown = shown[:s.Start] + "*" + shown[s.End:]
		}
		if want := "    " + c.shown + "\n"; !strings.HasSuffix(shown, want) {
			t.Errorf("%s is shown as %s", c.line, shown)
		}
	}
}

func TestSecretsOfADocumentAreMaskedInAllOfItsFile(t *testing.T) {
	text := "kind: ConfigMap\ndata:\n  nats.conf: |\n    authorization { user: a, password: s3cret-word }\n    ping_interval: 20\n    max_payload: 1MB\n  readme: use s3cret-word\n"
	_, res, after := runHost(t, "a.yaml", []byte(text))
	masked := 0
	for _, s := range res.Files[0].SecretsAfter {
		if string(after[s.Start:s.End]) == "s3cret-word" {
			masked++
		}
	}
	if masked != 2 {
		t.Errorf("%d of 2 places are masked", masked)
	}
}

func TestMessagesHaveThePlacesOfTheFile(t *testing.T) {
	text := "kind: ConfigMap\ndata:\n  nats.conf: |\n    port: 4222\n    max_payload: 1MB\n    authorization { user: \"a, password: s3cret-word }\n"
	_, res, _ := runHost(t, "a.yaml", []byte(text))
	if len(res.Findings) != 1 {
		t.Fatalf("%d findings", len(res.Findings))
	}
	f := res.Findings[0]
	if strings.Contains(f.Message, "s3cret") {
		t.Errorf("a secret is shown: %s", f.Message)
	}
	_, res, _ = runHost(t, "a.yaml", []byte(strings.Replace(text, "password: s3cret-word", "b: c", 1)))
	if f = res.Findings[0]; f.Line != 6 || !strings.Contains(f.Message, "of line 6, column 27 is still open") {
		t.Errorf("%d:%d: %s", f.Line, f.Column, f.Message)
	}
}

// TestHostsOfTheCorpusChangeInDocumentsOnly rewrites all files in the folder
// that NATSFIX_CORPUS names that hold documents.
func TestHostsOfTheCorpusChangeInDocumentsOnly(t *testing.T) {
	dir := os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		t.Skip("NATSFIX_CORPUS names no folder")
	}
	looked, changed, documents := 0, 0, 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		f := host.Find(name, text)
		if len(f.Documents) == 0 {
			return nil
		}
		looked, documents = looked+1, documents+len(f.Documents)
		if checkHost(t, name, text) {
			changed++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents in %d files, %d files would change", documents, looked, changed)
}
