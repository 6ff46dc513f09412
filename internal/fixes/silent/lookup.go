package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// top returns one of the server's own fields at the top level by its names in
// lower case, nil if it is absent.
func top(s *fleet.Server, names ...string) *fixes.Visit {
	return find(s, nil, s.Values, schema.Root(), names)
}

// below returns one of the server's own fields in a block, nil if there is no
// such block or field.
func below(v *fixes.Visit, names ...string) *fixes.Visit {
	if v == nil || v.Value.Map == nil {
		return nil
	}
	return find(v.Server, v, v.Value.Map, blockOf(v), names)
}

func find(s *fleet.Server, parent *fixes.Visit, m *fleet.Map, block *schema.Block, names []string) *fixes.Visit {
	e := m.Field(names...)
	if e == nil {
		return nil
	}
	return visit(s, parent, e, block)
}

func visit(s *fleet.Server, parent *fixes.Visit, e *fleet.Entry, block *schema.Block) *fixes.Visit {
	v := &fixes.Visit{Server: s, Parent: parent, Block: block, Entry: e, Value: e.Value}
	if block != nil {
		v.Field = block.Field(e.Key)
	}
	return v
}

func blockOf(v *fixes.Visit) *schema.Block {
	if v.Field == nil {
		return nil
	}
	return v.Field.Block
}

// item returns the visit of one item of a list.
func item(list *fixes.Visit, i int) *fixes.Visit {
	return &fixes.Visit{Server: list.Server, Parent: list, Block: list.Block, Field: list.Field, Value: list.Value.List[i], Index: i}
}

// items returns the visits of the maps in a list.
func items(list *fixes.Visit) []*fixes.Visit {
	if list == nil {
		return nil
	}
	var out []*fixes.Visit
	for i, v := range list.Value.List {
		if v.IsMap() {
			out = append(out, item(list, i))
		}
	}
	return out
}

// accounts returns the accounts that are blocks in a server's files.
func accounts(s *fleet.Server) []*fixes.Visit {
	all := top(s, "accounts")
	if all == nil || all.Value.Map == nil {
		return nil
	}
	var out []*fixes.Visit
	for _, e := range all.Value.Map.Entries {
		if !e.Used {
			out = append(out, visit(s, all, e, blockOf(all)))
		}
	}
	return out
}

// operatorMode reports whether accounts come from JWTs (server/opts.go,
// TrustedOperators and the resolver).
func operatorMode(s *fleet.Server) bool {
	return top(s, "operator", "operators", "roots", "root", "root_operators", "root_operator", "resolver",
		"account_resolver", "accounts_resolver", "trusted", "trusted_keys") != nil
}

// enablesJetStream reports whether an account's jetstream field switches it on
// (server/opts.go, parseJetStreamForAccount); known is false if that cannot be
// told.
func enablesJetStream(v *fixes.Visit) (on, known bool) {
	switch {
	case v == nil:
		return false, true
	case v.Value.Unknown():
		return false, false
	case v.Value.IsMap():
		return true, true
	case v.Value.IsString():
		return strings.EqualFold(v.Value.Text(), "enabled") || strings.EqualFold(v.Value.Text(), "enable"), true
	}
	return v.Value.Kind() == ast.KindBool && v.Value.Node.BoolValue(), true
}

// beside adds the place of an entry's key to a finding.
func beside(f *fixes.Finding, v *fixes.Visit, message string) {
	if v == nil || v.Entry == nil || !v.Entry.Node.Valid() {
		return
	}
	f.Related = append(f.Related, fixes.Related{Doc: v.Entry.Doc, Span: v.Entry.Node.KeySpan(), Message: message})
}
