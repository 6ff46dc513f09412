package meaning

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/suggest"
)

// checkCalloutUser looks at one of the users that an authorization callout's
// service logs in as. The server looks for them before it has a log, so that
// nobody sees what it says (server/auth.go, configureAuthorization).
func checkCalloutUser(p *fixes.Pass, v *fixes.Visit) {
	name := v.Value.Text()
	if v.Entry != nil || v.Parent.Entry == nil || !v.Value.IsString() || name == "" || fixes.IsFormat(name) || namesFromJWTs(v.Server) {
		return
	}
	known, ok := userNames(v.Server)
	if !ok || known[name] {
		return
	}
	f := v.Finding("there is no user %q: nobody can log in as the callout's service by that name, and the server does not say so", name)
	f.Severity = fixes.Warning
	reason := "define the user, in the account of the callout, or name one that is defined"
	if near := suggest.Suggest(name, sortedKeys(known)); near != "" && len(name) > 3 {
		reason = fmt.Sprintf("perhaps %q is meant; else define the user, in the account of the callout", near)
	}
	p.Report(f.Because(fixes.Manual, reason))
}

// userNames returns the users of a server's files, by name or nkey: those of
// lists, and the single ones. ok is false if they cannot be known.
func userNames(s *fleet.Server) (names map[string]bool, ok bool) {
	if s.Broken() {
		return nil, false
	}
	names, ok = make(map[string]bool), true
	add := func(user *fleet.Value) {
		if !user.IsMap() {
			ok = ok && !user.Unknown()
			return
		}
		for _, e := range []*fleet.Entry{user.Map.Field("user", "username"), user.Map.Field("nkey")} {
			if e != nil {
				ok = ok && !e.Value.Unknown()
				names[e.Value.Text()] = true
			}
		}
	}
	addList := func(block *fleet.Value) {
		if !block.IsMap() {
			ok = ok && !block.Unknown()
			return
		}
		list := block.Map.Value("users")
		ok = ok && !list.Unknown()
		if list.IsList() {
			for _, user := range list.List {
				add(user)
			}
		}
	}
	auth := s.Values.Value("authorization")
	add(auth)
	addList(auth)
	for _, simple := range []*fleet.Value{s.Values.Value("websocket", "ws"), s.Values.Value("mqtt")} {
		if simple.IsMap() {
			add(simple.Map.Value("authorization", "authentication"))
		}
	}
	all := s.Values.Value("accounts")
	if all.IsMap() {
		for _, e := range all.Map.Entries {
			addList(e.Value)
		}
	}
	return names, ok && !all.Unknown()
}
