package jetstream

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/suggest"
)

// DefaultDomain finds default_js_domain, which is to be removed, and what the
// server refuses in it.
func DefaultDomain() *fixes.Rule {
	return &fixes.Rule{
		Name:        "default-js-domain",
		Severity:    fixes.Info,
		Summary:     "default_js_domain is deprecated, and the server refuses some of what may stand in it",
		Doc:         defaultDomainDoc,
		Needs:       []string{"default_js_domain"},
		CheckServer: checkDefaultDomain,
	}
}

func checkDefaultDomain(p *fixes.Pass, s *fleet.Server) {
	field := fixes.Top(s, "default_js_domain")
	if field == nil || len(entries(field)) == 0 || s.Broken() {
		return
	}
	quiet := true
	for _, v := range entries(field) {
		if f := defaultDomainOf(p, v); f != nil {
			p.Report(f)
			quiet = false
		}
	}
	if !quiet {
		return
	}
	f := field.KeyFinding("default_js_domain is a crutch from the time before leaf nodes had domains: the server warns that it \"is a temporary backwards compatibility measure and will be removed\"")
	p.Report(f.Because(fixes.Manual, "clients that rely on it must name the domain first ($JS.<domain>.API), or the account gets a mapping of \"$JS.API.>\" to \"$JS.<domain>.API.>\""))
}

// defaultDomainOf reports what is wrong with one account of default_js_domain
// (server/jetstream.go, validateJetStreamOptions).
func defaultDomainOf(p *fixes.Pass, v *fixes.Visit) *fixes.Finding {
	s, account := v.Server, v.Entry.Key
	if !v.Value.IsString() || v.Entry.Used {
		return nil
	}
	domain := v.Value.Text()
	if account == s.SystemAccount() {
		f := refused(v, "%q is the system account: the server refuses to start (\"system account %q can not be in default_js_domain\"), though nats-server -t calls the file valid", account, account)
		return f.With(dropDefault(p, v, "take the system account out of default_js_domain"), "a variable refers to the entry")
	}
	if hasOperator(s) {
		if !isAccountKey(account) {
			f := refused(v, "%q is no public key of an account, as it has to be in operator mode: the server refuses to start (\"default_js_domain contains account name %q, which is not a valid public account nkey\")", account, account)
			return f.Because(fixes.Manual, "only you know which account is meant")
		}
		return badDefault(v, domain)
	}
	known, on, sure := lookAccount(s, account)
	switch {
	case !sure:
		return nil
	case !known:
		f := refused(v, "there is no account %q: the server refuses to start (\"`default_js_domain` references non existing account %q\"), though nats-server -t calls the file valid", account, account)
		reason := "name an account of the file, or take the entry out"
		if near := suggest.Suggest(account, accountNames(s)); near != "" && len(account) > 2 {
			reason = fmt.Sprintf("did you mean %q?", near)
		}
		return f.Because(fixes.Manual, reason)
	case on && domain != "" && account == globalAccount:
		f := v.KeyFinding("$G has JetStream on this server, and the default domain leads its requests to %q: clients do not reach their own JetStream any more, and get \"no responders\"", domain)
		f.Severity = fixes.Warning
		f.With(dropDefault(p, v, "leave $G its own JetStream"), "a variable refers to the entry")
		return f.Because(changes(f, "clients that mean the JetStream of the other side get the local one"))
	case on && domain != "":
		f := refused(v, "the account %q has JetStream of its own: the server refuses to start (\"default_js_domain contains account name %q with enabled JetStream\"), though nats-server -t calls the file valid", account, account)
		f.With(dropDefault(p, v, "leave the account "+account+" its own JetStream"), "a variable refers to the entry")
		return f.Because(changes(f, "either the account keeps its own JetStream, as the fix has it, or it uses that of the other side and does without jetstream here"))
	}
	return badDefault(v, domain)
}

// dropDefault returns the fix that takes an account out of default_js_domain;
// without another one the field goes as a whole.
func dropDefault(p *fixes.Pass, v *fixes.Visit, title string) *fixes.Fix {
	if len(v.Parent.Value.Map.Entries) == 1 && !v.Parent.Value.Use.Valid() {
		return p.Delete(v.Parent, "%s", title)
	}
	return p.Delete(v, "%s", title)
}

func refused(v *fixes.Visit, format string, args ...any) *fixes.Finding {
	f := v.KeyFinding(format, args...)
	f.Severity = fixes.Error
	return f
}

// badDefault reports a domain that no server can have.
func badDefault(v *fixes.Visit, domain string) *fixes.Finding {
	if !strings.ContainsAny(domain, " \t\r\n\f.*>") {
		return nil
	}
	var f *fixes.Finding
	if isSubject("$JS." + domain + ".API.>") {
		f = v.Finding("no server can have the domain %q (a domain holds no dot, blank, * or >), so requests to JetStream lead nowhere", domain)
		f.Severity = fixes.Warning
	} else {
		f = v.Finding("%q is no domain: the server refuses to start (\"default_js_domain contains account %q with invalid domain name %q\"), though nats-server -t calls the file valid", domain, v.Entry.Key, domain)
		f.Severity = fixes.Error
	}
	return f.Because(fixes.Manual, "write the domain of the servers that are meant")
}

// isSubject is IsValidSubject of server/sublist.go.
func isSubject(subject string) bool {
	if strings.ContainsAny(subject, " \t\r\n\f") {
		return false
	}
	tokens := strings.Split(subject, ".")
	for i, token := range tokens {
		if token == "" || token == ">" && i < len(tokens)-1 {
			return false
		}
	}
	return true
}

// isAccountKey reports whether a name has the form of an account's public key:
// 56 letters of base 32 that begin with A.
func isAccountKey(name string) bool {
	return len(name) == 56 && name[0] == 'A' && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
