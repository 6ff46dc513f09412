package oracle

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bootText has a server started.
func bootText(t testing.TB, j *Judge, text string) Verdict {
	t.Helper()
	return ask(t, j, Case{Root: "nats.conf", Files: map[string][]byte{"nats.conf": []byte(text)}, Boot: true})
}

func TestBootStartsServersThatStart(t *testing.T) {
	j := newJudge(t, Options{})
	for _, text := range []string{
		"port: 4222\n",
		"port: -1\nhttp: 8222\nserver_name: a\njetstream { store_dir: \"/var/lib/nats\" }\nmqtt { port: 1883 }\nwebsocket { port: 80, no_tls: true }\nleafnodes { port: 7422 }\n",
		"server_name: a\njetstream: enabled\ncluster { name: c, port: 6222, routes: [\"nats://127.0.0.1:6222\"] }\ngateway { name: c, port: 7222 }\n",
		"tls { cert_file: \"/no/c\", key_file: \"/no/k\", ca_file: \"/no/a\", verify: true }\nhttps: 8443\n",
	} {
		if v := bootText(t, j, text); !v.Accepted() || v.Reached != StageBoot {
			t.Errorf("%s: %+v", text, v)
		}
	}
}

func TestBootFindsWhatOnlyTheStartFinds(t *testing.T) {
	j := newJudge(t, Options{})
	for _, c := range []struct{ text, want string }{
		{"resolver { type: full, dir: \"./jwt\" }\n", "start: Could not start resolver: no operator key found"},
		// What the options tell already is told once.
		{"http: 8222\nhttps: 8223\n", "start: can't specify both HTTP (8222) and HTTPs (8223) ports"},
		{"jetstream: enabled\naccounts { $SYS { jetstream: enabled } }\n", "start: Not allowed to enable JetStream on the system account"},
		{"server_name: a\njetstream: enabled\ncluster { name: c, port: 6222 }\n",
			"start: JetStream cluster requires configured routes or solicited leafnode for the system account"},
		{"leafnodes { port: 74220 }\n", "start: Error listening on leafnode port: 74220 - listen tcp: address 74220: invalid port"},
		{"port: 4222\nleafnodes { port: 4222 }\n",
			"start: Error listening on port: 0.0.0.0:4222, \"listen tcp 0.0.0.0:4222: bind: address already in use\""},
		// One after the other.
		{"http: 8222\nhttps: 8223\nresolver { type: full, dir: \"./jwt\" }\nclient_advertise: \"a:b\"\n",
			"start: Could not start resolver: no operator key found\n" +
				"start: Error setting server INFO with ClientAdvertise value of a:b, err=strconv.Atoi: parsing \"b\": invalid syntax\n" +
				"start: can't specify both HTTP (8222) and HTTPs (8223) ports"},
	} {
		v := bootText(t, j, c.text)
		if got := messages(v); got != c.want || v.Reached != StageBoot || v.Incomplete {
			t.Errorf("%s: got\n%s\nwant\n%s\n%+v", c.text, got, c.want, v)
		}
	}
}

func TestAServerThatCrashesCostsTheChildOnly(t *testing.T) {
	j := newJudge(t, Options{})
	for range 2 {
		v := bootText(t, j, "http_port: 8222\nhttp_base_path: \"a b\"\nlame_duck_grace_period: \"40s\"\nlame_duck_duration: \"30s\"\n")
		if got := messages(v); !strings.Contains(got, "boot: panic: parsing") || !strings.Contains(got, "start: lame duck grace period") || !v.Incomplete {
			t.Errorf("%s\n%+v", got, v)
		}
	}
	if v := bootText(t, j, "port: 4222\n"); !v.Accepted() {
		t.Errorf("%+v", v)
	}
}

func TestBootTellsWhatTheServerWarnsOf(t *testing.T) {
	j := newJudge(t, Options{})
	v := bootText(t, j, "max_payload: 9MB\nauthorization { user: a, password: b }\n")
	var warnings []string
	for _, p := range v.Problems {
		if p.Warning && p.Stage == StageBoot {
			warnings = append(warnings, p.Message)
		}
	}
	if !v.Accepted() || len(warnings) != 2 || !strings.HasPrefix(warnings[0], "Maximum payloads over") || !strings.HasPrefix(warnings[1], "Plaintext passwords") {
		t.Errorf("%q %+v", warnings, v)
	}
}

func TestBootIsLeftOutWherePartsAreRefused(t *testing.T) {
	j := newJudge(t, Options{})
	v := bootText(t, j, "prot: 1\n")
	if v.Reached != StageStart || len(v.NotChecked) != 1 || !strings.HasPrefix(v.NotChecked[0], "boot: ") {
		t.Errorf("%+v", v)
	}
}

func TestBootReachesNobodyAndLeavesNothing(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	called := make(chan net.Addr, 100)
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			called <- c.RemoteAddr()
			c.Close()
		}
	}()
	canary := t.TempDir()
	dir := t.TempDir()
	j := newJudge(t, Options{Dir: dir})
	text := fmt.Sprintf(`
server_name: a
port: %[2]s
jetstream { store_dir: "%[1]s/js", key: abc }
cluster { name: c, port: 6222, routes: ["nats://u:p@%[3]s"] }
gateway { name: c, port: 7222, gateways: [ { name: d, urls: ["nats://%[3]s"] } ] }
leafnodes { port: 7422, remotes: [
  { url: "nats://%[3]s", credentials: "%[1]s/creds" }
  { url: "ws://%[3]s", account: A, proxy { url: "http://%[3]s" } }
] }
system_account: S
accounts { S: {}, A: { jetstream: enabled, users: [ { user: u, password: p } ] } }
pid_file: "%[1]s/pid"
log_file: "%[1]s/log"
ports_file_dir: "%[1]s"
prof_port: %[4]s
syslog: true
`, canary, strings.TrimPrefix(other.Addr().String(), "127.0.0.1:"), other.Addr(),
		strings.TrimPrefix(taken.Addr().String(), "127.0.0.1:"))
	v := bootText(t, j, text)
	if !v.Accepted() || v.Reached != StageBoot {
		t.Errorf("%+v", v)
	}
	for _, p := range v.Problems {
		if strings.Contains(p.Message, "creds") {
			t.Errorf("a file of the configuration was opened: %s", p.Message)
		}
	}
	assertEmpty(t, canary)
	private, err := filepath.Glob(filepath.Join(dir, "natsfix-*", "work", storeName))
	if err != nil || len(private) > 0 {
		t.Errorf("%v %v", private, err)
	}
	select {
	case from := <-called:
		t.Errorf("a connection came from %v", from)
	case <-time.After(50 * time.Millisecond):
	}
	child := j.idle[0].cmd
	j.Close()
	assertEmpty(t, dir)
	if child.ProcessState == nil {
		t.Error("the child still runs")
	}
}

func TestManyBootsLeaveNothingBehindInTheJudge(t *testing.T) {
	if testing.Short() {
		t.Skip("starts 30 servers")
	}
	j := newJudge(t, Options{Memory: 600 << 20})
	for range 30 {
		v := bootText(t, j, "server_name: a\njetstream: enabled\ncluster { name: c, port: 6222, routes: [\"nats://h:6222\"] }\nhttp: 8222\n")
		if !v.Accepted() {
			t.Fatalf("%+v", v)
		}
	}
}
