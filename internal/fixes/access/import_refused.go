package access

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// ImportRefused finds imports that no export allows, and those that give what
// they import a subject that it cannot have.
func ImportRefused() *fixes.Rule {
	return refuses("import-refused", "an import names a subject that the other account does not export to this one, or gives it a subject that it cannot have", fixes.Doc{
		Message: `Error adding service import "orders.new": service import not authorized`,
		What: `An import names an account and a subject ("Expect an account name and a subject"). That account must export the subject, as
a service or a stream as the import has it, to everybody or to the importing account: else the server refuses to start
("stream import not authorized", "service import not authorized") and points at the whole accounts block. An export of exactly the subject
decides alone, whatever others with wildcards say; of several with wildcards the server takes one at random, so that it may refuse at some
starts only. Two exports of one subject are one, for the accounts of both. With account_token_position the import
must have the importing account's name in that token.

to and prefix give what is imported another subject. It has all wildcards of the imported one, as *, $1 or {{wildcard(1)}} and no other function
("not using all of the token wildcard(s)", "wildcard index out of range", "the only mapping function allowed for import transforms is
{{Wildcard()}}"), and a > at the end if that has one ("invalid subject"). The same stream cannot be imported twice, under whatever name ("stream import
already exists"), nor two services of one account under one subject ("Duplicate service import subject"), and a prefix has no
wildcards ("stream import prefix can not contain wildcard tokens").`,
		Fix:           "Takes the second of two equal imports out. Else a person adds the export, corrects the subject, or takes the import out.",
		Applicability: "Safe for an import that is there twice. Else manual: what an account gives away is for its owner to say.",
		Before:        "accounts {\n  ORDERS { exports: [ { service: \"orders.new\" } ] }\n  SALES { imports: [ { service: { account: ORDERS, subject: \"order.new\" } } ] }\n}\n",
		After:         "accounts {\n  ORDERS { exports: [ { service: \"orders.new\" } ] }\n  SALES { imports: [ { service: { account: ORDERS, subject: \"orders.new\" } } ] }\n}\n",
		References: []string{"server/accounts.go: checkStreamExportApproved, checkServiceExportApproved, addServiceImport", "server/opts.go: parseAccount",
			"server/subject_transform.go: NewSubjectTransformStrict"},
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
	local, known := localSubject(v.Value.Map, kind, subject.Value.Text())
	if kind == "stream" {
		if prefix, written := text(v.Value.Map, "prefix"); prefix != nil && hasWildcard(written) {
			p.Report(manual(at(v, prefix, "a prefix has no wildcards: the server refuses to start (\"stream import prefix can not contain wildcard tokens\")"), "name a prefix without wildcards"))
			return
		}
		key := account.Value.Text() + "\n" + subject.Value.Text()
		if first := seen[key]; first != nil {
			f := at(v, e, "the same stream is imported twice: the server refuses to start (\"stream import already exists\")")
			p.Report(takeOutCopy(p, f, v, first, "take the second import out", "take one of them out"))
			return
		}
		seen[key] = v.Value
		if !checkImported(p, v, account, subject, kind, importer) || known && !checkLocal(p, v, subject, kind, local) {
			delete(seen, key) // the server has not got it either
		}
		return
	}
	key := account.Value.Text() + "\n" + local
	if first := seen[key]; known && first != nil {
		f := at(v, e, "another import from %s has the subject %s: the server refuses to start (\"Duplicate service import subject\")", account.Value.Text(), local)
		p.Report(takeOutCopy(p, f, v, first, "take the second import out", "give one of them another subject with to"))
		return
	}
	if known {
		seen[key] = v.Value
	}
	if checkImported(p, v, account, subject, kind, importer) && known && checkLocal(p, v, subject, kind, local) && local != subject.Value.Text() && hasWildcard(subject.Value.Text()) {
		seen[account.Value.Text()+"\n"+unnumbered(local)] = v.Value
	}
}

// localSubject returns the subject that an import has in the importing account;
// known is false if a part of it is not known.
func localSubject(item *fleet.Map, kind, subject string) (local string, known bool) {
	for _, name := range []string{"to", "prefix"} {
		if e := item.Field(name); e != nil && (e.Value.Unknown() || !e.Value.IsString()) {
			return "", false
		}
	}
	if _, prefix := text(item, "prefix"); prefix != "" && kind == "stream" {
		return strings.TrimSuffix(prefix, ".") + "." + subject, true
	}
	if _, to := text(item, "to"); to != "" {
		return to, true
	}
	return subject, true
}

// checkImported reports an import that the other account does not allow, and
// returns false then.
func checkImported(p *fixes.Pass, v *fixes.Visit, account, subject *fleet.Entry, kind, importer string) bool {
	accounts := v.Server.Values.Block("accounts")
	exporter := accounts.Get(account.Value.Text())
	if exporter == nil || exporter.Value.Map == nil {
		return true // that is for undefined-account
	}
	here := &fixes.Visit{Server: v.Server, Parent: v, Entry: subject, Value: subject.Value}
	name := subject.Value.Text()
	if !isSubject(name) {
		message := "stream import not authorized"
		if kind == "service" {
			message = "sublist: invalid subject"
		}
		f := here.Finding("%q is no subject: the server refuses to start (\"%s\")", name, message)
		p.Report(manual(f.Beside(v.Server.Values.Field("accounts"), "the accounts"), "write the subject that is meant"))
		return false
	}
	exports, known := exportsTo(accounts, exporter.Value.Map.Field("exports"), kind)
	if !known {
		return true
	}
	closed, open := exports.decide(name, importer)
	switch {
	case len(open) > 0 && len(closed) == 0:
		return true
	case len(open) > 0:
		f := here.Finding("of the exports of %s that hold %s the server takes one at random, and not all are for %s: the server refuses to start at some starts (\"%s import not authorized\")",
			account.Value.Text(), name, importer, kind)
		for _, x := range closed {
			f.Beside(x.entry, "this one is not for %s", importer)
		}
		for _, x := range open {
			f.Beside(x.entry, "this one is")
		}
		p.Report(manual(f, "export "+name+" itself: an export of exactly the subject decides alone"))
		return false
	}
	f := here.Finding("%s exports no such %s to %s: the server refuses to start (\"%s import not authorized\")", account.Value.Text(), kind, importer, kind)
	reason := "let the account export it, or correct the subject"
	for _, x := range closed {
		if x.position > 0 {
			f.Beside(x.entry, "token %d of the import must be the name of the importing account", x.position)
			reason = "write " + importer + " for the token that names the importing account, or let the account export the subject"
		} else {
			f.Beside(x.entry, "this export is for other accounts")
		}
	}
	f.Beside(exporter, "the account %s", exporter.Key).Beside(v.Server.Values.Field("accounts"), "the accounts")
	p.Report(manual(f, reason))
	return false
}

// checkLocal reports a subject that cannot be given to what is imported, and
// returns false then. The server looks at it where wildcards are imported, and
// of a service always.
func checkLocal(p *fixes.Pass, v *fixes.Visit, subject *fleet.Entry, kind, local string) bool {
	name := subject.Value.Text()
	e, _ := text(v.Value.Map, "prefix")
	if kind == "service" || e == nil {
		e, _ = text(v.Value.Map, "to")
	}
	if e == nil || local == name {
		return true
	}
	var why, message string
	if kind == "service" && !isSubject(local) {
		why, message = "\""+local+"\" is no subject", "sublist: invalid subject"
	} else if hasWildcard(name) {
		source := name
		if kind == "service" {
			source = unnumbered(name)
		}
		why, message = transformRefused(source, local, true)
	}
	if why == "" {
		return true
	}
	f := (&fixes.Visit{Server: v.Server, Parent: v, Entry: e, Value: e.Value}).Finding("%s: the server refuses to start (\"%s\")", why, message)
	p.Report(manual(f.Beside(subject, "the imported subject").Beside(v.Server.Values.Field("accounts"), "the accounts"), "write the subject that is meant"))
	return false
}
