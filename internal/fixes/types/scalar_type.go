package types

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// ScalarType finds values of another kind than their field takes, and quotes
// or unquotes them.
func ScalarType() *fixes.Rule {
	return &fixes.Rule{
		Name:     "scalar-type",
		Severity: fixes.Error,
		Summary:  "a value is of another kind than its field takes, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "interface conversion: interface {} is string, not int64",
			What: `The syntax tells texts, numbers and switches apart by how they are written: 4222 is a number, "4222" a text, on a switch
and "on" a text. Most fields take one kind alone. The server says so in terms of its own source ("interface conversion:
interface {} is int64, not string", "expected 'verify' to be a boolean", "unsupported type in array int64"), and for a
password of digits in an authorization block it adds "invalid memory address or nil pointer dereference".
Durations, sizes, lists and words have rules of their own: duration-unit, size-string, wrap-in-list, enum-case.`,
			Fix: `Puts quotes around the text as it is written (0644 and 1_000 keep their form), or takes them away where what is in them
is a number or a switch; 1 and 0 become true and false, ocsp: always becomes ocsp { mode: always }, and a URL for a proxy proxy { url: ... }.`,
			Applicability: `Safe: the server refuses the value today, and the text says what was meant. Manual where no other kind fits, where
the text could be read in two ways, or where the value comes from the environment or is shared with other fields.`,
			Effect:     `None: the server does not run.`,
			Before:     "port: \"4222\"\ndebug: \"true\"\nauthorization {\n  user: on\n  password: 123456\n}\n",
			After:      "port: 4222\ndebug: true\nauthorization {\n  user: \"on\"\n  password: \"123456\"\n}\n",
			References: []string{"nats-server#2082"},
		},
		Fields:     fixes.Known,
		CheckValue: checkScalarType,
	}
}

func checkScalarType(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongScalar || v.Server.Garbled() {
		return
	}
	want := taken(v)
	f := v.Finding("%s takes %s, and this is %s: the server refuses to start", name(v), takes(want), found(v))
	lit, title := convert(v, want)
	if title == "" {
		p.Report(f.Because(fixes.Manual, noConversion(v, want)))
		return
	}
	otherwise := whyNot(v)
	if env := v.Value.Doc.Env; env != "" && want.Has(schema.String) {
		otherwise = "put double quotes inside the variable's value: " + env + `='"..."'`
	}
	p.Report(f.With(p.Retype(v, lit, "%s of %s", title, name(v)), otherwise))
}

// noConversion says why no other kind of value can be derived.
func noConversion(v *fixes.Visit, want schema.Type) string {
	if want.Has(schema.Int) && letterSize.MatchString(v.Value.Text()) {
		return "as a number without quotes the letter multiplies by powers of 1000, with another letter b behind it by powers of 1024: write what is meant"
	}
	return fmt.Sprintf("nothing says which value was meant: write %s", takes(want))
}

var (
	wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)
	letterSize  = regexp.MustCompile(`(?i)^[0-9]+ *[kmgtpe]$`)
	sizedNumber = regexp.MustCompile(`(?i)^[0-9]+[kmgtpe](b|i|ib)$`)
)

// convert returns a value as a literal of a kind that is taken, and what that
// is called; "" if there is none that follows from the text alone.
func convert(v *fixes.Visit, want schema.Type) (ast.Literal, string) {
	none := ast.Literal{}
	kind, text := kindOf(v.Value), v.Value.Text()
	raw := text
	if kind != schema.String && v.Value.Node.Valid() {
		raw = v.Value.Node.Raw()
	}
	switch {
	case kind == schema.List || kind == schema.Map:
		return none, ""
	case kind != schema.Bool && want.Has(schema.Bool) && boolOf(text) != "":
		word := boolOf(text)
		if isJSON(v) {
			word = jsonBool(word)
		}
		if kind == schema.String && word == strings.TrimSpace(text) {
			return ast.Raw(word), "take away the quotes"
		}
		return ast.Raw(word), "write " + word + " for the value"
	case kind == schema.String && v.Block.Path == "" && v.Field.Name == "ocsp" && isWord(v.Field.Block.Field("mode"), text):
		return ast.Map(ast.Field{Key: "mode", Value: ast.String(strings.ToLower(text))}), "write a block for the value"
	case kind == schema.String && v.Field.Name == "proxy" && strings.Contains(text, "://"):
		return ast.Map(ast.Field{Key: "url", Value: ast.String(text)}), "write a block for the value"
	case kind == schema.String && want.Has(schema.Int):
		text = strings.TrimSpace(text)
		if _, err := strconv.ParseInt(text, 10, 64); wholeNumber.MatchString(text) && err == nil || sizedNumber.MatchString(text) {
			return ast.Raw(text), "take away the quotes"
		}
		if digits := exponential(text); digits != "" {
			return ast.Raw(digits), "write " + digits + " for the value"
		}
	case kind == schema.Float && want.Has(schema.Int):
		if n := v.Value.Node.FloatValue(); n == float64(int64(n)) {
			return ast.Int(int64(n)), "write a whole number for the value"
		}
	case kind != schema.String && want.Has(schema.String) && isPlainText(v.Field, want, raw):
		return ast.String(raw), "put quotes around the value"
	}
	return none, ""
}

// isPlainText reports whether a text of any form is right for a field, so that
// an unquoted number or switch can be meant as its text.
func isPlainText(f *schema.Field, want schema.Type, raw string) bool {
	const formed = schema.Duration | schema.Size | schema.HostPort | schema.URL | schema.NKey | schema.Seed | schema.JWT | schema.Percent
	switch {
	case want.Has(schema.Enum):
		return isWord(f, raw)
	case f.Name == "cipher_suites" || f.Name == "pinned_certs" || f.Name == "min_version":
		return false
	}
	return want&formed == 0
}
