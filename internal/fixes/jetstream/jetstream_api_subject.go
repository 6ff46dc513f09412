package jetstream

import (
	"slices"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// APISubject finds subjects of the JetStream API without a domain where they
// are meant for the other side of a leaf link.
func APISubject() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-api-subject",
		Severity: fixes.Info,
		Summary:  "a permission, export or mapping names $JS.API, and only $JS.<domain>.API crosses a leaf link",
		Params: []fixes.Param{{
			Name: "domain", Default: "that of the hub, if it is among the files and there is one",
			Doc: "the domain of the hub that clients on the leaf are to reach",
		}},
		Doc:    apiSubjectDoc,
		Needs:  []string{"leafnodes"},
		Check:  checkAPISubject,
		Linked: true,
	}
}

// reach is what clients in an account on a leaf can reach over its links.
type reach struct {
	pass    *fixes.Pass
	super   *fleet.Super
	account string
	links   []*fleet.LeafLink
	local   bool     // the leaf runs JetStream itself
	domains []string // of the hubs that are known
	known   bool     // all hubs are
}

func checkAPISubject(p *fixes.Pass) {
	for _, super := range p.Fleet.Supers {
		for _, r := range reaches(p, super) {
			r.check()
		}
		for _, l := range super.Out {
			checkLeafUser(p, l)
		}
	}
}

// reaches returns the accounts of a system that leaf links bind, in the order of
// the links. It is nil where the API may cross a link as it is: where one binds
// the system account, so that hub and leaf may be one JetStream.
func reaches(p *fixes.Pass, super *fleet.Super) []*reach {
	if len(super.Out) == 0 || linkedToItself(super) != nil {
		return nil
	}
	local, known := runsJetStream(super)
	if !known {
		return nil
	}
	var all []*reach
	for _, l := range super.Out {
		if l.BindsSystem() != fleet.NotSystem || operatorMode(l.Leaf) {
			return nil
		}
		name := globalAccount
		if a := l.Remote.Account; a != nil {
			name = a.Text()
		}
		i := slices.IndexFunc(all, func(r *reach) bool { return r.account == name })
		if i < 0 {
			i = len(all)
			all = append(all, &reach{pass: p, super: super, account: name, local: local, known: true})
		}
		all[i].add(l)
	}
	return slices.DeleteFunc(all, func(r *reach) bool {
		return slices.ContainsFunc(r.links, func(l *fleet.LeafLink) bool { return !isClamped(l.Leaf, l.Remote.Account) })
	})
}

func (r *reach) add(l *fleet.LeafLink) {
	r.links = append(r.links, l)
	r.known = r.known && l.Resolved()
	for _, hub := range hubsOf(l) {
		if domain := oneDomain(hub); domain != "" && !slices.Contains(r.domains, domain) {
			r.domains = append(r.domains, domain)
		}
	}
}

// domain returns the domain that clients on the leaf are to reach, "" if that
// has to be chosen.
func (r *reach) domain() string {
	if given, ok := r.pass.Param("domain"); ok && (len(r.domains) == 0 || slices.Contains(r.domains, given)) {
		return given
	}
	if len(r.domains) == 1 {
		return r.domains[0]
	}
	return ""
}

func (r *reach) check() {
	if r.known && len(r.domains) == 0 {
		return // no hub with JetStream and a domain: jetstream-domain's
	}
	for _, s := range r.super.Servers {
		// Other members of a cluster, with JetStream, may be missing here.
		far := !r.local && (r.known || !s.Clustered()) && !r.importsAPI(s)
		for _, permissions := range permissionsOf(s, r.account) {
			publish := fixes.Below(permissions, "publish", "pub", "import")
			allow, deny := publish, fixes.Below(publish, "deny")
			if publish != nil && publish.Value.IsMap() {
				allow = fixes.Below(publish, "allow")
			}
			if far {
				r.allowed(allow, deny)
			}
			if r.known {
				r.denied(allow, deny)
			}
		}
		if far {
			r.exported(s)
			r.mapped(s)
		}
	}
}

// allowed reports a list of what users may publish that names the API without a
// domain: the leaf has no JetStream, so that it can only be meant for the hub.
func (r *reach) allowed(allow, deny *fixes.Visit) {
	named := apiItems(allow)
	domain := r.domain()
	if len(named) == 0 || knowsDomains(allow, deny) || domain != "" && coveredBy(texts(allow), inDomain(apiPrefix+">", domain)) {
		return
	}
	shown := domain
	if shown == "" {
		shown = "<domain>"
	}
	f := named[0].Finding("users may publish %s, but the leaf runs no JetStream, and $JS.API does not cross a leaf link: what reaches the hub is %s",
		named[0].Value.Text(), inDomain(named[0].Value.Text(), shown))
	r.report(f, allow, named, domain, "users of the account may use the hub's JetStream from then on, which they cannot today")
}

// denied reports a list of what users may not publish that names the API without
// a domain, and leaves that of the hub open.
func (r *reach) denied(allow, deny *fixes.Visit) {
	named := apiItems(deny)
	domain := r.domain()
	if len(named) == 0 || domain == "" || knowsDomains(allow, deny) || !r.open(domain) {
		return
	}
	want := inDomain(named[0].Value.Text(), domain)
	if coveredBy(texts(deny), want) || allow != nil && !coveredBy(texts(allow), want) {
		return
	}
	f := named[0].Finding("users must not publish %s, but over the leaf link they reach the hub's JetStream by %s, which the denial does not cover", named[0].Value.Text(), want)
	r.report(f, deny, named, domain, "users who are meant to reach the hub's JetStream do not any more")
}

// open reports whether the hub is known to take requests to its JetStream from
// the leaf.
func (r *reach) open(domain string) bool {
	for _, l := range r.links {
		if l.Remote.Value.Map.Field("deny_imports", "deny_import", "deny_exports", "deny_export") != nil {
			return false
		}
		for _, hub := range l.Hubs {
			_, on, sure := lookAccount(hub, hubAccount(l, hub))
			if !on || !sure || leafUser(l, hub) != nil {
				return false
			}
		}
	}
	return true
}

// report adds the fix, which puts the subjects with the domain beside those
// without it.
func (r *reach) report(f *fixes.Finding, list *fixes.Visit, named []*fixes.Visit, domain, risk string) {
	if r.known {
		f.Severity = fixes.Warning
	}
	f.Related = append(f.Related, related(r.links[0].Remote.Value, "the leaf link"))
	if domain == "" {
		r.pass.Report(f.Because(fixes.Manual, "which domain is meant is not known (choose with --set jetstream-api-subject.domain=NAME)"))
		return
	}
	f.With(addSubjects(r.pass, list, named, domain), "the list comes from the environment, or other fields share it")
	r.pass.Report(f.Because(changes(f, risk)))
}
