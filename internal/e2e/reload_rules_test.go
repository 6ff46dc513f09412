package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsfix/natsfix/internal/golden"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestReloadAgreesWithTheRules runs the servers of the golden cases as they
// were, has them reload what the fixes made of their files, and compares what
// they say with what the fixes say that the change asks of a running server.
func TestReloadAgreesWithTheRules(t *testing.T) {
	quietly(t)
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "golden", "*", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := 0, 0
	for _, path := range paths {
		c, err := golden.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Env) > 0 || c.Args != (oracle.Args{}) { // those are not in the files
			continue
		}
		if slices.Contains(c.Rules, "conflicting-aliases") { // which of the values the server has is a matter of chance
			continue
		}
		labels := effects(c.Sections["changes"])
		for _, line := range strings.Split(c.Sections["server"], "\n") {
			root, verdict, _ := strings.Cut(line, ": ")
			label, changes := labels[root]
			if verdict != "starts" || !changes {
				continue
			}
			name := strings.TrimPrefix(filepath.ToSlash(path), "../../testdata/golden/") + " " + root
			reload, err := tryReload(t, c, root)
			switch restart := label == restartLabel; {
			case reload != nil && !strings.Contains(reload.Error(), unsupported):
				t.Errorf("%s: the server refuses the file, not the reload: %v", name, reload)
			case err != nil:
				t.Logf("%s: not compared: %v", name, err)
			case reload == nil && restart:
				t.Errorf("%s: natsfix asks for a restart, and the server takes the reload\n%s", name, c.Sections["changes"])
			case reload != nil && !restart:
				t.Errorf("%s: natsfix says that a reload is enough, and the server says: %v\n%s", name, reload, c.Sections["changes"])
			case restart:
				refused++
			default:
				accepted++
			}
		}
	}
	t.Logf("%d reloads were accepted, %d refused", accepted, refused)
	if accepted < 120 || refused < 180 {
		t.Errorf("%d reloads were accepted and %d refused; the cases have more", accepted, refused)
	}
}

const (
	reloadLabel  = "reload"
	restartLabel = "restart"

	// unsupported is what the server says of a change that takes a restart.
	unsupported = "config reload not supported"
)

// effects returns the strongest label among the changes of each server, in the
// words of the section of a golden case.
func effects(section string) map[string]string {
	labels := map[string]string{}
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		root, _, _ := strings.Cut(line, ": ")
		if strings.HasSuffix(line, "(restart)") || strings.HasSuffix(line, "(restart of all servers that share it)") {
			labels[root] = restartLabel
		} else if labels[root] == "" {
			labels[root] = reloadLabel
		}
	}
	return labels
}

// tryReload starts a server of a case, and returns what it says when it is to
// reload its file after the fix. The error tells why it could not be asked.
func tryReload(t *testing.T, c *golden.Case, root string) (reload, err error) {
	dir := t.TempDir()
	after := maps.Clone(c.In)
	maps.Copy(after, c.Out)
	private := privacy{t: t, dir: filepath.Join(dir, "js"), dirs: map[string]string{}, addresses: map[string]string{}}
	read := func(files map[string][]byte) (*server.Options, error) {
		for name, text := range files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := &server.Options{}
		err := o.ProcessConfigFile(filepath.Join(dir, filepath.FromSlash(root)))
		if list, ok := err.(interface{ Errors() []error }); err != nil && (!ok || len(list.Errors()) > 0) {
			return nil, err // else they are warnings
		}
		private.apply(o)
		return o, nil
	}
	before, err := read(c.In)
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(before)
	if err != nil {
		return nil, err
	}
	n := begin(srv, false)
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	if err := n.ready(); err != nil {
		return nil, err
	}
	options, err := read(after)
	if err != nil {
		return nil, err
	}
	return srv.ReloadOptions(options), nil
}

// privacy keeps servers to this test, and leaves alone what two configurations
// have in common: equal addresses and directories stay equal, others stay
// different.
type privacy struct {
	t         *testing.T
	dir       string
	dirs      map[string]string
	addresses map[string]string
}

func (p *privacy) apply(o *server.Options) {
	o.NoSigs, o.NoLog, o.Syslog, o.ProfPort = true, true, false, 0
	o.PidFile, o.LogFile, o.PortsFileDir, o.RemoteSyslog = "", "", "", ""
	o.StoreDir = p.private(o.StoreDir)
	o.Port = p.port("client", &o.Host, o.Port)
	for name, l := range map[string]struct {
		host *string
		port *int
	}{
		"http": {&o.HTTPHost, &o.HTTPPort}, "https": {&o.HTTPHost, &o.HTTPSPort}, "cluster": {&o.Cluster.Host, &o.Cluster.Port},
		"gateway": {&o.Gateway.Host, &o.Gateway.Port}, "leafnodes": {&o.LeafNode.Host, &o.LeafNode.Port},
		"websocket": {&o.Websocket.Host, &o.Websocket.Port}, "mqtt": {&o.MQTT.Host, &o.MQTT.Port},
	} {
		if *l.port != 0 {
			*l.port = p.port(name, l.host, *l.port)
		}
	}
	p.nowhere(o.Routes)
	for _, g := range o.Gateway.Gateways {
		p.nowhere(g.URLs)
	}
	for _, r := range o.LeafNode.Remotes {
		p.nowhere(r.URLs)
	}
}

// private returns a directory in place of one that a configuration names.
func (p *privacy) private(dir string) string {
	if p.dirs[dir] == "" {
		p.dirs[dir] = filepath.Join(p.dir, fmt.Sprint(len(p.dirs)))
	}
	return p.dirs[dir]
}

// port returns a port in place of one that a configuration listens on.
func (p *privacy) port(block string, host *string, port int) int {
	address := fmt.Sprint(block, " ", *host, " ", port)
	*host = "127.0.0.1"
	var free int
	fmt.Sscan(p.free(address), &free)
	return free
}

// nowhere leads URLs of other servers to ports on which nobody listens.
func (p *privacy) nowhere(list []*url.URL) {
	for _, u := range list {
		u.Host = "127.0.0.1:" + p.free(u.Host)
	}
}

func (p *privacy) free(address string) string {
	if p.addresses[address] == "" {
		p.addresses[address] = freePort(p.t)
	}
	return p.addresses[address]
}
