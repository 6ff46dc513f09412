package startup

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

const (
	globalAccount  = "$G"
	defaultSystem  = "$SYS"
	systemAccounts = "system_account"
)

// operators returns the field that puts a server into operator mode, where
// accounts and users come from JWTs, or nil (server/opts.go, TrustedOperators).
func operators(s *fleet.Server) *fixes.Visit {
	v := fixes.Top(s, "operator", "operators", "roots", "root", "root_operators", "root_operator")
	if v != nil && v.Value.IsList() && len(v.Value.List) == 0 {
		return nil
	}
	return v
}

// systemAccount returns the field that names the system account, nil if there
// is none. The server looks for it in lower case only, and for
// system_account first (server/opts.go, configureSystemAccount).
func systemAccount(s *fleet.Server) *fixes.Visit {
	for _, key := range []string{systemAccounts, "system"} {
		if e := s.Values.Get(key); e != nil {
			return fixes.VisitEntry(s, nil, schema.Root(), e)
		}
	}
	return nil
}

// accounts are the accounts that a server's files define.
type accounts struct {
	field   *fixes.Visit // nil if there is none
	names   []string
	unknown bool // not all of them can be told
}

func readAccounts(s *fleet.Server) accounts {
	a := accounts{field: fixes.Top(s, "accounts")}
	switch {
	case a.field == nil:
	case a.field.Value.IsMap():
		for _, e := range a.field.Value.Map.Entries {
			if !e.Used { // the server passes over definitions of variables here
				a.names = append(a.names, e.Key)
			}
		}
	case a.field.Value.IsList():
		for _, v := range a.field.Value.List {
			a.names = append(a.names, v.Text())
			a.unknown = a.unknown || !v.IsString()
		}
	default: // the server passes over a value of another kind
		a.unknown = a.field.Value.Unknown()
	}
	return a
}

func (a accounts) has(name string) bool { return slices.Contains(a.names, name) }

// resembling returns the account whose name differs from name in letter case
// or a leading $ only, "" if there is none or more than one.
func (a accounts) resembling(name string) string {
	found := ""
	for _, other := range a.names {
		if strings.EqualFold(strings.TrimPrefix(other, "$"), strings.TrimPrefix(name, "$")) {
			if found != "" {
				return ""
			}
			found = other
		}
	}
	return found
}

// users are the users of a server's files, those of accounts included: what
// the server holds in Options.Users and Options.Nkeys.
type users struct {
	first   *fixes.Visit // a list of users that is not empty, nil if there is none
	names   []string     // of users, and public nkeys
	unknown bool         // not all of them can be told
}

func readUsers(s *fleet.Server) users {
	var u users
	if auth := fixes.Top(s, "authorization"); auth != nil {
		u.unknown = auth.Value.Unknown()
		u.add(fixes.Below(auth, "users"))
	}
	all := fixes.Top(s, "accounts")
	switch {
	case all == nil:
	case all.Value.IsMap():
		for _, e := range all.Value.Map.Entries {
			if e.Used {
				continue
			}
			account := fixes.VisitEntry(s, all, all.Inner(), e)
			u.unknown = u.unknown || account.Value.Unknown()
			u.add(fixes.Below(account, "users"))
		}
	case !all.Value.IsList():
		u.unknown = all.Value.Unknown()
	}
	return u
}

func (u *users) add(list *fixes.Visit) {
	if list == nil {
		return
	}
	u.unknown = u.unknown || !list.Value.IsList()
	for _, item := range items(list) {
		if !item.Value.IsMap() {
			u.unknown = true
			continue
		}
		for _, name := range []*fixes.Visit{fixes.Below(item, "user", "username"), fixes.Below(item, "nkey")} {
			switch {
			case name == nil:
			case name.Value.IsString():
				u.names = append(u.names, name.Value.Text())
			default:
				u.unknown = true
			}
		}
		if u.first == nil {
			u.first = list
		}
	}
}

func (u users) has(name string) bool { return slices.Contains(u.names, name) }

// addAccount returns the fix that defines an empty account, nil if it cannot:
// accounts is a list of names, or comes from elsewhere.
func addAccount(p *fixes.Pass, s *fleet.Server, name string) *fixes.Fix {
	a := readAccounts(s)
	switch {
	case a.field == nil:
		return p.Insert(s, nil, accountsField(name), ast.AtEnd(), "define the account %q, empty", name)
	case a.field.Value.IsMap():
		return p.Insert(s, a.field.Value, emptyAccount(name), ast.AtEnd(), "define the account %q, empty", name)
	}
	return nil
}
