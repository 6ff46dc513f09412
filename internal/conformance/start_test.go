package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startArgument makes the test binary start servers.
const startArgument = "natsfix-conformance-start"

// readyWithin bounds the start of one server.
const readyWithin = 5 * time.Second

// TestAcceptedConfigurationsReallyStart starts a server for each of our own
// configurations and those of the nats-server module that the judge accepts as
// they are, without stand-ins: on loopback, with free ports and a private
// directory, and without dialling others.
func TestAcceptedConfigurationsReallyStart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	judge := newJudge(t)
	var texts []string
	for _, in := range distinct(slices.Concat(ownInputs(t, "accepted.cases"), moduleInputs(t))) {
		if v := ask(t, judge, in.text); v.Accepted() && len(v.NotChecked) == 0 {
			texts = append(texts, in.text)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], startArgument)
	cmd.Dir, cmd.Env = t.TempDir(), []string{}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	enc, dec := json.NewEncoder(in), json.NewDecoder(out)
	for _, text := range texts {
		why := ""
		if err := enc.Encode(text); err != nil {
			t.Fatalf("%v: %s", err, stderr.String())
		}
		if err := dec.Decode(&why); err != nil {
			t.Fatalf("%v: %s\n%s", err, text, stderr.String())
		}
		if why != "" {
			t.Errorf("the server does not start: %s\n%s", why, text)
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, stderr.String())
	}
	t.Logf("%d servers started", len(texts))
}

// serveStarts answers each configuration with why a server does not start, ""
// if it does. Its working directory is private.
func serveStarts(r io.Reader, w io.Writer) int {
	enc, dec := json.NewEncoder(w), json.NewDecoder(r)
	for n := 0; ; n++ {
		var text string
		if err := dec.Decode(&text); err != nil {
			return 0
		}
		if err := enc.Encode(start(text, fmt.Sprintf("js%d", n))); err != nil {
			return 1
		}
	}
}

func start(text, dir string) string {
	o := &server.Options{}
	if err := o.ProcessConfigString(text); err != nil {
		var list interface{ Errors() []error }
		if !errors.As(err, &list) || len(list.Errors()) > 0 { // else they are warnings
			return err.Error()
		}
	}
	private(o, dir)
	s, err := server.NewServer(o)
	if err != nil {
		return err.Error()
	}
	log := &fatalLog{said: make(chan string, 1)}
	s.SetLoggerV2(log, false, false, false)
	ready := make(chan bool, 1)
	go func() {
		s.Start()
		ready <- s.ReadyForConnections(readyWithin)
	}()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	select {
	case why := <-log.said:
		return why
	case ok := <-ready:
		if !ok {
			return "not ready for connections"
		}
		return ""
	}
}

// private keeps a server on loopback, on ports that are free, in a directory of
// its own, and from dialling others.
func private(o *server.Options, dir string) {
	const host, free = "127.0.0.1", server.RANDOM_PORT
	o.Host, o.Port, o.NoSigs, o.StoreDir = host, free, true, dir
	o.PidFile, o.LogFile, o.PortsFileDir, o.Syslog, o.ProfPort = "", "", "", false, 0
	for _, l := range []struct {
		host *string
		port *int
	}{
		{&o.HTTPHost, &o.HTTPPort}, {&o.HTTPHost, &o.HTTPSPort}, {&o.Cluster.Host, &o.Cluster.Port}, {&o.Gateway.Host, &o.Gateway.Port},
		{&o.LeafNode.Host, &o.LeafNode.Port}, {&o.Websocket.Host, &o.Websocket.Port}, {&o.MQTT.Host, &o.MQTT.Port},
	} {
		if *l.port != 0 {
			*l.host, *l.port = host, free
		}
	}
	// The discard port of this machine stands for all other servers, each by an
	// address of its own.
	others := 0
	nowhere := func(list []*url.URL) {
		for _, u := range list {
			others++
			u.Host = net.JoinHostPort(fmt.Sprintf("127.0.%d.%d", others/250, 1+others%250), "9")
		}
	}
	nowhere(o.Routes)
	for _, g := range o.Gateway.Gateways {
		nowhere(g.URLs)
	}
	for _, r := range o.LeafNode.Remotes {
		nowhere(r.URLs)
		r.Proxy.URL = ""
		r.Proxy.Username, r.Proxy.Password = "", ""
	}
}

// fatalLog keeps the first fatal message, at which a server ends by itself.
type fatalLog struct {
	once sync.Once
	said chan string
}

func (l *fatalLog) Noticef(string, ...any) {}
func (l *fatalLog) Warnf(string, ...any)   {}
func (l *fatalLog) Errorf(string, ...any)  {}
func (l *fatalLog) Debugf(string, ...any)  {}
func (l *fatalLog) Tracef(string, ...any)  {}
func (l *fatalLog) Fatalf(format string, args ...any) {
	l.once.Do(func() { l.said <- fmt.Sprintf(format, args...) })
}
