package access

import (
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ReservedAccount finds definitions of the account $G.
func ReservedAccount() *fixes.Rule {
	return refuses("reserved-account", "accounts defines $G, which is the server's own", fixes.Doc{
		Message:       `"$G" is a Reserved Account`,
		What:          `$G is the account of all who log in without one. The server makes it and refuses a definition. ($SYS may be defined.)`,
		Fix:           "Takes the definition out, and moves its users to authorization, whose users are those of $G.",
		Applicability: "Safe if the definition holds users alone, or nothing, and there is no authorization yet. Else manual: a person gives the account another name.",
		Before:        "accounts {\n  $G { users: [ { user: app, password: s3cret } ] }\n}\n",
		After:         "accounts {\n}\nauthorization {\n  users: [ { user: app, password: s3cret } ]\n}\n",
		References:    []string{"server/opts.go: parseAccounts"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("", "accounts") {
			return
		}
		const reason = "give the account another name, or move its users to authorization"
		if e := v.Value.Map.Get("$G"); e != nil {
			f := at(v, e, "$G is the server's own account: it refuses to start (\"is a Reserved Account\")")
			p.Report(f.With(intoAuthorization(p, v, e), reason))
		}
		for i, item := range v.Value.List {
			if item.IsString() && item.Text() == "$G" {
				w := &fixes.Visit{Server: v.Server, Parent: v, Value: item, Index: i}
				f := w.Finding("$G is the server's own account: it refuses to start (\"is a Reserved Account\")")
				p.Report(f.With(p.Delete(w, "take $G out of the list"), reason))
			}
		}
	})
}

// intoAuthorization returns the fix that takes the account $G out and moves its
// users to authorization, nil if it has more than users, or there is no place.
func intoAuthorization(p *fixes.Pass, v *fixes.Visit, account *fleet.Entry) *fixes.Fix {
	remove := p.Delete(below(v, account), "take the account $G out")
	if !account.Value.IsMap() {
		return nil
	}
	users := account.Value.Map.Field("users")
	switch {
	case len(account.Value.Map.Entries) == 0:
		return remove
	case users == nil || len(account.Value.Map.Entries) > 1 || account.Doc != v.Server.Root || v.Server.Values.Field("authorization") != nil:
		return nil
	}
	block := ast.Field{Key: "authorization", Value: ast.Map(ast.Field{Key: "users", Value: ast.CopyOf(users.Node.Value())})}
	return p.Insert(v.Server, nil, block, ast.After(v.Entry.Node), "move the users of $G to authorization").Join(remove)
}

// ExportTokenPosition finds positions of the account's token that the exported
// subject does not have.
func ExportTokenPosition() *fixes.Rule {
	return refuses("export-token-position", "account_token_position does not point at a * of the exported subject", fixes.Doc{
		Message: "Error adding service export: sublist: invalid subject",
		What: `account_token_position says which token of the subject names the importing account. That token must be a *, and be there: else
the server refuses to start ("sublist: invalid subject"; for a negative position "runtime error: index out of range") and points at the whole
accounts block.`,
		Fix:           "Nothing: a person says which token it is.",
		Applicability: "Manual: a subject may have several.",
		Before:        "accounts {\n  A { exports: [ { service: \"orders.*\", account_token_position: 1 } ] }\n}\n",
		After:         "accounts {\n  A { exports: [ { service: \"orders.*\", account_token_position: 2 } ] }\n}\n",
		References:    []string{"server/accounts.go: checkExportSubject"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("accounts.<name>.exports[]", "account_token_position") || v.Parent == nil {
			return
		}
		n, ok := v.Value.Plain().(int64)
		if m := v.Parent.Value.Map; ok && n < 0 && (m.Field("stream") != nil || m.Field("service") != nil) {
			p.Report(manual(v.Finding("no token has the position %d: the server refuses to start (\"runtime error: index out of range\")", n), "name the position of the * that stands for the account"))
			return
		}
		export := v.Parent.Value.Map.Field("service", "stream")
		if export == nil || !export.Value.IsString() {
			return
		}
		subject := export.Value.Text()
		tokens := strings.Split(subject, ".")
		if !ok || n <= 0 || n <= int64(len(tokens)) && tokens[n-1] == "*" {
			return
		}
		f := v.Finding("token %d of %q is no *: the server refuses to start (\"invalid subject\")", n, subject)
		p.Report(manual(f.Beside(v.Server.Values.Field("accounts"), "the accounts"), "name the position of the * that stands for the account"))
	})
}

// LatencySubject finds samples of latency without a subject to send them to.
func LatencySubject() *fixes.Rule {
	r := refuses("latency-subject", "latency of an exported service has no subject to send samples to", fixes.Doc{
		Message: "Latency subject required, but missing",
		What: `A service that is sampled needs a subject for the samples. Without one the server refuses to start ("Latency subject
required, but missing"), and so it does for one with wildcards and for one that is a service of the account itself ("Error adding service
latency sampling: invalid publish subject"), and for a service with more than one response ("bad service response type").`,
		Fix:           "Adds the subject that --set latency-subject.subject=SUBJECT names. Else a person names another one.",
		Applicability: "Somebody has to name the subject; with it the fix is safe. Manual for a subject that cannot be one.",
		Before:        "accounts {\n  $SYS {}\n  A { exports: [ { service: \"orders.new\", latency: { sampling: 50% } } ] }\n}\nsystem_account: \"$SYS\"\n",
		After:         "accounts {\n  $SYS {}\n  A { exports: [ { service: \"orders.new\", latency: { sampling: 50%, subject: latency.samples } } ] }\n}\nsystem_account: \"$SYS\"\n",
		References:    []string{"server/opts.go: parseServiceLatency"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("accounts.<name>.exports[]", "latency") || v.Value.Unknown() || v.Parent == nil || v.Parent.Value.Map.Field("stream") != nil {
			return // of a stream: export-directive
		}
		of := v.Parent.Value.Map.Field("service") // without which the server passes over the entry
		checkLatencyExport(p, v)
		if v.Value.IsMap() {
			e := v.Value.Map.Get("subject") // in lower case only (server/opts.go, parseServiceLatency)
			if e == nil {
				p.Report(addLatencySubject(p, v, v.KeyFinding("there is no subject for the samples: the server refuses to start (\"Latency subject required, but missing\")")))
			} else if of != nil && e.Value.IsString() && (!isSubject(e.Value.Text()) || hasWildcard(e.Value.Text())) {
				p.Report(wildcardSubject(at(v, e, "%q is no subject to publish samples to: the server refuses to start (\"invalid publish subject\")", e.Value.Text()), v))
			}
		} else if of != nil && v.Value.IsString() && (!isSubject(v.Value.Text()) || hasWildcard(v.Value.Text())) {
			p.Report(wildcardSubject(v.Finding("%q is no subject to publish samples to: the server refuses to start (\"invalid publish subject\")", v.Value.Text()), v))
		}
	})
	r.Params = []fixes.Param{{Name: "subject", Default: "none: a person names it", Doc: "the subject that samples without one go to"}}
	return r
}

// addLatencySubject adds the fix that names the subject of the samples.
func addLatencySubject(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding) *fixes.Finding {
	const name = "name a subject"
	subject, chose := p.Param("subject")
	if !chose {
		subject = "latency.samples"
	} else if !isSubject(subject) || hasWildcard(subject) {
		return manual(f, "latency-subject.subject is no subject without wildcards: "+subject)
	}
	f.With(p.Insert(v.Server, v.Value, ast.Field{Key: "subject", Value: ast.String(subject)}, ast.AtEnd(), "send the samples to %s", subject), name)
	if !chose {
		f.Because(fixes.NeedsChoice, "whoever reads the samples has to know their subject (choose with --set latency-subject.subject=SUBJECT)")
	}
	return f
}

// checkLatencyExport reports a service whose latency the server does not sample,
// and samples that would go to a service of the same account
// (server/accounts.go, TrackServiceExportWithSampling).
func checkLatencyExport(p *fixes.Pass, v *fixes.Visit) {
	export := v.Parent.Value.Map
	service, _ := text(export, "service")
	if service == nil || v.Parent.Parent == nil {
		return
	}
	report := func(f *fixes.Finding, reason string) {
		p.Report(manual(f.Beside(v.Server.Values.Field("accounts"), "the accounts"), reason))
	}
	if response, kind := text(export, "response_type", "response"); response != nil && !strings.EqualFold(kind, "singleton") && !strings.EqualFold(kind, "single") {
		report(v.KeyFinding("latency is sampled of services with one response, and this one has many: the server refuses to start (\"bad service response type\")"), "take latency out, or response_type")
		return
	}
	subject := v.Value
	if v.Value.IsMap() {
		subject = nil
		if e := v.Value.Map.Get("subject"); e != nil {
			subject = e.Value
		}
	}
	if !subject.IsString() || hasWildcard(subject.Text()) {
		return
	}
	for _, item := range v.Parent.Parent.Value.List {
		if e, exported := text(item.Map, "service"); e != nil && covers(exported, subject.Text()) {
			report(v.KeyFinding("the samples would go to %s, a service of the same account: the server refuses to start (\"invalid publish subject\")", exported), "send them to another subject")
			return
		}
		if item == v.Parent.Value {
			return // the server adds one after the other
		}
	}
}

// wildcardSubject names the place that the server points at, too.
func wildcardSubject(f *fixes.Finding, v *fixes.Visit) *fixes.Finding {
	return manual(f.Beside(v.Server.Values.Field("accounts"), "the accounts"), "name a subject without wildcards")
}
