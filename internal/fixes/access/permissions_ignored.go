package access

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// PermissionsIgnored finds permissions beside a single user or token.
func PermissionsIgnored() *fixes.Rule {
	return &fixes.Rule{
		Name: "permissions-ignored", Severity: fixes.Warning,
		Summary: "permissions stand beside a single user or token, which they do not restrict",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `permissions in authorization, or default_permissions, are those of the users in the list beside them that have none of their
own. A single user with a password is not in that list, nor is who knows the token: the server does not look at the permissions, and they may
publish and subscribe to everything (server/opts.go, parseAuthorization, applyDefaultPermissions).`,
			Fix: "Makes a list of users with the single one.",
			Applicability: `Unsafe: the user can do no more than the permissions say then, and clients that do more today fail. Manual for a token, for
which there is no list, and where the block cannot be edited.`,
			Effect:     "A reload of the servers concerned.",
			Before:     "authorization {\n  user: app\n  password: s3cret\n  permissions { publish: \"orders.>\" }\n}\n",
			After:      "authorization {\n  users: [{ user: app, password: s3cret }]\n  permissions { publish: \"orders.>\" }\n}\n",
			References: []string{"server/opts.go: applyDefaultPermissions"},
		},
		CheckValue: checkPermissionsIgnored,
	}
}

func checkPermissionsIgnored(p *fixes.Pass, v *fixes.Visit) {
	m := v.Value.Map
	if !v.Is("", "authorization") || m == nil || v.Server.Broken() || hasUsers(v.Server, m) {
		return
	}
	permissions := m.Field("permissions", "default_permissions", "default_permission")
	if permissions == nil || !permissions.Value.IsMap() || len(permissions.Value.Map.Entries) == 0 {
		return
	}
	user, _ := text(m, "user", "username")
	token, _ := text(m, "token")
	switch {
	case user != nil && token == nil:
		f := at(v, permissions, "these permissions are for users of a list: the single user has none of them, and may publish and subscribe to everything").
			Beside(user, "the single user")
		if f.With(singleIntoList(p, v)); f.Fix != nil {
			f.Because(fixes.ChangesBehaviour, "the user can do no more than the permissions say then, and clients that do more today fail")
		}
		p.Report(f)
	case token != nil && user == nil:
		f := at(v, permissions, "these permissions are for users of a list: who knows the token has none of them, and may publish and subscribe to everything").
			Beside(token, "the token")
		p.Report(manual(f, "make a list of users, and take the token out"))
	}
}

// hasUsers reports whether there is a list of users beside the single one, or
// users come from elsewhere, or that cannot be told.
func hasUsers(s *fleet.Server, auth *fleet.Map) bool {
	if auth.Field("users", "auth_callout", "auth_hook") != nil || s.Values.Field("operator", "operators", "roots", "root", "root_operators", "root_operator",
		"trusted_keys", "trusted") != nil {
		return true
	}
	accounts := s.Values.Field("accounts")
	for _, e := range entries(accounts) {
		if e.Value.Unknown() || e.Value.Map != nil && e.Value.Map.Field("users") != nil {
			return true
		}
	}
	return accounts != nil && accounts.Value.Unknown()
}
