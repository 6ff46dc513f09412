package jetstream

import (
	"slices"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// entries returns what is in a block, nothing if there is none.
func entries(block *fixes.Visit) []*fixes.Visit {
	if block == nil || block.Value.Map == nil {
		return nil
	}
	var out []*fixes.Visit
	for _, e := range block.Value.Map.Entries {
		out = append(out, fixes.VisitEntry(block.Server, block, block.Inner(), e))
	}
	return out
}

// items returns the items of a list, or the value itself if it is a string:
// the server takes one subject for a list of one.
func items(list *fixes.Visit) []*fixes.Visit {
	switch {
	case list == nil:
		return nil
	case list.Value.IsString():
		return []*fixes.Visit{list}
	}
	var out []*fixes.Visit
	for i, v := range list.Value.List {
		out = append(out, &fixes.Visit{Server: list.Server, Parent: list, Block: list.Block, Field: list.Field, Value: v, Index: i})
	}
	return out
}

// isTrue reports whether a value is there and true.
func isTrue(v *fleet.Value) bool {
	return v != nil && v.Kind() == ast.KindBool && v.Node.BoolValue()
}

// operatorMode reports whether accounts come from JWTs (server/opts.go).
func operatorMode(s *fleet.Server) bool { return s.Values.Field(operatorKeys...) != nil }

// hasOperator reports whether an operator is named; trusted keys are none.
func hasOperator(s *fleet.Server) bool {
	e := s.Values.Field(operatorKeys[:6]...)
	return e != nil && (!e.Value.IsList() || len(e.Value.List) > 0)
}

// runsJetStream reports whether a server of the supercluster runs JetStream,
// and whether that can be told.
func runsJetStream(super *fleet.Super) (runs, known bool) {
	known = true
	for _, s := range super.Servers {
		runs = runs || s.JetStream.Enabled
		known = known && !s.Broken() && !s.JetStream.Unknown && !s.JetStream.Value.Unknown()
	}
	return runs, known
}

// hubsOf returns the superclusters to which a leaf link leads.
func hubsOf(l *fleet.LeafLink) []*fleet.Super {
	var out []*fleet.Super
	for _, hub := range l.Hubs {
		if super := hub.Cluster.Super; !slices.Contains(out, super) {
			out = append(out, super)
		}
	}
	return out
}

// related returns the place of a value.
func related(v *fleet.Value, message string) fixes.Related {
	n, doc := v.Place()
	return fixes.Related{Doc: doc, Span: n.Span(), Message: message}
}
