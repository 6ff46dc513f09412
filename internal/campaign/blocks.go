package campaign

import (
	"strings"

	"github.com/nats-io/nkeys"
	"github.com/natsfix/natsfix/internal/schema"
)

// maxDepth is how deep blocks made at random nest.
const maxDepth = 5

// joinPath is the path of a block in the table: "cluster", "leafnodes.remotes".
func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// block returns a block with what it cannot do without, mostly, and now and
// then more.
func (g *generator) block(path string, b *schema.Block, depth int) value {
	if b == nil || depth > maxDepth {
		return blockOf()
	}
	v := blockOf()
	if g.chance(0.9) {
		v.block = g.needed(path, b, depth)
	}
	for range g.count(3) {
		v.block = g.add(v.block, path, b, depth)
	}
	return v
}

// add appends one more field of the block at random, unless it is there.
func (g *generator) add(entries []entry, path string, b *schema.Block, depth int) []entry {
	if b.Data != nil {
		e := kv(g.dataKey(path, b), g.value(path, b.Data, depth))
		e.field = b.Data
		return append(entries, e)
	}
	return g.addField(entries, path, b, &b.Fields[g.rng.IntN(len(b.Fields))], depth)
}

func (g *generator) addField(entries []entry, path string, b *schema.Block, f *schema.Field, depth int) []entry {
	for _, e := range entries {
		if b.Field(e.key) == f && g.chance(0.95) {
			return entries
		}
	}
	e := kv(g.spelling(f), g.value(path, f, depth))
	e.field = f
	return append(entries, e)
}

// spelling is the field's name, an alias, or either in other letters.
func (g *generator) spelling(f *schema.Field) string {
	name := f.Name
	if len(f.Aliases) > 0 && g.chance(0.2) {
		name = pick(g, f.Aliases...)
	}
	switch {
	case g.chance(0.02):
		name = strings.ToUpper(name)
	case g.chance(0.02):
		name = strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

// dataKey returns a key for a block whose keys are data.
func (g *generator) dataKey(path string, b *schema.Block) string {
	switch b.Path {
	case "accounts", "default_js_domain":
		return g.account()
	case "mappings":
		return pick(g, subjects...)
	case "resolver_preload":
		return publicKey(nkeys.PrefixByteAccount, 0)
	case "websocket.headers":
		return pick(g, "X-A", "Strict-Transport-Security", "x y", "Upgrade")
	case "feature_flags":
		return pick(g, "js_ack_fc_v2", "x")
	}
	return pick(g, "a", "b", "region")
}

// needed returns the fields without which the server takes little of what else
// the block holds.
func (g *generator) needed(path string, b *schema.Block, depth int) []entry {
	switch b.Path {
	case "cluster":
		return []entry{kvText("name", pick(g, clusterNames...)), kvInt("port", 6222)}
	case "gateway":
		return []entry{kvText("name", pick(g, clusterNames...)), kvInt("port", 7222)}
	case "gateway.gateways[]":
		return []entry{kvText("name", pick(g, clusterNames...)), kvText("url", g.url(path))}
	case "leafnodes":
		return []entry{kvInt("port", 7422)}
	case "leafnodes.remotes[]":
		return []entry{kvText(pick(g, "url", "urls"), g.url(path))}
	case "leafnodes.remotes[].proxy":
		return []entry{kvText("url", g.url(path))}
	case "websocket":
		return []entry{kvInt("port", 8080), kvBool("no_tls", true)}
	case "mqtt":
		return []entry{kvInt("port", 1883)}
	case "authorization.users[]", "leafnodes.authorization.users[]":
		if b.Field("nkey") != nil && g.chance(0.2) {
			return []entry{kvText("nkey", g.nkey(path, "nkey"))}
		}
		return []entry{kvText("user", g.user()), kvText("password", "pw")}
	case "accounts.<name>.exports[]":
		return []entry{kvText(pick(g, "stream", "service"), pick(g, subjects...))}
	case "accounts.<name>.imports[]":
		return []entry{kv(pick(g, "stream", "service"), blockOf(kvText("account", g.account()), kvText("subject", pick(g, subjects...))))}
	case "accounts.<name>.imports[].stream":
		return []entry{kvText("account", g.account()), kvText("subject", pick(g, subjects...))}
	case "mappings.<subject>":
		return []entry{kvText("destination", pick(g, subjects...)), kvText("weight", pick(g, "50%", "100", "30"))}
	case "authorization.auth_callout":
		return []entry{kvText("issuer", g.nkey(path, "issuer")), kv("auth_users", textsOf([]string{g.user()}))}
	case "proxies.trusted[]":
		return []entry{kvText("key", g.nkey(path, "key"))}
	case "resolver":
		return []entry{kvText("type", pick(g, "full", "cache", "mem")), kvText("dir", "jwt")}
	case "jetstream":
		return []entry{kvText("store_dir", "data")}
	case "accounts.<name>.msg_trace":
		return []entry{kvText("dest", "trace.all")}
	case "accounts.<name>.exports[].latency":
		return []entry{kvText("subject", "latency.x")}
	}
	if b.Path == "tls" || strings.HasSuffix(b.Path, ".tls") {
		return []entry{kvText("cert_file", "server.pem"), kvText("key_file", "server.key")}
	}
	return nil
}

// place is one field somewhere in the table, with the blocks that lead to it.
type place struct {
	path   []*schema.Field // from the top level
	blocks []*schema.Block // that hold them, the top level first
}

// allPlaces returns every field of the table, blocks that stand in several
// places once for each place, in the table's order.
func allPlaces() []place {
	var list []place
	var walk func(b *schema.Block, at place)
	walk = func(b *schema.Block, at place) {
		if b == nil || len(at.blocks) > maxDepth {
			return
		}
		for _, above := range at.blocks {
			if above == b {
				return
			}
		}
		fields := b.Fields
		if b.Data != nil {
			fields = []schema.Field{*b.Data}
		}
		for i := range fields {
			f := &fields[i]
			next := place{
				path:   append(append([]*schema.Field(nil), at.path...), f),
				blocks: append(append([]*schema.Block(nil), at.blocks...), b),
			}
			list = append(list, next)
			walk(f.Block, next)
		}
	}
	walk(schema.Root(), place{})
	return list
}

// around returns the entries of the top level with the field of a place in its
// blocks.
func (g *generator) around(p place) []entry {
	return g.level(p, 0, "")
}

func (g *generator) level(p place, depth int, path string) []entry {
	b, f := p.blocks[depth], p.path[depth]
	var entries []entry
	if depth > 0 && g.chance(0.9) {
		entries = g.needed(path, b, depth)
	}
	last := depth == len(p.path)-1
	key := f.Name
	if f.Name == "*" {
		key = g.dataKey(path, b)
	} else if last {
		key = g.spelling(f)
	}
	e := entry{key: key, field: f}
	switch {
	case last:
		e.value = g.value(path, f, depth)
	default:
		e.value = blockOf(g.level(p, depth+1, joinPath(path, f.Name))...)
		if f.Elem.Has(schema.Map) && (!f.Takes(schema.Map) || g.chance(0.5)) {
			e.value = listOf(e.value)
		}
	}
	entries = without(entries, b, f)
	entries = append(entries, e)
	if g.chance(0.25) {
		entries = g.add(entries, path, b, depth)
	}
	return entries
}

// without leaves out the entries of one field.
func without(entries []entry, b *schema.Block, f *schema.Field) []entry {
	if b.Data != nil {
		return entries
	}
	var list []entry
	for _, e := range entries {
		if b.Field(e.key) != f {
			list = append(list, e)
		}
	}
	return list
}
