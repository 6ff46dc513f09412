package oracle

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// maxCures bounds how many problems of one configuration are looked for.
const maxCures = 100

// start asks NewServer, which reports one problem at a time: each is cured in
// the options, and NewServer asked again. The server is never started. What
// only Start would refuse is checked on the options.
func (e *examiner) start(o *server.Options, read *reading, v *Verdict) {
	v.Reached = StageStart
	v.NotChecked = append(v.NotChecked, defuse(o, read.values)...)
	late := startProblems(o, read.values)

	said := map[string]bool{}
	for _, p := range v.Problems {
		said[p.Message] = true
	}
	report := func(message string) {
		if !said[message] { // ProcessConfigFile has some of the same checks
			v.Problems = append(v.Problems, Problem{Stage: StageStart, Message: message})
		}
	}
	v.Incomplete = !e.cureAll(o, read, report)
	for _, message := range late {
		report(message)
	}
}

// cureAll calls report for every problem that NewServer has. It returns false
// if it cannot tell whether there are more.
func (e *examiner) cureAll(o *server.Options, read *reading, report func(string)) bool {
	trusted := o.TrustedKeys
	for range maxCures {
		// NewServer adds the operators' keys and refuses them the next time.
		o.TrustedKeys = slices.Clone(trusted)
		s, err := server.NewServer(o)
		if err == nil {
			s.Shutdown()
			return true
		}
		message := err.Error()
		if e.causedByUs(o, message) {
			return true // the last check of NewServer
		}
		if !read.standinOperator || !causedByStandin(message, read.values) {
			report(message)
		} else if strings.HasPrefix(message, "error resolving system account") {
			return true // the last check of NewServer
		}
		if !cure(o, message, e.standins.account) {
			return false
		}
		if o.TrustedKeys == nil {
			trusted = nil
		}
	}
	return false
}

// causedByStandin reports whether a problem may come from the stand-in for the
// operator, whose real JWT can name a system account and an account server,
// and whose accounts a stand-in did not sign. What the file names, and nothing
// holds, no JWT cures: an account that is not preloaded into a resolver in memory
// of the file's own.
func causedByStandin(message string, values map[string]any) bool {
	const system = "error resolving system account"
	_, named := resolverValue(values)
	switch {
	case strings.HasPrefix(message, "could not fetch <"):
		return !named
	case strings.HasPrefix(message, system):
		return !named || message != system+": "+server.ErrMissingAccount.Error()
	}
	return strings.HasPrefix(message, "using nats based account resolver")
}

// causedByUs reports whether the server misses a system account that a cure has
// named, or that it looks for in the empty directory that takes the place of the
// resolver's, as it does with several operators.
func (e *examiner) causedByUs(o *server.Options, message string) bool {
	reason, ok := strings.CutPrefix(message, "error resolving system account: ")
	if !ok {
		return false
	}
	switch o.AccountResolver.(type) {
	case *server.DirAccResolver, *server.CacheDirAccResolver:
		if strings.HasPrefix(reason, "open ") {
			return true
		}
	}
	return o.SystemAccount == e.standins.account
}

// defuse takes out of the options what makes NewServer use the network, and
// Shutdown remove files. It returns what cannot be checked because of that.
func defuse(o *server.Options, values map[string]any) []string {
	o.PortsFileDir, o.PidFile, o.LogFile = "", "", ""
	var notes []string
	if r, ok := o.AccountResolver.(*server.URLAccResolver); ok && !asksNobody(r) {
		o.AccountResolver = offlineResolver{}
		notes = append(notes, "resolver: the URL was not asked")
	}
	// With mode always or must, or certificates that ask for it, the server
	// fetches the status of its certificates (server/ocsp.go). The stand-in
	// certificate does not ask for it.
	if c := o.OCSPConfig; c != nil && c.Mode != server.OCSPModeNever {
		if c.Mode != server.OCSPModeAuto {
			notes = append(notes, "ocsp: the status of certificates was not fetched")
		}
		o.OCSPConfig = nil
	}
	return notes
}

// asksNobody reports whether the URL of a resolver has no scheme that the server
// speaks, or no host, so that asking it is refused before anything is dialled. The
// URL is the one that the server itself has read, wherever it had it from.
func asksNobody(r *server.URLAccResolver) bool {
	field := reflect.ValueOf(r).Elem().FieldByName("url")
	if field.Kind() != reflect.String {
		return false // of another release
	}
	u, err := url.Parse(field.String())
	return err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "")
}

func resolverValue(values map[string]any) (v any, named bool) {
	return lookup(values, "resolver", "account_resolver", "accounts_resolver")
}

// offlineResolver takes the place of a resolver that would ask a URL.
type offlineResolver struct{}

var errOffline = errors.New("no network")

func (offlineResolver) Fetch(string) (string, error) { return "", errOffline }
func (offlineResolver) Store(string, string) error   { return errOffline }
func (offlineResolver) IsReadOnly() bool             { return true }
func (offlineResolver) Start(*server.Server) error   { return nil }
func (offlineResolver) IsTrackingUpdate() bool       { return false }
func (offlineResolver) Reload() error                { return nil }
func (offlineResolver) Close()                       {}

// startProblems lists what Start refuses and NewServer does not, with the
// server's messages (server/server.go: Start, StartMonitoring, EnableJetStream;
// the accept loops; server/jetstream.go; server/jetstream_cluster.go). The options must be as the
// configuration and the flags set them.
func startProblems(o *server.Options, values map[string]any) []string {
	var list []string
	switch {
	case o.HTTPPort != 0 && o.HTTPSPort != 0:
		list = append(list, fmt.Sprintf("can't specify both HTTP (%v) and HTTPs (%v) ports", o.HTTPPort, o.HTTPSPort))
	case o.HTTPPort == 0 && o.HTTPSPort != 0 && o.TLSConfig == nil:
		list = append(list, "TLS cert and key required for HTTPS")
	}
	list = append(list, advertiseProblems(o)...)
	list = append(list, collisions(o)...)
	switch o.AccountResolver.(type) {
	case *server.DirAccResolver, *server.CacheDirAccResolver:
		if len(o.TrustedOperators) == 0 {
			list = append(list, "Could not start resolver: no operator key found")
		}
	}
	if !o.JetStream {
		return list
	}
	system := o.SystemAccount
	if system == "" {
		system = server.DEFAULT_SYSTEM_ACCOUNT
	}
	list = append(list, systemAccountProblems(o)...)
	if len(o.TrustedOperators) == 0 && accountHasJetStream(values, system) {
		list = append(list, "Not allowed to enable JetStream on the system account")
	}
	if o.JetStreamKey != "" && o.JetStreamTpm.KeysFile != "" {
		list = append(list, "JetStream encryption key may not be used with TPM options")
	}
	list = append(list, resourceProblems(o, values)...)
	clustered := o.Cluster.Port != 0 || o.Gateway.Port != 0
	if clustered && len(o.Routes) == 0 && !extendsOtherDomain(o, system) {
		list = append(list, "JetStream cluster requires configured routes or solicited leafnode for the system account")
	}
	return list
}

// systemAccountProblems lists why JetStream has no system account to work with
// (server/server.go, Start; server/jetstream.go, enableJetStream).
func systemAccountProblems(o *server.Options) []string {
	switch {
	case len(o.TrustedOperators) > 0:
	case o.SystemAccount == "" && len(o.TrustedKeys) > 0 && !o.NoSystemAccount:
		return []string{"Can't start JetStream: setting up internal jetstream subscriptions failed: system account not setup"}
	case o.SystemAccount == server.DEFAULT_GLOBAL_ACCOUNT && len(o.Accounts) == 0 && len(o.TrustedKeys) == 0:
		return []string{"Can't start JetStream: jetstream can not be enabled on the system account"}
	}
	return nil
}

// advertiseProblems lists what is no host with or without a port among the
// addresses that a listener is told to advertise.
func advertiseProblems(o *server.Options) []string {
	var list []string
	for _, a := range []struct {
		listens bool
		address string
		message string
	}{
		{true, o.ClientAdvertise, "Error setting server INFO with ClientAdvertise value of %[1]s, err=%[2]v"},
		{o.Gateway.Port != 0, o.Gateway.Advertise, "Error setting gateway INFO with Gateway.Advertise value of %[1]s, err=%[2]v"},
		{o.LeafNode.Port != 0, o.LeafNode.Advertise, "Error setting leafnode INFO with LeafNode.Advertise value of %[1]s, err=%[2]v"},
		{o.Cluster.Port != 0, o.Cluster.Advertise, "Error setting route INFO with Cluster.Advertise value of %[1]s, err=%[2]v"},
		{o.Websocket.Port != 0, o.Websocket.Advertise, "Unable to get websocket connect URLs: %[2]v"},
	} {
		if !a.listens || a.address == "" {
			continue
		}
		if err := checkHostPort(a.address); err != nil {
			list = append(list, fmt.Sprintf(a.message, a.address, err))
		}
	}
	return list
}

// checkHostPort is parseHostPort of server/util.go without its results.
func checkHostPort(address string) error {
	_, port, err := net.SplitHostPort(address)
	if missing := (*net.AddrError)(nil); errors.As(err, &missing) && strings.Contains(missing.Err, "missing port") {
		_, port, err = net.SplitHostPort(address + ":0")
	}
	if err == nil {
		_, err = strconv.Atoi(strings.TrimSpace(port))
	}
	return err
}

// extendsOtherDomain is canExtendOtherDomain of server/jetstream.go: the first
// remote for the system account decides.
func extendsOtherDomain(o *server.Options, system string) bool {
	const raft = "$NRG.>"
	for _, r := range o.LeafNode.Remotes {
		if r.LocalAccount == system {
			return !slices.ContainsFunc(r.DenyImports, func(deny string) bool {
				return server.SubjectMatchesFilter(deny, raft)
			})
		}
	}
	return false
}

// accountHasJetStream reports whether the configuration enables JetStream for
// an account, as parseJetStreamForAccount reads it (server/opts.go).
func accountHasJetStream(values map[string]any, name string) bool {
	accounts, _ := lookup(values, "accounts")
	byName, _ := accounts.(map[string]any)
	account, _ := byName[name].(map[string]any)
	js, _ := lookup(account, "jetstream")
	switch js := js.(type) {
	case bool:
		return js
	case string:
		return strings.EqualFold(js, "enabled") || strings.EqualFold(js, "enable")
	case map[string]any:
		return true
	}
	return false
}
