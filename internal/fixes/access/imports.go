package access

import (
	"slices"
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
	if !account.Value.IsMap() || remove.LosesComment() {
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

// ImportRefused finds imports that no export allows.
func ImportRefused() *fixes.Rule {
	return refuses("import-refused", "an import names a subject that the other account does not export to this one", fixes.Doc{
		Message: `Error adding service import "orders.new": service import not authorized`,
		What: `An import names an account and a subject ("Expect an account name and a subject"). That account must export the subject, as
a service or a stream as the import has it, to everybody or to the importing account: else the server refuses to start
("stream import not authorized", "service import not authorized") and points at the whole accounts block. The same stream cannot be
imported twice ("stream import already exists"), nor two services of one account under one subject ("Duplicate service import
subject"), and a prefix has no wildcards ("stream import prefix can not contain wildcard
tokens").`,
		Fix:           "Takes the second of two equal imports out. Else a person adds the export, or takes the import out.",
		Applicability: "Safe for an import that is there twice. Else manual: what an account gives away is for its owner to say.",
		Before:        "accounts {\n  ORDERS { exports: [ { service: \"orders.new\" } ] }\n  SALES { imports: [ { service: { account: ORDERS, subject: \"order.new\" } } ] }\n}\n",
		After:         "accounts {\n  ORDERS { exports: [ { service: \"orders.new\" } ] }\n  SALES { imports: [ { service: { account: ORDERS, subject: \"orders.new\" } } ] }\n}\n",
		References:    []string{"server/accounts.go: checkStreamExportApproved, checkServiceExportApproved", "server/opts.go: parseAccount"},
	}, checkImportRefused)
}

func checkImportRefused(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || v.Block == nil || v.Block.Path != "accounts.<name>" || v.Field == nil || v.Field.Name != "imports" || !v.Value.IsList() ||
		v.Parent == nil || v.Parent.Entry == nil {
		return
	}
	seen := map[string]map[string]*fleet.Value{"stream": {}, "service": {}}
	for i, item := range v.Value.List {
		w := &fixes.Visit{Server: v.Server, Parent: v, Value: item, Index: i}
		if item.Map.Field("stream") != nil && item.Map.Field("service") != nil {
			continue // export-directive
		}
		for kind, imports := range seen {
			if e := item.Map.Field(kind); e != nil && e.Value.IsMap() {
				checkImport(p, w, e, kind, v.Parent.Entry.Key, imports)
			}
		}
	}
}

func checkImport(p *fixes.Pass, v *fixes.Visit, e *fleet.Entry, kind, importer string, seen map[string]*fleet.Value) {
	account, subject := e.Value.Map.Field("account"), e.Value.Map.Field("subject")
	for _, f := range []*fleet.Entry{account, subject} {
		if f != nil && (f.Value.Unknown() || !f.Value.IsString()) {
			return
		}
	}
	if account == nil || subject == nil || account.Value.Text() == "" || subject.Value.Text() == "" {
		p.Report(manual(at(v, e, "the import lacks its account or its subject: the server refuses to start (\"Expect an account name and a subject\")"), "name both"))
		return
	}
	if kind == "stream" {
		prefix, written := text(v.Value.Map, "prefix")
		if prefix != nil && hasWildcard(written) {
			p.Report(manual(at(v, prefix, "a prefix has no wildcards: the server refuses to start (\"stream import prefix can not contain wildcard tokens\")"), "name a prefix without wildcards"))
			return
		}
		_, to := text(v.Value.Map, "to")
		key := strings.Join([]string{account.Value.Text(), subject.Value.Text(), written, to}, "\n")
		if first := seen[key]; first != nil {
			f := at(v, e, "the same stream is imported twice: the server refuses to start (\"stream import already exists\")")
			p.Report(takeOutCopy(p, f, v, first, "take the second import out", "take one of them out"))
			return
		}
		seen[key] = v.Value
	} else {
		_, local := text(v.Value.Map, "to")
		if local == "" {
			local = subject.Value.Text()
		}
		key := account.Value.Text() + "\n" + local
		if first := seen[key]; first != nil {
			f := at(v, e, "another import from %s has the subject %s: the server refuses to start (\"Duplicate service import subject\")", account.Value.Text(), local)
			p.Report(takeOutCopy(p, f, v, first, "take the second import out", "give one of them another subject with to"))
			return
		}
		seen[key] = v.Value
	}
	exporter := v.Server.Values.Block("accounts").Get(account.Value.Text())
	if exporter == nil || exporter.Value.Map == nil {
		return // that is for undefined-account
	}
	exports := exporter.Value.Map.Field("exports")
	if exports != nil && exports.Value.Unknown() || isExported(exports, kind, subject.Value.Text(), importer) {
		return
	}
	f := (&fixes.Visit{Server: v.Server, Parent: v, Entry: subject, Value: subject.Value}).Finding(
		"%s exports no such %s to %s: the server refuses to start (\"%s import not authorized\")", account.Value.Text(), kind, importer, kind).
		Beside(exporter, "the account %s", exporter.Key).Beside(v.Server.Values.Field("accounts"), "the accounts")
	p.Report(manual(f, "let the account export it, or correct the subject"))
}

// isExported reports whether an account's exports hold a subject for another
// account, or may hold it.
func isExported(exports *fleet.Entry, kind, subject, importer string) bool {
	if exports == nil {
		return false
	}
	for _, item := range items(exports.Value) {
		if item.Unknown() {
			return true
		}
		e := item.Map.Field(kind)
		if e == nil || !e.Value.Unknown() && !covers(e.Value.Text(), subject) {
			continue
		}
		if e.Value.Unknown() || item.Map.Field("account_token_position") != nil {
			return true
		}
		accounts := item.Map.Value("accounts")
		if accounts == nil || accounts.Unknown() || len(items(accounts)) == 0 {
			return true
		}
		if slices.ContainsFunc(items(accounts), func(a *fleet.Value) bool { return a.Unknown() || a.Text() == importer }) {
			return true
		}
	}
	return false
}

// covers reports whether each subject that sub stands for is one that super
// stands for, as isSubsetMatch of server/sublist.go.
func covers(super, sub string) bool {
	want, have := strings.Split(super, "."), strings.Split(sub, ".")
	for i, w := range want {
		switch {
		case i >= len(have):
			return false
		case w == ">":
			return true
		case have[i] == ">", w != "*" && w != have[i]:
			return false
		}
	}
	return len(want) == len(have)
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
