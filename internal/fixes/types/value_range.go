package types

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// span is what the server takes for a number or a duration.
type span struct {
	least, most int64 // durations in nanoseconds
	message     string
}

const (
	maxInt32 = math.MaxInt32
	unending = math.MaxInt64
)

// spans are the limits by block and field (server/opts.go, the functions that
// the field table names; server/leafnode.go and server/accounts.go).
var spans = map[string]map[string]span{
	"": {
		"max_control_line":        {math.MinInt64, maxInt32, "value is too big"},
		"max_payload":             {math.MinInt64, maxInt32, "value is too big"},
		"max_subscription_tokens": {1, 255, "value can not be negative"},
		"lame_duck_duration":      {int64(30 * time.Second), unending, "minimum is 30 seconds"},
		"lame_duck_grace_period":  {0, unending, "needs to be positive"},
	},
	"resolver": {"timeout": {1, unending, "is too smal"}},
	"jetstream": {
		"meta_compact":      {0, unending, "Expected an absolute size"},
		"meta_compact_size": {0, unending, "Expected an absolute size"},
		"max_concurrent_io": {4, 8192, "Expected an absolute size"},
	},
	"mqtt":                              {"max_ack_pending": {0, 65535, "should in [0..65535] range"}},
	"leafnodes.remotes[].proxy":         {"timeout": {0, unending, "proxy timeout must be >= 0"}},
	"mappings.<subject>":                {"weight": {0, 100, "Invalid weight"}},
	"accounts.<name>.msg_trace":         {"sampling": {1, 100, "is invalid, needs to be [1..100]"}},
	"accounts.<name>.exports[].latency": {"sampling": {1, 100, "bad sampling percentage, should be 1-100"}},
}

// harms are limits that the server does not hold to: it starts, and does what
// the word says.
var harms = map[string]map[string]span{
	"": {"ping_interval": {0, unending, "counts every client as stale at once and turns it away (\"Stale Connection\")"}},
	"accounts.<name>.limits": {
		"max_connections":   {math.MinInt64, maxInt32, wraps},
		"max_subscriptions": {math.MinInt64, maxInt32, wraps},
		"max_payload":       {math.MinInt64, maxInt32, wraps},
		"max_leafnodes":     {math.MinInt64, maxInt32, wraps},
	},
}

const wraps = "keeps the lowest 32 bits of it"

// ValueRange finds numbers and durations beyond what the server takes.
func ValueRange() *fixes.Rule {
	return &fixes.Rule{
		Name:     "value-range",
		Severity: fixes.Error,
		Summary:  "a number or a duration is beyond what the server takes",
		Doc: fixes.Doc{
			Stage:   "-t; silent for limits of accounts, sizes beyond 64 bits and ping_interval",
			Message: "value is too big",
			What: `A few fields have limits that the server holds to at the start: max_payload and max_control_line ("value is too big"),
max_subscription_tokens ("value can not be negative" is said of 0, too), lame_duck_duration ("minimum is 30 seconds"),
lame_duck_grace_period, max_concurrent_io, meta_compact, max_ack_pending of mqtt ("should in [0..65535] range"), timeouts of
a resolver and a proxy, and percentages (weight, sampling). Three kinds of values it takes without a word, which is a warning: of limits
of an account it keeps 32 bits, so that with max_payload: 4GB, which is 0 then, no message passes; sizes beyond 64 bits become others (100e); and with a
negative ping_interval no client stays connected ("Stale Connection").`,
			Fix: `Takes max_subscription_tokens: 0 out, since 0 is meant as "no limit", which the server has without the field, and raises a
lame_duck_duration below 30 seconds to 30 seconds.`,
			Applicability: `Safe for max_subscription_tokens: 0. The longer lame duck duration changes behaviour. Manual for other values: a person
must choose one.`,
			Effect: `None: the server does not run. Of what it takes without a word, that of the field.`,
			Before: "port: 4222\nmax_subscription_tokens: 0\n",
			After:  "port: 4222\n",
		},
		Fields:     fixes.Typed(schema.Int | schema.Duration | schema.Percent),
		CheckValue: checkValueRange,
	}
}

func checkValueRange(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Entry == nil || v.Field.Type&(schema.Int|schema.Duration|schema.Percent) == 0 {
		return
	}
	limits, ok := spans[v.Block.Path][v.Field.Name]
	if !ok {
		checkHarm(p, v)
		return
	}
	if mistakeOf(v) == wrongScalar || v.Server.Garbled() {
		return
	}
	n, ok := measure(v)
	if !ok || limits.least <= n && n <= limits.most {
		return
	}
	f := v.Finding("%s is %s, and the server takes %s (%q): it refuses to start", v.Entry.Key, v.Value.Text(), limits.words(v.Field), limits.message)
	switch {
	case v.Field.Name == "max_subscription_tokens" && n == 0:
		p.Report(f.With(p.Delete(v, "take %s out: without it there is no limit", v.Entry.Key), whyNot(v)))
	case v.Field.Name == "lame_duck_duration" && n > 0:
		f.With(p.Retype(v, ast.String("30s"), "write \"30s\" for %s", v.Entry.Key), whyNot(v))
		p.Report(f.Because(fixes.ChangesBehaviour, "stopping the server takes longer than was wanted"))
	default:
		p.Report(f.Because(fixes.Manual, "choose a value in that range"))
	}
}

// checkHarm reports values that the server takes, and does with them what nobody
// wants.
func checkHarm(p *fixes.Pass, v *fixes.Visit) {
	if v.Server.Broken() {
		return
	}
	if n, over := overflow(v); over {
		f := v.Finding("%s is more than the server can count: it starts, and takes %s for %d", v.Value.Node.Raw(), v.Entry.Key, n)
		f.Severity = fixes.Warning
		p.Report(f.Because(fixes.Manual, "choose a value below 8e, eight exabytes"))
		return
	}
	limits, ok := harms[v.Block.Path][v.Field.Name]
	if !ok || mistakeOf(v) == wrongScalar {
		return
	}
	n, ok := measure(v)
	if !ok || limits.least <= n && n <= limits.most {
		return
	}
	what := limits.message
	if what == wraps {
		what += fmt.Sprintf(", which is %d", int32(n))
	}
	f := v.Finding("%s is %s: the server starts, and %s", v.Entry.Key, v.Value.Node.Raw(), what)
	f.Severity = fixes.Warning
	p.Report(f.Because(fixes.Manual, "choose a value of "+limits.words(v.Field)))
}

// overflow reports whether a number and its suffix come to more than 64 bits,
// and what the official parser makes of it then (conf/parse.go).
func overflow(v *fixes.Visit) (int64, bool) {
	if kindOf(v.Value) != schema.Int {
		return 0, false
	}
	n, suffix := v.Value.Node.IntValue(), v.Value.Node.IntSuffix()
	if suffix == "" {
		return 0, false
	}
	digits, err := strconv.ParseInt(strings.TrimSuffix(v.Value.Node.Raw(), suffix), 10, 64)
	return n, err == nil && digits != 0 && (n/digits < 1000 || n%digits != 0)
}

// measure returns a number as it is, a duration in nanoseconds, and a
// percentage without its sign.
func measure(v *fixes.Visit) (int64, bool) {
	switch kindOf(v.Value) {
	case schema.Int:
		return v.Value.Node.IntValue(), v.Field.Takes(schema.Int)
	case schema.String:
		text := v.Value.Text()
		if v.Field.Takes(schema.Duration) {
			d, err := time.ParseDuration(text)
			return int64(d), err == nil
		}
		if v.Field.Takes(schema.Percent) {
			if latency := strings.HasSuffix(v.Block.Path, ".latency"); latency && strings.EqualFold(strings.TrimSpace(text), "headers") {
				return 0, false // the requests say whether they are measured
			}
			n, err := strconv.ParseInt(strings.TrimSuffix(text, "%"), 10, 64)
			if err != nil {
				n = -1 // no percentage at all
			}
			return n, true
		}
	}
	return 0, false
}

// words says in words what a span holds.
func (s span) words(f *schema.Field) string {
	unit := func(n int64) string {
		if f.Takes(schema.Duration) {
			return time.Duration(n).String()
		}
		return strconv.FormatInt(n, 10)
	}
	switch {
	case s.least == 1 && f.Takes(schema.Duration):
		return "more than 0"
	case s.most == unending:
		return "at least " + unit(s.least)
	case s.least == math.MinInt64:
		return "at most " + unit(s.most)
	}
	return fmt.Sprintf("%s to %s", unit(s.least), unit(s.most))
}
