package verify

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// locate finds where a problem stands in the files as they were read: where
// the server says, else at what its message names.
func (in *inquiry) locate(p oracle.Problem) problem {
	d := in.copy.doc(p.File)
	if d == nil || p.Line == 0 {
		return problem{Problem: p, place: placeByWords(in.server, p.Message)}
	}
	entry := p.Entry(d.tree())
	if !entry.Valid() {
		start := d.lineStart(p.Line)
		return problem{Problem: p, place: d.place(ast.Span{Start: start, End: d.tree().LineEnd(start)})}
	}
	value := entry.Value()
	return problem{
		Problem: p, place: d.place(spanIn(entry, p.Message)),
		block: d.place(entry.Span()).span, container: value.Valid() && value.Kind().IsContainer(),
	}
}

// spanIn returns what of an entry a message speaks of: the key, or a value
// that is no block.
func spanIn(entry ast.Node, message string) ast.Span {
	value := entry.Value()
	if strings.HasPrefix(message, "unknown field") || !value.Valid() {
		return entry.KeySpan()
	}
	if !value.Kind().IsContainer() {
		return value.Span()
	}
	// The server points at the block and names what is in it.
	names := quotedIn(message)
	for n := range value.Walk() {
		for _, name := range names {
			switch {
			case n.Kind() == ast.KindEntry && n.Key() == name:
				return n.KeySpan()
			case n.Kind() == ast.KindString && n.Text() == name:
				return n.Span()
			}
		}
	}
	return entry.KeySpan()
}

// doubleQuoted and singleQuoted match what a message quotes.
var (
	doubleQuoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	singleQuoted = regexp.MustCompile(`'[^']+'`)
)

// quotedIn returns what a message quotes.
func quotedIn(message string) []string {
	var names []string
	for _, q := range doubleQuoted.FindAllString(message, -1) {
		if name, err := strconv.Unquote(q); err == nil && name != "" {
			names = append(names, name)
		}
	}
	for _, q := range singleQuoted.FindAllString(message, -1) {
		names = append(names, strings.Trim(q, "'"))
	}
	return names
}

// found is a value of a server's effective configuration.
type found struct {
	entry *fleet.Entry // nil for an item of a list
	value *fleet.Value
}

// place returns where the value is written: a block's key, else the value, or
// the variable that it comes from.
func (f found) place() place {
	if f.entry != nil && f.entry.Node.Valid() && (f.value.IsMap() || f.value.IsList()) {
		return place{f.entry.Doc, f.entry.Node.KeySpan()}
	}
	n, doc := f.value.Place()
	if doc == nil || doc.Env != "" {
		return place{}
	}
	return place{doc, n.Span()}
}

// placeByWords finds what a message without a position speaks of: the field
// that the server checks when it says so, that of several values which the
// message quotes, or else the block that it names.
func placeByWords(s *fleet.Server, message string) place {
	if strings.HasPrefix(message, "config has no values") {
		return place{s.Root, ast.Span{}}
	}
	names := quotedIn(message)
	for _, path := range pathsOf(message, s.SystemAccount()) {
		list := lookup(s.Values, strings.Split(path, "."))
		for _, f := range list {
			if f.mentions(names) {
				return f.place()
			}
		}
		if len(list) > 0 && list[0].place().valid() {
			return list[0].place()
		}
	}
	// A name is told only if it stands in one place.
	var at place
	times := 0
	s.Each(func(_ string, e *fleet.Entry, v *fleet.Value) {
		f := found{e, v}
		if f.value.IsString() && f.mentions(names) && f.place().valid() {
			at = f.place()
			times++
		}
	})
	if times == 1 {
		return at
	}
	if at := placeByKey(s, message, names); at.valid() {
		return at
	}
	lower := strings.ToLower(message)
	for _, block := range blocks {
		if strings.Contains(lower, block.word) {
			if e := s.Values.Field(block.names...); e != nil {
				return found{e, e.Value}.place()
			}
		}
	}
	return place{}
}

// placeByKey finds a value in which a message quotes a part, or the field of the
// longest name that stands in the message.
func placeByKey(s *fleet.Server, message string, names []string) place {
	spoken := " " + strings.ToLower(words(message)) + " "
	var part, field place
	longest := 0
	s.Each(func(_ string, e *fleet.Entry, v *fleet.Value) {
		f := found{e, v}
		for _, name := range names {
			if len(name) > 2 && v.IsString() && strings.Contains(v.Text(), name) && !part.valid() {
				part = f.place()
			}
		}
		if e != nil && len(e.Key) > max(3, longest) && strings.Contains(spoken, " "+strings.ToLower(e.Key)+" ") {
			if at := f.place(); at.valid() {
				field, longest = at, len(e.Key)
			}
		}
	})
	if part.valid() {
		return part
	}
	return field
}

// mentions reports whether the value, its key, or a value in it is one of some
// names.
func (f found) mentions(names []string) bool {
	for _, name := range names {
		if f.entry != nil && f.entry.Key == name || f.value.Text() == name {
			return true
		}
		if f.value.IsMap() && (f.value.Map.Value("user", "username", "nkey", "name").Text() == name) {
			return true
		}
	}
	return false
}

// lookup returns the values at a path: keys, "a|b" for names of one field, "*"
// for everything in a list or block, and "=name" for exactly that key.
func lookup(m *fleet.Map, path []string) []found {
	list := []found{{value: &fleet.Value{Map: m}}}
	for _, key := range path {
		var next []found
		for _, f := range list {
			name, exact := strings.CutPrefix(key, "=")
			switch {
			case key == "*":
				for _, item := range f.value.List {
					next = append(next, found{value: item})
				}
				if f.value.Map != nil {
					for _, e := range f.value.Map.Entries {
						next = append(next, found{e, e.Value})
					}
				}
			case f.value.Map == nil:
			case exact:
				if e := f.value.Map.Get(name); e != nil {
					next = append(next, found{e, e.Value})
				}
			default:
				if e := f.value.Map.Field(strings.Split(key, "|")...); e != nil {
					next = append(next, found{e, e.Value})
				}
			}
		}
		list = next
	}
	return list
}
