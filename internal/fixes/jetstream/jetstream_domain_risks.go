package jetstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// risks lists what may stop working once the domain is set.
func (d *domain) risks() (reasons []string, related []fixes.Related) {
	links := slices.Concat(d.super.Out, d.super.In)
	if len(links) == 0 {
		reasons = append(reasons, "no leaf node of this hub is among the files, so what its users and subjects need is not known")
	}
	for _, l := range links {
		if !l.Resolved() {
			reason, message := unresolved(l)
			reasons = append(reasons, reason)
			related = append(related, fixes.Related{Doc: l.Remote.Value.Doc, Span: l.Remote.Value.Node.Span(), Message: message})
			break
		}
	}
	servers := slices.Clone(d.super.Servers)
	for _, l := range links {
		servers = append(append(servers, l.Leaf), l.Hubs...)
	}
	add := func(reason string, e *fleet.Entry) {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
			related = append(related, fixes.Related{Doc: e.Doc, Span: e.Node.KeySpan(), Message: e.Key + " is set here"})
		}
	}
	seen := make(map[*fleet.Server]bool)
	for i, s := range servers {
		if seen[s] {
			continue
		}
		seen[s] = true
		if i < len(d.super.Servers) {
			ownRisks(s, add)
		}
		if e := s.Values.Field("default_js_domain"); e != nil {
			add("default_js_domain names domains for accounts, and its meaning changes with the servers' domains", e)
		}
		if e := s.Values.Field(operatorKeys...); e != nil {
			add("in operator mode permissions and mappings are in JWTs, which are not read here: whether they name JetStream subjects is not known", e)
		}
		if e := s.Values.Block("authorization").Field("auth_callout", "auth_hook"); e != nil {
			add("permissions come from an authorization callout: whether they name JetStream subjects is not known", e)
		}
		if i >= len(d.super.Servers) && s.Broken() {
			reasons = append(reasons, fmt.Sprintf("%s, at the other end of a leaf link, cannot be read as a whole", s.Root.Path))
		}
		if path, v := s.UsesJetStreamSubject(); v != nil {
			n, doc := v.Place()
			reason := "permissions or mappings name JetStream subjects whose meaning depends on the domain"
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
			related = append(related, fixes.Related{Doc: doc, Span: n.Span(), Message: path})
		}
	}
	return reasons, related
}

// ownRisks lists what may stop working on a server whose own domain is set or
// changed.
func ownRisks(s *fleet.Server, add func(reason string, e *fleet.Entry)) {
	if v := s.JetStream.Value; v != nil && v.Doc.Env != "" {
		add(fmt.Sprintf("$%s from the environment switches JetStream on or off, and the fix writes into the file what it is now", v.Doc.Env), s.JetStream.Entry)
	}
	if e := s.Values.Field("mqtt"); e != nil {
		add("MQTT sessions are stored under the domain: existing ones become unreachable", e)
	}
	if e := v2Flag(s); e != nil {
		add("with the v2 feature flag the domain becomes part of acknowledgement subjects", e)
	}
}

// unresolved says why the other end of a leaf link is not known, and what is
// wrong with the remote.
func unresolved(l *fleet.LeafLink) (reason, message string) {
	if len(l.OtherPort) == 0 {
		return "the hub at the other end of the leaf link is not among the files (name it under hosts in .natsfix.yaml if it is)",
			"this remote leads to no server that is loaded"
	}
	hub := l.OtherPort[0]
	return fmt.Sprintf("the leaf link leads to the host of %s, but not to the port on which that accepts leaf nodes, so its other end is not known", hub.Root.Path),
		fmt.Sprintf("this remote leads to another port; %s accepts leaf nodes on %s", hub.Root.Path, hub.LeafPort())
}

// operatorKeys are the fields that switch operator mode on (server/opts.go): six
// that name the operator, and two that name its keys.
var operatorKeys = []string{"operator", "operators", "roots", "root", "root_operators", "root_operator", "trusted", "trusted_keys"}

// v2Flag returns the entry of a feature flag that puts the domain into
// subjects (server/feature_flags.go), if it is on.
func v2Flag(s *fleet.Server) *fleet.Entry {
	flags := s.Values.Block("feature_flags")
	if flags == nil {
		return nil
	}
	for _, e := range flags.Entries {
		if strings.HasSuffix(e.Key, "_v2") && e.Value.Kind() == ast.KindBool && e.Value.Node.BoolValue() {
			return e
		}
	}
	return nil
}
