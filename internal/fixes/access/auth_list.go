package access

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// userIntoList returns the fix that makes the single user of an authorization
// block one of the list of users, which it makes if there is none; or why there
// is no such fix.
func userIntoList(p *fixes.Pass, v *fixes.Visit) (*fixes.Fix, string) {
	if e := v.Value.Map.Field("default_permissions", "default_permission", "permissions", "account"); e != nil {
		return nil, "in the list the user would get another meaning by " + e.Key + ": make it one of the list, or take one of the two out"
	}
	return singleIntoList(p, v)
}

// singleIntoList is userIntoList for a user that is to get what the block has for
// those of the list, such as permissions.
func singleIntoList(p *fixes.Pass, v *fixes.Visit) (*fixes.Fix, string) {
	m := v.Value.Map
	user, pass := m.Field("user", "username"), m.Field("pass", "password")
	if user == nil || pass == nil || user.Doc != v.Value.Doc || pass.Doc != v.Value.Doc {
		return nil, "make the user one of the list, or take one of the two out"
	}
	entry := ast.Map(ast.Field{Key: "user", Value: ast.CopyOf(user.Node.Value())}, ast.Field{Key: "password", Value: ast.CopyOf(pass.Node.Value())})
	remove := p.DeleteAll([]*fixes.Visit{below(v, user), below(v, pass)}, "make %s one of users", user.Key)
	if remove.LosesComment() {
		return nil, "make the user one of the list by hand, with its comment"
	}
	users := m.Field("users")
	if users == nil {
		return listOfOne(p, v, user, pass, entry), "the block cannot be edited here"
	}
	edits, err := ast.InsertItem(users.Value.Node, entry, ast.AtStart())
	if err != nil || users.Value.Use.Valid() || users.Doc != v.Value.Doc {
		return nil, "the list cannot be edited here: make the user one of it"
	}
	add := fixes.NewFix(users.Value.Doc, edits, "make %s one of users", user.Key)
	for _, u := range p.Fleet.Uses(users.Value.Node) {
		add.Within = append(add.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return add.Join(remove), "the block cannot be edited here"
}

// userOutOfList returns the fix that gives a cluster's or gateway's authorization
// the one user of its list, or takes a list without users out; or why there is
// no such fix.
func userOutOfList(p *fixes.Pass, v *fixes.Visit, users *fleet.Entry) (*fixes.Fix, string) {
	const otherwise = "give one user and password, the same on all servers"
	m := v.Value.Map
	list := users.Value.List
	remove := p.Delete(below(v, users), "take the empty list of users out")
	switch {
	case !users.Value.IsList() || len(list) > 1 || m.Field("token", "auth_callout", "auth_hook") != nil:
		return nil, otherwise
	case len(list) == 0:
		return remove, otherwise
	case !list[0].IsMap() || len(list[0].Map.Entries) != 2 || m.Field("user", "username", "pass", "password") != nil:
		return nil, otherwise
	}
	user, pass := list[0].Map.Field("user", "username"), list[0].Map.Field("pass", "password")
	if user == nil || pass == nil || users.Value.Use.Valid() {
		return nil, otherwise
	}
	// What stands between the braces stands in the place of the list.
	raw := strings.TrimSpace(strings.Trim(list[0].Node.Raw(), "{}"))
	if strings.ContainsAny(raw, "\n#") {
		return nil, otherwise
	}
	fix := fixes.NewFix(users.Doc, []ast.Edit{{Start: users.Node.Start(), End: users.Node.End(), New: raw}}, "write the one user without a list")
	return inBlock(p, v, fix), otherwise
}

// listOfOne returns the fix that makes a list of users of a single one: the user
// becomes the list, and the password goes into it.
func listOfOne(p *fixes.Pass, v *fixes.Visit, user, pass *fleet.Entry, entry ast.Literal) *fixes.Fix {
	key, err := ast.RenameKey(user.Node, "users")
	if err != nil || user.Used || pass.Used {
		return nil
	}
	value, err := ast.SetValue(user.Node.Value(), ast.List(entry))
	if err != nil {
		return nil
	}
	fix := fixes.NewFix(v.Value.Doc, append(key, value...), "make a list of users with %s", user.Key)
	return inBlock(p, v, fix).Join(p.Delete(below(v, pass), ""))
}

// inBlock says of a fix that it may change what is in the block.
func inBlock(p *fixes.Pass, v *fixes.Visit, fix *fixes.Fix) *fixes.Fix {
	if fix != nil {
		for _, u := range p.Fleet.Uses(v.Value.Node) {
			fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
		}
	}
	return fix
}

// below returns the visit of an entry of a block.
func below(v *fixes.Visit, e *fleet.Entry) *fixes.Visit {
	return fixes.VisitEntry(v.Server, v, v.Inner(), e)
}
