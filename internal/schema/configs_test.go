package schema_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/schema"
)

// token is what the official parser wraps around a value when asked to check.
type token interface {
	Value() any
	IsUsedVariable() bool
}

// unknownKeys walks a parsed configuration with the table and returns the paths of the keys that it does not know.
func unknownKeys(m map[string]any, b *schema.Block, path string) (unknown []string) {
	for key, value := range m {
		tk := value.(token)
		at := path + key
		f := b.Field(key)
		if f == nil {
			if !b.Lenient && (b.NoVariables || !tk.IsUsedVariable()) {
				unknown = append(unknown, at)
			}
			continue
		}
		unknown = append(unknown, unknownInside(tk.Value(), f, at)...)
	}
	return unknown
}

func unknownInside(value any, f *schema.Field, at string) (unknown []string) {
	switch v := value.(type) {
	case map[string]any:
		if f.Block == nil {
			return []string{at + " (a map)"}
		}
		return unknownKeys(v, f.Block, at+".")
	case []any:
		for i, e := range v {
			unknown = append(unknown, unknownInside(e.(token).Value(), f, fmt.Sprintf("%s[%d]", at, i))...)
		}
	}
	return unknown
}

// TestServersOwnConfigurationsAreKnown reads the configurations that nats-server tests itself with.
func TestServersOwnConfigurationsAreKnown(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(string(out))
	deliberate := map[string][]string{
		// Wrong on purpose, in the server's own tests of its checks.
		"server/configs/include_bad_conf_check_a.conf": {"monitoring_port"},
		"server/configs/include_bad_conf_check_b.conf": {"monitoring_port"},
		"server/configs/include_conf_check_b.conf":     {"monitoring_port"},
		"server/configs/multiple_errors.conf":          {"monitoring"},
		// Fragments: one is included by a gateway block, the other by authorization blocks that use its variables.
		"server/configs/gws.conf": {"gateways"},
		"test/configs/auths.conf": {
			"ADMIN", "BENCH", "BENCH_DENY", "DEFAULT_PERMISSIONS", "MY_SERVICE", "MY_STREAM_SERVICE", "NEW_STYLE", "NS_PUB", "REQUESTOR",
		},
	}
	files := 0
	for _, glob := range []string{"server/configs/*.conf", "server/configs/*/*.conf", "test/configs/*.conf", "test/configs/*/*.conf", "conf/*.conf"} {
		paths, err := filepath.Glob(filepath.Join(dir, glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			m, err := conf.ParseFileWithChecks(path)
			if err != nil {
				t.Logf("not parsed: %v", err)
				continue
			}
			files++
			rel, _ := filepath.Rel(dir, path)
			got := unknownKeys(m, schema.Root(), "")
			slices.Sort(got)
			if want := deliberate[filepath.ToSlash(rel)]; !slices.Equal(got, want) {
				t.Errorf("%s: unknown keys %q, want %q", rel, got, want)
			}
		}
	}
	if files < 70 {
		t.Errorf("only %d configurations were read", files)
	}
}
