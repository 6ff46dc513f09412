package query_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/query"
)

const config = `
server_name: hub
port: 4222
debug: yes
JetStream { domain: hub, Max_Mem: 1GB }
leaf { remotes: [ {url: "nats://a:7422"}, {urls: ["tls://connect.ngs.global"], tls { timeout: 2s }} ] }
gateway { gateways: [ {name: c1, url: "nats://g1:7222"}, {name: "c 2", url: "nats://g2:7222"} ] }
accounts {
  A { users: [ {user: svc-a}, {user: joe, permissions { publish: ">" }}, {nkey: UAAA} ] }
  "b.c" { users: [ {user: svc-b} ] }
}
cluster { routes: [ "nats://r1:6222", "nats://r2:6222" ] }
note: $UNKNOWN
`

func server(t testing.TB, text string) *fleet.Server {
	t.Helper()
	f := fleet.Build(fleet.NewSet(func(path string) ([]byte, error) {
		if path == "nats.conf" {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}), []string{"nats.conf"}, fleet.Options{Jobs: 1})
	return f.Servers[0]
}

func TestFindNamesWhatAPathMeans(t *testing.T) {
	s := server(t, config)
	for path, want := range map[string]string{
		"jetstream.domain":                                 "JetStream.domain",
		"JETSTREAM.max_memory_store":                       "JetStream.Max_Mem",
		"jetstream.max_mem":                                "JetStream.Max_Mem",
		"leafnodes.remotes[*].url":                         "leaf.remotes[0].url leaf.remotes[1].urls",
		"leafnodes.remotes[1].tls.timeout":                 "leaf.remotes[1].tls.timeout",
		"leafnodes.remotes[-1].urls[0]":                    "leaf.remotes[1].urls[0]",
		"leafnodes.remotes[7]":                             "",
		"leafnodes.remotes.url":                            "",
		"leafnodes.remotes[tls]":                           "leaf.remotes[1]",
		"leafnodes.remotes[tls.timeout=2s]":                "leaf.remotes[1]",
		"gateway.gateways[name=c1].url":                    "gateway.gateways[0].url",
		`gateway.gateways[name="c 2"].url`:                 "gateway.gateways[1].url",
		"gateway.gateways[name != c1].name":                "gateway.gateways[1].name",
		"gateway.gateways[ name = c 2 ].name":              "gateway.gateways[1].name",
		`accounts.*.users[user=~"^svc-"].user`:             `accounts.A.users[0].user accounts."b.c".users[0].user`,
		`accounts.A.users[user!~"^svc-"]`:                  "accounts.A.users[1] accounts.A.users[2]",
		`accounts."b.c".users[*].user`:                     `accounts."b.c".users[0].user`,
		"accounts.'b.c'.users[0].user":                     `accounts."b.c".users[0].user`,
		"accounts.a":                                       "",
		"cluster.routes[=nats://r2:6222]":                  "cluster.routes[1]",
		"cluster.routes[=~r1]":                             "cluster.routes[0]",
		"**.user":                                          `accounts.A.users[0].user accounts.A.users[1].user accounts."b.c".users[0].user`,
		"accounts.**.**.publish":                           "accounts.A.users[1].permissions.publish",
		"cluster[routes]":                                  "cluster",
		"cluster[name=x]":                                  "",
		"debug":                                            "debug",
		".":                                                "",
		"cluster.*":                                        "cluster.routes",
		"server_name.x":                                    "",
		"accounts.A.users[permissions.publish=\">\"].user": "accounts.A.users[1].user",
	} {
		p, err := query.Parse(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var got []string
		for _, m := range query.Find(s, p) {
			got = append(got, m.Path)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s finds %q, want %q", path, got, want)
		}
		if again, err := query.Parse(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%s is written as %s, which is read as %s (%v)", path, p, again, err)
		}
	}
}

func TestPathErrorsSayWhatWasExpected(t *testing.T) {
	for text, want := range map[string]string{
		"":          `"": column 1: found the end, expected a key, * or **`,
		"a.":        `"a.": column 3: found the end, expected a key, * or **`,
		"é.[":       `"é.[": column 3: found "[", expected a key, * or **`,
		"a[":        `column 3: found the end, expected a number, *, or a filter`,
		"a[x=1":     `column 6: found the end, expected "]"`,
		`a[x=~"("]`: `column 6: found "\"", expected a regular expression: missing closing )`,
		"a b":       `column 2: found " ", expected a dot, a bracket, or the end of the path`,
		`a."b`:      `column 3: found "\"", expected a text in double quotes that ends on the same line`,
	} {
		_, err := query.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestPrefixLeavesWhatFollowsThePath(t *testing.T) {
	p, rest, err := query.Prefix(`users[user = "a b"].password  "x y" `)
	if err != nil || p.String() != `users[user=="a b"].password` || rest != `"x y" ` {
		t.Errorf("got %s, %q, %v", p, rest, err)
	}
}

func TestConditions(t *testing.T) {
	s := server(t, config)
	for text, want := range map[string]bool{
		"":                         true,
		"jetstream.domain exists":  true,
		"jetstream.domain":         true,
		"jetstream.domain absent":  false,
		"not jetstream.unique_tag": true,
		`jetstream.domain exists and leafnodes.remotes[*].urls[*] contains "ngs"`: true,
		"port == 4222":                                          true,
		"port = 4222":                                           true,
		"port != 4222":                                          false,
		"port < 5000 and port >= 4222":                          true,
		"port > 5000 or port <= 4222":                           true,
		"debug == true":                                         true,
		"debug == off":                                          false,
		"jetstream.max_mem > 512MB":                             true,
		"jetstream.max_mem == 1073741824":                       true,
		"leafnodes.remotes[*].tls.timeout < 3s":                 true,
		"server_name =~ '^h'":                                   true,
		"server_name !~ '^h'":                                   false,
		"cluster.name != x":                                     true,
		"cluster.name == x":                                     false,
		"cluster.routes contains nats://r1:6222":                true,
		"cluster contains routes":                               true,
		"accounts contains a":                                   false,
		"jetstream is block and cluster.routes is list":         true,
		"port is string":                                        false,
		"note is unknown and debug is bool":                     true,
		"not (port == 1 or port == 2) and debug":                true,
		"debug and not(port == 4222)":                           false,
		"(port == 1 or port == 4222) and server_name is string": true,
		"port == 1 and debug or server_name == hub":             true,
		"accounts.*.users[*].user == joe":                       true,
		"exists":                                                false,
	} {
		c, err := query.ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(s); got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
}

func TestConditionErrorsSayWhatWasExpected(t *testing.T) {
	for text, want := range map[string]string{
		"port >":          "column 7: found the end, expected a value",
		"port > x":        `column 8: found "x", expected a number, a size or a duration`,
		"port is integer": "expected block, list, string, number, bool or unknown",
		"port == [1":      `column 9: found "[", expected a number, a bool or a text, which stands in quotes if it begins with a bracket`,
		"(port":           `column 6: found the end, expected and, or, or ")"`,
		"port ~ 3":        `column 6: found "~", expected and, or, or the end of the condition`,
		"and":             "",
		"a and":           "column 6: found the end, expected a key",
		"a =~ (":          "expected a value",
		`a =~ "("`:        "expected a regular expression",
	} {
		_, err := query.ParseCondition(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := query.ParseCondition(strings.Repeat("(", 100000)); err == nil {
		t.Error("parentheses nest without end")
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"a.b", `a."b.c"[x=~"^s"].*`, "**.x[-1]", "a[*][=y]", ".", "a[b.c!=d]", "'x y'.z"} {
		f.Add(s)
	}
	s := server(f, config)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := query.Parse(text)
		if err != nil {
			return
		}
		again, err := query.Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q is written as %q, which is read as %q (%v)", text, p, again, err)
		}
		if steps := len(p.Steps); steps > 12 {
			return
		}
		var one, two []string
		for _, m := range query.Find(s, p) {
			one = append(one, m.Path)
		}
		for _, m := range query.Find(s, again) {
			two = append(two, m.Path)
		}
		if !slices.Equal(one, two) {
			t.Fatalf("%q finds %q, and written again %q", text, one, two)
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"a exists", "not (a == b or c contains 'd') and e < 3MB", "a =~ \"x\"", "a is list", "x.y[z=1] != 2s"} {
		f.Add(s)
	}
	s := server(f, config)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := query.ParseCondition(text)
		if err != nil {
			return
		}
		negated, err := query.ParseCondition("not (" + text + ")")
		if strings.TrimSpace(text) == "" {
			return
		}
		if err != nil {
			t.Fatalf("%q can be read and not be negated: %v", text, err)
		}
		if c.Holds(s) == negated.Holds(s) {
			t.Fatalf("%q holds as well as its negation", text)
		}
	})
}
