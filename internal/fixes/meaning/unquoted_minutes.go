package meaning

import (
	"strconv"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// UnquotedMinutes finds durations such as 2m without quotes, which the parser
// takes for two million, where the server takes a number.
func UnquotedMinutes() *fixes.Rule {
	return &fixes.Rule{
		Name:     "unquoted-minutes",
		Severity: fixes.Warning,
		Summary:  "2m without quotes is the number 2000000 and no duration",
		Doc: fixes.Doc{
			Stage:   "silent; for some fields a warning of nats-server -t that does not name the cause",
			Message: "invalid use of field \"ping_interval\": ping_interval should be converted to a duration",
			What: `m behind a number is a size suffix for the parser: 2m is 2000000, while 2s and 2h are texts. Where the server
takes a plain number of seconds as well as a duration (authorization.timeout, tls.timeout, handshake_timeout,
ping_interval, write_deadline, ...), it waits for 2000000 seconds, which is 23 days, and says nothing, or only that
the field should be a duration.`,
			Fix: `The duration gets quotes: "2m". Where the server takes no duration (timeout in the authorization of websocket and
mqtt, and timeout of any authorization before 2.11.2) it becomes the number of seconds, 120.`,
			Applicability: `Unsafe: the server runs with the other value today.`,
			Effect:        `As for any change of the field: mostly a reload; a restart for gateway, websocket and mqtt.`,
			Before: `authorization {
  token: T0PS3CRET
  timeout: 2m
}
`,
			After: `authorization {
  token: T0PS3CRET
  timeout: "2m"
}
`,
			References: []string{"conf/lex.go, lexNumberOrDateOrStringOrIP"},
		},
		Fields:     fixes.Typed(schema.Duration | schema.Seconds),
		CheckValue: checkUnquotedMinutes,
	}
}

func checkUnquotedMinutes(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Entry == nil || v.Field.Type&(schema.Duration|schema.Seconds) == 0 || !v.Field.Takes(schema.Int) ||
		v.Value.Kind() != ast.KindInt || v.Value.Node.Lost() {
		return
	}
	n := v.Value.Node
	if suffix := n.IntSuffix(); suffix != "m" && suffix != "M" {
		return
	}
	raw := n.Raw()
	digits := raw[:len(raw)-1]
	minutes, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || minutes <= 0 || minutes > 1_000_000 {
		return
	}
	f := v.Finding("%s is the number %d here and no duration: the server takes it for seconds and waits for %d days",
		raw, n.IntValue(), n.IntValue()/86400)
	to, written := ast.String(digits+"m"), strconv.Quote(digits+"m")
	if !v.Field.Takes(schema.Duration) || p.Window.Before(2, 11, 2) && v.Field.Name == "timeout" && v.Field.Takes(schema.Seconds) {
		to, written = ast.Int(minutes*60), strconv.FormatInt(minutes*60, 10)+", in seconds"
	}
	f.With(p.Replace(v, to, "write the duration as %s", written), "the text is shared with fields for which it may be right")
	p.Report(f.Because(fixes.ChangesBehaviour, "the server works with the larger value today"))
}
