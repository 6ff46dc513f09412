package host

import (
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
)

const chartValues = `# values of the NATS chart
config:
  jetstream:
    enabled: true
    merge:
      max_outstanding_catchup: "<< 64MB >>"
      store_dir: /other
  cluster:
    enabled: false
    merge: {port: 7}
  merge:
    10$include: users.conf
    max_payload: 1048576
    accounts:
      A:
        users:
        - {user: a, password: << $PASS >>}
  patch: [{op: add, path: /ping_max, value: 3}, {op: replace, path: /jetstream/domain, value: hub}]
configMap:
  merge:
    data:
      users.conf: |
        users: [ { user: b, password: c } ]
`

func TestChartValuesBecomeADocument(t *testing.T) {
	f := Find("values.yaml", []byte(chartValues))
	if len(f.Documents) != 2 {
		t.Fatal(len(f.Documents), f.Left)
	}
	d := f.Documents[0]
	for _, want := range []string{"max_outstanding_catchup: 64MB\n", "store_dir: \"/other\"\n", "include \"users.conf\"\n", "max_payload: 1048576\n",
		"accounts: {\n", "{ user: \"a\", password: $PASS }", "ping_max: 3\n", "domain: \"hub\"\n", "port: 4222\n"} {
		if !strings.Contains(string(d.Text), want) {
			t.Errorf("no %q in\n%s", want, d.Text)
		}
	}
	if strings.Contains(string(d.Text), "cluster") {
		t.Errorf("a block that is not enabled:\n%s", d.Text)
	}
	if d.ReadOnly != "" || d.Name() != "configMap.merge.data/nats.conf" || !f.Documents[1].Part || f.Documents[1].Dir != d.Dir {
		t.Errorf("%q %q %+v", d.ReadOnly, d.Name(), f.Documents[1])
	}
	for text, place := range map[string]string{"max_payload": "max_payload", "1048576": "1048576", "64MB": "\"<< 64MB", "ping_max": "/ping_max", "$PASS": "<< $PASS"} {
		at := strings.Index(string(d.Text), text)
		if off := d.Offset(at); !strings.HasPrefix(chartValues[off:], place) {
			t.Errorf("%s is at %d: %.20q", text, off, chartValues[off:])
		}
		if d.Unknown(ast.Span{Start: at, End: at + len(text)}) {
			t.Errorf("%s is taken for the chart's own", text)
		}
	}
	if at := strings.Index(string(d.Text), "port: 4222"); !d.Unknown(ast.Span{Start: at, End: at + 4}) {
		t.Error("what the chart writes is taken for the user's")
	}
}

func TestOtherChartsAreLeft(t *testing.T) {
	for what, text := range map[string]string{
		"another key":     "config:\n  merge: {port: 1}\n  server: x\n",
		"nothing merged":  "config:\n  cluster: {enabled: true}\n  merge: {}\n",
		"other settings":  "config:\n  merge: {foo: 1}\n",
		"no map":          "config: merge\nmerge: x\n",
		"a template":      "config:\n  merge: {port: {{ .x }}}\n",
		"an object":       "kind: X\nconfig:\n  merge: {port: 1}\n",
		"nested too deep": "a:\n  b:\n    config:\n      merge: {port: 1}\n",
	} {
		if f := Find("values.yaml", []byte(text)); len(f.Documents) > 0 {
			t.Errorf("%s: %s", what, f.Documents[0].Text)
		}
	}
	f := Find("values.yaml", []byte("nats:\n  config:\n    merge: {max_payload: 1}\n"))
	if names := []string{}; len(f.Documents) != 1 || !slices.Equal(append(names, f.Documents[0].Dir), []string{"nats.configMap.merge.data"}) {
		t.Errorf("the chart in another one: %+v %s", f.Documents, f.Left)
	}
}
