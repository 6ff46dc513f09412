package startup

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// NoAuthUserMissing finds no_auth_user that names no user.
func NoAuthUserMissing() *fixes.Rule {
	return &fixes.Rule{
		Name:     "no-auth-user-missing",
		Severity: fixes.Error,
		Summary:  "no_auth_user names a user that is not defined, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "user", Default: "none, which takes no_auth_user out",
			Doc: "the name or nkey of a user that is defined",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: `no_auth_user: "guest" not present as user or nkey in authorization block or account configuration`,
			Since:   "2.1.7",
			What: `Clients that connect without credentials become the user that no_auth_user names, at the top level or in websocket
or mqtt. It must be one of the users in authorization or in an account, by name or by nkey, or the server refuses to start
(server/auth.go, validateNoAuthUser; without any users: "present, but users/nkeys are not defined"). A
single user with a password in authorization is no list: it does not count.`,
			Fix: "Writes the name that --set no-auth-user-missing.user gives, else takes no_auth_user out.",
			Applicability: `Somebody must choose the user; a name that differs from one user's in letter case alone is taken for that one,
and the fix is unsafe until the parameter is given. Taking no_auth_user out changes behaviour: clients without credentials are
turned away if there are users, or a single user or token, and need none if there are not. Manual if it names the single user: that
would have to stand in a list.`,
			Effect: "The server does not run.",
			Before: `no_auth_user: guest
authorization {
  users: [{user: app, password: changeme}]
}
`,
			After: `authorization {
  users: [{user: app, password: changeme}]
}
`,
			References: []string{"nats-server#6928"},
		},
		Needs:       []string{"no_auth_user", "mqtt", "websocket"},
		CheckServer: checkNoAuthUserMissing,
	}
}

func checkNoAuthUserMissing(p *fixes.Pass, s *fleet.Server) {
	var places []*fixes.Visit
	if v := fixes.Top(s, "no_auth_user"); v != nil {
		places = append(places, v)
	}
	for _, block := range []*fixes.Visit{fixes.Top(s, "mqtt"), fixes.Top(s, "websocket", "ws")} {
		if v := fixes.Below(block, "no_auth_user"); v != nil && listens(block) {
			places = append(places, v)
		}
	}
	if len(places) == 0 || s.Broken() || operators(s) != nil {
		return
	}
	have := readUsers(s)
	if have.unknown {
		return
	}
	for _, v := range places {
		if name := text(v); name != "" && !have.has(name) {
			p.Report(noAuthUserFinding(p, v, name, have))
		}
	}
}

func noAuthUserFinding(p *fixes.Pass, v *fixes.Visit, name string, have users) *fixes.Finding {
	said := fmt.Sprintf("no_auth_user: %q not present as user or nkey in authorization block or account configuration", name)
	if have.first == nil {
		said = fmt.Sprintf("no_auth_user: %q present, but users/nkeys are not defined", name)
	}
	single := singleLogin(v.Server)
	f := v.Finding("there is no user %q: the server refuses to start (%q), though nats-server -t calls the file valid", name, said)
	if have.first == nil && single != nil {
		f.Message = fmt.Sprintf("no_auth_user names one of a list of users, and the file has none: the single %s does not count, and the server refuses to start (%q), though nats-server -t calls the file valid", single.Entry.Key, said)
		f.Beside(single.Entry, "it stands here")
	}
	if have.first != nil {
		beside(f, have.first, "users")
	}
	to, chose := p.Param("user")
	if chose && !have.has(to) {
		return f.Because(fixes.Manual, fmt.Sprintf("no-auth-user-missing.user is %q, which is no user of this server either", to))
	}
	if !chose {
		to = sameButCase(name, have.names)
	}
	if to == "" && have.first == nil && single != nil && text(single) == name {
		return f.Because(fixes.Manual, fmt.Sprintf("make %q one of a list, users: [ { user, password } ], for clients without credentials to become that user; or take no_auth_user out, and they are turned away", name))
	}
	if to == "" {
		f.With(p.Delete(v, "take out no_auth_user"), "take out no_auth_user, or define the user")
		reason := "clients without credentials are turned away then; or name a user that is defined (--set no-auth-user-missing.user=NAME)"
		switch {
		case have.first == nil && single != nil:
			reason = "clients without credentials are turned away then; or make a list of users, and name one of them"
		case have.first == nil:
			reason = "the file defines no users; define the user, or let everybody in without"
		}
		return f.Because(fixes.ChangesBehaviour, reason)
	}
	f.With(p.Replace(v, ast.String(to), "name the user %q", to), "no_auth_user cannot be written in this file")
	return chosen(p, f, "user", fmt.Sprintf("clients without credentials become the user %q then", to))
}

// singleLogin returns the single user or token of the authorization block, nil if
// there is none.
func singleLogin(s *fleet.Server) *fixes.Visit {
	auth := fixes.Top(s, "authorization")
	for _, v := range []*fixes.Visit{fixes.Below(auth, "user", "username"), fixes.Below(auth, "token")} {
		if text(v) != "" {
			return v
		}
	}
	return nil
}

// sameButCase returns the only name that differs from the given one in letter
// case alone, or "".
func sameButCase(name string, names []string) string {
	found := ""
	for _, n := range names {
		if strings.EqualFold(n, name) {
			if found != "" {
				return ""
			}
			found = n
		}
	}
	return found
}
