package types

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// SizeString finds sizes in quotes that the server refuses.
func SizeString() *fixes.Rule {
	return &fixes.Rule{
		Name:     "size-string",
		Severity: fixes.Error,
		Summary:  "a size in quotes is written in a form that the server refuses",
		Params: []fixes.Param{{
			Name: "letter", Default: "none: a person decides", Values: []string{"binary", "decimal"},
			Doc: `what a letter alone multiplies by in a field that takes no text: binary makes "1G" 1GB (2^30), decimal 1G (10^9)`,
		}},
		Doc: fixes.Doc{
			Stage:   "-t",
			Message: "sizes defined as strings must end in K, M, G, T",
			What: `Sizes are numbers without quotes: 1GB is 2^30 and 1G is 10^9. Only six fields of jetstream take a text as well, and only a
whole number with K, M, G or T, where "1G" is 2^30. The server refuses "1GB" there (strconv.ParseInt: parsing "1G": invalid
syntax), "1g" and "10"; and any text, with or without quotes (1e6 is one), in other fields ("interface conversion: interface {} is
string, not int64", or in an account's jetstream block Expected a parseable size for "max_mem", got 1G).`,
			Fix: `Takes the quotes away and writes the number that is meant: "8MB" becomes 8MB, "10" becomes 10, and "1g", in the fields that
take texts, 1GB. A fraction is written out in the next smaller unit. In JSON, which has no units, the bytes are counted.`,
			Applicability: `Safe where the size follows from the text. A letter alone ("1G") in a field that takes no text needs a choice, since 1G
without quotes is a thousand millions, and "1G" in the fields that take texts is 2^30.`,
			Effect: `None: the server does not run.`,
			Before: "max_payload: \"8MB\"\njetstream {\n  max_file_store: \"10GB\"\n  max_memory_store: \"1g\"\n}\n",
			After:  "max_payload: 8MB\njetstream {\n  max_file_store: 10GB\n  max_memory_store: 1GB\n}\n",
		},
		Fields:     fixes.Typed(schema.Size),
		CheckValue: checkSizeString,
	}
}

var sizeText = regexp.MustCompile(`(?i)^(-?[0-9]+(?:\.[0-9]+)?) *([kmgtpe]?)(b|i|ib)?(?:ytes?)?$`)

func checkSizeString(p *fixes.Pass, v *fixes.Visit) {
	if mistakeOf(v) != wrongSize || v.Server.Garbled() {
		return
	}
	texts := taken(v).Has(schema.String)
	f := v.Finding("%s is %s, which the server does not take for a size: it refuses to start", name(v), found(v))
	m := sizeText.FindStringSubmatch(strings.TrimSpace(v.Value.Text()))
	if text := exponential(v.Value.Text()); text != "" {
		p.Report(f.With(p.Retype(v, ast.Raw(text), "write %s for %s", text, name(v)), whyNot(v)))
		return
	}
	if m == nil {
		p.Report(f.Because(fixes.Manual, "nothing says which size was meant: write a number without quotes, such as 512MB"))
		return
	}
	number, letter, binary := m[1], strings.ToUpper(m[2]), m[3] != "" || texts
	choice, given := p.Param("letter")
	chosen := letter == "" || binary
	if !chosen {
		binary = choice != "decimal"
	}
	text := sizeLiteral(number, letter, binary)
	switch {
	case text == "":
		p.Report(f.Because(fixes.Manual, "the size is no whole number of bytes, or more than the server can count"))
		return
	default:
		if isJSON(v) {
			text = strconv.FormatInt(ast.Parse("", []byte("x: "+text+"\n"), ast.Latest).Root().First().Value().IntValue(), 10)
		}
		f.With(p.Retype(v, ast.Raw(text), "write %s for %s, without quotes", text, name(v)), whyNot(v))
	}
	if !chosen && !given {
		f.Because(fixes.NeedsChoice, fmt.Sprintf("without quotes %s%s is in powers of 1000, and %s%sB in powers of 1024: choose with --set size-string.letter=binary or decimal", number, letter, number, letter))
	}
	p.Report(f)
}

// powerOfTen is a number as programs write it, such as 1e6 and 1.5E+6, which the
// server reads as a text, and older releases not at all.
var powerOfTen = regexp.MustCompile(`(?i)^-?[0-9]+(\.[0-9]+)?e\+?[0-9]{1,2}$`)

// exponential returns the digits of a number with a power of ten, "" if the text
// is none, or no whole number of 64 bits.
func exponential(text string) string {
	text = strings.TrimSpace(text)
	if !powerOfTen.MatchString(text) {
		return ""
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return ""
	}
	return r.Num().String()
}

const sizeLetters = "KMGTPE"

// sizeLiteral returns a size as a number with a suffix, as it stands without
// quotes; "" if it is no whole number of bytes or too large.
func sizeLiteral(number, letter string, binary bool) string {
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return ""
	}
	base, suffix := int64(1000), ""
	if binary {
		base, suffix = 1024, "B"
	}
	power := strings.Index(sizeLetters, letter) + 1
	if letter == "" {
		power = 0
	}
	for !r.IsInt() && power > 0 {
		r.Mul(r, new(big.Rat).SetInt64(base))
		power--
	}
	bytes := new(big.Int).Mul(r.Num(), new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(power)), nil))
	if !r.IsInt() || !bytes.IsInt64() {
		return ""
	}
	text := strconv.FormatInt(r.Num().Int64(), 10)
	if power > 0 {
		text += sizeLetters[power-1:power] + suffix
	}
	return text
}
