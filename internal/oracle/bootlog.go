package oracle

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
)

// startAndStop starts a server, waits until it is ready or has given up, and
// stops it. One that panics cannot be stopped: then crashed is true.
func startAndStop(s *server.Server) (fatal string, warnings []string, crashed bool) {
	log := &bootLog{fatal: make(chan string, 1)}
	s.SetLoggerV2(log, false, false, false)
	ready := make(chan bool, 1)
	panicked := make(chan any, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				panicked <- r
			}
		}()
		s.Start()
		ready <- s.ReadyForConnections(bootTime)
	}()
	select {
	case r := <-panicked:
		return fmt.Sprintf("panic: %v", r), log.said(), true
	case fatal = <-log.fatal:
	case ok := <-ready:
		// Both may have come at the same time.
		select {
		case fatal = <-log.fatal:
		default:
			if !ok {
				fatal = fmt.Sprintf("the server does not get ready within %v", bootTime)
			}
		}
	}
	s.Shutdown()
	s.WaitForShutdown()
	return fatal, log.said(), false
}

// bootLog keeps the first fatal message, at which a server ends by itself, and
// what it warns of.
type bootLog struct {
	fatal    chan string
	mu       sync.Mutex
	warnings []string
}

func (l *bootLog) Noticef(string, ...any) {}
func (l *bootLog) Debugf(string, ...any)  {}
func (l *bootLog) Tracef(string, ...any)  {}

func (l *bootLog) Warnf(format string, args ...any)  { l.add(fmt.Sprintf(format, args...)) }
func (l *bootLog) Errorf(format string, args ...any) { l.add(fmt.Sprintf(format, args...)) }

func (l *bootLog) Fatalf(format string, args ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, args...):
	default:
	}
}

// ofIsolation begin what the server only says because it is kept apart, or
// because it is stopped.
var ofIsolation = []string{
	"Error trying to connect", "Error connecting to", "Error getting IP", "Error trying to solicit", "Temporary storage directory",
	"error getting IP", "Filestore", "Waiting for", "JetStream cluster no metadata leader", "RAFT", "Healthcheck", "JetStream is disabled",
}

func (l *bootLog) add(message string) {
	if slices.ContainsFunc(ofIsolation, func(start string) bool { return strings.HasPrefix(message, start) }) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.warnings = append(l.warnings, message)
}

func (l *bootLog) said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.warnings)
	return slices.Compact(l.warnings)
}

// bootCure takes out of options what a server ended at when it started; nil if
// no way is known.
func bootCure(fatal string) func(*server.Options) {
	for _, r := range []struct {
		message string
		apply   func(*server.Options)
	}{
		{"Can't start monitoring", func(o *server.Options) { o.HTTPSPort, o.HTTPPort = 0, 0 }},
		{"Error setting server INFO with ClientAdvertise", func(o *server.Options) { o.ClientAdvertise = "" }},
		{"Error setting gateway INFO", func(o *server.Options) { o.Gateway.Advertise = "" }},
		{"Error setting leafnode INFO", func(o *server.Options) { o.LeafNode.Advertise = "" }},
		{"Error setting route INFO", func(o *server.Options) { o.Cluster.Advertise = "" }},
		{"Unable to get websocket connect URLs", func(o *server.Options) { o.Websocket.Advertise = "" }},
		{"Not allowed to enable JetStream", func(o *server.Options) { o.JetStream = false }},
		{"Can't start JetStream", func(o *server.Options) { o.JetStream = false }},
		{"Error listening on gateway port", func(o *server.Options) { o.Gateway = server.GatewayOpts{} }},
		{"Unable to listen for websocket connections", func(o *server.Options) { o.Websocket.Port = 0 }},
		{"Error listening on leafnode port", func(o *server.Options) { o.LeafNode.Port = 0 }},
		{"Unable to listen for MQTT connections", func(o *server.Options) { o.MQTT.Port = 0 }},
		{"Error listening on port", func(o *server.Options) { o.Port = server.RANDOM_PORT }},
		{"Error listening on router port", func(o *server.Options) { o.Cluster.Port = server.RANDOM_PORT }},
		{"Could not start resolver", func(o *server.Options) { o.AccountResolver = &server.MemAccResolver{} }},
		{"Can't set system account", func(o *server.Options) { o.SystemAccount = "" }},
	} {
		if strings.HasPrefix(fatal, r.message) {
			return r.apply
		}
	}
	return nil
}
