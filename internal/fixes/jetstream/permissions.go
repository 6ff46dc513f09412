package jetstream

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// permissionsOf returns the permissions of the users of an account.
func permissionsOf(s *fleet.Server, account string) []*fixes.Visit {
	holder := fixes.Top(s, "authorization")
	if account != globalAccount {
		holder = nil
		for _, a := range accounts(s) {
			if a.Entry.Key == account {
				holder = a
			}
		}
	}
	var out []*fixes.Visit
	add := func(v *fixes.Visit) {
		if v != nil && v.Value.IsMap() {
			out = append(out, v)
		}
	}
	add(fixes.Below(holder, "default_permissions", "default_permission", "permissions"))
	for _, user := range items(fixes.Below(holder, "users")) {
		add(fixes.Below(user, "permissions", "permission", "authorization"))
	}
	return out
}

// addSubjects returns the fix that adds to a list of subjects those of the API
// in a domain, nil if the list cannot be edited.
func addSubjects(p *fixes.Pass, list *fixes.Visit, named []*fixes.Visit, domain string) *fixes.Fix {
	var more []ast.Literal
	for _, v := range named {
		if to := inDomain(v.Value.Text(), domain); !coveredBy(texts(list), to) {
			more = append(more, ast.String(to))
		}
	}
	title := "name the hub's JetStream, $JS." + domain + ".API, too"
	if list.Value.IsString() {
		return p.Replace(list, ast.List(append([]ast.Literal{ast.String(list.Value.Text())}, more...)...), "%s", title)
	}
	last := named[len(named)-1].Value
	n, doc := last.Place()
	if doc != list.Value.Doc {
		return nil
	}
	edits, err := ast.InsertItems(list.Value.Node, more, ast.After(n))
	if err != nil {
		return nil
	}
	fix := fixes.NewFix(doc, edits, "%s", title)
	if fix == nil {
		return nil
	}
	for _, u := range p.Fleet.Uses(list.Value.Node) {
		fix.Within = append(fix.Within, fixes.Within{Server: u.Server, Path: u.Path})
	}
	return fix
}

func texts(list *fixes.Visit) []string {
	var out []string
	for _, v := range items(list) {
		if v.Value.IsString() {
			out = append(out, v.Value.Text())
		}
	}
	return out
}

// apiItems returns the items of a list that name the API without a domain.
func apiItems(list *fixes.Visit) []*fixes.Visit {
	return slices.DeleteFunc(items(list), func(v *fixes.Visit) bool { return !v.Value.IsString() || !isAPI(v.Value.Text()) })
}

// knowsDomains reports whether one of the lists names the API of a domain: who
// wrote it knows about domains and means what stands there.
func knowsDomains(lists ...*fixes.Visit) bool {
	for _, list := range lists {
		for _, text := range texts(list) {
			if token := strings.Split(text, "."); len(token) > 2 && token[0] == "$JS" && token[1] != "API" && token[2] == "API" {
				return true
			}
		}
	}
	return false
}
