package types

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// checkResolverURL looks at what stands in URL(...), at m[2:4] of the text: the
// server asks it at the start, over http or https (server/accounts.go,
// URLAccResolver).
func checkResolverURL(p *fixes.Pass, v *fixes.Visit, text string, m []int) {
	address := ""
	if m[2] >= 0 {
		address = text[m[2]:m[3]]
	}
	if fixes.IsFormat(address) && address != "" {
		return
	}
	why := resolverURLProblem(address)
	if why == "" {
		return
	}
	f := v.Finding("the URL of the resolver %s", why)
	scheme, chose := p.Param("scheme")
	if !chose {
		scheme = "https"
	}
	whole := scheme + "://" + strings.TrimLeft(address, "/")
	if address == "" || strings.Contains(address, "://") || resolverURLProblem(whole) != "" {
		p.Report(f.Because(fixes.Manual, "write URL(https://host/path/) or URL(http://host/path/)"))
		return
	}
	f.With(p.Replace(v, ast.String(text[:m[2]]+whole+text[m[3]:]), "write %s:// in front of the URL", scheme), whyNot(v))
	if !chose {
		f.Because(fixes.NeedsChoice, "whether the accounts are asked for over https or http is not in the file: choose with --set resolver-option.scheme=VALUE")
	}
	p.Report(f)
}

// resolverURLProblem says what is wrong with the URL of a resolver, "" if the
// server can ask it.
func resolverURLProblem(text string) string {
	const valid = ", though nats-server -t calls the file valid"
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "cannot be read (\"error parsing account resolver url\"): the server refuses to start"
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("is neither one of http nor of https: the server refuses to start (%q)", fmt.Sprintf("unsupported protocol scheme %q", u.Scheme)) + valid
	case u.Host == "":
		return "has no host: the server refuses to start (\"no Host in request URL\")" + valid
	}
	return ""
}
