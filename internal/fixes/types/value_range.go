package types

import (
	"fmt"
	"math"
	"regexp"
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
	// below is what the server says of what is below least, "" for message, and
	// unread what it says of a percentage that is no whole number.
	below, unread string
}

// says returns what the server says of a number beyond the limits.
func (s span) says(n int64) string {
	if n < s.least && s.below != "" {
		return s.below
	}
	return s.message
}

const (
	maxInt32 = math.MaxInt32
	unending = math.MaxInt64
)

// spans are the limits by block and field (server/opts.go, the functions that
// the field table names; server/leafnode.go and server/accounts.go).
var spans = map[string]map[string]span{
	"": {
		"max_control_line":        {least: math.MinInt64, most: maxInt32, message: "value is too big"},
		"max_payload":             {least: math.MinInt64, most: maxInt32, message: "value is too big"},
		"max_subscription_tokens": {least: 1, most: 255, message: "value is too big", below: "value can not be negative"},
		"lame_duck_duration":      {least: int64(30 * time.Second), most: unending, message: "minimum is 30 seconds"},
		"lame_duck_grace_period":  {least: 0, most: unending, message: "needs to be positive"},
	},
	"resolver": {"timeout": {least: 1, most: unending, message: "is too smal"}},
	"jetstream": {
		"meta_compact":      {least: 0, most: unending, message: "Expected an absolute size"},
		"meta_compact_size": {least: 0, most: unending, message: "Expected an absolute size"},
		"max_concurrent_io": {least: 4, most: 8192, message: "Expected an absolute size"},
	},
	"mqtt":                              {"max_ack_pending": {least: 0, most: 65535, message: "should in [0..65535] range"}},
	"leafnodes.remotes[].proxy":         {"timeout": {least: 0, most: unending, message: "proxy timeout must be >= 0"}},
	"mappings.<subject>":                {"weight": {least: 0, most: 100, message: "Invalid weight", unread: "Invalid weight"}},
	"accounts.<name>.msg_trace":         {"sampling": {least: 1, most: 100, message: "is invalid, needs to be [1..100]", unread: "Invalid trace destination sampling value"}},
	"accounts.<name>.exports[].latency": {"sampling": {least: 1, most: 100, message: "bad sampling percentage, should be 1-100", unread: "Failed to parse latency sample"}},
}

// harms are limits that the server does not hold to: it starts, and does what
// the word says.
var harms = map[string]map[string]span{
	"": {"ping_interval": {least: 0, most: unending, message: "counts every client as stale at once and turns it away (\"Stale Connection\")"}},
	"accounts.<name>.limits": {
		"max_connections":   {least: math.MinInt64, most: maxInt32, message: wraps},
		"max_subscriptions": {least: math.MinInt64, most: maxInt32, message: wraps},
		"max_payload":       {least: math.MinInt64, most: maxInt32, message: wraps},
		"max_leafnodes":     {least: math.MinInt64, most: maxInt32, message: wraps},
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
a resolver and a proxy, and percentages (weight, sampling), which have no fractions. Three kinds of values it takes without a word, which is a warning: of limits
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
	if isNoNumber(v) {
		reportNoNumber(p, v, limits)
		return
	}
	f := v.Finding("%s is %s, and the server takes %s (%q): it refuses to start", v.Entry.Key, v.Value.Text(), limits.words(v.Field), limits.says(n))
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

// isNoNumber reports whether a percentage is none that the server can read.
func isNoNumber(v *fixes.Visit) bool {
	if !v.Field.Takes(schema.Percent) || !v.Value.IsString() {
		return false
	}
	_, err := strconv.Atoi(strings.TrimSuffix(v.Value.Text(), "%"))
	return err != nil
}

// zeroFraction is a percentage that a whole number says as well.
var zeroFraction = regexp.MustCompile(`^([0-9]{1,3})\.0+(%?)$`)

// reportNoNumber reports a percentage with a fraction, or of no digits at all.
func reportNoNumber(p *fixes.Pass, v *fixes.Visit, limits span) {
	f := v.Finding("%s is %q, and the server takes a whole number from %s (%q): it refuses to start", v.Entry.Key, v.Value.Text(), limits.words(v.Field), limits.unread)
	if whole := zeroFraction.FindStringSubmatch(v.Value.Text()); whole != nil {
		text := whole[1] + whole[2]
		p.Report(f.With(p.Retype(v, ast.String(text), "write %s for %s", text, v.Entry.Key), whyNot(v)))
		return
	}
	p.Report(f.Because(fixes.Manual, "choose a whole number in that range"))
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
			if text != "" && fixes.IsFormat(text) {
				return 0, false // what is filled in may be a number
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
