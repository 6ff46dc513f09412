package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/engine"
)

func TestProblemsAndTheirPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "port: 4222\n", ""},
		{"all of several stages but the start, which a refusal hides", "prot: 1\nport: \"4222\"\nhttp: 1\nhttps: 2\n",
			"a.conf:1:1 error unknown-field: config\na.conf:2:7 error scalar-type: config\na.conf:4:1 error http-and-https: start\n"},
		{"all that the start refuses, though -t is silent",
			"gateway { name: g, port: 7222 }\ncluster { name: c, port: 6222, pool_size: -1, accounts: [A] }\naccounts { A {} }\n" +
				"max_payload: 8MB\nmax_pending: 1MB\n",
			"a.conf:1:17 error gateway-cluster-name: start\na.conf:2:43 error cluster-pool-accounts: start\na.conf:4:14 error max-payload-pending: start\n"},
		{"behind a refusal of the parser that natsfix can correct", "cluster{\n  name: x\n  prot: 1\n}\npasswrod: x\n",
			"a.conf:1:8 error glued-brace: parse\na.conf:3:3 error unknown-field: config\na.conf:5:1 error unknown-field: config\n"},
		{"behind one that it cannot", "host: a b\nprot: 1\n", "a.conf:1:9 error syntax: parse\na.conf:2:1 error unknown-field: config\n"},
		{"of rules that look at files which parse only", "http: 8222, https: 8223 x\ncluster {\n  name: \"a b\"\n  name: c d\n}\n",
			"a.conf:1:25 error syntax: parse\na.conf:3:9 error name-with-space: config\na.conf:4:11 error syntax: parse\n"},
		{"each refusal of the parser by itself", "a: b c\nd: e f\nprot: 1\nserver_tags: 1.5\n",
			"a.conf:1:6 error syntax: parse\na.conf:2:6 error syntax: parse\na.conf:3:1 error unknown-field: config\na.conf:4:14 error scalar-type: config\n"},
		{"not behind one that leaves everything open", "prot: 1\ncluster {\n", "a.conf:2:9 error unclosed-block: parse\n"},
		{"a warning of a server that starts", "ping_interval: 60\n", "a.conf:1:16 warning duration-unit: config\n"},
		{"characters count, not bytes", "# ä\naccounts { Ä { users: [ { user: a } ], prot: 1 } }\n", "a.conf:2:40 error unknown-field: config\n"},
		{"an empty file", "", "a.conf:1:1 warning verify: config\n"},
		{"no rule knows it", "operator: eyJhbGciOiJub25lIn0.e30.xxxx\n", "a.conf:1:11 error verify: config\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res := run(t, request(t, map[string]string{"a.conf": c.text}), Options{})
			if got := lines(res); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestAProblemStandsInTheFileThatHoldsIt(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{
		"hub.conf":              "server_name: hub\ninclude inc/shared.conf\n",
		"leaf.conf":             "server_name: leaf\nAGE: \"-1\"\nmax_payload: $AGE\ninclude inc/shared.conf\n",
		"inc/shared.conf":       "include deep/cluster.conf\n",
		"inc/deep/cluster.conf": "cluster { name: \"a b\"\n prot: 1 }\n",
	}), Options{})
	want := `inc/deep/cluster.conf:1:17 error name-with-space: config
inc/deep/cluster.conf:2:2 error unknown-field: config
leaf.conf:3:14 error size-string: config
`
	if got := lines(res); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if servers := res.Findings[0].Official[0].Servers; len(servers) != 2 {
		t.Errorf("one finding for both servers: %v", servers)
	}
	if res.Servers != 2 || res.Accepted != 0 {
		t.Errorf("%d of %d", res.Accepted, res.Servers)
	}
}

func TestAFixOutsideThePathsIsNotPromised(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.conf": "include inc/b.conf\n", "inc/b.conf": "port: \"4222\"\n"}
	f := run(t, request(t, files), Options{}).Findings[0]
	if f.Fixed || f.Hidden != "outside the paths: inc/b.conf" || f.Rule != "scalar-type" {
		t.Errorf("%+v", f)
	}
	f = run(t, request(t, files, func(req *engine.Request) { req.Dirs = []string{"."} }), Options{}).Findings[0]
	if !f.Fixed || f.Hidden != "" {
		t.Errorf("%+v", f)
	}
}

func TestWhatIsNotKnownHidesNoOtherProblem(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.conf": "port: $PORT\nserver_name: $NAME\nprot: 1\nauthorization { user: u, password: $PASS }\n"}
	res := run(t, request(t, files), Options{})
	want := `a.conf:1:7 error undefined-variable: parse
a.conf:2:14 error undefined-variable: parse
a.conf:3:1 error unknown-field: config
a.conf:4:36 error undefined-variable: parse
`
	if got := lines(res); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if !strings.Contains(notes(res), "the start-up validation, since the value of $NAME, $PASS, $PORT is not known") {
		t.Error(notes(res))
	}
	res = run(t, request(t, files, env("PORT", "4222", "NAME", "$OTHER", "OTHER", "n1", "PASS", "secret-word")), Options{})
	if got := lines(res); got != "a.conf:3:1 error unknown-field: config\n" {
		t.Error(got)
	}
}

func TestVeryManyRefusalsOfTheParserAreNotAllLookedFor(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{"a.conf": strings.Repeat("a: b c\n", maxRefusals+20)}), Options{})
	if len(res.Findings) != maxRefusals || !strings.Contains(notes(res), "what comes behind the place at which the parser stops") {
		t.Errorf("%d findings, %s", len(res.Findings), notes(res))
	}
}

func TestAnAbsentIncludeIsNoReasonToGuess(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{
		"a.conf": "include gone.conf\nprot: 1\nsystem_account: FROM_GONE\nleafnodes { remotes [ { url: \"nats://h:7422\", account: FROM_GONE } ] }\n",
	}), Options{})
	if got, want := lines(res), "a.conf:1:9 error include-missing: parse\na.conf:2:1 error unknown-field: config\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if !strings.Contains(notes(res), "the start-up validation, since an included file is absent") {
		t.Error(notes(res))
	}
}

func TestIncludesInACircleAreRefused(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{"a.conf": "port: 1\ninclude inc/b.conf\n", "inc/b.conf": "include ../a.conf\n"}), Options{})
	if len(res.Findings) != 1 || res.Findings[0].Line == 0 || !strings.Contains(res.Findings[0].Official[0].Message, "circle") {
		t.Errorf("%s%+v", lines(res), res.Findings)
	}
}

func TestFilesThatAreNotHereAreNoFailure(t *testing.T) {
	t.Parallel()
	// nixpkgs#333119: the certificates are on the machine that runs the server.
	res := run(t, request(t, map[string]string{"a.conf": `
tls { cert_file: "/run/secrets/cert.pem", key_file: "/run/secrets/key.pem", ca_file: "/run/secrets/ca.pem", verify: true }
operator: "/etc/nats/operator.jwt"
resolver { type: full, dir: "/var/lib/nats/jwt" }
system_account: ACMEWCVMSKMLXIZNCEQLRXMTMF3QE5ZHBYAHJXD2AZ6O5YQV6XHTRTMW
`}), Options{})
	if lines(res) != "" || res.Accepted != 1 {
		t.Error(lines(res))
	}
	want := `a.conf:2:18 tls.cert_file: not opened, a stand-in certificate took its place
a.conf:2:53 tls.key_file: not opened, a stand-in certificate took its place
a.conf:2:86 tls.ca_file: not opened, a stand-in certificate took its place
a.conf:3:11 operator: not opened, a stand-in operator took its place
a.conf:4:29 resolver.dir: not opened, an empty directory took its place
`
	if got := notes(res); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestFlagsOfTheServerCount(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.conf": "mqtt { port: 1883 }\nserver_name: n\n"}
	if got := lines(run(t, request(t, files), Options{})); got != "a.conf:1:1 error mqtt-jetstream: start\n" {
		t.Error(got)
	}
	withJetStream := func(req *engine.Request) { req.Args.JetStream = true }
	if got := lines(run(t, request(t, files, withJetStream), Options{})); got != "" {
		t.Error(got)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	const seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
	res := run(t, request(t, map[string]string{
		"a.conf": "cluster { port: 6222, routes: [ \"nats://user:hunter2hunter2@ho st:6222\" ] }\n" +
			"leafnodes { remotes [ { url: \"nats://h:7422\", nkey: \"" + seed + "x\" } ] }\n",
	}), Options{})
	if len(res.Findings) < 2 {
		t.Error(lines(res))
	}
	for _, f := range res.Findings {
		if text := fmt.Sprintf("%+v", f); strings.Contains(text, "hunter2") || strings.Contains(text, seed[:20]) {
			t.Errorf("a secret shows: %s", text)
		}
	}
}

func TestPartsOfServersAreNoServers(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{"a.conf": "include b.conf\n", "b.conf": "users = [ { user: a, password: b } ]\n"}), Options{})
	if res.Servers != 1 || len(res.PartOf) != 0 {
		t.Errorf("%d servers, %v", res.Servers, res.PartOf)
	}
	res = run(t, request(t, map[string]string{"inc/a.conf": "include ../b.conf\n", "b.conf": "prot: 1\n"}, func(req *engine.Request) {
		req.Context = []string{"inc/a.conf"}
	}), Options{})
	if res.Servers != 0 || res.PartOf["b.conf"] != "inc/a.conf" {
		t.Errorf("%d servers, %v", res.Servers, res.PartOf)
	}
}

func TestBootFindsWhatOnlyTheStartFinds(t *testing.T) {
	t.Parallel()
	res := run(t, request(t, map[string]string{
		"a.conf": "jetstream { max_mem: 1MB, extension_hint: will_extend }\nmax_payload: 9MB\naccounts { A { jetstream { max_mem: 2MB } } }\n",
		"b.conf": "port: 4222\nleafnodes { port: 4222 }\n",
		"c.conf": "prot: 1\n",
	}), Options{Boot: true})
	want := `a.conf:2:14 warning verify: boot
a.conf:3:37 error jetstream-account-limits: boot
b.conf:2:19 error port-conflict: start
c.conf:1:1 error unknown-field: config
`
	if got := lines(res); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if !strings.Contains(notes(res), "c.conf:0:0 boot: parts of the configuration are refused before") {
		t.Error(notes(res))
	}
}

func TestTheResultDoesNotDependOnJobs(t *testing.T) {
	t.Parallel()
	files := make(map[string]string)
	for i := range 12 {
		files[fmt.Sprintf("s%d.conf", i)] = fmt.Sprintf("server_name: s%d\nprot: %d\ncluster{\n name: \"a b\"\n}\ninclude inc/shared.conf\ntls { cert_file: \"/c\", key_file: \"/k\" }\n", i, i)
	}
	files["inc/shared.conf"] = "authorization { users: [ { user: a, password: \"b\", prmissions: {} } ] }\nhost: a b\n"
	var first string
	for _, jobs := range []int{1, 2, 7} {
		res := run(t, request(t, files, func(req *engine.Request) { req.Jobs = jobs }), Options{})
		got := lines(res) + notes(res)
		for _, f := range res.Findings {
			got += fmt.Sprint(f.Message, f.Official)
		}
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("with %d jobs:\n%s\nwith 1:\n%s", jobs, got, first)
		}
	}
	if strings.Count(first, "inc/shared.conf") < 2 {
		t.Error(first)
	}
}
