package oracle

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// maxBoots bounds how often one configuration is started: the server ends
	// at the first thing that it cannot do.
	maxBoots = 8
	// bootTime bounds one start, and allBootTime how long one configuration is
	// started again. Ordinary starts take some milliseconds.
	bootTime    = 8 * time.Second
	allBootTime = 12 * time.Second
	// storeName is where a started server stores its streams, in the working
	// directory.
	storeName = "js"
	// nowhere is a port that no address has, so that dialling it is refused
	// before anything is sent.
	nowhere = 70000
)

// boot really starts the server: on free ports of the loopback address, with a
// private directory, and with no other server to reach. What it cannot do
// becomes a problem, what it logs as a warning or an error a warning. What the
// start refuses is cured, and the server started again.
func (e *examiner) boot(c *Case, read *reading, v *Verdict) {
	if v.Partial {
		v.NotChecked = append(v.NotChecked, "boot: parts of the configuration are refused before, so that the server was not started")
		return
	}
	v.Reached = StageBoot
	said := map[string]bool{}
	for _, p := range v.Problems {
		said[p.Message] = true
	}
	report := func(message string, warning bool) {
		message = e.local(message)
		if !said[message] {
			said[message] = true
			v.Problems = append(v.Problems, Problem{Stage: StageBoot, Message: message, Warning: warning})
		}
	}
	var cures []func(*server.Options)
	began := time.Now()
	for range maxBoots {
		if time.Since(began) > allBootTime {
			break
		}
		fatal, warnings, err := e.bootOnce(c, read, v, cures)
		if err != nil {
			v.NotChecked = append(v.NotChecked, "boot: "+err.Error())
			return
		}
		for _, w := range warnings {
			report(w, true)
		}
		if fatal == "" {
			return
		}
		if !alreadySaid(v.Problems, fatal) {
			report(fatal, false)
		}
		next := bootCure(fatal)
		if next == nil {
			v.Incomplete = true
			return
		}
		cures = append(cures, next)
	}
	v.Incomplete = true
}

// alreadySaid reports whether a fatal message is one that the options told
// already: with other ports, or wrapped.
func alreadySaid(list []Problem, fatal string) bool {
	plain := func(message string) string {
		return numbered.ReplaceAllString(strings.ReplaceAll(message, "-1", "1"), "0")
	}
	return slices.ContainsFunc(list, func(p Problem) bool {
		// What follows names addresses, which were changed.
		begin, _, cut := strings.Cut(plain(p.Message), "listen tcp")
		return p.Stage == StageStart && (strings.HasSuffix(plain(fatal), plain(p.Message)) || cut && strings.HasPrefix(plain(fatal), begin))
	})
}

// bootOnce starts the server once. It returns at what the server ended, ""
// if it got ready, and what it warned of.
func (e *examiner) bootOnce(c *Case, read *reading, v *Verdict, cures []func(*server.Options)) (fatal string, warnings []string, err error) {
	o, err := c.Args.options()
	if err == nil {
		_, err = e.process(c, o)
	}
	if err == nil {
		err = c.Args.override(o)
	}
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if o.AccountResolver != nil {
			o.AccountResolver.Close()
		}
		os.RemoveAll(storeName)
	}()
	defuse(o, read.values)
	for _, cure := range cures {
		cure(o)
	}
	leaveRoom(o, read.values)
	notes, err := isolate(o)
	if err != nil {
		return "", nil, err
	}
	v.NotChecked = append(v.NotChecked, notes...)
	s, err := e.acceptable(o)
	if err != nil {
		return "", nil, err
	}
	var crashed bool
	fatal, warnings, crashed = startAndStop(s)
	e.spent = e.spent || crashed
	return fatal, warnings, nil
}

// acceptable returns a server of the options, in which what NewServer refuses is
// cured.
func (e *examiner) acceptable(o *server.Options) (*server.Server, error) {
	trusted, port := o.TrustedKeys, o.Port
	for range maxCures {
		// NewServer adds to the one, and sets the other to 0 if it is to be any,
		// which is 4222 the next time.
		o.TrustedKeys, o.Port = slices.Clone(trusted), port
		s, err := server.NewServer(o)
		if err == nil {
			return s, nil
		}
		if !cure(o, err.Error(), e.standins.account) {
			return nil, fmt.Errorf("the server was not started: %w", err)
		}
		if o.TrustedKeys == nil {
			trusted = nil
		}
	}
	return nil, errors.New("the server was not started: too much is refused before")
}

// isolate keeps a server on the loopback address, on ports that are free, in
// its private directory, and from dialling and opening anything. Listeners that
// collide still do. It returns what is not checked because of that.
func isolate(o *server.Options) (notes []string, err error) {
	const host = "127.0.0.1"
	list := listeners(o)
	old := make([]listener, len(list))
	for i, l := range list {
		was := *l.port
		at := *l.host
		old[i] = listener{host: &at, port: &was}
	}
	for i, l := range list {
		*l.host = host
		*l.port = server.RANDOM_PORT
		j := slices.IndexFunc(old[:i], old[i].collides)
		if j < 0 {
			continue
		}
		if *list[j].port == server.RANDOM_PORT {
			if *list[j].port, err = freePort(host); err != nil {
				return nil, err
			}
		}
		*l.port = *list[j].port
	}
	o.StoreDir, o.ProfPort, o.Syslog, o.RemoteSyslog = storeName, 0, false, ""
	o.OCSPCacheConfig = nil
	if o.JetStreamTpm.KeysFile != "" && o.JetStreamKey == "" {
		o.JetStreamTpm = server.JSTpmOpts{}
		notes = append(notes, "jetstream.tpm: the key store of this machine was not asked")
	}
	others := 0
	hide := func(list []*url.URL) {
		for _, u := range list {
			others++
			u.Host = fmt.Sprintf("127.%d.%d.%d:%d", 1+others>>16&0x7f, others>>8&0xff, others&0xff, nowhere)
		}
	}
	hide(o.Routes)
	for _, g := range o.Gateway.Gateways {
		hide(g.URLs)
	}
	for _, r := range o.LeafNode.Remotes {
		hide(r.URLs)
		r.Credentials = ""
		r.Proxy = server.RemoteLeafOpts{}.Proxy
	}
	return notes, nil
}

// leaveRoom gives JetStream as much memory and disk as it likes where the
// configuration does not say how much: else the server asks this machine, which
// need not be the one that it is for.
func leaveRoom(o *server.Options, values map[string]any) {
	const plenty = 1 << 50
	js, _ := lookup(values, "jetstream")
	block, _ := js.(map[string]any)
	if _, said := lookup(block, "max_memory_store", "max_mem_store", "max_mem"); !said {
		o.JetStreamMaxMemory = plenty
	}
	if _, said := lookup(block, "max_file_store", "max_file"); !said {
		o.JetStreamMaxStore = plenty
	}
}

// freePort returns a port that nobody listens on.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
