package oracle

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// copyOf has the judge copy a case.
func copyOf(t *testing.T, j *Judge, c Case) *Copy {
	t.Helper()
	c.Copy = true
	v := ask(t, j, c)
	if v.Copy == nil {
		t.Fatalf("no copy: %+v", v)
	}
	return v.Copy
}

// thisBinary is the test itself, which does as nats-server does with -t.
func thisBinary(t *testing.T) *Binary {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenBinary(t.Context(), exe)
	if err != nil {
		t.Fatal(err)
	}
	if b.Release != Release() {
		t.Errorf("got release %q", b.Release)
	}
	return b
}

func TestAnotherServerSeesTheCopyOnly(t *testing.T) {
	j := newJudge(t, Options{})
	b := thisBinary(t)
	canary := t.TempDir()
	for _, c := range []struct{ text, include, want string }{
		{"port: 4222\n", "", ""},
		{"port: 4222\nprot: 1\nserver_nam: x\n", "", "nats.conf:2:1: unknown field \"prot\"\nnats.conf:3:1: unknown field \"server_nam\"\n"},
		{"port: 4222\ninclude sub/b.conf\n", "a b\nc d e\n", "sub/b.conf:2: "},
		{"tls { cert_file: \"CANARY/c\", key_file: \"CANARY/k\", ca_file: \"CANARY/a\" }\noperator: \"CANARY/o.jwt\"\n" +
			"resolver { type: full, dir: \"CANARY/jwt\" }\nsystem_account: ACMEWCVMSKMLXIZNCEQLRXMTMF3QE5ZHBYAHJXD2AZ6O5YQV6XHTRTMW\n", "", ""},
		// Also where the parser refuses the rest.
		{"resolver { type: full, dir: \"CANARY/jwt\" }\nx: y z\n", "", "nats.conf:2: "},
		{"port: $PORT\ninclude sub/b.conf\n", "tls { cert_file: $CERT, key_file: $CERT }\n", ""},
	} {
		files := map[string][]byte{"nats.conf": []byte(strings.ReplaceAll(c.text, "CANARY", canary))}
		if c.include != "" {
			files["sub/b.conf"] = []byte(c.include)
		}
		env := map[string]string{"PORT": "4333", "CERT": canary + "/x.pem"}
		cp := copyOf(t, j, Case{Root: "nats.conf", Files: files, Env: env})
		problems, err := b.Ask(t.Context(), "nats.conf", cp, Args{})
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, p := range problems {
			if p.Column > 0 {
				fmt.Fprintln(&got, p)
			} else {
				fmt.Fprintf(&got, "%s:%d: ", p.File, p.Line)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got.String(), c.want)
		}
	}
	assertEmpty(t, canary)
}

func TestAnotherServerGetsTheFlags(t *testing.T) {
	j := newJudge(t, Options{})
	cp := copyOf(t, j, Case{Root: "nats.conf", Files: files("nats.conf", "jetstream { store_dir: a }\n")})
	b := thisBinary(t)
	args := Args{ServerName: "a", ClusterName: "c", Cluster: "nats://127.0.0.1:6222", Routes: "nats://h:6222", Host: "127.0.0.1",
		Port: 4333, HTTPPort: 8222, JetStream: true, StoreDir: "b"}
	problems, err := b.Ask(t.Context(), "nats.conf", cp, args)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "Duplicate 'store_dir' configuration") {
		t.Errorf("%v %v", problems, err)
	}
}

func TestAnotherServerMustComeToAnEnd(t *testing.T) {
	j := newJudge(t, Options{})
	cp := copyOf(t, j, harmless)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := thisBinary(t).Ask(ctx, "a", cp, Args{ServerName: "hang"}); err == nil || !strings.Contains(err.Error(), "come to an end") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoServerIsRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/no/such/program", "true"} {
		if b, err := OpenBinary(t.Context(), path); err == nil {
			t.Errorf("%s: %+v", path, b)
		}
	}
}
