package jetstream

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// globalAccount is the account of clients that name none.
const globalAccount = "$G"

// accounts returns the accounts of a server that are blocks.
func accounts(s *fleet.Server) []*fixes.Visit {
	var out []*fixes.Visit
	for _, v := range entries(fixes.Top(s, "accounts")) {
		if !v.Entry.Used && v.Value.IsMap() {
			out = append(out, v)
		}
	}
	return out
}

// accountNames returns the accounts that a server's files define: blocks, or
// names in a list.
func accountNames(s *fleet.Server) []string {
	var names []string
	for _, v := range accounts(s) {
		names = append(names, v.Entry.Key)
	}
	if list := s.Values.Value("accounts"); list.IsList() {
		for _, v := range list.List {
			names = append(names, v.Text())
		}
	}
	return names
}

// lookAccount reports whether a server has an account, and whether that has
// JetStream. If that depends on an unknown variable, sure is false.
func lookAccount(s *fleet.Server, name string) (known, on, sure bool) {
	if name == globalAccount {
		// It has JetStream as long as there is no other account beside the system
		// account (server/server.go, globalAccountOnly).
		on = s.JetStream.Enabled
		for _, other := range accountNames(s) {
			on = on && other == s.SystemAccount()
		}
		return true, on, !s.JetStream.Unknown && !s.Values.Value("accounts").Unknown()
	}
	all := s.Values.Value("accounts")
	if all.Unknown() {
		return false, false, false
	}
	if all.IsList() {
		for _, other := range accountNames(s) {
			known = known || other == name
		}
		return known, false, true
	}
	for _, v := range accounts(s) {
		if v.Entry.Key == name {
			on, sure = enablesJetStream(v.Value.Map.Value("jetstream"))
			return true, on, sure
		}
	}
	return false, false, all == nil || all.IsMap()
}

// enablesJetStream reports whether an account's jetstream field switches it on
// (server/opts.go, parseJetStreamForAccount).
func enablesJetStream(v *fleet.Value) (on, sure bool) {
	switch {
	case v == nil:
		return false, true
	case v.Unknown():
		return false, false
	case v.IsString():
		text := strings.ToLower(v.Text())
		return text == "enabled" || text == "enable", true
	}
	return v.IsMap() || isTrue(v), true
}

// withoutDomain tells of the accounts that a domain does not help on members
// without JetStream: the server maps $JS.<domain>.API only in accounts that say
// jetstream there as well (server/server.go, Start).
func (d *domain) withoutDomain() []fixes.Related {
	var out []fixes.Related
	for _, s := range d.super.Servers {
		if s.JetStream.Enabled || s.JetStream.Unknown {
			continue
		}
		for _, v := range accounts(s) {
			if on, sure := enablesJetStream(v.Value.Map.Value("jetstream")); on || !sure || v.Entry.Key == s.SystemAccount() || v.Entry.Doc.Env != "" {
				continue
			}
			for _, other := range d.super.Servers {
				if _, on, sure := lookAccount(other, v.Entry.Key); other.JetStream.Enabled && on && sure {
					out = append(out, fixes.Related{Doc: v.Entry.Doc, Span: v.Entry.Node.KeySpan(), Message: "the account has JetStream in " + other.Root.Path +
						" and not here: $JS." + d.choice.name + ".API leads nowhere for its clients and leaf nodes on this server until it has jetstream: enabled, too"})
					break
				}
			}
		}
	}
	return out
}
