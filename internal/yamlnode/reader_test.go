package yamlnode

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestProblemsNameLineAndColumn reads a file of a fixed shape in which nothing
// is right.
func TestProblemsNameLineAndColumn(t *testing.T) {
	r := &Reader{Name: "f.yaml"}
	root, err := r.Document([]byte("list: {a: b}\nlist: 2\né: [x, {y: z}]\nflag: maybe\nnone:\nmap: 5\n"))
	if err != nil {
		t.Fatal(err)
	}
	var flag bool
	r.Mapping(root, "the file", "keys and values", func(k, v *yaml.Node) {
		switch k.Value {
		case "list":
			r.List(v, "list", "texts", func(*yaml.Node) { t.Error("a mapping has items") })
		case "é":
			r.List(v, "é", "texts", func(n *yaml.Node) { r.Text(n, "an item") })
		case "flag":
			r.Bool(v, "flag", &flag)
		case "none":
			r.Mapping(v, "none", "nothing", func(k, _ *yaml.Node) { t.Errorf("an empty mapping has %s", k.Value) })
		case "map":
			r.Mapping(v, "map", "keys", func(*yaml.Node, *yaml.Node) {})
			r.Unknown(k, "key", "flga", []string{"flag", "list"})
		}
	})
	want := []string{
		"f.yaml:1:7: list is a mapping; it must be a list of texts",
		`f.yaml:2:1: the file has the key "list" twice; give it once`,
		`f.yaml:3:8: an item is a mapping; it must be a text ("" for an empty one)`,
		`f.yaml:4:7: flag is "maybe"; it must be true or false`,
		`f.yaml:6:6: map is "5"; it must be a mapping of keys`,
		`f.yaml:6:1: unknown key "flga"; did you mean flag? allowed are flag, list`,
	}
	if got := r.Err(); got == nil || got.Error() != strings.Join(want, "\n") {
		t.Errorf("got\n%v\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"a: [":         "f.yaml:1:1: did not find expected node content; the file must be YAML",
		"a: b\n---\nc": "f.yaml:2:1: a second document; the file holds one; remove the line ---",
		"a: b\n\tc: d": "f.yaml:2:1: found a tab character that violates indentation; the file must be YAML",
	} {
		r := &Reader{Name: "f.yaml"}
		_, err := r.Document([]byte(text))
		if err == nil {
			err = r.Err()
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	r := &Reader{}
	if root, err := r.Document(nil); root != nil || err != nil {
		t.Errorf("an empty file is %v, %v", root, err)
	}
}
