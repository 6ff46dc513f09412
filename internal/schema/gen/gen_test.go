package main

import (
	"os"
	"strings"
	"testing"
)

func readFields(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTableIsUpToDate fails when the linked nats-server has a key that fields.txt lacks, or lacks one that it has, and when
// table_gen.go was not generated from both.
func TestTableIsUpToDate(t *testing.T) {
	want, err := generate(readFields(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../table_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("table_gen.go is out of date: run \"go generate ./internal/schema\"")
	}
}

// TestDifferencesToTheServerAreReported changes fields.txt in one place each.
func TestDifferencesToTheServerAreReported(t *testing.T) {
	text := readFields(t)
	for name, tt := range map[string]struct{ old, new, want string }{
		"missing field":         {"\nserver_name@", "\n# server_name@", "[] lacks server_name, which processConfigFileLine"},
		"missing alias":         {"max_connections@2.0.0 max_conn ", "max_connections@2.0.0 ", "lacks max_conn"},
		"missing lookup":        {"\nhard_delete@", "\n# hard_delete@", "[resolver] lacks hard_delete"},
		"invented field":        {"\nserver_name@2.1.2", "\nserver_nick@2.1.2", "server_nick is not a key of processConfigFileLine"},
		"field of other block":  {"\npool_size@", "\nreject_unknown@", "[cluster] reject_unknown is not a key"},
		"reload that is none":   {"restart ServerName", "reload ServerName", "refuses a change of ServerName"},
		"restart that is none":  {"reload MaxPingsOut", "restart MaxPingsOut", "applies a change of MaxPingsOut"},
		"leaf reload":           {"restart LeafNode.Advertise", "reload LeafNode.Advertise", "refuses a change of LeafNode.Advertise"},
		"remote reload":         {"restart LeafNode.Remotes.Hub", "reload LeafNode.Remotes.Hub", "refuses a change of LeafNode.Remotes.Hub"},
		"no such option":        {"restart ServerName", "restart ServerNick", "server.Options has no ServerNick"},
		"no such function":      {"parseMQTT(mk)", "parseMQ(mk)", "no func parseMQ"},
		"no such switch":        {"parseMQTT(mk)", "parseMQTT(k)", "0 switches over k"},
		"no such child":         {"| map:permissions ", "| map:permits ", "no section [permits]"},
		"unknown type":          {"| hostport ", "| hostname ", "unknown type \"hostname\""},
		"unknown effect":        {"restart ServerName", "reboot ServerName", "unknown effect \"reboot\""},
		"exception for nothing": {"\nconnection_rate_limit | none Cluster", "\nrate_limit | none Cluster", "[tls] has no field rate_limit"},
		"name without release":  {"\nserver_name@2.1.2", "\nserver_name", "server_name needs @release"},
		"section twice":         {"\n[proxies] ", "\n[mqtt] ", "two sections [mqtt]"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(text, tt.old, tt.new, 1)
			if changed == text {
				t.Fatalf("fields.txt does not hold %q", tt.old)
			}
			_, err := generate(changed)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}
