package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

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
	all := fixes.Top(s, "accounts")
	if all == nil || all.Value.Map == nil {
		return nil
	}
	var out []*fixes.Visit
	for _, e := range all.Value.Map.Entries {
		if !e.Used {
			out = append(out, fixes.VisitEntry(s, all, all.Inner(), e))
		}
	}
	return out
}

// operatorMode reports whether accounts come from JWTs (server/opts.go,
// TrustedOperators and the resolver).
func operatorMode(s *fleet.Server) bool {
	return fixes.Top(s, "operator", "operators", "roots", "root", "root_operators", "root_operator", "resolver",
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
