// Package e2e proves rewrites with running servers: what natsfix makes of the
// examples is given to the official server, which must then do what the rules
// promise.
package e2e

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, as main does for the
// program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

const patience = 10 * time.Second

// texts are configurations by file name.
type texts map[string]string

// examples reads a folder of the examples.
func examples(t *testing.T, folder string) texts {
	t.Helper()
	out := make(texts)
	paths, err := filepath.Glob(filepath.Join("..", "..", "examples", folder, "*.conf"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no example in %s: %v", folder, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = string(text)
	}
	return out
}

// fix returns the texts as natsfix would write them: the whole suite, with
// proofs.
func fix(t *testing.T, in texts) texts {
	t.Helper()
	judge, err := oracle.Start(t.Context(), oracle.Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer judge.Close()
	res, err := engine.Run(t.Context(), engine.Request{
		Targets: slices.Sorted(maps.Keys(in)),
		Read: func(path string) ([]byte, error) {
			if text, ok := in[path]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Rules: suite.All(),
		Prove: true,
		Judge: func() (*oracle.Judge, error) { return judge, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	out := maps.Clone(in)
	for _, f := range res.Files {
		switch f.Status {
		case engine.WouldChange:
			out[f.Path] = string(f.After)
		case engine.Refused:
			t.Fatalf("%s is refused: %s", f.Path, f.Message)
		}
	}
	return out
}

// newServer hands a configuration to the official server. Ports and folders
// are those of this test: replace takes pairs of texts, each of which must be
// there.
func newServer(t *testing.T, text string, replace ...string) (*server.Server, error) {
	t.Helper()
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("there is no %q in\n%s", replace[i], text)
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	path := filepath.Join(t.TempDir(), "nats.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	opts, err := server.ProcessConfigFile(path)
	if err != nil {
		return nil, err
	}
	opts.Host, opts.Port = "127.0.0.1", -1
	opts.NoSigs, opts.NoLog = true, true
	if opts.StoreDir == "" {
		opts.StoreDir = t.TempDir()
	}
	return server.NewServer(opts)
}

// start starts a server that must be accepted, and stops it at the end.
func start(t *testing.T, text string, replace ...string) *server.Server {
	t.Helper()
	s, err := newServer(t, text, replace...)
	if err != nil {
		t.Fatalf("the server refuses: %v\n%s", err, text)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server does not get ready")
	}
	return s
}

// connect connects a client.
func connect(t *testing.T, s *server.Server, opts ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(s.ClientURL(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("it does not happen that " + what)
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
