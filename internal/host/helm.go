package host

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/schema"
)

// chartKeys are the keys of config in the values of the NATS chart
// (github.com/nats-io/k8s, helm/charts/nats/values.yaml, 1.x).
var chartKeys = []string{
	"cluster", "jetstream", "nats", "leafnodes", "websocket", "mqtt", "gateway", "monitor", "profiling", "resolver", "serverNamePrefix", "merge", "patch",
}

// chartBlocks are those that become a block of the configuration, with what the
// chart writes there by itself (files/config/*.yaml). $NATS_CHART stands for
// what it computes.
var chartBlocks = []struct{ key, text string }{
	{"jetstream", "store_dir: \"/data\"\nmax_file_store: $NATS_CHART"},
	{"cluster", "name: $NATS_CHART\nport: 6222\nno_advertise: true\nroutes: [ $NATS_CHART ]"},
	{"leafnodes", "port: 7422\nno_advertise: true"},
	{"websocket", "port: 8080\nno_tls: true"},
	{"mqtt", "port: 1883"},
	{"gateway", "name: $NATS_CHART\nport: 7222"},
	{"resolver", "dir: \"/data/resolver\""},
}

// chartTop is what the chart writes at the top level.
const chartTop = "server_name: $NATS_CHART\nlame_duck_grace_period: \"10s\"\nlame_duck_duration: \"30s\"\npid_file: \"/var/run/nats/nats.pid\"\nport: 4222\nhttp_port: 8222\n"

// chartReason says why values are not rewritten but for single ones.
const chartReason = "the values of a chart become configuration only when the chart is rendered"

// tree is a configuration in the making: entries of a map in their order.
type tree struct {
	keys []string
	at   map[string]*yaml.Node // where a key is written, nil if the chart gives it
	text map[string]string     // what the chart gives
	node map[string]*yaml.Node // what the values give
	sub  map[string]*tree
}

func newTree(text string) *tree {
	t := &tree{at: map[string]*yaml.Node{}, text: map[string]string{}, node: map[string]*yaml.Node{}, sub: map[string]*tree{}}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		t.put(key)
		t.text[key] = value
	}
	return t
}

func (t *tree) put(key string) {
	if !slices.Contains(t.keys, key) {
		t.keys = append(t.keys, key)
	}
}

// merge merges a map of values into the tree, as the chart does.
func (t *tree) merge(n *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			t.mergeKey(n.Content[i+1])
			continue
		}
		t.set(n.Content[i], n.Content[i+1])
	}
}

// mergeKey adds what a merge key (<<) brings in: it stands elsewhere, and the keys
// of the map itself win.
func (t *tree) mergeKey(n *yaml.Node) {
	if n = aliased(n); n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			if item = aliased(item); item.Kind == yaml.MappingNode {
				t.mergeKey(item)
			}
		}
		return
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if _, ok := t.at[name]; ok || n.Content[i].Tag == "!!merge" {
			continue
		}
		t.put(name)
		t.text[name] = "$NATS_CHART"
	}
}

// aliased returns what an alias stands for; other nodes as they are.
func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// set sets an entry. Maps are merged, all else is replaced.
func (t *tree) set(key, v *yaml.Node) {
	name := key.Value
	t.put(name)
	t.at[name] = key
	delete(t.text, name)
	if v.Kind == yaml.MappingNode {
		if t.sub[name] == nil {
			t.sub[name] = newTree("")
		}
		delete(t.node, name)
		t.sub[name].merge(v)
		return
	}
	delete(t.sub, name)
	t.node[name] = v
}

// patch makes the changes of a JSON patch that name a key of a map. It reports
// false if there are others.
func (t *tree) patch(list *yaml.Node) bool {
	all := true
	for _, op := range items(list) {
		at, v := field(op, "path"), field(op, "value")
		path := strings.Split(strings.TrimPrefix(scalar(at), "/"), "/")
		in := t
		for _, key := range path[:len(path)-1] {
			if in = in.sub[key]; in == nil {
				break
			}
		}
		if kind := scalar(field(op, "op")); in == nil || v == nil || kind != "add" && kind != "replace" || path[len(path)-1] == "-" {
			all = false
			continue
		}
		key := *at
		key.Value = path[len(path)-1]
		in.set(&key, v)
	}
	return all
}

// helm adds what the values of the NATS chart become, if they merge or patch
// anything into the configuration.
func (y *yamlFile) helm(n *yaml.Node, dir string) {
	config := field(n, "config")
	if config == nil || config.Kind != yaml.MappingNode || y.flow != nil || !y.isChart(config) {
		return
	}
	top := newTree(chartTop)
	known := true
	for _, b := range chartBlocks {
		in := field(config, b.key)
		if in == nil || scalar(field(in, "enabled")) != "true" {
			continue
		}
		top.put(b.key)
		sub := newTree(b.text)
		sub.merge(field(in, "merge"))
		known = sub.patch(field(in, "patch")) && known
		top.sub[b.key] = sub
	}
	top.merge(field(config, "merge"))
	known = top.patch(field(config, "patch")) && known
	w := &chartWriter{yamlFile: y, at: y.offset(config).Start, notes: bytes.Contains(y.Src, []byte("natsfix:"))}
	if w.notes {
		w.atTop()
	}
	if !known {
		w.own("include nats-chart-patch\n")
	}
	w.tree(top, "")
	d := &Document{Dir: strings.TrimPrefix(dir+".configMap.merge.data", "."), Base: "nats.conf", Text: w.text, Masked: w.masked,
		layout: &chart{src: y.Src, text: w.text, places: append(w.places, w.at), leaves: w.leaves}}
	if len(ast.Parse("", d.Text, ast.Latest).Errors()) > 0 {
		f := y.File
		f.missed(d, "what the chart makes of the values cannot be told")
		return
	}
	if d = y.judge(d); d != nil && (len(w.leaves) == 0 || shared(config)) {
		d.ReadOnly = chartReason
		d.values().leaves = nil
	}
}

// isChart reports whether config is surely that of the NATS chart, and there is
// something in it that the chart hands on.
func (y *yamlFile) isChart(config *yaml.Node) bool {
	handed := false
	for i := 0; i+1 < len(config.Content); i += 2 {
		key, v := config.Content[i].Value, config.Content[i+1]
		if !slices.Contains(chartKeys, key) {
			return false
		}
		block := schema.Root()
		if f := block.Field(key); f != nil && key != "merge" {
			block = f.Block
		}
		merge := v
		if key != "merge" {
			merge = field(v, "merge")
		}
		if merge == nil || merge.Kind != yaml.MappingNode {
			continue
		}
		for j := 0; j+1 < len(merge.Content); j += 2 {
			name := merge.Content[j].Value
			handed = handed || chartInclude.MatchString(name) || block != nil && block.Field(name) != nil
		}
	}
	return handed
}

// chartInclude matches a key that the chart makes an include of.
var chartInclude = regexp.MustCompile(`\$include$`)
