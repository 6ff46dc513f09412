package edit

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
)

// Value is a value that a command writes.
type Value struct {
	Text    string // as given
	Literal ast.Literal
	// Plain is what the official parser makes of it: string, int64, float64,
	// bool, time.Time, map[string]any or []any. It is nil if the value holds a
	// variable, which means something else in every server.
	Plain any

	kind ast.Kind
	list []Value // of a list
}

// ParseValue reads a value in NATS syntax. It also takes [1, 2], where the
// official lexer has the number swallow the bracket.
func ParseValue(text string) (Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Value{}, fmt.Errorf("expected a value in NATS syntax, such as 5, name, \"a text\", [a, b] or {key: value}")
	}
	n, err := parseValue(text)
	if err != nil {
		if n, err2 := parseValue(spaceBrackets(text)); err2 == nil {
			return valueOf(n, 0)
		}
		return Value{}, err
	}
	return valueOf(n, 0)
}

func parseValue(text string) (ast.Node, error) {
	const before = "x: "
	d := ast.Parse("", []byte(before+text+"\n"), ast.Latest)
	if errs := d.Errors(); len(errs) > 0 {
		return ast.Node{}, fmt.Errorf("%q is not one value: %s; a text with blanks or separators needs quotes", brief(text), errs[0].Message())
	}
	e := d.Root().First()
	if !e.Valid() || e.Kind() != ast.KindEntry || !e.Value().Valid() || len(d.LostNodes()) > 0 ||
		e.Value().Start() != len(before) || e.Next().Valid() || e.Value().End() != len(before)+len(text) {
		return ast.Node{}, fmt.Errorf("%q is not one value; a text with blanks or separators needs quotes", brief(text))
	}
	if e.Value().Quote() == ast.Block {
		return ast.Node{}, fmt.Errorf("a block string cannot be given here; use a text in double quotes with \\n")
	}
	return e.Value(), nil
}

// spaceBrackets puts a blank before closing brackets outside quotes.
func spaceBrackets(text string) string {
	var b strings.Builder
	outsideQuotes(text, func(c byte, quoted bool) {
		if c == ']' && !quoted {
			b.WriteByte(' ')
		}
		b.WriteByte(c)
	})
	return b.String()
}

// outsideQuotes calls fn for every byte of a text in NATS syntax; what stands in
// a comment counts as quoted.
func outsideQuotes(text string, fn func(c byte, quoted bool)) {
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if quote == 0 && startsComment(text, i) {
			for ; i < len(text) && text[i] != '\n'; i++ {
				fn(text[i], true)
			}
			i--
			continue
		}
		fn(c, quote != 0)
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == '"' && c == '\\' && i+1 < len(text):
			i++
			fn(text[i], true)
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
}

// startsComment reports whether a comment starts there; within a word, such as
// a URL, none does.
func startsComment(text string, i int) bool {
	if i == 0 || !strings.ContainsRune(" \t\r\n", rune(text[i-1])) {
		return false
	}
	return text[i] == '#' || strings.HasPrefix(text[i:], "//")
}

// maxNesting bounds the nesting of a value that is given on a command line.
const maxNesting = 100

// valueOf turns a node into a value to be written.
func valueOf(n ast.Node, depth int) (Value, error) {
	v := Value{Text: n.Raw(), kind: n.Kind()}
	if depth > maxNesting {
		return v, fmt.Errorf("the value is nested more than %d deep", maxNesting)
	}
	switch n.Kind() {
	case ast.KindString:
		v.Literal, v.Plain = ast.String(n.Text()), n.Text()
	case ast.KindVariable:
		if strings.HasPrefix(n.Text(), "2a$") { // a bcrypt hash (conf/parse.go)
			text := "$" + n.Text()
			v.Literal, v.Plain, v.kind = ast.String(text), text, ast.KindString
			break
		}
		v.Literal = ast.Raw(n.Raw())
	case ast.KindBool:
		v.Literal, v.Plain = ast.Raw(n.Raw()), n.BoolValue()
	case ast.KindInt:
		v.Literal, v.Plain = ast.Raw(n.Raw()), n.IntValue()
	case ast.KindFloat:
		v.Literal, v.Plain = ast.Raw(n.Raw()), n.FloatValue()
	case ast.KindTime:
		v.Literal, v.Plain = ast.Raw(n.Raw()), n.TimeValue()
	case ast.KindArray:
		return listOf(v, n, depth)
	case ast.KindMap:
		return mapOf(v, n, depth)
	default:
		return v, fmt.Errorf("a value cannot hold %q", n.Raw())
	}
	return v, nil
}

func listOf(v Value, n ast.Node, depth int) (Value, error) {
	var lits []ast.Literal
	plain := []any{}
	known := true
	for c := range n.Children() {
		item, err := valueOf(c, depth+1)
		if err != nil {
			return v, err
		}
		lits = append(lits, item.Literal)
		plain = append(plain, item.Plain)
		v.list = append(v.list, item)
		known = known && item.Plain != nil
	}
	v.Literal = ast.List(lits...)
	if known {
		v.Plain = plain
	}
	return v, nil
}

func mapOf(v Value, n ast.Node, depth int) (Value, error) {
	var fields []ast.Field
	plain := map[string]any{}
	known := true
	for c := range n.Children() {
		if c.Kind() != ast.KindEntry || !c.Value().Valid() {
			return v, fmt.Errorf("a value cannot hold %q", c.Raw())
		}
		item, err := valueOf(c.Value(), depth+1)
		if err != nil {
			return v, err
		}
		if _, twice := plain[c.Key()]; twice {
			return v, fmt.Errorf("the key %q stands there twice", c.Key())
		}
		fields = append(fields, ast.Field{Key: c.Key(), Value: item.Literal})
		plain[c.Key()] = item.Plain
		known = known && item.Plain != nil
	}
	v.Literal = ast.Map(fields...)
	if known {
		v.Plain = plain
	}
	return v, nil
}

// jsonText returns a plain value as compact JSON.
func jsonText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
