package jetstream

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// exported reports exports of the API from an account that has no JetStream
// behind it but the hub's.
func (r *reach) exported(s *fleet.Server) {
	for _, a := range accounts(s) {
		if a.Entry.Key != r.account {
			continue
		}
		for _, export := range items(fixes.Below(a, "exports")) {
			service := fixes.Below(export, "service")
			if service == nil || !service.Value.IsString() || !isAPI(service.Value.Text()) || r.mapsAPI(s, a) {
				continue
			}
			f := service.Finding("the export of %s leads nowhere: the leaf runs no JetStream, and $JS.API does not cross a leaf link", service.Value.Text())
			if r.known {
				f.Severity = fixes.Warning
			}
			f.Related = append(r.imports(s), related(r.links[0].Remote.Value, "the leaf link"))
			shown := r.domain()
			if shown == "" {
				shown = "<domain>"
			}
			to := inDomain(service.Value.Text(), shown)
			r.pass.Report(f.Because(fixes.Manual, fmt.Sprintf("export %s, and let each import of it name that subject, too, with to: %q", to, service.Value.Text())))
		}
	}
}

// imports returns where other accounts import the API from the account.
func (r *reach) imports(s *fleet.Server) []fixes.Related {
	var out []fixes.Related
	for _, a := range accounts(s) {
		for _, item := range items(fixes.Below(a, "imports")) {
			service := fixes.Below(item, "service")
			subject := fixes.Below(service, "subject")
			if from := fixes.Below(service, "account"); from != nil && subject != nil && from.Value.Text() == r.account && isAPI(subject.Value.Text()) {
				out = append(out, related(subject.Value, "it is imported here"))
			}
		}
	}
	return out
}

// mapped reports mappings whose destination is the API without a domain.
func (r *reach) mapped(s *fleet.Server) {
	holders := []*fixes.Visit{fixes.Top(s, "mappings", "maps")}
	if r.account != globalAccount {
		holders = nil
		for _, a := range accounts(s) {
			if a.Entry.Key == r.account {
				holders = append(holders, fixes.Below(a, "mappings", "maps"))
			}
		}
	}
	for _, holder := range holders {
		for _, mapping := range entries(holder) {
			for _, to := range destinations(mapping) {
				r.destination(to)
			}
		}
	}
}

// destinations returns where a mapping leads to.
func destinations(mapping *fixes.Visit) []*fixes.Visit {
	switch {
	case mapping.Value.IsString():
		return []*fixes.Visit{mapping}
	case mapping.Value.IsMap():
		return []*fixes.Visit{fixes.Below(mapping, "destination", "dest")}
	}
	var out []*fixes.Visit
	for _, item := range items(mapping) {
		out = append(out, fixes.Below(item, "destination", "dest"))
	}
	return out
}

func (r *reach) destination(to *fixes.Visit) {
	if to == nil || !to.Value.IsString() || !isAPI(to.Value.Text()) {
		return
	}
	text, domain := to.Value.Text(), r.domain()
	f := to.Finding("the mapping to %s leads nowhere: the leaf runs no JetStream, and $JS.API does not cross a leaf link", text)
	if r.known {
		f.Severity = fixes.Warning
	}
	f.Related = append(f.Related, related(r.links[0].Remote.Value, "the leaf link"))
	if domain == "" {
		r.pass.Report(f.Because(fixes.Manual, "which domain is meant is not known (choose with --set jetstream-api-subject.domain=NAME)"))
		return
	}
	f.With(r.pass.Replace(to, ast.String(inDomain(text, domain)), "let the mapping lead to the domain %q", domain), "the subject comes from the environment, or other fields share it")
	r.pass.Report(f.Because(changes(f, "what is published on the mapped subject reaches the hub's JetStream from then on")))
}

// importsAPI reports whether the account gets the API from another account of
// the server.
func (r *reach) importsAPI(s *fleet.Server) bool {
	for _, a := range accounts(s) {
		if a.Entry.Key != r.account {
			continue
		}
		for _, item := range items(fixes.Below(a, "imports")) {
			service := fixes.Below(item, "service")
			if subject := fixes.Below(service, "subject"); subject != nil && isAPI(subject.Value.Text()) {
				return true
			}
			if to := fixes.Below(item, "to"); service != nil && to != nil && isAPI(to.Value.Text()) {
				return true
			}
		}
	}
	return false
}

// mapsAPI reports whether requests to the API are led elsewhere in the account.
func (r *reach) mapsAPI(s *fleet.Server, account *fixes.Visit) bool {
	if s.Values.Block("default_js_domain").Get(r.account) != nil {
		return true
	}
	for _, mapping := range entries(fixes.Below(account, "mappings", "maps")) {
		if isAPI(mapping.Entry.Key) {
			return true
		}
	}
	return false
}
