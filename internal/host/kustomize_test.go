package host

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

func TestLiteralsOfKustomize(t *testing.T) {
	const head = "configMapGenerator:\n- name: nats\n  literals:\n  - MODE=fast\n  - |\n"
	const text = head + "    nats.conf=server_name: b\n    port: 4222\n    jetstream { store_dir: /data }\n"
	const doc = "server_name: b\nport: 4222\njetstream { store_dir: /data }\n"
	f := Find("kustomization.yaml", []byte(text))
	if len(f.Documents) != 1 || f.Documents[0].Base != "nats.conf" || string(f.Documents[0].Text) != doc {
		t.Fatalf("%d documents: %v", len(f.Documents), f.Left)
	}
	d := f.Documents[0]
	if at := text[d.Offset(0):]; !strings.HasPrefix(at, "server_name") {
		t.Errorf("it begins at %.20q", at)
	}
	for _, c := range []struct {
		what       string
		start, end int
		fresh      string
		want       string
	}{
		{"a value of the first line", 13, 14, "c", "nats.conf=server_name: c\n    port: 4222\n"},
		{"the first line", 0, 11, "name", "nats.conf=name: b\n    port: 4222\n"},
		{"a line in front", 0, 0, "debug: true\n", "nats.conf=debug: true\n    server_name: b\n    port: 4222\n"},
		{"a line behind the first", 15, 15, "debug: true\n", "nats.conf=server_name: b\n    debug: true\n    port: 4222\n"},
		{"without the first line", 0, 15, "", "nats.conf=port: 4222\n"},
		{"the first line becomes empty", 0, 14, "", "nats.conf=\n    port: 4222\n"},
		{"a value further down", 21, 25, "4223", "nats.conf=server_name: b\n    port: 4223\n"},
	} {
		e := ast.Edit{Start: c.start, End: c.end, New: c.fresh}
		after, err := f.Rewrite(map[int][][]ast.Edit{0: {{e}}})
		want := head + "    " + c.want + "    jetstream { store_dir: /data }\n"
		if err != nil || string(after.Src) != want {
			t.Errorf("%s: %v\n%s", c.what, err, after.Src)
		}
		if start, end, fresh := d.Edit(e); text[:start]+fresh+text[end:] != want {
			t.Errorf("%s: the edit that is shown puts %q in the place of %q", c.what, fresh, text[start:end])
		}
	}
}

func TestLiteralsOfKustomizeThatAreLeft(t *testing.T) {
	const head = "configMapGenerator:\n- name: nats\n  literals:\n"
	for what, text := range map[string]string{
		"in quotes":                    "  - \"nats.conf=server_name: b\\nport: 4222\\njetstream: enabled\"\n",
		"folded":                       "  - >\n    nats.conf=server_name: b\n\n    port: 4222\n\n    jetstream: enabled\n",
		"with quotes that are no part": "  - |-\n    nats.conf=\"server_name\": b\n    port: 4222\n    jetstream { store_dir: /d }\n    \"cluster\": { name: \"c\", \"port\": 6222 }\n    max_payload: \"1MB\"\n",
	} {
		f := Find("kustomization.yaml", []byte(head+text))
		if len(f.Documents) != 0 || len(f.Missed) != 1 || !strings.HasPrefix(f.Missed[0], "configMapGenerator.1.literals/nats.conf: ") {
			t.Errorf("%s: %d documents, %q", what, len(f.Documents), f.Left)
		}
	}
}
