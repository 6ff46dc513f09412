package jetstream

import (
	"slices"

	"github.com/natsfix/natsfix/internal/fleet"
)

// neighbour is what is at the other end of a system's leaf link.
type neighbour struct {
	super   *fleet.Super
	link    *fleet.LeafLink
	account string // on this side, "" if unknown
	hub     bool   // the other end is the hub
}

// neighbours returns what leaf links join to a system: those at whose links the
// system account is not bound on both sides, or may be.
func neighbours(super *fleet.Super) []neighbour {
	var out []neighbour
	extended := make(map[*fleet.Super]bool)
	add := func(n neighbour) {
		if n.link.BindsSystem() != fleet.NotSystem {
			extended[n.super] = true
		}
		out = append(out, n)
	}
	for _, l := range super.Out {
		for _, hub := range hubsOf(l) {
			account := globalAccount
			if a := l.Remote.Account; a != nil {
				account = a.Text()
			}
			add(neighbour{hub, l, account, true})
		}
	}
	for _, l := range super.In {
		for _, hub := range l.Hubs {
			if hub.Cluster.Super == super {
				add(neighbour{l.Leaf.Cluster.Super, l, hubAccount(l, hub), false})
				break
			}
		}
	}
	return slices.DeleteFunc(out, func(n neighbour) bool { return extended[n.super] || n.super == super })
}

// hubAccount returns the account of the hub that a link is bound to, "" if that
// is not known.
func hubAccount(l *fleet.LeafLink, hub *fleet.Server) string {
	if operatorMode(hub) || hub.Values.Block("authorization").Field("auth_callout", "auth_hook") != nil {
		return ""
	}
	return l.HubAccount(hub)
}

// oneDomain returns the domain that the members of a system have, "" if they
// have none, do not agree, or run no JetStream, or if that is not known.
func oneDomain(super *fleet.Super) string {
	domain := ""
	for _, s := range super.Servers {
		switch d := s.JetStream.Domain; {
		case d != nil && !d.IsString():
			return ""
		case d.Text() == "":
		case domain != "" && d.Text() != domain:
			return ""
		default:
			domain = d.Text()
		}
	}
	if runs, known := runsJetStream(super); !runs || !known || linkedToItself(super) != nil {
		return ""
	}
	return domain
}

// reachable returns all systems that leaf links join to one.
func reachable(super *fleet.Super) []*fleet.Super {
	all := []*fleet.Super{super}
	seen := map[*fleet.Super]bool{super: true}
	for i := 0; i < len(all); i++ {
		for _, l := range slices.Concat(all[i].Out, all[i].In) {
			for _, s := range append(slices.Clone(l.Hubs), l.Leaf) {
				if next := s.Cluster.Super; !seen[next] {
					seen[next] = true
					all = append(all, next)
				}
			}
		}
	}
	return all
}
