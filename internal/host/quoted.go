package host

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/ast"
)

// lineSpan returns the bytes of the lines that a construct stands on.
func lineSpan(src []byte, c construct) ast.Span {
	end := len(src)
	if i := bytes.IndexByte(src[c.end:], '\n'); i >= 0 {
		end = c.end + i
	}
	return ast.Span{Start: bytes.LastIndexByte(src[:c.start], '\n') + 1, End: end}
}

// offset returns where a scalar begins; its end is that of the line.
func (y *yamlFile) offset(n *yaml.Node) ast.Span {
	l := y.lines[n.Line-1]
	off := l.start
	for range n.Column - 1 { // columns count characters
		_, size := utf8.DecodeRune(y.text[off:l.end])
		off += size
	}
	return ast.Span{Start: min(off, l.end), End: l.end}
}

// raw returns the scalar in quotes that begins at an offset, quotes included,
// or nil if it does not end on its line.
func (y *yamlFile) raw(at ast.Span) []byte {
	text := y.text[at.Start:at.End]
	if len(text) < 2 || text[0] != '"' && text[0] != '\'' {
		return nil
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == text[0]:
			return text[:i+1]
		}
	}
	return nil
}

// quoted adds the document in a scalar in quotes. It can be rewritten if it
// stands on one line and is written as it would be written again.
func (y *yamlFile) quoted(base string, n *yaml.Node, dir string) {
	at := y.offset(n)
	raw := y.raw(at)
	if raw == nil {
		y.shown(base, n, dir, "it is written in quotes over several lines; write it with |")
		return
	}
	at.End = at.Start + len(raw)
	if y.hasConstruct(at) {
		return
	}
	decode, encode := unquoteDouble, quoteDouble
	if raw[0] == '\'' {
		decode, encode = unquoteSingle, quoteSingle
	}
	text, places, ok := decode(raw)
	if !ok || string(text) != n.Value {
		y.shown(base, n, dir, "what its quotes and escapes stand for cannot be told for sure")
		return
	}
	for i := range places {
		places[i] += at.Start
	}
	d := &Document{Dir: dir, Base: base, Text: text, layout: &whole{src: y.Src, at: at, text: text, places: places, encode: encode}}
	if d = y.judge(d); d == nil {
		return
	}
	if d.ReadOnly = locked(n); d.ReadOnly == "" {
		if again, err := encode(text); err != nil || again != string(raw) {
			d.ReadOnly = "its escapes would come out in another way; write it with |"
		}
	}
}

func (y *yamlFile) hasConstruct(s ast.Span) bool {
	if y.flow == nil {
		return false
	}
	for _, c := range y.flow.list {
		if c.start < s.End && s.Start < c.end {
			return true
		}
	}
	return false
}

// base64 adds the document in a value of a Secret's data.
func (y *yamlFile) base64(base string, n *yaml.Node, dir string) {
	at := y.offset(n)
	if y.hasConstruct(at) {
		return
	}
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
	if err != nil || len(text) == 0 || !utf8.Valid(text) {
		return
	}
	encode := func(text []byte) (string, error) { return base64.StdEncoding.EncodeToString(text), nil }
	why := locked(n)
	raw := y.text[at.Start:at.End]
	if r := y.raw(at); r != nil {
		at = ast.Span{Start: at.Start + 1, End: at.Start + len(r) - 1}
	} else if bytes.HasPrefix(raw, []byte(n.Value)) && n.Value != "" {
		at.End = at.Start + len(n.Value)
	} else {
		why = "its base64 is written over several lines"
	}
	if again, _ := encode(text); why == "" && again != string(y.text[at.Start:at.End]) {
		why = "its base64 is not written in the usual way"
	}
	d := &Document{Dir: dir, Base: base, Text: text, layout: &whole{src: y.Src, at: at, text: text, encode: encode}}
	if d = y.judge(d); d != nil {
		d.ReadOnly = why
	}
}

// escapes are those of double-quoted YAML that are one character.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b", ' ': " ",
	'"': "\"", '/': "/", '\\': "\\", 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// unquoteDouble returns what a double-quoted scalar stands for, and for each
// byte of it where in raw it is written.
func unquoteDouble(raw []byte) (text []byte, places []int, ok bool) {
	put := func(s string, at int) {
		for range len(s) {
			places = append(places, at)
		}
		text = append(text, s...)
	}
	for i := 1; i < len(raw)-1; i++ {
		if raw[i] != '\\' {
			text, places = append(text, raw[i]), append(places, i)
			continue
		}
		if i++; i >= len(raw)-1 {
			return nil, nil, false
		}
		if s, known := escapes[raw[i]]; known {
			put(s, i-1)
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[i]]
		if digits == 0 || i+digits >= len(raw) {
			return nil, nil, false
		}
		code, err := strconv.ParseUint(string(raw[i+1:i+1+digits]), 16, 32)
		if err != nil {
			return nil, nil, false
		}
		put(string(rune(code)), i-1)
		i += digits
	}
	return text, append(places, len(raw)-1), true
}

// quoteDouble writes a text as a double-quoted scalar on one line.
func quoteDouble(text []byte) (string, error) {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range string(text) {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == utf8.RuneError:
			return "", errors.New("it is no UTF-8")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String(), nil
}

func unquoteSingle(raw []byte) (text []byte, places []int, ok bool) {
	for i := 1; i < len(raw)-1; i++ {
		text, places = append(text, raw[i]), append(places, i)
		if raw[i] == '\'' {
			i++
		}
	}
	return text, append(places, len(raw)-1), true
}

func quoteSingle(text []byte) (string, error) {
	if bytes.ContainsAny(text, "\n\r") {
		return "", errors.New("single quotes take no line ends; write it with |")
	}
	return "'" + strings.ReplaceAll(string(text), "'", "''") + "'", nil
}

// secrets notes the values of a Secret in which there is no document.
func (y *yamlFile) secrets(data *yaml.Node) {
	for i := 0; i+1 < len(data.Content); i += 2 {
		key, v := data.Content[i], data.Content[i+1]
		if v.Kind != yaml.ScalarNode || v.Line < 1 || v.Line > len(y.lines) || key.Line < 1 {
			continue
		}
		at := y.offset(v)
		if y.holdsDocument(at.Start, v) {
			continue
		}
		if !y.hasConstruct(at) {
			y.Secrets = append(y.Secrets, at)
		}
		for _, n := range y.lines[v.Line:] { // those that it goes on for
			text := bytes.TrimRight(y.text[n.start:n.end], " \t\r")
			lead := len(text) - len(bytes.TrimLeft(text, " \t"))
			if lead < len(text) && lead < key.Column {
				break
			}
			if s := (ast.Span{Start: n.start + lead, End: n.start + len(text)}); !y.hasConstruct(s) {
				y.Secrets = append(y.Secrets, s)
			}
		}
	}
}

// holdsDocument reports whether a document stands in a scalar that begins at an
// offset.
func (y *yamlFile) holdsDocument(start int, n *yaml.Node) bool {
	for _, d := range slices.Backward(y.Documents) {
		if s := d.Span(); s.Start >= start && (s.Start <= y.lines[n.Line-1].next) {
			return true
		}
	}
	return false
}
