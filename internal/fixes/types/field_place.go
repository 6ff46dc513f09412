package types

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
	"github.com/natsfix/natsfix/internal/suggest"
)

// nearest returns the field of the block that a key was probably meant to be,
// and whether that is certain: only capitals, hyphens and underscores differ.
func nearest(v *fixes.Visit) (to string, certain bool) {
	count := 0
	for i := range v.Block.Fields {
		f := &v.Block.Fields[i]
		if sameBare(f.Name, v.Entry.Key) {
			return f.Name, true
		}
		for _, name := range f.Aliases {
			if sameBare(name, v.Entry.Key) {
				return name, true
			}
		}
		count += 1 + len(f.Aliases)
	}
	if belongs(v) != nil {
		return "", false // the very name is known elsewhere
	}
	names := make([]string, 0, count)
	for i := range v.Block.Fields {
		names = append(append(names, v.Block.Fields[i].Name), v.Block.Fields[i].Aliases...)
	}
	if to = suggest.Suggest(v.Entry.Key, names); to == "" {
		to = likely(v, names)
	}
	return to, false
}

// likely returns the one name of a block that a key may be meant to be, though
// it is not near to any: it is the start of the key (dest for destination), or
// starts like a short key and has two slips in it, or three if it ends like it,
// too. The value must be of the field's kind.
func likely(v *fixes.Visit, names []string) string {
	key, found := strings.ToLower(v.Entry.Key), ""
	for _, name := range names {
		kind := kindOf(v.Value)
		if key == "" || name[0] != key[0] || kind == 0 || v.Block.Field(name).Type&kind == 0 {
			continue
		}
		start := len(name) >= 4 && strings.HasPrefix(key, name) || len(names) <= 4 && len(name) >= 4 && len(key) >= 4 && key[:3] == name[:3]
		slips := 2
		if name[len(name)-1] == key[len(key)-1] {
			slips = 3
		}
		short := len(key) >= 4 && len(key) <= 5 && len(name) >= 4 && suggest.Slips(key, name) <= min(slips, len(name)/2)
		if !start && !short {
			continue
		}
		if found != "" && v.Block.Field(found) != v.Block.Field(name) {
			return ""
		}
		found = name
	}
	return found
}

// sameBare reports whether two keys differ only in what people write
// differently in keys: letter case, hyphens, underscores, dots and blanks.
func sameBare(a, b string) bool {
	for {
		var x, y rune
		x, a = nextBare(a)
		y, b = nextBare(b)
		if x != y {
			return false
		}
		if x == 0 {
			return true
		}
	}
}

// nextBare returns the first rune that counts, in lower case, and what follows;
// 0 at the end.
func nextBare(key string) (rune, string) {
	for key != "" {
		r, size := utf8.DecodeRuneInString(key)
		key = key[size:]
		if r != '_' && r != '-' && r != '.' && r != ' ' {
			return unicode.ToLower(r), key
		}
	}
	return 0, ""
}

// shared reports whether the entry's text stands in another block, too, by a
// variable or an include, which knows the key or not by its own fields.
func shared(p *fixes.Pass, v *fixes.Visit) bool {
	for _, u := range p.Fleet.Uses(v.Value.Node) {
		path := fleet.SplitPath(u.Path)
		if u.Server != v.Server || u.Path == v.Path() {
			continue
		}
		if top := v.Server.Values.Get(path[0]); top == nil || !top.Used {
			return true
		}
	}
	return false
}

// hasField reports whether the block around a value has a field under one of
// its names.
func hasField(v *fixes.Visit, f *schema.Field) bool {
	m := v.Server.Values
	if v.Parent != nil {
		m = v.Parent.Value.Map
	}
	return hasName(m, f)
}

func hasName(m *fleet.Map, f *schema.Field) bool {
	return m.Field(append([]string{strings.ToLower(f.Name)}, f.Aliases...)...) != nil
}

// target is a block where a field belongs.
type target struct {
	visit *fixes.Visit // the block around it that is there, nil for the top level
	child string       // the block in it that holds the field, "" if it is that block itself
	field *schema.Field
}

func (t target) String() string {
	where := "the top level"
	if t.visit != nil {
		where = t.visit.Path()
	}
	if t.child == "" {
		return where
	}
	if t.visit == nil {
		return t.child
	}
	return where + "." + t.child
}

// belongs returns the blocks that know the key and its kind of value: those
// around the entry, and those in the block that it stands in.
func belongs(v *fixes.Visit) []target {
	var list []target
	add := func(at *fixes.Visit, b *schema.Block, child string) {
		if b == nil || b.Data != nil || v.Entry == nil {
			return
		}
		f := b.Field(v.Entry.Key)
		if kind := kindOf(v.Value); f != nil && (kind == 0 || f.Type&kind != 0) {
			list = append(list, target{at, child, f})
		}
	}
	for at := v.Parent; ; at = at.Parent {
		if at == nil {
			if v.Parent != nil {
				add(nil, schema.Root(), "")
			}
			break
		}
		if at != v.Parent && at.Field != nil && at.Value.Map != nil {
			add(at, at.Field.Block, "")
		}
	}
	for i := range v.Block.Fields {
		if f := &v.Block.Fields[i]; f.Takes(schema.Map) {
			add(v.Parent, f.Block, f.Name)
		}
	}
	return list
}

// reportMove reports a field that stands in the wrong block.
func reportMove(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding) {
	list := belongs(v)
	switch len(list) {
	case 0:
		if amongVariables(v) {
			reportUnused(p, v, f)
			return
		}
		p.Report(f.Because(fixes.Manual, "no field of a near name is known here: take it out, or see the reference for its block"))
		return
	case 1:
	default:
		var names []string
		var inside []target
		for _, t := range list {
			names = append(names, t.String())
			if t.child != "" {
				inside = append(inside, t)
			}
		}
		if len(inside) != 1 {
			p.Report(f.Because(fixes.Manual, fmt.Sprintf("it is a field of %s: move it where it is meant", strings.Join(names, " and of "))))
			return
		}
		// It stands in a block that has a place for it.
		f.Message += fmt.Sprintf("; it is a field of %s", strings.Join(names, " and of "))
		list = inside
	}
	to := list[0]
	if to.child == "" && inList(v) {
		p.Report(f.Because(fixes.Manual, fmt.Sprintf("it is a field of %s, for all entries of the list: move it there if that is meant", to)))
		return
	}
	fix, why := move(p, v, to)
	f.With(fix, fmt.Sprintf("it is a field of %s; %s", to, why))
	if take, _ := p.Param("take"); take != "suggestion" {
		f.Because(fixes.NeedsChoice, fmt.Sprintf("it is a field of %s: --set unknown-field.take=suggestion moves it there", to))
	}
	p.Report(f)
}

// amongVariables reports whether a key stands among definitions of variables, and
// holds what one may hold.
func amongVariables(v *fixes.Visit) bool {
	m := v.Server.Values
	if v.Parent != nil {
		m = v.Parent.Value.Map
	}
	return slices.ContainsFunc(m.Entries, func(e *fleet.Entry) bool {
		return e.Used && e.Doc == v.Entry.Doc && v.Block.Field(e.Key) == nil
	})
}

// reportUnused reports a key that is like the variables beside it, but that
// nothing refers to it.
func reportUnused(p *fixes.Pass, v *fixes.Visit, f *fixes.Finding) {
	fix := p.Delete(v, "take %s out", v.Entry.Key)
	f.With(fix, "no field of a near name is known here: take it out, or see the reference for its block")
	if take, _ := p.Param("take"); take != "suggestion" {
		f.Because(fixes.NeedsChoice, "variables stand beside it, and nothing refers to this one: --set unknown-field.take=suggestion takes it out")
	}
	p.Report(f)
}

// inList reports whether an entry stands in a list of blocks, one of several
// that may disagree.
func inList(v *fixes.Visit) bool {
	for at := v.Parent; at != nil; at = at.Parent {
		if at.Entry == nil {
			return true
		}
	}
	return false
}

// move returns the fix that moves an entry to the block where it belongs.
func move(p *fixes.Pass, v *fixes.Visit, to target) (*fixes.Fix, string) {
	var block *fleet.Value
	m := v.Server.Values
	if to.visit != nil {
		block, m = to.visit.Value, to.visit.Value.Map
	}
	key := v.Entry.Key
	value := v.Entry.Node.Value()
	if value.Valid() && strings.Contains(value.Raw(), "\n") && to.child != "" && m.Field(to.child) == nil && v.Entry.Doc == v.Server.Root &&
		!slices.ContainsFunc(p.Fleet.Uses(value), func(u fleet.Use) bool { return u.Server != v.Server }) {
		if fix := wrapLines(v, to); fix != nil {
			return fix, ""
		}
	}
	switch {
	case !value.Valid() || value.Kind() == ast.KindMap || strings.Contains(value.Raw(), "\n"):
		return nil, "move it there by hand, since it takes several lines"
	case v.Entry.Doc != v.Server.Root || block != nil && block.Doc != v.Server.Root || slices.ContainsFunc(p.Fleet.Uses(value), func(u fleet.Use) bool { return u.Server != v.Server }):
		return nil, "move it there by hand, since an included file holds it"
	}
	field := ast.Field{Key: key, Value: ast.Raw(value.Raw())}
	where := ast.AtEnd()
	if to.child != "" {
		if e := m.Field(to.child); e != nil {
			if !e.Value.IsMap() || e.Value.Doc != v.Server.Root {
				return nil, "its value leaves no place for it"
			}
			block, m = e.Value, e.Value.Map
		} else {
			field = ast.Field{Key: to.child, Value: ast.Map(field)}
			m = nil
		}
	}
	if hasName(m, to.field) {
		return nil, "it is there already: take one of them out"
	}
	if to.child == "" {
		// Behind the block that it stands in, so that variables are still defined.
		outer := v.Parent
		for outer.Entry == nil || outer.Parent != to.visit {
			outer = outer.Parent
		}
		where = ast.After(outer.Entry.Node)
	}
	remove := p.Delete(v, "")
	if remove.LosesComment() {
		return nil, "move it there by hand, with its comment"
	}
	insert := p.Insert(v.Server, block, field, where, "move %s to %s", key, to)
	if fix := insert.Join(remove); fix != nil || m != nil || v.Entry.Used || v.Entry.Doc != v.Server.Root {
		return fix, "a variable refers to it, or the block cannot be edited, or holds nothing else"
	}
	// The only entry of its block becomes the block.
	name, err := ast.RenameKey(v.Entry.Node, to.child)
	if err != nil {
		return nil, "the key cannot be written here"
	}
	content, err := ast.SetValue(value, field.Value)
	if err != nil {
		return nil, "the value cannot be written here"
	}
	fix := fixes.NewFix(v.Entry.Doc, append(name, content...), "move %s to %s", key, to)
	if fix != nil {
		fix.Within = append(fix.Within, fixes.Within{Server: v.Server, Path: v.Path()}, fixes.Within{Server: v.Server, Path: to.String()})
	}
	return fix, "a variable refers to it, or the block cannot be edited, or holds nothing else"
}
