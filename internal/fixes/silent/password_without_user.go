package silent

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// PasswordWithoutUser finds passwords that nobody is asked for.
func PasswordWithoutUser() *fixes.Rule {
	return &fixes.Rule{
		Name:     "password-without-user",
		Severity: fixes.Warning,
		Summary:  "an authorization block has a password and no user, so nobody is asked for it",
		Params: []fixes.Param{{
			Name: "user", Default: "none: a person decides",
			Doc: "the name of the user, for clients, that the password belongs to",
		}},
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.0.0",
			What: `The server asks clients for a user and password if there is a user, a token or a list of users. A password alone is no reason:
everybody is let in, without a word (server/auth.go, configureAuthorization). The same holds for the authorization of cluster and gateway,
where all servers are let in (isRouterAuthorized, isGatewayAuthorized), and for that of leafnodes, where leaf nodes log in as clients do
(isLeafNodeAuthorized).

The rule is silent in operator mode, and where TLS tells who it is (verify_and_map, verify_cert_and_check_known_urls).`,
			Fix: `With --set password-without-user.user=NAME adds the user of clients, in front of the password.`,
			Applicability: `Manual until the parameter is given: whom the clients log in as is not in the file, and those that get in today without a password are turned away. Manual for servers, of
which each must give the name then.`,
			Effect: `A reload of the servers concerned.`,
			Before: `authorization {
  password: s3cret
}
`,
			After: `authorization {
  user: app
  password: s3cret
}
`,
			References: []string{"server/auth.go"},
		},
		Needs:       []string{"authorization", "cluster", "gateway", "leafnodes"},
		CheckServer: checkPasswordWithoutUser,
	}
}

func checkPasswordWithoutUser(p *fixes.Pass, s *fleet.Server) {
	if s.Broken() {
		return
	}
	if auth := fixes.Top(s, "authorization"); !operatorMode(s) && !anyUsers(s) {
		reportUserless(p, auth, "the server asks no client for it, and lets everybody in", "token", "auth_callout", "auth_hook")
	}
	for _, place := range []struct {
		block  *fixes.Visit
		active bool
		what   string
	}{
		{fixes.Top(s, "cluster"), s.AcceptsRoutes(), "the server asks no other server for it, and takes routes from everybody"},
		{fixes.Top(s, "gateway"), s.AcceptsGateways(), "the server asks no other server for it, and takes gateway connections from everybody"},
		{fixes.Top(s, "leafnodes", "leaf"), s.AcceptsLeaves(), "the server does not look at it, and lets leaf nodes in as it does clients"},
	} {
		if place.active && !mapsCertificates(place.block) {
			reportUserless(p, fixes.Below(place.block, "authorization"), place.what, "nkey", "token", "auth_callout", "auth_hook")
		}
	}
}

// reportUserless reports the password of an authorization block that has no user
// and none of the other fields.
func reportUserless(p *fixes.Pass, auth *fixes.Visit, what string, others ...string) {
	password, user := fixes.Below(auth, "password", "pass"), fixes.Below(auth, "user", "username")
	if password == nil || !password.Value.IsString() || password.Value.Text() == "" || fixes.Below(auth, others...) != nil {
		return
	}
	if user != nil && (!user.Value.IsString() || user.Value.Text() != "") {
		return
	}
	if users := fixes.Below(auth, "users"); users != nil && (!users.Value.IsList() || len(users.Value.List) > 0) {
		return
	}
	f := password.KeyFinding("there is a password and no user: %s", what)
	if auth.Parent != nil {
		p.Report(f.Because(fixes.Manual, "name the user, and give user and password in the URLs by which the other servers connect; or take the password out"))
		return
	}
	name, chose := p.Param("user")
	const ask = "name the user with --set password-without-user.user=NAME, or take the password out"
	switch {
	case !chose || name == "":
		f.Because(fixes.Manual, ask)
	case user != nil:
		f.With(p.Replace(user, ast.String(name), "name the user %q", name), "the user cannot be written in this file")
	default:
		where := ast.AtStart()
		if n := password.Entry.Node; n.Valid() && n.Parent() == auth.Value.Node {
			where = ast.Before(n)
		}
		f.With(p.Insert(auth.Server, auth.Value, ast.Field{Key: "user", Value: ast.String(name)}, where, "add the user %q", name), ask)
	}
	p.Report(f)
}

// anyUsers reports whether accounts may have users, for which the server asks all
// clients who they are.
func anyUsers(s *fleet.Server) bool {
	if all := fixes.Top(s, "accounts"); all != nil && all.Value.Unknown() {
		return true
	}
	for _, account := range accounts(s) {
		users := fixes.Below(account, "users")
		if account.Value.Unknown() || users != nil && (!users.Value.IsList() || len(users.Value.List) > 0) {
			return true
		}
	}
	return false
}

// mapsCertificates reports whether the certificate of who connects tells who it
// is, or that may be.
func mapsCertificates(block *fixes.Visit) bool {
	tls := fixes.Below(block, "tls")
	if tls == nil {
		return false
	}
	return tls.Value.Map == nil || fixes.Below(tls, "verify_and_map", "verify_cert_and_check_known_urls") != nil
}
