package meaning

import (
	"reflect"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DuplicateUser finds users and nkeys that a server has twice, in whichever
// accounts.
func DuplicateUser() *fixes.Rule {
	return &fixes.Rule{
		Name:     "duplicate-user",
		Severity: fixes.Error,
		Summary:  "a user or nkey is there twice, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: `Duplicate user "bob" detected`,
			What: `Names of users are unique in a server, whatever account they belong to, and so are nkeys: a client names its user
and not its account. The server compares the users of authorization and of all accounts (server/opts.go,
setupUsersAndNKeysDuplicateCheckMap) and refuses to start. Which of the two places it names differs from start to start.`,
			Fix: `Of two equal entries in one list the second goes. If they differ, or belong to different accounts, somebody has to
rename or remove one.`,
			Applicability: `Safe for equal entries in one list: the server refuses the file today, and both say the same. Else manual.`,
			Effect:        `The server does not run.`,
			Before: `authorization {
  users: [
    { user: alice, password: "s1" }
    { user: bob, password: "s2" }
    { user: alice, password: "s1" }
  ]
}
`,
			After: `authorization {
  users: [
    { user: alice, password: "s1" }
    { user: bob, password: "s2" }
  ]
}
`,
		},
		Needs:       []string{"authorization", "accounts", "leafnodes"},
		CheckServer: checkDuplicateUser,
	}
}

// credential is one entry of a list of users.
type credential struct {
	name    *fleet.Value
	item    *fleet.Value
	list    *fleet.Value
	index   int
	account string // "" for authorization.users
}

func checkDuplicateUser(p *fixes.Pass, s *fleet.Server) {
	if s.Broken() {
		return
	}
	reportDuplicates(p, s, credentials(s), "Duplicate user %q detected")
	reportDuplicates(p, s, usersIn(s.Values.Block("leafnodes", "leaf").Block("authorization").Value("users"), "leafnodes"), "duplicate user %q detected in leafnode authorization")
}

func reportDuplicates(p *fixes.Pass, s *fleet.Server, list []credential, message string) {
	if len(list) < 2 {
		return
	}
	seen := make(map[string]credential)
	for _, c := range list {
		name := c.name.Text()
		first, ok := seen[name]
		if !ok {
			seen[name] = c
			continue
		}
		report(p, s, first, c, sprintf(message, name))
	}
}

func report(p *fixes.Pass, s *fleet.Server, first, c credential, message string) {
	n, doc := c.name.Place()
	v := &fixes.Visit{Server: s, Parent: &fixes.Visit{Server: s, Value: c.list}, Value: c.item, Index: c.index}
	f := v.Finding("user %q is defined twice: the server refuses to start (\"%s\")", c.name.Text(), message)
	f.Doc, f.Span = doc, n.Span()
	other, otherDoc := first.name.Place()
	f.Related = append(f.Related, fixes.Related{Doc: otherDoc, Span: other.Span(), Message: "the first definition"})
	switch {
	case first.list.Node == c.list.Node && reflect.DeepEqual(first.item.Plain(), c.item.Plain()):
		f.With(p.Delete(v, "take out the second entry of %s", c.name.Text()), "the list cannot be edited here")
	case first.account != c.account:
		f.Because(fixes.Manual, "names of users are unique across accounts: give one of them another name")
	default:
		f.Because(fixes.Manual, "the two entries differ: decide which one holds")
	}
	p.Report(f)
}

// credentials lists the users and nkeys of authorization and of all accounts.
func credentials(s *fleet.Server) []credential {
	out := usersIn(s.Values.Block("authorization").Value("users"), "")
	if accounts := s.Values.Block("accounts"); accounts != nil {
		for _, e := range accounts.Entries {
			if e.Value.IsMap() {
				out = append(out, usersIn(e.Value.Map.Value("users"), e.Key)...)
			}
		}
	}
	return out
}

// usersIn lists the users and nkeys of one list.
func usersIn(list *fleet.Value, account string) []credential {
	if !list.IsList() {
		return nil
	}
	var out []credential
	for i, item := range list.List {
		if !item.IsMap() {
			continue
		}
		name := item.Map.Value("user", "username")
		if name == nil {
			name = item.Map.Value("nkey")
		}
		if name.IsString() && name.Text() != "" {
			out = append(out, credential{name, item, list, i, account})
		}
	}
	return out
}
