package campaign

import (
	"fmt"

	"github.com/nats-io/nkeys"
	"github.com/natsfix/natsfix/internal/schema"
)

// server returns the top level of a whole server, of the blocks that belong
// together; sound unless values go wrong.
func (g *generator) server() []entry {
	top := []entry{}
	add := func(e ...entry) { top = append(top, e...) }
	field := func(names ...string) {
		for _, name := range names {
			top = g.addField(top, "", schema.Root(), schema.Root().Field(name), 0)
		}
	}
	operator := g.chance(0.08)
	cluster := g.chance(0.4)
	jetstream := g.chance(0.4)
	if g.chance(0.7) || jetstream && g.chance(0.8) {
		add(kvText("server_name", pick(g, "n1", "s1", "hub")))
	}
	if g.chance(0.4) {
		add(kvInt("port", pick(g, 4222, 4223, -1)))
	}
	name := pick(g, clusterNames...)
	if cluster {
		e := []entry{kvInt("port", 6222)}
		if g.chance(0.8) {
			e = append(e, kvText("name", name))
		}
		if g.chance(0.8) {
			e = append(e, kv("routes", textsOf([]string{"nats://n1:6222", "nats://n2:6222"})))
		}
		add(kv("cluster", g.more("cluster", e)))
	}
	if g.chance(0.25) {
		if g.chance(0.2) {
			name = pick(g, clusterNames...)
		}
		e := []entry{kvText("name", name), kvInt("port", 7222)}
		if g.chance(0.7) {
			remotes := listOf()
			for i := range 1 + g.rng.IntN(2) {
				remotes.items = append(remotes.items, blockOf(kvText("name", clusterNames[i]), kv("urls", textsOf([]string{fmt.Sprintf("nats://n%d:7222", i)}))))
			}
			e = append(e, kv("gateways", remotes))
		}
		add(kv("gateway", g.more("gateway", e)))
	}
	if jetstream {
		if g.chance(0.4) {
			add(kv("jetstream", wordOf(pick(g, "enabled", "true"))))
		} else {
			e := []entry{kvText("store_dir", "data")}
			if g.chance(0.4) {
				e = append(e, kvText("domain", pick(g, "hub", "leaf")))
			}
			add(kv("jetstream", g.more("jetstream", e)))
		}
	}
	if operator {
		add(kvText("operator", operatorJWT), kvText("resolver", "MEMORY"))
		if g.chance(0.7) {
			add(kv("resolver_preload", blockOf(kvText(publicKey(nkeys.PrefixByteAccount, 0), accountJWT))))
		}
		if g.chance(0.5) {
			add(kvText("system_account", publicKey(nkeys.PrefixByteAccount, 0)))
		}
	} else {
		add(g.access()...)
	}
	add(g.listeners(jetstream)...)
	for range g.count(4) {
		field(schema.Root().Fields[g.rng.IntN(len(schema.Root().Fields))].Name)
	}
	return top
}

// more returns a block of the top level with a few fields more.
func (g *generator) more(name string, e []entry) value {
	f := schema.Root().Field(name)
	for range g.rng.IntN(3) {
		e = g.add(e, name, f.Block, 1)
	}
	return blockOf(e...)
}

// access returns accounts or an authorization, or neither.
func (g *generator) access() []entry {
	switch g.rng.IntN(5) {
	case 0:
		return nil
	case 1:
		return []entry{kv("authorization", g.more("authorization", []entry{kvText("user", g.user()), kvText("password", "pw")}))}
	case 2:
		users := listOf()
		for range 1 + g.rng.IntN(2) {
			users.items = append(users.items, g.block("authorization.users[]", schema.Root().Find("authorization", "users").Block, 2))
		}
		return []entry{kv("authorization", g.more("authorization", []entry{kv("users", users)}))}
	}
	g.accounts = append(g.accounts, accountNames[:2+g.rng.IntN(2)]...)
	accounts := blockOf()
	for i, name := range g.accounts {
		user := userNames[i]
		g.users = append(g.users, user)
		e := []entry{kv("users", listOf(blockOf(kvText("user", user), kvText("password", "pw"))))}
		if g.chance(0.3) {
			e = append(e, kv("jetstream", wordOf(pick(g, "enabled", "true"))))
		}
		account := schema.Root().Field("accounts").Block.Data.Block
		for range g.rng.IntN(3) {
			e = g.add(e, "accounts.*", account, 2)
		}
		accounts.block = append(accounts.block, kv(name, blockOf(e...)))
	}
	if i := g.rng.IntN(3); i+1 < len(accounts.block) && g.chance(0.5) {
		// An export and its import.
		kind := pick(g, "stream", "service")
		from, to := &accounts.block[i], &accounts.block[i+1]
		subject := pick(g, "orders.>", "time", "events.new")
		from.value.block = append(from.value.block, kv("exports", listOf(blockOf(kvText(kind, subject)))))
		source := blockOf(kvText("account", from.key), kvText("subject", subject))
		to.value.block = append(to.value.block, kv("imports", listOf(blockOf(kv(kind, source)))))
	}
	list := []entry{kv("accounts", accounts)}
	if g.chance(0.2) {
		list = append(list, kvText("system_account", g.account()))
	}
	if g.chance(0.2) {
		list = append(list, kvText("no_auth_user", g.user()))
	}
	return list
}

// listeners returns what else a server listens on and connects to.
func (g *generator) listeners(jetstream bool) []entry {
	var list []entry
	if g.chance(0.25) {
		list = append(list, kv("leafnodes", g.more("leafnodes", []entry{kvInt("port", 7422)})))
	} else if g.chance(0.3) {
		remote := []entry{kvText("url", g.url("leafnodes.remotes"))}
		if g.chance(0.5) {
			remote = append(remote, kvText("account", g.account()))
		}
		b := schema.Root().Find("leafnodes", "remotes").Block
		for range g.rng.IntN(2) {
			remote = g.add(remote, "leafnodes.remotes[]", b, 2)
		}
		list = append(list, kv("leafnodes", g.more("leafnodes", []entry{kv("remotes", listOf(blockOf(remote...)))})))
	}
	if g.chance(0.2) {
		list = append(list, kv("websocket", g.more("websocket", []entry{kvInt("port", 8080), kvBool("no_tls", true)})))
	}
	if jetstream && g.chance(0.2) {
		list = append(list, kv("mqtt", g.more("mqtt", []entry{kvInt("port", 1883)})))
	}
	if g.chance(0.2) {
		list = append(list, kvInt("http_port", pick(g, 8222, 8223)))
	}
	if g.chance(0.1) {
		list = append(list, kv("tls", g.more("tls", []entry{kvText("cert_file", "server.pem"), kvText("key_file", "server.key")})))
	}
	return list
}
