package access

import (
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// AuthConflict finds ways to log in that exclude each other.
func AuthConflict() *fixes.Rule {
	r := refuses("auth-conflict", "two ways to log in that exclude each other, so the server refuses to start", fixes.Doc{
		Message: "Can not have a single user/pass and a users array",
		What: `An authorization block has one way to log in: a single user with password, or a token, or a list of users ("Cannot have a user/pass
and token"). Users of accounts count as a list of users ("Can not have a single user/pass and a users array", "Can not have a single user/pass and accounts",
"Can not have a token and a users array", "Can not have a token and accounts", by the random order in which the server reads them).
Routes and gateways take a single user with password alone ("Cluster authorization does not allow multiple users", "Gateway
authorization does not support tokens", "does not support callouts"), leaf nodes a single user, a single nkey, or users; a user is
known by nkey or by name ("Nkey users do not take usernames or passwords"), and so is a leaf remote, by credentials or nkey
("Remote leafnode can not have both creds and nkey defined").`,
		Fix: `Makes the single user one of the list of users, which it makes if there is none. For routes and gateways it does the opposite: the
one user of a list stands alone, and a list without users goes.`,
		Applicability: `Safe for routes and gateways: nothing else can be meant. The single user may be left over from before there was a list, so
somebody has to say that it shall log in: --set auth-conflict.user=list. Else manual: either way takes somebody's access away.`,
		Before:     "authorization {\n  user: app\n  password: s3cret\n  users: [\n    { user: ops, password: s3cret2 }\n  ]\n}\n",
		After:      "authorization {\n  users: [\n    { user: app, password: s3cret }\n    { user: ops, password: s3cret2 }\n  ]\n}\n",
		References: []string{"server/opts.go: parseAuthorization, parseAccounts, parseUsers", "server/leafnode.go: validateLeafNodeAuthOptions"},
	}, checkAuthConflict)
	r.Params = []fixes.Param{{
		Name: "user", Default: "none: a person decides", Values: []string{"list"},
		Doc: "list makes a single user beside a list one of it",
	}}
	return r
}

func checkAuthConflict(p *fixes.Pass, v *fixes.Visit) {
	m := v.Value.Map
	if m == nil {
		return
	}
	switch {
	case v.Is("", "authorization"):
		checkClientAuth(p, v, m)
	case v.Is("cluster", "authorization"):
		checkSingleAuth(p, v, m, "Cluster")
	case v.Is("gateway", "authorization"):
		checkSingleAuth(p, v, m, "Gateway")
	case v.Is("leafnodes", "authorization"):
		users := m.Field("users")
		if users == nil || len(items(users.Value)) == 0 {
			return
		}
		if e, _ := text(m, "user", "username"); e != nil {
			const message = "can not have a single user/pass and a users array"
			f := at(v, e, "%s and %s exclude each other: the server refuses to start (%q)", e.Key, users.Key, message).Beside(users, "the other")
			reportSingleUser(p, v, f)
		} else if e, _ := text(m, "nkey"); e != nil {
			conflict(p, v, e, users, "can not have a single nkey and a users array")
		}
	case v.Entry == nil && v.Field != nil && v.Field.Name == "users" && v.Block.Path == "authorization", v.Entry == nil && v.Field != nil && v.Field.Name == "users" && v.Block.Path == "accounts.<name>":
		nkey, _ := text(m, "nkey")
		if other, _ := text(m, "user", "username", "pass", "password"); nkey != nil && other != nil {
			conflict(p, v, nkey, other, "Nkey users do not take usernames or passwords")
		}
	case v.Entry == nil && v.Field != nil && v.Field.Name == "remotes" && v.Block.Path == "leafnodes":
		nkey, _ := text(m, "nkey", "seed")
		if creds, _ := text(m, "credentials", "creds"); nkey != nil && creds != nil {
			conflict(p, v, nkey, creds, "Remote leafnode can not have both creds and nkey defined")
		}
	}
}

func checkClientAuth(p *fixes.Pass, v *fixes.Visit, m *fleet.Map) {
	user, _ := text(m, "user", "username")
	pass, _ := text(m, "pass", "password")
	token, _ := text(m, "token")
	if token != nil && (user != nil || pass != nil) {
		if user == nil {
			user = pass
		}
		conflict(p, v, token, user, "Cannot have a user/pass and token")
	}
	single, kind := user, "a single user/pass"
	if single == nil {
		single, kind = token, "a token"
	}
	if single == nil {
		return
	}
	var f *fixes.Finding
	if users := m.Field("users"); users != nil && users.Value.IsList() {
		f = at(v, single, "%s excludes a list of users: the server refuses to start (\"Can not have %s and a users array\")", single.Key, kind).Beside(users, "the list")
	}
	accounts := v.Server.Values.Field("accounts")
	for _, e := range entries(accounts) {
		users := e.Value.Map.Field("users")
		if users == nil || len(items(users.Value)) == 0 {
			continue
		}
		if f == nil {
			f = at(v, single, "beside users of accounts there is no place for %s: the server refuses to start (\"Can not have %s and accounts\")", kind, kind).
				Beside(accounts, "the accounts")
		}
		f.Beside(users, "users of the account %s", e.Key)
	}
	if f != nil {
		if user == nil || token != nil || pass == nil {
			p.Report(manual(f, "make the user one of the list, or take one of the two out"))
			return
		}
		reportSingleUser(p, v, f)
	}
}

// reportSingleUser reports a single user beside a list of users.
func reportSingleUser(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding) {
	f.With(userIntoList(p, v))
	if _, chose := p.Param("user"); !chose {
		f.Because(fixes.NeedsChoice, "if this user shall log in beside the others, --set auth-conflict.user=list makes it one of them; else take it out")
	}
	p.Report(f)
}

// entries returns what is in a block, nothing of other values.
func entries(e *fleet.Entry) []*fleet.Entry {
	if e == nil || e.Value.Map == nil {
		return nil
	}
	return e.Value.Map.Entries
}

func checkSingleAuth(p *fixes.Pass, v *fixes.Visit, m *fleet.Map, what string) {
	for _, one := range []struct {
		message string
		fields  []string
	}{
		{"does not allow multiple users", []string{"users"}},
		{"does not support tokens", []string{"token"}},
		{"does not support callouts", []string{"auth_callout", "auth_hook"}},
	} {
		// An empty token is none.
		if e := m.Field(one.fields...); e != nil && !e.Value.Unknown() && !(e.Value.IsString() && e.Value.Text() == "") {
			f := at(v, e, "%s is not for routes and gateways, which take one user with a password: the server refuses to start (\"%s authorization %s\")", e.Key, what, one.message)
			if one.fields[0] == "users" {
				p.Report(f.With(userOutOfList(p, v, e)))
				continue
			}
			p.Report(manual(f, "give one user and password, the same on all servers"))
		}
	}
}

func conflict(p *fixes.Pass, v *fixes.Visit, e, other *fleet.Entry, message string) {
	f := at(v, e, "%s and %s exclude each other: the server refuses to start (%q)", e.Key, other.Key, message).Beside(other, "the other")
	p.Report(manual(f, "take one of the two out"))
}

// ClusterPermissions finds permissions of routes that only users have.
func ClusterPermissions() *fixes.Rule {
	return refuses("cluster-permissions", "permissions of routes allow responses, which only users know", fixes.Doc{
		Message: "Cluster permissions do not support dynamic responses",
		What: `What a cluster's permissions import and export is fixed. allow_responses lets a user answer requests that it got; routes know
nothing of the kind, and the server refuses to start.`,
		Fix:           "Nothing: a person takes it out, or exports the subjects of the answers.",
		Applicability: "Manual: answers may have to cross the route.",
		Before:        "cluster {\n  port: 6222\n  permissions { import: \"orders.>\", allow_responses: true }\n}\n",
		After:         "cluster {\n  port: 6222\n  permissions { import: \"orders.>\" }\n}\n",
		References:    []string{"server/opts.go: parseCluster"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("cluster", "permissions") {
			return
		}
		if e := v.Value.Map.Field("allow_responses", "publish_allow_responses"); e != nil && e.Value.Plain() != false {
			p.Report(manual(at(v, e, "routes know no %s: the server refuses to start (\"Cluster permissions do not support dynamic responses\")", e.Key), "take it out"))
		}
	})
}

// UserIncomplete finds users without a name, and authorization callouts without
// what they need.
func UserIncomplete() *fixes.Rule {
	return refuses("user-incomplete", "a user has no name, or an authorization callout lacks its issuer or users", fixes.Doc{
		Message: "User entry requires a user",
		What: `An entry of users has a user or an nkey ("User entry requires a user"). An authorization callout has the public key of the
issuer ("Authorization callouts require an issuer to be specified") and the users that the service itself logs in with
("Authorization callouts require authorized users to be specified").`,
		Fix:           "Nothing: a person says who it is.",
		Applicability: "Manual: the name is nowhere in the file.",
		Before:        "authorization {\n  users: [ { password: s3cret } ]\n}\n",
		After:         "authorization {\n  users: [ { user: app, password: s3cret } ]\n}\n",
		References:    []string{"server/opts.go: parseUsers, parseAuthCallout"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		m := v.Value.Map
		switch {
		case m == nil || v.Field == nil || v.Block == nil:
		case v.Entry == nil && v.Field.Name == "users" && (v.Block.Path == "authorization" || v.Block.Path == "accounts.<name>"):
			if lacks(m, "user", "username") && lacks(m, "nkey") {
				p.Report(manual(v.Finding("the entry has neither user nor nkey: the server refuses to start (\"User entry requires a user\")"), "name the user"))
			}
		case v.Is("authorization", "auth_callout"):
			if m.Field("issuer") == nil {
				p.Report(manual(v.KeyFinding("the callout has no issuer: the server refuses to start (\"Authorization callouts require an issuer to be specified\")"), "give the public key of the account that signs"))
			} else if users := m.Field("auth_users", "users"); users == nil || users.Value.IsList() && len(users.Value.List) == 0 {
				p.Report(manual(v.KeyFinding("the callout has no auth_users: the server refuses to start (\"Authorization callouts require authorized users to be specified\")"), "name the users that the service logs in with"))
			}
		}
	})
}
