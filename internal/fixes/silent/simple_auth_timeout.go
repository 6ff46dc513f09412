package silent

import (
	"strconv"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
)

// SimpleAuthTimeout finds timeouts of websocket and mqtt that the server takes
// for one second.
func SimpleAuthTimeout() *fixes.Rule {
	return &fixes.Rule{
		Name:     "simple-auth-timeout",
		Severity: fixes.Warning,
		Summary:  "authorization.timeout of websocket or mqtt is a text, which the server takes for one second",
		Doc: fixes.Doc{
			Stage: "silent",
			Since: "2.2.0",
			What: `Elsewhere a timeout may be written "5s". In the authorization blocks of websocket and mqtt the server knows numbers of
seconds only, and takes everything else for one second, without a word (server/opts.go, parseSimpleAuth). Clients that
need longer, over TLS for example, are turned away with "authentication timeout".`,
			Fix:           `The text becomes the number of seconds.`,
			Applicability: `Unsafe: the timeout changes from one second to what is written. Manual for what is no duration.`,
			Effect:        `A restart of the servers concerned.`,
			Before: `websocket {
  port: 8080
  no_tls: true
  authorization { timeout: "5s" }
}
`,
			After: `websocket {
  port: 8080
  no_tls: true
  authorization { timeout: 5 }
}
`,
		},
		Fields:     fixes.Either(fixes.At("websocket.authorization", "timeout"), fixes.At("mqtt.authorization", "timeout")),
		CheckValue: checkSimpleAuthTimeout,
	}
}

func checkSimpleAuthTimeout(p *fixes.Pass, v *fixes.Visit) {
	if !v.Is("websocket.authorization", "timeout") && !v.Is("mqtt.authorization", "timeout") {
		return
	}
	switch v.Value.Kind() {
	case ast.KindInt, ast.KindFloat, ast.KindVariable:
		return
	}
	if v.Server.Broken() {
		return
	}
	seconds, ok := secondsOf(v.Value.Text())
	if ok && seconds == 1 {
		return
	}
	f := v.Finding("the server takes numbers of seconds only here, and this text for one second")
	if !ok {
		p.Report(f.Because(fixes.Manual, "the text is no duration; write a number of seconds"))
		return
	}
	to := ast.Float(seconds)
	if seconds == float64(int64(seconds)) {
		to = ast.Int(int64(seconds))
	}
	p.Report(f.With(p.Replace(v, to, "write the timeout in seconds"), "the value comes from a place that cannot be edited").
		Because(fixes.ChangesBehaviour, "the timeout changes from one second to "+v.Value.Text()))
}

// secondsOf reads a duration such as 5s, or a number of seconds.
func secondsOf(text string) (float64, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 && n < 1e6 {
		return n, true
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err == nil && d > 0
}
