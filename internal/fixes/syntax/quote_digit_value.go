package syntax

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// QuoteDigitValue finds unquoted values that start like a number or a date and
// are none, and puts them in quotes.
func QuoteDigitValue() *fixes.Rule {
	return &fixes.Rule{
		Name:     "quote-digit-value",
		Severity: fixes.Error,
		Summary:  "an unquoted value starts like a number or a date and goes on as text",
		Syntax:   true,
		Doc: fixes.Doc{
			Stage: "parse",
			Message: `All ISO8601 dates must be in full Zulu form; Expected digit in ISO8601 datetime; Floats must start with a digit; ` +
				`Floats must have a digit after the '.'; Expected a digit but got 'x'; Expected include value but found start of a number; ` +
				`Expected a top-level value to end with a new line, comment or EOF, but got 'x' instead`,
			What: `An unquoted value that starts with a digit, a minus sign or a dot is read as a number, a size, a date or an address. A
password such as -abc, a UUID, 1.5s, 10.0.0.0/8 or 2.10.0-RC1 is none of these to its end, and the server refuses the file.
Up to 2.14 that also holds for digits, a size letter and a digit (5p3cret, 2m30s), which 2.15 reads as text. The path of
an include must not start with a digit or a minus sign without quotes either. [::]:4222 starts as a list does.`,
			Fix: `The value is put in quotes.`,
			Applicability: `Safe: the server refuses the file as it is, or the quoted value is the one that 2.15 reads. Manual if the field takes
no text, such as a size (which has no fractions), or whole numbers only, such as a weight, or if more words follow on the line.`,
			Effect:     `None: the server does not start with the file as it is. Quotes around what 2.15 reads as text change nothing there.`,
			Before:     "authorization {\n  user: app\n  password: -s3cret\n}\nping_interval: 1.5s\n",
			After:      "authorization {\n  user: app\n  password: \"-s3cret\"\n}\nping_interval: \"1.5s\"\n",
			References: []string{"nats-server#8263"},
		},
		CheckDoc: checkQuoteDigitValue,
	}
}

func checkQuoteDigitValue(p *fixes.Pass, d *fleet.Doc) {
	if p.Window.Before(2, 15, 0) {
		findSuffixDigits(p, d)
	}
	if len(d.Tree.Errors()) > 0 {
		mendAll(p, d, func(t *ast.Document) *mend { return findDigitValue(p, d, t) })
	}
}

// numberErrors are how the official messages for what starts like a number
// begin.
var numberErrors = [...]string{
	"All ISO8601 dates", "Expected digit in ISO8601", "Expected '", "expected Zulu", "Floats must", "Expected a digit", "integer '",
}

func findDigitValue(p *fixes.Pass, d *fleet.Doc, t *ast.Document) *mend {
	e := firstError(t)
	if e == nil || gluedBefore(t) {
		return nil
	}
	src := t.Source()
	if e.Official == "Expected include value but found start of a number" {
		return quotePath(t, e.Span.Start)
	}
	start, holder := -1, ast.Node{}
	for _, begin := range numberErrors {
		if strings.HasPrefix(e.Official, begin) {
			start = e.Span.Start
			_, holder, _ = valueStart(t, start)
			break
		}
	}
	if start < 0 {
		holder = before(t, e.Span.Start)
		start = numberBefore(t, holder, e.Span.Start)
	}
	if start < 0 {
		if m := bracketedAddress(t, e); m != nil {
			return m
		}
		return cidrInList(t, e)
	}
	end := wordEnd(src, start)
	text := t.Text(ast.Span{Start: start, End: end})
	if end <= start || strings.ContainsRune(text, '\\') || fixes.IsFormat(text) || !isValueEnd(src, end) {
		return nil
	}
	m := &mend{span: ast.Span{Start: start, End: end}}
	f := fieldOf(p.Fleet, d, holder)
	if f != nil && f.Takes(schema.HostPort) && !endsInPort(text) {
		m.message = fmt.Sprintf("%s starts like an address and goes on otherwise: the server refuses the file", keyNear(holder))
		m.reason = f.Name + " takes a host and the number of a port"
		return m
	}
	if f != nil && f.Takes(schema.Percent) && !wholePercent.MatchString(text) {
		return wholeOnly(m, f, holder, text)
	}
	if f != nil && !takesText(f, holder) {
		m.message = fmt.Sprintf("%s starts like a number and goes on otherwise: the server refuses the file", keyNear(holder))
		m.reason = fmt.Sprintf("%s takes no text: write a number%s", f.Name, sizeHint(f))
		return m
	}
	m.message = fmt.Sprintf("%s starts like a number or a date and is none: without quotes the server refuses the file", keyNear(holder))
	m.title = "put " + keyNear(holder) + " in quotes"
	m.edits = []ast.Edit{{Start: start, End: end, New: ast.QuoteString(text, ast.Double)}}
	return m
}

var (
	wholePercent = regexp.MustCompile(`^-?[0-9]+%?$`)
	zeroFraction = regexp.MustCompile(`^([0-9]+)\.0+(%?)$`)
)

// wholeOnly says of a percentage that the server takes whole numbers alone, with
// quotes as without, and leaves out a fraction of nothing.
func wholeOnly(m *mend, f *schema.Field, holder ast.Node, text string) *mend {
	m.message = fmt.Sprintf("%s starts like a number and goes on otherwise: the server refuses the file", keyNear(holder))
	whole := zeroFraction.FindStringSubmatch(text)
	if whole == nil {
		m.reason = fmt.Sprintf("%s takes a whole number, in quotes, too, such as 33%%", f.Name)
		return m
	}
	m.title = fmt.Sprintf("write %s%s for %s", whole[1], whole[2], f.Name)
	m.edits = []ast.Edit{{Start: m.span.Start, End: m.span.End, New: whole[1] + whole[2]}}
	return m
}

// takesText reports whether a field, or the items of its list, take a string.
func takesText(f *schema.Field, holder ast.Node) bool {
	t := f.Type
	if holder.Valid() && (holder.Kind() == ast.KindArray || holder.Parent().Valid() && holder.Parent().Kind() == ast.KindArray) {
		t |= f.Elem
	}
	if t.Has(schema.Size) && !t.Has(schema.String) {
		return false
	}
	return t.Has(schema.String) || t.Has(schema.Map) || t.Has(schema.Silent)
}

// refusesDigits reports whether a field refuses digits, a letter and more digits
// in quotes as well: the rules about types speak of that.
func refusesDigits(f *schema.Field, n ast.Node) bool {
	if f == nil {
		return false
	}
	if !takesText(f, n) || (f.Type|f.Elem)&(schema.Size|schema.Percent) != 0 {
		return true
	}
	_, err := time.ParseDuration(n.Text())
	return f.Type&(schema.Duration|schema.Seconds) != 0 && err != nil
}

// endsInPort reports whether a text ends in a colon and digits.
func endsInPort(text string) bool {
	i := strings.LastIndexByte(text, ':')
	return i >= 0 && i+1 < len(text) && strings.Trim(text[i+1:], "0123456789") == ""
}

func sizeHint(f *schema.Field) string {
	if f.Takes(schema.Size) {
		return " without a fraction, such as 1536MB"
	}
	return ""
}

// before returns the last node that ends at or before off, entries and
// containers aside.
func before(t *ast.Document, off int) ast.Node {
	last := ast.Node{}
	for n := range t.Root().Walk() {
		if n.Start() >= off {
			break
		}
		if k := n.Kind(); k > ast.KindArray && k != ast.KindError && n.End() <= off {
			last = n
		}
	}
	return last
}

// numberBefore returns where a number or address starts that ends at off with
// more text glued to it, -1 if there is none.
func numberBefore(t *ast.Document, n ast.Node, off int) int {
	if !n.Valid() || off >= len(t.Source()) || endsWord(t.Source()[off]) {
		return -1
	}
	if n.End() == off-1 && t.Source()[off-1] == '/' {
		off-- // the slash of a network is skipped
	}
	if n.End() != off {
		return -1
	}
	switch n.Kind() {
	case ast.KindInt, ast.KindFloat, ast.KindTime:
		return n.Start()
	case ast.KindString:
		if n.Quote() == ast.Bare && isDigit(t.Source()[n.Start()]) && t.Source()[off-1] != '\'' {
			return n.Start()
		}
		return -1
	}
	return -1
}

// ipv6Port matches an IPv6 address in brackets with a port behind it.
var ipv6Port = regexp.MustCompile(`^\[[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?\]:[0-9]+$`)

// bracketedAddress knows [::]:4222, which starts as a list does.
func bracketedAddress(t *ast.Document, e *ast.SyntaxError) *mend {
	for n := range t.Root().Walk() {
		if n.Kind() != ast.KindArray || n.End() != e.Span.Start || n.Parent().Kind() != ast.KindEntry {
			continue
		}
		span := ast.Span{Start: n.Start(), End: wordEnd(t.Source(), n.End())}
		if !ipv6Port.MatchString(t.Text(span)) || !isValueEnd(t.Source(), span.End) {
			return nil
		}
		return &mend{
			span:    span,
			message: fmt.Sprintf("%s starts like a list and is an address: without quotes the server refuses the file", keyNear(n)),
			title:   "put the address in quotes",
			edits:   []ast.Edit{{Start: span.Start, End: span.End, New: ast.QuoteString(t.Text(span), ast.Double)}},
		}
	}
	return nil
}

// cidrInList knows [10.0.0.0/8]: the slash ends the address, and the number
// behind it swallows the bracket.
func cidrInList(t *ast.Document, e *ast.SyntaxError) *mend {
	for n := range t.Root().Walk() {
		if n.Start() > e.Span.Start {
			break
		}
		at := swallowedBracket(n)
		if at < 0 || !n.Prev().Valid() || n.Prev().End() != n.Start()-1 || t.Source()[n.Start()-1] != '/' {
			continue
		}
		start := n.Prev().Start()
		return &mend{
			span:    ast.Span{Start: start, End: at},
			message: "an address with a slash ends at the slash without quotes, and the number behind it swallows the bracket: the server refuses the file",
			title:   "put the network in quotes",
			edits:   []ast.Edit{{Start: start, End: at, New: ast.QuoteString(t.Text(ast.Span{Start: start, End: at}), ast.Double)}},
			cause:   true,
		}
	}
	return nil
}

// quotePath puts the path of an include in quotes.
func quotePath(t *ast.Document, start int) *mend {
	end := start
	for end < len(t.Source()) && strings.IndexByte("\n\r\x00;} \t'\"", t.Source()[end]) < 0 {
		end++
	}
	text := t.Text(ast.Span{Start: start, End: end})
	if !isValueEnd(t.Source(), end) {
		return nil
	}
	return &mend{
		span:    ast.Span{Start: start, End: end},
		message: fmt.Sprintf("the path of the include starts with %q: without quotes the server refuses the file (%q)", text[:1], "Expected include value but found start of a number"),
		title:   "put the path in quotes",
		edits:   []ast.Edit{{Start: start, End: end, New: `"` + text + `"`}},
	}
}

// findSuffixDigits reports values that the server reads as text since 2.15 and
// refused before: digits, a size letter, and a digit behind that.
func findSuffixDigits(p *fixes.Pass, d *fleet.Doc) {
	e := firstError(d.Tree)
	for n := range d.Tree.Root().Walk() {
		if n.Kind() != ast.KindString || n.Quote() != ast.Bare || !isSuffixDigits(n.Raw()) {
			continue
		}
		if e != nil && n.Start() > e.Span.Start {
			break
		}
		if refusesDigits(fieldOf(p.Fleet, d, n), n) {
			continue
		}
		f := &fixes.Finding{
			Doc: d, Span: n.Span(), Severity: fixes.Warning,
			Message: fmt.Sprintf("%s starts like a size (digits and a letter) and goes on with digits: up to 2.14 the server refuses the file, 2.15 reads it as text; in quotes it is text for all", keyNear(n)),
		}
		edits := []ast.Edit{{Start: n.Start(), End: n.End(), New: ast.QuoteString(n.Text(), ast.Double)}}
		p.Report(f.With(fixes.NewFix(d, edits, "put %s in quotes", keyNear(n)), "the value comes from the environment"))
	}
}

func isSuffixDigits(raw string) bool {
	rest := strings.TrimLeft(strings.TrimPrefix(raw, "-"), "0123456789")
	if rest == "" || len(rest) == len(raw) || strings.IndexByte("kKmMgGtTpPeE", rest[0]) < 0 || !isDigit(strings.TrimPrefix(raw, "-")[0]) {
		return false
	}
	rest = strings.TrimLeft(rest[1:], "bBiI")
	return rest != "" && isDigit(rest[0])
}
