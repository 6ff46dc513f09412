package silent

import (
	"net/url"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// URLMissingScheme finds routes, gateways and leaf remotes without nats:// in
// front.
func URLMissingScheme() *fixes.Rule {
	fields := urlFields()
	return &fixes.Rule{
		Name:     "url-missing-scheme",
		Severity: fixes.Warning,
		Summary:  "a URL of another server has no scheme, so the server refuses it or never connects",
		Doc: fixes.Doc{
			Stage:   "-t for addresses such as 10.0.0.1:6222, silent for names such as nats1:6222",
			Message: "error parsing route url",
			Since:   "2.0.0",
			What: `The URLs of routes, gateways and leaf remotes need a scheme. Without one 10.0.0.1:6222 is refused, and nats1:6222 is
taken for a URL of the scheme "nats1" without a host: every check passes, and the server never connects
(server/opts.go, parseURL). A URL with a scheme that cannot be read, mostly because of a password with % or #, is told of, too.`,
			Fix: `The scheme that the other URLs of the list have, else nats://, in front.`,
			Applicability: `Safe where the server refuses the URL. Unsafe where it starts: it will connect, which it does not today. Manual if
there is no host, or no port (only leaf remotes have a default), or the URL has a scheme and cannot be read.`,
			Effect: `A reload for routes; a restart for gateways and leaf remotes. A server that refused its file does not run.`,
			Before: `cluster {
  name: prod
  port: 6222
  routes: ["nats1:6222", "10.0.0.2:6222"]
}
`,
			After: `cluster {
  name: prod
  port: 6222
  routes: ["nats://nats1:6222", "nats://10.0.0.2:6222"]
}
`,
		},
		Fields: func(_ *schema.Block, f *schema.Field) bool { return urlKind(fields, f) != "" },
		CheckValue: func(p *fixes.Pass, v *fixes.Visit) {
			if what := urlKind(fields, v.Field); what != "" && v.Value.IsString() && (v.Entry == nil && v.Parent.Entry != nil || v.Entry != nil && v.Field.Takes(schema.String)) {
				checkURLMissingScheme(p, v, what)
			}
		},
	}
}

func checkURLMissingScheme(p *fixes.Pass, v *fixes.Visit, what string) {
	text := strings.TrimSpace(v.Value.Text())
	if text == "" || v.Server.Garbled() {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && (u.Host != "" || strings.Contains(text, "://")):
		return
	case strings.Contains(text, "://"):
		p.Report(unreadableURL(v, what))
		return
	}
	to := withScheme(text, schemeOf(v), what != "leafnode")
	var fix *fixes.Fix
	otherwise := "the value comes from a place that cannot be edited"
	if to != "" {
		fix = p.Replace(v, ast.String(to), "add the scheme to the URL")
	} else {
		otherwise = "no host and port can be told: write a URL such as nats://host:port"
	}
	f := v.Finding("the %s URL has no scheme: the server takes what stands before the colon for one, finds no host, and never connects", what)
	if err != nil {
		f.Message = "the " + what + " URL has no scheme: the server refuses it (\"error parsing " + what + " url\")"
		f.Severity = fixes.Error
	} else if u.Scheme == "" {
		f.Message = "the " + what + " URL has no scheme: the server takes the text for a path, finds no host, and never connects"
	}
	f.With(fix, otherwise)
	if err == nil {
		f.Because(fixes.ChangesBehaviour, "the server will connect there, which it does not today")
	}
	p.Report(f)
}

// unreadableURL reports a URL that has a scheme and is refused all the same.
func unreadableURL(v *fixes.Visit, what string) *fixes.Finding {
	f := v.Finding("the server cannot read this %s URL and refuses it (\"error parsing %s url\")", what, what)
	f.Severity = fixes.Error
	return f.Because(fixes.Manual, "write nats://host:port; in a user and password before the host the characters % # / ? @ : and blanks must be written as %25 %23 %2F %3F %40 %3A %20")
}
