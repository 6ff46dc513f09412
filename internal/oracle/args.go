package oracle

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// options returns what the flags set before the file is read. The server then
// lets the file overwrite it, and sets it once more (ConfigureOptions in
// server/opts.go); a store_dir on both sides is an error because of that.
func (a Args) options() (*server.Options, error) {
	o := &server.Options{}
	if err := a.set(o); err != nil {
		return nil, err
	}
	return o, nil
}

// override sets the flags again after the file was read, and checks what the
// server checks then.
func (a Args) override(o *server.Options) error {
	// NewServer must neither catch signals nor write to the log.
	o.NoSigs, o.NoLog = true, true
	if a == (Args{}) {
		return nil
	}
	if err := a.set(o); err != nil {
		return err
	}
	if a.Cluster != "" {
		if err := a.cluster(o); err != nil {
			return err
		}
	}
	if a.Routes != "" {
		o.Routes = server.RoutesFromStr(a.Routes)
		if a.Cluster == "" && o.Cluster.Host == "" && o.Cluster.Port == 0 {
			return errors.New("solicited routes require cluster capabilities, e.g. --cluster")
		}
	}
	return nil
}

// set copies the flags that are plain values.
func (a Args) set(o *server.Options) error {
	texts := []struct {
		from string
		to   *string
	}{
		{a.ServerName, &o.ServerName}, {a.ClusterName, &o.Cluster.Name}, {a.Cluster, &o.Cluster.ListenStr},
		{a.Routes, &o.RoutesStr}, {a.Host, &o.Host}, {a.StoreDir, &o.StoreDir},
	}
	for _, t := range texts {
		if t.from != "" {
			*t.to = t.from
		}
	}
	if strings.Contains(a.ClusterName, "$") && o.Gateway.Name != "" {
		o.Cluster.Name = o.Gateway.Name // whatever is filled in, it must be this one
	}
	numbers := []struct {
		from int
		to   *int
	}{{a.Port, &o.Port}, {a.HTTPPort, &o.HTTPPort}, {a.HTTPSPort, &o.HTTPSPort}}
	for _, n := range numbers {
		if n.from != 0 {
			*n.to = n.from
		}
	}
	o.JetStream = o.JetStream || a.JetStream
	for _, route := range strings.Split(a.Routes, ",") {
		if _, err := url.Parse(strings.TrimSpace(route)); err != nil {
			return fmt.Errorf("cannot read the flag --routes: %w", err)
		}
	}
	return nil
}

// cluster applies --cluster as overrideCluster does (server/opts.go).
func (a Args) cluster(o *server.Options) error {
	listen, random := strings.CutSuffix(a.Cluster, ":-1")
	if random {
		listen += ":0"
	}
	u, err := url.Parse(listen)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return err
	}
	o.Cluster.Host = host
	if o.Cluster.Port, err = strconv.Atoi(port); err != nil {
		return err
	}
	if random {
		o.Cluster.Port = -1
	}
	if u.User != nil {
		o.Cluster.Username = u.User.Username()
		o.Cluster.Password, _ = u.User.Password()
	}
	return nil
}
