package jetstream

import (
	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// DebugLogging finds debug and trace output that was left on.
func DebugLogging() *fixes.Rule {
	return &fixes.Rule{
		Name:     "debug-logging",
		Severity: fixes.Info,
		Summary:  "debug or trace output is left on",
		Doc: fixes.Doc{
			Stage: "silent",
			What: `debug writes every connection, every change of interest on a link and every automatic denial to the log; trace writes
every protocol line of every client, message bodies too (up to max_traced_msg_len, which is unlimited by default), and
trace_verbose adds the system account, trace_headers shows headers in place of bodies; both switch trace on as well.
Each costs throughput and disk space, and what clients send stands readable in the log.
Lines such as "Not permitted to subscribe to ..." on a leaf link appear at this level only. They are no errors: see
jetstream-clamp.`,
			Fix: "Writes false. The field stays where it is, so that it can be switched on again by a reload.",
			Applicability: `Unsafe: somebody may be looking for something in the log just now. Manual if the value comes from the environment, or
from a variable that other fields share.`,
			Effect: "A reload is enough.",
			Before: "debug: true\ntrace: true\nlog_file: \"/var/log/nats.log\"\n",
			After:  "debug: false\ntrace: false\nlog_file: \"/var/log/nats.log\"\n",
			References: []string{
				"nats-server#6293", "https://docs.nats.io/running-a-nats-service/configuration/logging",
			},
		},
		Fields:     fixes.At("", "debug", "trace", "trace_verbose", "trace_headers"),
		CheckValue: checkDebugLogging,
	}
}

// logged says what a field puts into the log, "" for any other field.
func logged(field string) string {
	switch field {
	case "debug":
		return "every connection and every change on a link"
	case "trace":
		return "every protocol line, message bodies included"
	case "trace_verbose":
		return "every protocol line, message bodies and the system account's traffic included"
	case "trace_headers":
		return "every protocol line, with the headers of messages"
	}
	return ""
}

func checkDebugLogging(p *fixes.Pass, v *fixes.Visit) {
	if v.Parent != nil || v.Field == nil || !isTrue(v.Value) || v.Server.Broken() {
		return
	}
	name := v.Field.Name
	what := logged(name)
	if what == "" {
		return
	}
	f := v.Finding("%s is on: the server logs %s, which costs throughput and disk space", name, what)
	f.With(p.Replace(v, ast.Bool(false), "switch %s off", name), name+" comes from the environment, or from a variable that other fields share")
	p.Report(f.Because(changes(f, "what is logged now is no longer logged, and somebody may be looking for it")))
}

// changes returns what to say of a fix that changes behaviour; a finding
// without a fix keeps its reason.
func changes(f *fixes.Finding, reason string) (fixes.Applicability, string) {
	if f.Fix == nil {
		return f.Applicability, f.Reason
	}
	return fixes.ChangesBehaviour, reason
}
