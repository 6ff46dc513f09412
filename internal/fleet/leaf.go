package fleet

import "strings"

// SystemLink says whether a leaf link binds the system account.
type SystemLink uint8

const (
	NotSystem    SystemLink = iota // an ordinary account on at least one side
	MaybeSystem                    // the system account on the leaf's side, unknown on the hub's
	SharedSystem                   // the system account on both sides: hub and leaf are one JetStream
)

// BindsSystem reports whether the link binds the system account on both sides
// (facts: such a link makes hub and leaf one JetStream). The account on the
// hub's side follows from the user in the remote's URL; it is unknown if the
// leaf authenticates by a credentials file or key, or the hub is not loaded.
func (l *LeafLink) BindsSystem() SystemLink {
	account := "$G"
	if a := l.Remote.Account; a != nil {
		if a.Unknown() {
			return MaybeSystem
		}
		account = a.Text()
	}
	if account != l.Leaf.SystemAccount() {
		return NotSystem
	}
	if l.Remote.Credentials || len(l.Hubs) == 0 {
		return MaybeSystem
	}
	for _, hub := range l.Hubs {
		for _, u := range l.Remote.URLs {
			_, _, user := parseURL(u.Text(), "")
			switch hub.leafAccount(user) {
			case hub.SystemAccount():
				return SharedSystem
			case "":
				return MaybeSystem
			}
		}
	}
	return NotSystem
}

// HubAccount returns the account of a hub that the link is bound to, as the user
// in the remote's URLs tells; "" if that is unknown: the leaf authenticates by a
// credentials file or key, or its URLs name users of different accounts.
func (l *LeafLink) HubAccount(hub *Server) string {
	account := ""
	for i, u := range l.Remote.URLs {
		_, _, user := parseURL(u.Text(), "")
		a := hub.leafAccount(user)
		if l.Remote.Credentials || i > 0 && a != account {
			return ""
		}
		account = a
	}
	return account
}

// leafAccount returns the account that a leaf node is bound to which connects
// as user, "" if that is unknown (server/leafnode.go, auth.go).
func (s *Server) leafAccount(user string) string {
	leaf := s.Values.Block("leafnodes", "leaf")
	if auth := leaf.Block("authorization"); auth != nil {
		if users := auth.Value("users"); users.IsList() {
			if a, found := accountOf(users, user); found {
				return a
			}
		}
		if a := auth.Value("account"); a != nil {
			return a.Text()
		}
	}
	accounts := s.Values.Block("accounts")
	if accounts == nil {
		return "$G"
	}
	for _, e := range accounts.Entries {
		if e.Value.Map == nil {
			continue
		}
		if users := e.Value.Map.Value("users"); users.IsList() {
			if _, found := accountOf(users, user); found {
				return e.Key
			}
		}
	}
	if user == "" {
		if v := s.Values.Value("no_auth_user"); v != nil {
			if user = v.Text(); user != "" {
				return s.leafAccount(user)
			}
		}
		return "$G"
	}
	return ""
}

// accountOf looks for a user in a list of users and returns its account, $G if
// it names none.
func accountOf(users *Value, user string) (account string, found bool) {
	for _, u := range users.List {
		if u.Map == nil || user == "" || u.Map.Value("user", "username").Text() != user {
			continue
		}
		if a := u.Map.Value("account"); a != nil {
			return a.Text(), true
		}
		return "$G", true
	}
	return "", false
}

// UsesJetStreamSubject reports whether a permission, import, export or mapping
// of the server names a JetStream API subject with a domain ($JS.<x>.API) or an
// acknowledgement subject without one ($JS.ACK._), and returns the first.
func (s *Server) UsesJetStreamSubject() (path string, v *Value) {
	s.Each(func(p string, e *Entry, val *Value) {
		if v != nil {
			return
		}
		if val.IsString() && isDomainSubject(val.Text()) || e != nil && isDomainSubject(e.Key) {
			path, v = p, val
		}
	})
	return path, v
}

func isDomainSubject(s string) bool {
	i := strings.Index(s, "$JS.")
	if i < 0 {
		return false
	}
	rest := s[i+len("$JS."):]
	if strings.HasPrefix(rest, "ACK._") {
		return true
	}
	domain, after, ok := strings.Cut(rest, ".")
	return ok && domain != "API" && domain != "ACK" && domain != "FC" && (after == "API" || strings.HasPrefix(after, "API."))
}
