package campaign

import (
	"encoding/json"
	"regexp"
	"strings"
)

// style is how a document is written.
type style struct {
	g        *generator
	sep      string // between key and value
	quote    byte   // of strings: ", ', or 0 where none is needed
	quoteKey bool
	indent   string
	newline  string
	end      string // of an entry on a line of its own: "", "," or ";"
	oneLine  bool   // blocks below the top level take one line
	json     bool
	comments bool
	hazard   float64 // how likely a string is written bare that should not be
}

func (g *generator) style() style {
	s := style{g: g, newline: "\n", indent: pick(g, "  ", "    ", "\t")}
	s.sep = pick(g, ": ", ": ", ": ", " = ", "=", ":", " ", " : ")
	s.quote = pick[byte](g, 0, 0, '"', '"', '\'')
	s.quoteKey = g.chance(0.1)
	s.oneLine = g.chance(0.2)
	s.comments = g.chance(0.15)
	if g.chance(0.15) {
		s.end = pick(g, ",", ";")
	}
	if g.chance(0.05) {
		s.newline = "\r\n"
	}
	if g.chance(0.15) {
		s.hazard = 0.3
	}
	if g.chance(0.1) {
		s.json, s.quote, s.quoteKey, s.sep, s.end, s.comments, s.hazard = true, '"', true, ": ", ",", false, 0
	}
	return s
}

// document writes the entries of a document.
func (s *style) document(entries []entry) string {
	var b strings.Builder
	if s.json {
		s.block(&b, entries, 0)
		return b.String() + s.newline
	}
	for _, e := range entries {
		s.comment(&b, 0)
		s.entry(&b, e, 0)
		b.WriteString(s.end)
		if s.comments && s.g.chance(0.2) {
			b.WriteString(" # " + pick(s.g, "why", "port: 1", "don't", "}"))
		}
		b.WriteString(s.newline)
	}
	return b.String()
}

func (s *style) comment(b *strings.Builder, depth int) {
	if s.comments && s.g.chance(0.2) {
		b.WriteString(strings.Repeat(s.indent, depth) + pick(s.g, "# ", "// ", "#") + pick(s.g, "the hub", "a: {", "it's \"x\"") + s.newline)
	}
}

func (s *style) entry(b *strings.Builder, e entry, depth int) {
	if e.include != "" {
		b.WriteString("include " + pick(s.g, `"`+e.include+`"`, "'"+e.include+"'", e.include))
		return
	}
	key := e.key
	if s.quoteKey || !bareKey.MatchString(key) {
		key = `"` + key + `"`
	}
	b.WriteString(key)
	if e.value.kind == isBlock && !s.json && s.g.chance(0.5) {
		b.WriteByte(' ')
	} else {
		b.WriteString(s.sep)
	}
	s.value(b, e.value, depth)
}

func (s *style) value(b *strings.Builder, v value, depth int) {
	switch v.kind {
	case isText:
		b.WriteString(s.text(v.text))
	case isWord:
		if s.json && !jsonWord.MatchString(v.text) {
			b.WriteString(s.text(v.text))
			return
		}
		b.WriteString(v.text)
	case isList:
		s.list(b, v.items, depth)
	case isBlock:
		s.block(b, v.block, depth)
	}
}

func (s *style) list(b *strings.Builder, items []value, depth int) {
	lines := !s.oneLine && len(items) > 0 && (items[0].kind == isBlock || s.g.chance(0.3))
	b.WriteByte('[')
	for i, item := range items {
		switch {
		case lines:
			b.WriteString(s.newline + strings.Repeat(s.indent, depth+1))
		case i > 0:
			b.WriteByte(' ')
		}
		s.value(b, item, depth+1)
		if i < len(items)-1 && (!lines || s.json || s.g.chance(0.9)) {
			b.WriteByte(',')
		}
	}
	switch {
	case lines:
		b.WriteString(s.newline + strings.Repeat(s.indent, depth))
	case len(items) > 0 && items[len(items)-1].kind == isWord && s.g.chance(0.95):
		b.WriteByte(' ') // a number before a bracket is refused
	}
	b.WriteByte(']')
}

func (s *style) block(b *strings.Builder, entries []entry, depth int) {
	b.WriteByte('{')
	if len(entries) == 0 {
		b.WriteByte('}')
		return
	}
	if s.oneLine && depth > 0 {
		for i, e := range entries {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte(' ')
			s.entry(b, e, depth+1)
			if e.include != "" {
				b.WriteString(s.newline)
			}
		}
		b.WriteString(" }")
		return
	}
	b.WriteString(s.newline)
	for i, e := range entries {
		s.comment(b, depth+1)
		b.WriteString(strings.Repeat(s.indent, depth+1))
		s.entry(b, e, depth+1)
		if !s.json || i < len(entries)-1 {
			b.WriteString(s.end)
		}
		b.WriteString(s.newline)
	}
	b.WriteString(strings.Repeat(s.indent, depth) + "}")
}

var (
	bareKey  = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_.$>*/-]*$`)
	bareText = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./>*-]*$`)
	boolText = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off)$`)
	jsonWord = regexp.MustCompile(`^(true|false|null|-?[0-9]+(\.[0-9]+)?)$`)
)

func (s *style) text(t string) string {
	if s.json {
		quoted, err := json.Marshal(t)
		if err == nil {
			return string(quoted)
		}
	}
	bare := bareText.MatchString(t) && !boolText.MatchString(t)
	switch {
	case bare && s.quote == 0, t != "" && s.g.chance(s.hazard):
		return t
	case s.quote == '\'' && !strings.ContainsAny(t, "'\\"):
		return "'" + t + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t) + `"`
}
