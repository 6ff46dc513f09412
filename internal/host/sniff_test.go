package host

import (
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/repo"
)

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		what, name, text string
		class            repo.Class
		why              string
	}{
		// Server configurations.
		{"many settings", "a.conf", "server_name: n1\nport: 4222\njetstream { store_dir: /data }\n", repo.Ours, "server_name, port, jetstream"},
		{"one that only NATS has", "a.conf", "max_payload: 1MB", repo.Ours, "max_payload"},
		{"a port that only NATS has", "a.conf", "port: 4222", repo.Ours, ""},
		{"a random port", "a.conf", "listen = 127.0.0.1:-1", repo.Ours, ""},
		{"users", "auth.conf", "authorization { users = [ { user: a, password: b } ] }", repo.Ours, ""},
		{"accounts", "a.conf", "accounts { A { users: [ { user: a, password: b } ] } }", repo.Ours, ""},
		{"JSON", "nats.json", `{"port": 4222, "jetstream": {"store_dir": "/d"}}`, repo.Ours, ""},
		{"a CR before each LF, and a mark", "a.conf", "\ufeff# x\r\nport: 4222\r\nleafnodes {\r\n}\r\n", repo.Ours, ""},
		{"a typing error", "a.conf", "jetstrem { store_dir: /d }\nlisten: 0.0.0.0:4222\nlame_duck_duration: 30s\n", repo.Ours, ""},
		{"a syntax error", "a.conf", "jetstream { store_dir: /d \nport: 4222\nserver_name: x\n", repo.Ours, ""},
		{"variables", "a.conf", "TOKEN: secret\nauthorization { token: $TOKEN }\n", repo.Ours, ""},
		{"upper case", "a.conf", "Write_Deadline: 2s", repo.Ours, ""},
		{"its name helps", "nats.conf", "http_port: 8080\nserver_name: a", repo.Ours, ""},

		// Too little.
		{"any program's port", "app.conf", "port: 8080\nhost: 0.0.0.0", repo.Unsure, "port, host"},
		{"a directive of CoreDNS", "a.conf", "root PATH", repo.Unsure, ""},
		{"any program's tls", "app.conf", "tls { cert: a, key: b }", repo.Unsure, ""},
		{"a cluster of something", "app.conf", "cluster { name: x, port: 9300 }", repo.Unsure, ""},
		{"includes only", "main.conf", "include a.conf\ninclude 'b.conf'", repo.Unsure, "includes"},
		{"empty", "a.conf", " \n\t\n", repo.Nothing, "empty"},
		{"comments only", "a.conf", "# port: 4222\n// jetstream {}\n", repo.Foreign, ""},

		// Parts.
		{"users alone", "users.conf", "users = [ { user: a, password: b } ]", repo.Part, "authorization"},
		{"certificates alone", "tls.conf", "cert_file: a\nkey_file: b\n", repo.Part, "tls"},
		{"gateways alone", "gws.conf", "gateways = [ { name: A, url: \"nats://a:7222\" } ]", repo.Part, "gateway"},
		{"a cluster's inside", "cluster.conf", "port: 6222\nroutes = [ nats-route://a:6222 ]", repo.Part, "cluster"},
		{"permissions as variables", "auths.conf", "ADMIN = { publish = \">\", subscribe = \">\" }\nREQ = { publish = \"a\" }", repo.Part, "variables"},

		// Other programs that read the same syntax.
		{"nats-kafka", "nats-kafka.conf", "reconnectinterval: 5000,\nnats: { Servers: [\"localhost:4222\"] },\nconnect: [ { type: \"NATSToKafka\" } ]", repo.Foreign, "nats-kafka"},
		{"nats-replicator", "r.conf", "nats: [ { name: a, servers: [\"localhost:4222\"] } ]\nconnect: [ { type: NatsToNats } ]", repo.Foreign, "nats-replicator"},
		{"nats-account-server", "nas.conf", "OperatorJWTPath: /a.jwt\nhttp { port: 9090 }\nstore { dir: /d }", repo.Foreign, "nats-account-server"},
		{"nats-rest-config-proxy", "p.conf", "listen: 0.0.0.0:4567\ndata_dir: ./data\nlogging { debug: true }", repo.Foreign, "nats-rest-config-proxy"},
		{"nats-streaming-server", "stan.conf", "port: 4222\njetstream: true\nstreaming { store: file }", repo.Foreign, "nats-streaming-server"},

		// Other programs.
		{"nginx", "nginx.conf", "user www-data;\nworker_processes auto;\nevents { worker_connections 768; }\nhttp { server { listen 80; server_name _; } }", repo.Foreign, ""},
		{"nginx, part", "site.conf", "server { listen 80; server_name x; location / { root /var; } }", repo.Foreign, ""},
		{"redis", "redis.conf", "bind 127.0.0.1\nport 6379\ntimeout 0\nlogfile \"\"\n", repo.Foreign, "bind"},
		{"systemd", "system.conf", "[Manager]\nDefaultTimeoutStartSec=90s\n", repo.Foreign, ""},
		{"apache", "a.conf", "ServerName x\n<VirtualHost *:80>\nDocumentRoot /var\n</VirtualHost>\n", repo.Foreign, ""},
		{"mosquitto", "mosquitto.conf", "listener 1883\nallow_anonymous true\npid_file /run/m.pid\n", repo.Foreign, ""},
		{"emqx", "emqx.conf", "node { name = \"emqx@127.0.0.1\" }\ncluster { name = emqxcl, discovery_strategy = manual }\nmqtt { max_packet_size = 1MB }", repo.Foreign, ""},
		{"emqx, authorization", "acl.conf", "authorization { no_match = allow, deny_action = ignore, sources = [] }", repo.Unsure, ""},
		{"akka", "application.conf", "akka { loglevel = INFO, cluster { seed-nodes = [] } }\nhttp { port = 8080 }", repo.Foreign, ""},
		{"supervisor", "s.conf", "[program:nats]\ncommand=nats-server -c /etc/nats.conf\n", repo.Foreign, ""},
		{"addresses", "mirrors.conf", "http://deb.example.com/\nhttps://deb.example.com/\n", repo.Foreign, ""},
		{"patterns of includes", "n.conf", "include /etc/nginx/modules/*.conf;", repo.Foreign, ""},
		{"binary", "a.conf", "port: 4222\x00jetstream {}", repo.Foreign, "binary"},
	} {
		v := Sniff(c.name, []byte(c.text))
		if v.Class != c.class || !strings.Contains(v.Why, c.why) {
			t.Errorf("%s: class %d (%s), want %d with %q", c.what, v.Class, v.Why, c.class, c.why)
		}
	}
}

func TestOnlyTheBeginningIsLookedAt(t *testing.T) {
	long := "jetstream {}\nserver_name: a\n" + strings.Repeat("# a long comment that says nothing\n", 10_000)
	if v := Sniff("a.conf", []byte(long+"worker_processes 1;\n")); v.Class != repo.Ours {
		t.Error(v)
	}
	cut := "accounts {\n" + strings.Repeat("  A { users: [ { user: a, password: b } ] }\n", 5_000) + "}\n"
	if v := Sniff("a.conf", []byte(cut)); v.Class != repo.Ours {
		t.Error(v)
	}
}

func TestReasonsNameNoValuesAndNoControls(t *testing.T) {
	v := Sniff("a.conf", []byte("\"a\x1b[31m\" { x: s3cret }\nport: s3cret\nfoo: s3cret"))
	if strings.Contains(v.Why, "s3cret") || strings.Contains(v.Why, "\x1b") {
		t.Errorf("%q", v.Why)
	}
}

func TestFormOf(t *testing.T) {
	for name, want := range map[string]struct {
		form Form
		lang Language
	}{
		"nats.conf": {Plain, NoTemplate}, "x/y.CONF": {Plain, NoTemplate}, "a.cfg": {Plain, NoTemplate}, "nats.conf.j2": {Plain, Jinja},
		"nats-server.j2": {Plain, Jinja}, "server.j2": {Plain, Jinja}, "nats.conf.erb": {Plain, ERB}, "a.conf.tmpl": {Plain, AnyTemplate},
		"a.conf.example": {Plain, NoTemplate}, "a.conf.tftpl": {Plain, Terraform}, "cm.yaml": {YAML, AnyTemplate}, "cm.yml.j2": {YAML, Jinja},
		"README.md": {Markdown, NoTemplate}, "main.tf": {HCL, NoTemplate}, "nats.service": {Unit, NoTemplate}, "nats.json": {Plain, NoTemplate},
		"package.json": {Other, NoTemplate}, "index.html.tmpl": {Other, NoTemplate}, "main.go": {Other, NoTemplate}, "a.conf.bak": {Other, NoTemplate},
		"conf": {Other, NoTemplate}, ".conf": {Other, NoTemplate}, "nats-server": {Plain, NoTemplate}, "_helpers.tpl": {Plain, AnyTemplate},
		"nats/main.go": {Other, NoTemplate}, "": {Other, NoTemplate},
	} {
		if form, lang := FormOf(name); form != want.form || lang != want.lang {
			t.Errorf("%q: %d, %d, want %d, %d", name, form, lang, want.form, want.lang)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add("nats.conf", []byte("port: 4222\njetstream {}"))
	f.Add("", []byte("\xff{[(\"'"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if v := Sniff(name, text); v.Why == "" {
			t.Errorf("no reason: %+v", v)
		}
		FormOf(name)
	})
}
