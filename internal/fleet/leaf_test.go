package fleet

import "testing"

func TestHubAccountFollowsFromTheUserInTheURL(t *testing.T) {
	const accounts = "accounts { A { users: [ { user: a, password: p } ] }, B { users: [ { user: b, password: p } ] } }"
	for _, tt := range []struct{ name, hub, remote, want string }{
		{"no accounts", "", "url: nats://h", "$G"},
		{"no user", accounts, "url: nats://h", "$G"},
		{"a user", accounts, "url: \"nats://b:p@h\"", "B"},
		{"a user that is not known", accounts, "url: \"nats://c:p@h\"", ""},
		{"one user, two URLs", accounts, "urls: [ \"nats://a:p@h\", \"nats://a:p@i\" ]", "A"},
		{"two users", accounts, "urls: [ \"nats://a:p@h\", \"nats://b:p@h\" ]", ""},
		{"credentials", accounts, "url: nats://h, credentials: x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{
				"hub.conf":  "server_name: h\nleafnodes { port: 7422 }\n" + tt.hub,
				"leaf.conf": "leafnodes { remotes: [ { " + tt.remote + " } ] }",
			}.build(Options{})
			l := f.LeafLinks[0]
			if got := l.HubAccount(l.Hubs[0]); got != tt.want {
				t.Errorf("account %q, want %q", got, tt.want)
			}
		})
	}
}
