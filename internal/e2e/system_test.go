package e2e

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

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

// slow is for tests with JetStream clusters, which mostly wait for elections:
// they run side by side, and not at all with -short.
func slow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts JetStream clusters")
	}
	t.Parallel()
}

// elected waits until servers that are one JetStream cluster have a leader who
// knows all of them.
func (s *system) elected(names ...string) {
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
