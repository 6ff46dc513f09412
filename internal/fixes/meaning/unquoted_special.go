package meaning

import (
	"regexp"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// UnquotedSpecial finds values without quotes that a comma, semicolon or brace
// inside them cuts short.
func UnquotedSpecial() *fixes.Rule {
	return &fixes.Rule{
		Name:     "unquoted-special",
		Severity: fixes.Error,
		Summary:  "a comma, semicolon or brace ends a value without quotes, and the rest becomes a key",
		Syntax:   true,
		Params: []fixes.Param{{
			Name: "as", Default: "list for URLs, text where the field takes no list", Values: []string{"list", "text"},
			Doc: "what a value with commas was meant to be, where the field takes both",
		}},
		Doc: fixes.Doc{
			Stage:   "-t with a message that names a key nobody wrote, or parse",
			Message: `unknown field "nats"`,
			What: `A value without quotes ends at a comma, a semicolon or a closing brace. The rest is the next key:
nats://a:1,nats://b:2 is the URL nats://a:1 and a key nats with the value //b:2, and the password pa;ss is the password
pa and a key ss that takes the next line for its value.`,
			Fix: `URLs with commas between them become a list, if the field takes one; a number loses the commas between its
thousands; any other value gets quotes as a whole.`,
			Applicability: `Safe: the server refuses the file today for the key that it finds, and the field takes but one of the two. Unsafe
(needs a choice) where it takes a list as well as a text. Manual for several URLs in a field for one.`,
			Effect: `The server does not run.`,
			Before: `cluster {
  name: east
  port: 6222
  routes: nats://a:6222,nats://b:6222
}
`,
			After: `cluster {
  name: east
  port: 6222
  routes: ["nats://a:6222", "nats://b:6222"]
}
`,
			References: []string{"conf/lex.go, lexString"},
		},
		CheckDoc: checkUnquotedSpecial,
	}
}

func checkUnquotedSpecial(p *fixes.Pass, d *fleet.Doc) {
	done := 0 // the end of the last word that was reported
	for n := range d.Tree.Root().Walk() {
		if !n.Parent().Valid() || n.Parent().Kind() != ast.KindEntry || n.Kind() < ast.KindString || n.Kind() > ast.KindFloat || n.Quote() != ast.Bare || n.Start() < done {
			continue
		}
		c := byteAt(d.Tree, n.End())
		if c != ',' && c != ';' && c != '}' || !wordByte(byteAt(d.Tree, n.End()+1)) {
			continue
		}
		if end, rest := word(d.Tree, n); end > 0 && cutShort(d, n, rest) {
			reportCutShort(p, d, n, end)
			done = end
		}
	}
}

// wordByte reports whether c may go on with a word behind a separator.
func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("!$%&*+-./<>?@^_~", c) >= 0 && c != 0
}

// word returns where the word ends that a value begins, separators inside it
// included, and what stands behind the first of them.
func word(d *ast.Document, n ast.Node) (end int, rest string) {
	src := d.Source()
	for end = n.End() + 1; end < len(src) && strings.IndexByte(" \t\r\n]}{[\"'", src[end]) < 0; end++ {
	}
	for end > 0 && (src[end-1] == ',' || src[end-1] == ';') {
		end--
	}
	return end, string(src[n.End()+1 : end])
}

// cutShort reports whether what stands behind the separator belongs to the
// value and is no entry of its own.
func cutShort(d *fleet.Doc, n ast.Node, rest string) bool {
	key := rest
	if i := strings.IndexAny(rest, ":="); i >= 0 {
		if !strings.HasPrefix(rest[i:], "://") {
			return false // a key with its value
		}
		key = rest[:i]
	}
	key, _, _ = strings.Cut(key, ",")
	key, _, _ = strings.Cut(key, ";")
	if fixes.Refers(d, key) || strings.EqualFold(key, "include") {
		return false
	}
	block := blockAround(n.Parent())
	if block == nil {
		return strings.Contains(n.Raw(), "://") && strings.Contains(rest, "://")
	}
	return block.Data == nil && block.Field(key) == nil && !block.Lenient
}

func reportCutShort(p *fixes.Pass, d *fleet.Doc, n ast.Node, end int) {
	t := d.Tree
	text := t.Text(ast.Span{Start: n.Start(), End: end})
	cut := t.Text(ast.Span{Start: n.End(), End: n.End() + 1})
	key := n.Parent().Key()
	f := &fixes.Finding{Doc: d, Span: ast.Span{Start: n.Start(), End: end},
		Message: sprintf("without quotes the value of %s ends at the %q: the parser takes the rest for another key", key, cut)}
	if next := n.Parent().Next(); next.Valid() && next.Kind() == ast.KindEntry && next.Start() < end && next.Lost() {
		f.Span.End = max(end, t.LineEnd(next.End())) // what goes wrong there follows from this
	}
	field := fieldOf(n)
	parts := strings.Split(text, ",")
	urls := len(parts) > 1
	for _, part := range parts {
		urls = urls && strings.Contains(part, "://")
	}
	listed, texts := field != nil && field.Takes(schema.List), field != nil && field.Takes(schema.String)
	as, given := p.Param("as")
	switch {
	case urls && !listed:
		f.Because(fixes.Manual, sprintf("%s takes one URL: choose one, or use the field for several", key))
	case field != nil && !listed && !texts && thousands.MatchString(text):
		number := strings.ReplaceAll(text, ",", "")
		f.With(fixes.NewFix(d, []ast.Edit{{Start: n.Start(), End: end, New: number}}, "write %s", number), "it cannot be edited here")
		declareCutShort(p, d, n, f.Fix)
	case field == nil || !listed && !texts:
		f.Because(fixes.Manual, "put the value in quotes, or separate the entries by a blank")
	default:
		list := listed && len(parts) > 1 && (urls || !texts || as != "text")
		lit := ast.QuoteString(text, ast.Double)
		if list {
			for i, part := range parts {
				parts[i] = ast.QuoteString(part, ast.Double)
			}
			lit = "[" + strings.Join(parts, ", ") + "]"
		}
		fix := fixes.NewFix(d, []ast.Edit{{Start: n.Start(), End: end, New: lit}}, "%s", map[bool]string{true: "make a list of it", false: "put the value in quotes"}[list])
		f.With(fix, "it cannot be edited here")
		declareCutShort(p, d, n, fix)
		if listed && texts && len(parts) > 1 && !urls && !given {
			f.Because(fixes.NeedsChoice, "a list or one text: --set unquoted-special.as=list or text")
		}
	}
	p.Report(f)
}

var thousands = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+$`)

// declareCutShort declares what changes: the value, and the key that the rest
// of it was.
func declareCutShort(p *fixes.Pass, d *fleet.Doc, n ast.Node, fix *fixes.Fix) {
	keys := keysOf(n)
	for next := n.Parent().Next(); next.Valid() && next.Kind() == ast.KindEntry && (fixes.Glued(next).Valid() || next.Prev().Lost()); next = next.Next() {
		keys = append(keys, next.Key())
	}
	around(p, d, fix, keys...)
}
