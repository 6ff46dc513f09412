package jetstream

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// leafUser returns what the user by whom a link is authenticated may publish at
// the hub, nil if that is not restricted or not known.
func leafUser(l *fleet.LeafLink, hub *fleet.Server) *fixes.Visit {
	account := hubAccount(l, hub)
	if account == "" {
		return nil
	}
	for _, permissions := range permissionsOf(hub, account) {
		user := permissions.Parent
		if user == nil || user.Value.Map == nil || user.Value.Map.Value("user", "username") == nil {
			continue
		}
		name := user.Value.Map.Value("user", "username").Text()
		if slices.ContainsFunc(l.Remote.URLs, func(u *fleet.Value) bool { return userOf(u.Text()) == name && name != "" }) {
			return fixes.Below(permissions, "publish", "pub", "import")
		}
	}
	return nil
}

// userOf returns the user that a URL names, "" if it names none.
func userOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	info, _, ok := strings.Cut(rest, "@")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(info, ":")
	return name
}

// checkLeafUser reports the user by whom a leaf connects, if it may publish the
// API without a domain and not that of the hub's.
func checkLeafUser(p *fixes.Pass, l *fleet.LeafLink) {
	if l.BindsSystem() != fleet.NotSystem || !isClamped(l.Leaf, l.Remote.Account) {
		return
	}
	for _, hub := range l.Hubs {
		domain := oneDomain(hub.Cluster.Super)
		publish := leafUser(l, hub)
		if domain == "" || publish == nil || hub.Broken() {
			continue
		}
		allow, deny := publish, fixes.Below(publish, "deny")
		if publish.Value.IsMap() {
			allow = fixes.Below(publish, "allow")
		}
		named := apiItems(allow)
		if len(named) == 0 || knowsDomains(allow, deny) || coveredBy(texts(allow), inDomain(apiPrefix+">", domain)) {
			continue
		}
		f := named[0].Finding("the user by whom %s connects as a leaf node may publish %s, which does not cross a leaf link, and not %s, by which the leaf reaches this JetStream",
			l.Leaf.Root.Path, named[0].Value.Text(), inDomain(named[0].Value.Text(), domain))
		if local, known := runsJetStream(l.Leaf.Cluster.Super); !local && known {
			f.Severity = fixes.Warning
		}
		f.Related = append(f.Related, related(l.Remote.Value, "the leaf link"))
		f.With(addSubjects(p, allow, named, domain), "the list comes from the environment, or other fields share it")
		p.Report(f.Because(changes(f, "clients on the leaf may use this JetStream from then on, which they cannot today")))
		return
	}
}
