package access

import "github.com/natsfix/natsfix/internal/fixes"

// ImportPrefixAndTo finds stream imports that have a prefix and another subject.
func ImportPrefixAndTo() *fixes.Rule {
	return refuses("import-prefix-and-to", "a stream import has both prefix and to, which the server refuses at some starts and not at others", fixes.Doc{
		Message: "Stream import can not have a 'prefix' and a 'to' property",
		Since:   "2.2.0",
		What: `A stream arrives under its own subject, under one with a prefix, or under the subject that to gives. The server refuses both
("Stream import can not have a 'prefix' and a 'to' property"), but sees it only if it happens to read to after the others: at one
start in three. At the other starts it goes on and to is lost, so that nats-server -t says the one thing now and the other then.`,
		Fix:           "Nothing: a person takes one of the two out.",
		Applicability: "Manual: subscribers listen to the one subject or to the other.",
		Before:        "accounts {\n  A { exports: [ { stream: orders } ] }\n  B { imports: [ { stream: { account: A, subject: orders }, prefix: a, to: b } ] }\n}\n",
		After:         "accounts {\n  A { exports: [ { stream: orders } ] }\n  B { imports: [ { stream: { account: A, subject: orders }, to: b } ] }\n}\n",
		References:    []string{"server/opts.go: parseImportStreamOrService"},
	}, func(p *fixes.Pass, v *fixes.Visit) {
		if !v.Is("accounts.<name>.imports[]", "to") || v.Parent == nil || v.Parent.Value.Map == nil || !v.Value.IsString() || v.Value.Text() == "" {
			return
		}
		m := v.Parent.Value.Map
		prefix, _ := text(m, "prefix")
		if prefix == nil || m.Block("stream") == nil || m.Field("service") != nil {
			return
		}
		f := v.KeyFinding("the import has prefix and to: the server refuses to start at one start in three (\"Stream import can not have a 'prefix' and a 'to' property\"), and drops to at the others")
		p.Report(manual(f.Beside(prefix, "the prefix"), "take one of the two out"))
	})
}
