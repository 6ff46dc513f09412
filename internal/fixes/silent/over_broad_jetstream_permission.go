package silent

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fixes"
)

// OverBroadJetStreamPermission finds allowed JetStream subjects that make
// narrower ones beside them pointless.
func OverBroadJetStreamPermission() *fixes.Rule {
	return &fixes.Rule{
		Name:     "over-broad-jetstream-permission",
		Severity: fixes.Info,
		Summary:  "a permission allows all of JetStream, its streams, consumers and buckets",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.2.0",
			What: `Who may publish to $JS.API.>, or to $JS.>, may create, read, purge and delete every stream of the account, and so read
and change every key-value bucket and object store, whatever else is allowed or not: reading goes through the API and
consumers, not through the subjects of the data. Where narrower JetStream subjects stand in the same list, such as
$JS.API.STREAM.INFO.ORDERS, or > allows everything beside them, those are pointless, and the rule warns; else it only tells.
It is silent if a deny in the same permission names JetStream subjects.`,
			Fix: `None: only you know which streams and consumers are needed.`,
			Applicability: `Manual. To read the stream ORDERS through the consumer APP a client needs $JS.API.CONSUMER.INFO.ORDERS.APP,
$JS.API.CONSUMER.MSG.NEXT.ORDERS.APP and $JS.ACK.ORDERS.APP.>; with the feature flag js_ack_fc_v2 the last one is
$JS.ACK.*.*.ORDERS.APP.>.`,
			Effect: `A reload of the servers concerned.`,
			Before: `authorization {
  users: [
    { user: app, password: s3cret, permissions: { publish: ["$JS.API.>", "$JS.API.STREAM.INFO.ORDERS"] } }
  ]
}
`,
			After: `authorization {
  users: [
    { user: app, password: s3cret, permissions: { publish: ["$JS.API.STREAM.INFO.ORDERS"] } }
  ]
}
`,
			References: []string{"nats-server#5203", "nats-server#4225"},
		},
		Fields:     fixes.At("permissions", "publish"),
		CheckValue: checkOverBroad,
	}
}

func checkOverBroad(p *fixes.Pass, v *fixes.Visit) {
	if v.Entry == nil || !v.Is("permissions", "publish") {
		return
	}
	allow, deny := v, (*fixes.Visit)(nil)
	if v.Value.IsMap() {
		allow, deny = fixes.Below(v, "allow"), fixes.Below(v, "deny")
	}
	for _, d := range subjects(deny) {
		if covers(d.Value.Text(), "$JS.API.INFO") || strings.HasPrefix(d.Value.Text(), "$JS.") || strings.HasPrefix(d.Value.Text(), "$KV.") {
			return
		}
	}
	var broad, narrow, all *fixes.Visit
	for _, a := range subjects(allow) {
		switch text := a.Value.Text(); {
		case text == ">":
			all = a
		case broad == nil && covers(text, "$JS.API.STREAM.DELETE.x") && covers(text, "$JS.API.STREAM.PURGE.x"):
			broad = a
		case narrow == nil && strings.HasPrefix(text, "$JS.API."):
			narrow = a
		}
	}
	if all != nil {
		broad = all
	}
	if broad == nil || all != nil && narrow == nil || v.Server.Broken() {
		return
	}
	f := broad.Finding("%s allows all of JetStream: every stream, bucket and consumer of the account can be read, changed and deleted", broad.Value.Text())
	if !strings.HasSuffix(broad.Value.Text(), ">") {
		f.Message = broad.Value.Text() + " lets every stream and bucket of the account be changed and deleted"
	}
	f.Because(fixes.Manual, "allow the streams and consumers that are needed, by name")
	if narrow != nil {
		f.Severity = fixes.Warning
		f.Message += "; the narrower JetStream subjects in the same list make no difference"
		n, doc := narrow.Value.Place()
		f.Related = append(f.Related, fixes.Related{Doc: doc, Span: n.Span(), Message: "a narrower subject is here"})
	}
	p.Report(f)
}

// subjects returns the subjects of a field that takes one or a list.
func subjects(v *fixes.Visit) []*fixes.Visit {
	switch {
	case v == nil:
		return nil
	case v.Value.IsString():
		return []*fixes.Visit{v}
	}
	var out []*fixes.Visit
	for i, s := range v.Value.List {
		if s.IsString() {
			out = append(out, item(v, i))
		}
	}
	return out
}

// covers reports whether a subject with wildcards matches another one.
func covers(pattern, subject string) bool {
	tokens, names := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i, token := range tokens {
		switch {
		case token == ">":
			return len(names) > i
		case i >= len(names) || token != "*" && token != names[i]:
			return false
		}
	}
	return len(tokens) == len(names)
}
