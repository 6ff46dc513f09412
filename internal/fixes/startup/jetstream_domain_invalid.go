package startup

import (
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// JetStreamDomainInvalid finds JetStream domains that are no subject token.
func JetStreamDomainInvalid() *fixes.Rule {
	return &fixes.Rule{
		Name:     "jetstream-domain-invalid",
		Severity: fixes.Error,
		Summary:  "the JetStream domain holds a dot, a blank or a wildcard, so the server refuses to start",
		Params: []fixes.Param{{
			Name: "domain", Default: "the domain with a - for each wrong character",
			Doc: "the domain",
		}},
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "invalid domain name: may not contain ., * or >",
			Since:   "2.2.3",
			What: `The domain becomes one token of subjects such as $JS.hub.API.INFO, so it must hold no blanks, dots, * or >
(server/jetstream.go, validateJetStreamOptions; in some cases "invalid domain name: derived ... is not a valid subject").
The server checks that even where JetStream is off.`,
			Fix: "Writes a - for each character that is not allowed.",
			Applicability: `Somebody must choose the domain, since clients and other servers name it: without
--set jetstream-domain-invalid.domain=NAME the fix is unsafe.`,
			Effect: "The server does not run.",
			Before: "jetstream { domain: eu.west }\n",
			After:  "jetstream { domain: eu-west }\n",
		},
		Fields:     fixes.At("jetstream", "domain"),
		CheckValue: checkJetStreamDomainInvalid,
	}
}

func checkJetStreamDomainInvalid(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("jetstream", "domain") || !v.Value.IsString() || v.Server.Broken() {
		return
	}
	domain := v.Value.Text()
	if domain == "" || isDomain(domain) {
		return
	}
	f := v.Finding("%q is no domain, as it holds a blank, a dot or a wildcard: the server refuses to start (\"invalid domain name: may not contain ., * or >\"), though nats-server -t calls the file valid", domain)
	to, chose := p.Param("domain")
	if !chose {
		to = legal(domain)
	}
	if !isDomain(to) {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("no domain can be made of %q (choose with --set jetstream-domain-invalid.domain=NAME)", to)))
		return
	}
	f.With(p.Replace(v, ast.String(to), "set the domain to %q", to), "the domain cannot be written in this file")
	p.Report(chosen(p, f, "domain", "clients and other servers name the domain, and all servers of a supercluster need the same"))
}

// isDomain is isValidName of server/jetstream.go.
func isDomain(name string) bool { return name != "" && !strings.ContainsAny(name, " \t\r\n\f.*>") }
