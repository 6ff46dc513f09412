package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/cli"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

// texts are configurations by file name. In them @dir@ and every other @...dir@
// is a directory of the file's own, and every other @name@ a free port, the same
// in all files of a system.
type texts map[string]string

// system is a directory of configuration files, and the servers that run them.
// Servers stop when the test ends.
type system struct {
	t       *testing.T
	dir     string
	stores  string // below which servers store that are not told where
	debug   bool   // servers log at debug level, as with --debug
	running map[string]*node
}

// node is a running server.
type node struct {
	*server.Server
	log *logbook
}

// write makes a system of the texts.
func write(t *testing.T, in texts) *system {
	t.Helper()
	s := &system{t: t, dir: t.TempDir(), stores: t.TempDir(), running: map[string]*node{}}
	ports := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		dirs := map[string]string{}
		s.put(name, marker.ReplaceAllStringFunc(in[name], func(m string) string {
			if strings.HasSuffix(m, "dir@") {
				if dirs[m] == "" {
					dirs[m] = t.TempDir()
				}
				return dirs[m]
			}
			if ports[m] == "" {
				ports[m] = freePort(t)
			}
			return ports[m]
		}))
	}
	t.Cleanup(func() {
		s.stop(slices.Sorted(maps.Keys(s.running))...)
	})
	return s
}

var marker = regexp.MustCompile(`@[a-z0-9-]+@`)

// examples reads a folder of the examples, with pairs of texts that are
// replaced in them, each of which must be there.
func examples(t *testing.T, folder string, pairs ...string) texts {
	t.Helper()
	out := make(texts)
	paths, err := filepath.Glob(filepath.Join("..", "..", "examples", folder, "*.conf"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no example in %s: %v", folder, err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = strings.NewReplacer(pairs...).Replace(string(text))
		all.Write(text)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(all.String(), pairs[i]) {
			t.Fatalf("there is no %q in the example %s", pairs[i], folder)
		}
	}
	return out
}

// freePort returns a TCP port that nobody listens on. It lies below those that
// the system hands out by itself, to clients for instance, and the UDP port of
// the same number, held until the test ends, keeps it from other tests.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := fmt.Sprint(10000 + rand.IntN(22000))
		claim, err := net.ListenPacket("udp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			claim.Close()
			continue
		}
		l.Close()
		t.Cleanup(func() { claim.Close() })
		return port
	}
	t.Fatal("found no free port")
	return ""
}

func (s *system) path(name string) string { return filepath.Join(s.dir, name) }

// put writes one file.
func (s *system) put(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// text returns a file as it is now.
func (s *system) text(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// fix runs "natsfix fix -w" over the directory, and returns what it writes to
// standard output. It must succeed.
func (s *system) fix(args ...string) string {
	s.t.Helper()
	return s.natsfix(append([]string{"fix", "-w"}, args...)...)
}

// natsfix runs the command line, in this process, over the directory.
func (s *system) natsfix(args ...string) string {
	s.t.Helper()
	var out, messages bytes.Buffer
	app := cli.App{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages, Rules: suite.All(), Run: engine.Run}
	if code := app.Main(slices.Concat([]string{"natsfix"}, args, []string{s.dir})); code > 1 || code == 1 && args[0] == "fix" {
		s.t.Fatalf("natsfix %s: exit %d\n%s%s", strings.Join(args, " "), code, messages.String(), out.String())
	}
	return out.String()
}

// fixed fixes the files and reports whether that changed the one of that name.
func (s *system) fixed(name string, args ...string) bool {
	s.t.Helper()
	before := s.text(name)
	s.fix(args...)
	return s.text(name) != before
}

// options has the official server read a file. One that names no address gets a
// free port of 127.0.0.1, as with --addr and --port.
func (s *system) options(name string) (*server.Options, error) {
	opts, err := server.ProcessConfigFile(s.path(name))
	if err != nil {
		return nil, err
	}
	if opts.Host == "" {
		opts.Host, opts.Port = "127.0.0.1", server.RANDOM_PORT
	}
	if opts.JetStream && opts.StoreDir == "" {
		opts.StoreDir = filepath.Join(s.stores, name)
	}
	opts.NoSigs, opts.NoLog, opts.Debug = true, true, opts.Debug || s.debug
	return opts, nil
}

// newServer hands a file to the official server.
func (s *system) newServer(name string) (*server.Server, error) {
	opts, err := s.options(name)
	if err != nil {
		return nil, err
	}
	return server.NewServer(opts)
}

// reload has a running server read its file again, as on a signal.
func (s *system) reload(name string) error {
	opts, err := s.options(name)
	if err != nil {
		return err
	}
	return s.running[name].ReloadOptions(opts)
}

// refused returns why the official server refuses a file, which it must.
func (s *system) refused(name string) string {
	s.t.Helper()
	_, err := s.newServer(name)
	if err == nil {
		s.t.Fatalf("the server takes %s:\n%s", name, s.text(name))
	}
	return err.Error()
}

// start starts servers, which must be accepted and get ready.
func (s *system) start(names ...string) {
	s.t.Helper()
	for _, name := range names {
		srv, err := s.newServer(name)
		if err != nil {
			s.t.Fatalf("the server refuses %s: %v\n%s", name, err, s.text(name))
		}
		s.running[name] = begin(srv, s.debug)
	}
	for _, name := range names {
		if err := s.running[name].ready(); err != nil {
			s.t.Fatalf("the server of %s does not get ready: %v\n%s", name, err, s.text(name))
		}
	}
}

// begin starts a server.
func begin(srv *server.Server, debug bool) *node {
	n := &node{Server: srv, log: &logbook{}}
	srv.SetLoggerV2(n.log, debug, false, false)
	srv.Start()
	return n
}

// ready waits until a server listens everywhere. One that does not yet must not
// be stopped, since it would go on to listen.
func (n *node) ready() error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if fatal := n.log.with("[FTL]"); len(fatal) > 0 {
			return errors.New(fatal[0])
		}
		if n.ReadyForConnections(100 * time.Millisecond) {
			return nil
		}
	}
	return errors.New("it takes too long")
}

// stop stops servers.
func (s *system) stop(names ...string) {
	for _, name := range names {
		n := s.running[name]
		delete(s.running, name)
		n.Shutdown()
		n.WaitForShutdown()
		if s.t.Failed() {
			s.t.Logf("the log of %s ends:\n%s", name, n.log)
		}
	}
}

// names returns the files' names, sorted.
func (s *system) names() []string {
	s.t.Helper()
	found, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, e := range found {
		list = append(list, e.Name())
	}
	return list
}

// slow is for tests with JetStream clusters, which mostly wait for elections:
// they run side by side, and not at all with -short.
func slow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts JetStream clusters")
	}
	t.Parallel()
}

// ready waits until servers that are one JetStream cluster have a leader who
// knows all of them.
func (s *system) ready(names ...string) {
	s.t.Helper()
	eventually(s.t, "JetStream has a leader that knows its servers", func() error {
		var leader *node
		for _, name := range names {
			if n := s.running[name]; n.JetStreamIsLeader() {
				leader = n
			}
		}
		if leader == nil {
			return fmt.Errorf("there is no leader")
		}
		peers := 0
		for _, p := range leader.JetStreamClusterPeers() {
			if p != "" {
				peers++
			}
		}
		return is(peers, len(names))
	})
	for _, name := range names {
		n := s.running[name]
		eventually(s.t, name+" is current", func() error {
			if !n.JetStreamIsCurrent() {
				return fmt.Errorf("it is not")
			}
			return nil
		})
	}
}

// mqtt returns the address at which the server accepts MQTT.
func (n *node) mqtt() string {
	v, err := n.Varz(nil)
	if err != nil {
		return err.Error()
	}
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(v.MQTT.Port))
}
