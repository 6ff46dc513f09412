package cli

import (
	"slices"
	"testing"

	"github.com/natsfix/natsfix/internal/oracle"
)

func TestParseServerArgs(t *testing.T) {
	for _, c := range []struct {
		text string
		want oracle.Args
	}{
		{"", oracle.Args{}},
		{"-js", oracle.Args{JetStream: true}},
		{"-js=false", oracle.Args{}},
		{"nats-server -c /etc/nats.conf --jetstream -sd '/my data'", oracle.Args{JetStream: true, StoreDir: "/my data"}},
		{"--name n1 --cluster_name=c1 -DV", oracle.Args{ServerName: "n1", ClusterName: "c1"}},
		{`--routes "nats://a:1, nats://b:2" --cluster nats://0.0.0.0:6222`, oracle.Args{Routes: "nats://a:1, nats://b:2", Cluster: "nats://0.0.0.0:6222"}},
		{"-a 127.0.0.1 -p 4222 -m 8222 -ms 8443", oracle.Args{Host: "127.0.0.1", Port: 4222, HTTPPort: 8222, HTTPSPort: 8443}},
	} {
		if got, err := parseServerArgs(c.text); err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"-x", "--name", "-p x", "name", "-js stray", `--name "x`} {
		if got, err := parseServerArgs(text); err == nil && text != "name" {
			t.Errorf("%q: %+v, want an error", text, got)
		}
	}
}

func TestSplitWords(t *testing.T) {
	got, err := splitWords(`a  'b c'"d" "e\"f" \  ''`)
	if want := []string{"a", "b cd", `e"f`, " ", ""}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "7": 7, "7B": 7, "16MB": 16 << 20, "1k": 1024, "2 GiB": 2 << 30} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5MB", "1TB", "99999999999999999999", "9999999999999GB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q: %d, want an error", text, got)
		}
	}
}

func TestNewerComparesReleases(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"2.12", "2.9", true}, {"v2.9", "2.12", false}, {"2.10.4", "v2.10.4", false},
		{"2.10.5", "2.10.4", true}, {"2.10.5", "2.10", false}, {"2.10", "2.10.5", false},
	} {
		if got := newer(c.a, c.b); got != c.want {
			t.Errorf("newer(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{"a.conf": "a.conf", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$HOME": "'$HOME'", "a\x1b[2J'\\\n\xff": `$'a\033[2J\'\\\012\377'`, "größe": "'größe'"} {
		if got := shellQuote(in); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestWrapKeepsWhatIsIndented(t *testing.T) {
	got := wrap("one\ntwo\n\n    name: x\n- item", "  ")
	if want := "  one two\n\n      name: x\n  - item"; got != want {
		t.Errorf("%q", got)
	}
}
