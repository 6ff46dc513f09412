package types

import (
	"fmt"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// DurationUnit finds durations without a unit, or with one that the server
// does not know.
func DurationUnit() *fixes.Rule {
	return &fixes.Rule{
		Name:     "duration-unit",
		Severity: fixes.Error,
		Summary:  "a duration has no unit, or one that the server does not know",
		Params: []fixes.Param{{
			Name: "unit", Default: "none: where the unit does not follow from the field, a person decides", Values: []string{"ms", "s", "m", "h"},
			Doc: "the unit that is meant where a number has none",
		}},
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "time: missing unit in duration",
			What: `A duration is a text such as "30s", "1m30s" or "2h". In older fields the server takes a bare number for seconds, and warns:
"ping_interval should be converted to a duration", which makes nats-server -t exit with 1. It refuses a number in quotes
(error parsing ping_interval: time: missing unit in duration "30"), a number in newer fields, of which it never knew the
unit, and units that Go does not know, days above all (time: unknown unit "d" in duration "1d"), and a text that is
no duration at all (time: invalid duration "soon"). Unquoted 2m is a
number, two millions: where the server takes no number it refuses it; where it takes one, unquoted-minutes speaks of it.`,
			Fix: `Writes 30 as "30s" where the server counts seconds, "1d" as "24h", "5min" as "5m", and puts quotes around 2m where the server
takes texts alone. In fields that take seconds as numbers, such as authorization.timeout, "5" becomes 5. With
--set duration-unit.unit=UNIT other numbers get that unit.`,
			Applicability: `Safe where the server reads the number as seconds today, where it refuses the value and the unit is spelled out, and
where the field's own numbers are seconds. A number whose unit nobody knows needs a choice.`,
			Effect:     `None: the duration stays what it is, or the server does not run.`,
			Before:     "ping_interval: 30\nlame_duck_duration: 2m\ncluster {\n  ping_interval: \"30sec\"\n}\n",
			After:      "ping_interval: \"30s\"\nlame_duck_duration: \"2m\"\ncluster {\n  ping_interval: \"30s\"\n}\n",
			References: []string{"nats-server#6654"},
		},
		Fields:     fixes.Typed(schema.Duration | schema.Seconds),
		CheckValue: checkDurationUnit,
	}
}

func checkDurationUnit(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongDuration || v.Server.Garbled() {
		return
	}
	want, kind := taken(v), kindOf(v.Value)
	if kind == schema.Int && want.Has(schema.DeprecatedInt) {
		text := fmt.Sprintf("%ds", v.Value.Node.IntValue())
		f := v.Finding("%s has no unit: the server takes it for %s and warns (\"should be converted to a duration\"), so that nats-server -t exits with 1", name(v), text)
		f.Severity = fixes.Warning
		if _, err := time.ParseDuration(text); err != nil {
			p.Report(f.Because(fixes.Manual, "the number is beyond what a duration can be: write the one that is meant, as \"30s\""))
			return
		}
		p.Report(f.With(p.Retype(v, ast.String(text), "write %q for %s", text, name(v)).KeepsMeaning(), whyNot(v)))
		return
	}
	text := strings.TrimSpace(v.Value.Text())
	f := v.Finding("%s is %s, which is no duration: the server refuses to start", name(v), found(v))
	number := plainNumber.MatchString(text)
	switch to := durationOf(text); {
	case to != "":
		p.Report(f.With(p.Retype(v, ast.String(to), "write %q for %s", to, name(v)), whyNot(v)))
	case number && kind == schema.String && want.Has(schema.Int|schema.Seconds) && !want.Has(schema.DeprecatedInt):
		p.Report(f.With(p.Retype(v, ast.Raw(strings.TrimSuffix(text, ".")), "take away the quotes of %s, a number of seconds", name(v)), whyNot(v)))
	case number && kind == schema.Float && want.Has(schema.DeprecatedInt):
		p.Report(f.With(p.Retype(v, ast.String(text+"s"), "write %q for %s, as the server counts seconds here", text+"s", name(v)), whyNot(v)))
	case number:
		reportUnit(p, v, f, text)
	default:
		p.Report(f.Because(fixes.Manual, `write a number with one of the units ms, s, m or h, in quotes: "30s"`))
	}
}

// reportUnit reports a number whose unit somebody must know.
func reportUnit(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding, text string) {
	unit, given := p.Param("unit")
	if !given {
		unit = "s"
	}
	if _, err := time.ParseDuration(text + unit); err != nil {
		p.Report(f.Because(fixes.Manual, "the number is beyond what a duration can be: write the one that is meant, as \"30s\""))
		return
	}
	f.With(p.Retype(v, ast.String(text+unit), "write %q for %s", text+unit, name(v)), whyNot(v))
	if !given {
		f.Because(fixes.NeedsChoice, "nothing says which unit was meant: give it with --set duration-unit.unit=s (or ms, m, h)")
	}
	p.Report(f)
}
