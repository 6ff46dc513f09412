package fixes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Finding starts a finding at the value: where it is used, if it came through
// a variable. The caller adds the rest and reports it.
func (v *Visit) Finding(format string, args ...any) *Finding {
	n, doc := v.Value.Place()
	return &Finding{Doc: doc, Span: n.Span(), Message: fmt.Sprintf(format, args...)}
}

// KeyFinding starts a finding at the value's key.
func (v *Visit) KeyFinding(format string, args ...any) *Finding {
	if v.Entry == nil || !v.Entry.Node.Valid() {
		return v.Finding(format, args...)
	}
	return &Finding{Doc: v.Entry.Doc, Span: v.Entry.Node.KeySpan(), Message: fmt.Sprintf(format, args...)}
}

// With adds a fix to the finding; a nil fix makes it manual for the reason.
func (f *Finding) With(fix *Fix, otherwise string) *Finding {
	if f.Fix = fix; fix == nil {
		f.Applicability, f.Reason = Manual, otherwise
	}
	return f
}

// Because sets how the fix may be applied and why not without asking.
func (f *Finding) Because(a Applicability, reason string) *Finding {
	if f.Fix != nil || a == Manual {
		f.Applicability, f.Reason = a, reason
	}
	return f
}

// Beside adds a related place: the value of an entry.
func (f *Finding) Beside(e *fleet.Entry, format string, args ...any) *Finding {
	f.Related = append(f.Related, Related{Doc: e.Doc, Span: e.Node.Span(), Message: fmt.Sprintf(format, args...)})
	return f
}

// NewFix returns a fix that edits one document and changes nothing in the
// effective configuration of a server, or nil if there are no edits.
func NewFix(doc *fleet.Doc, edits []ast.Edit, title string, args ...any) *Fix {
	if len(edits) == 0 || doc.Env != "" {
		return nil
	}
	fix := &Fix{Title: fmt.Sprintf(title, args...)}
	for _, e := range edits {
		fix.Edits = append(fix.Edits, Edit{doc, e})
	}
	return fix
}

// Join adds the edits of another fix: both are applied, or none. It returns nil
// if one of them is nil, or they edit the same bytes.
func (fix *Fix) Join(other *Fix) *Fix {
	if fix == nil || other == nil {
		return nil
	}
	for _, a := range fix.Edits {
		for _, b := range other.Edits {
			if a.Doc == b.Doc && a.Start < b.End && b.Start < a.End {
				return nil
			}
		}
	}
	fix.Edits = append(fix.Edits, other.Edits...)
	fix.Changes = append(fix.Changes, other.Changes...)
	fix.Within = append(fix.Within, other.Within...)
	fix.Same = fix.Same && other.Same
	return fix
}

// KeepsMeaning says of the fix that the server reads the same before and after
// it (see [Fix.Same]). The fix may be nil.
func (fix *Fix) KeepsMeaning() *Fix {
	if fix != nil {
		fix.Same = true
	}
	return fix
}

// target returns the node whose text makes up the value, if editing it is
// right for all who share it: other places may see it through a variable or a
// shared include as long as it is the same field there.
func (p *Pass) target(v *Visit) (ast.Node, *fleet.Doc, []fleet.Use) {
	return p.targetFor(v, func(f *schema.Field) bool { return f == v.Field })
}

// targetFor is target for a change that is right for all fields that fit.
func (p *Pass) targetFor(v *Visit, fits func(*schema.Field) bool) (ast.Node, *fleet.Doc, []fleet.Use) {
	n, doc := v.Value.Node, v.Value.Doc
	if doc.Env != "" || n.Lost() {
		return ast.Node{}, nil, nil
	}
	uses := p.Fleet.Uses(n)
	for _, u := range uses {
		if IsDefinition(u) {
			continue
		}
		if f := schema.Root().Find(fleet.SplitPath(u.Path)...); !fits(f) {
			return ast.Node{}, nil, nil
		}
	}
	return n, doc, uses
}

// Replace returns the fix that gives a value another text, nil if it cannot be
// edited: it comes from the environment, or other fields share it through a
// variable.
func (p *Pass) Replace(v *Visit, to ast.Literal, title string, args ...any) *Fix {
	n, doc, uses := p.target(v)
	if !n.Valid() {
		return nil
	}
	edits, err := ast.SetValue(n, to)
	if err != nil {
		return nil
	}
	return within(NewFix(doc, edits, title, args...), uses)
}

// Retype is Replace for a change that is right for every field that takes the
// same values: a text that means the same in another form. Other fields may
// share it through a variable.
func (p *Pass) Retype(v *Visit, to ast.Literal, title string, args ...any) *Fix {
	n, doc, uses := p.targetFor(v, func(f *schema.Field) bool {
		return f == v.Field || f != nil && v.Field != nil && f.Type == v.Field.Type && f.Elem == v.Field.Elem &&
			f.ExactValues == v.Field.ExactValues && slices.Equal(f.Values, v.Field.Values)
	})
	if !n.Valid() {
		return nil
	}
	edits, err := ast.SetValue(n, to)
	if err != nil {
		return nil
	}
	return within(NewFix(doc, edits, title, args...), uses)
}

// Wrap returns the fix that puts a value into a list, nil if it cannot be
// edited.
func (p *Pass) Wrap(v *Visit, title string, args ...any) *Fix {
	n, doc, uses := p.target(v)
	if !n.Valid() {
		return nil
	}
	edits, err := ast.WrapInList(n)
	if err != nil {
		return nil
	}
	return within(NewFix(doc, edits, title, args...), uses)
}

// Unwrap returns the fix that puts the only item of a list in the list's place,
// nil if it cannot be edited.
func (p *Pass) Unwrap(v *Visit, title string, args ...any) *Fix {
	n, doc, uses := p.target(v)
	if !n.Valid() {
		return nil
	}
	edits, err := ast.Unwrap(n)
	if err != nil {
		return nil
	}
	return within(NewFix(doc, edits, title, args...), uses)
}

// Delete returns the fix that takes out an entry or an item of a list, nil if
// it cannot: a variable refers to it.
func (p *Pass) Delete(v *Visit, title string, args ...any) *Fix {
	n, doc := v.Value.Place()
	if v.Entry != nil {
		n, doc = v.Entry.Node, v.Entry.Doc
		if v.Entry.Used {
			return nil
		}
	}
	uses := p.Fleet.Uses(v.Value.Node)
	if v.Value.Use.Valid() {
		uses = p.Fleet.Uses(v.Value.Use)
	}
	edits, err := ast.DeleteEntry(n)
	if err != nil {
		return nil
	}
	fix := within(NewFix(doc, edits, title, args...), uses)
	if fix != nil && v.Parent != nil {
		// The block or list around it: it may become empty, and the items
		// behind it move up.
		for _, u := range uses {
			if i := strings.LastIndexAny(u.Path, ".["); i > 0 && (v.Entry == nil || len(v.Parent.Value.Map.Entries) == 1) {
				fix.Within = append(fix.Within, Within{u.Server, u.Path[:i]})
			}
		}
	}
	return fix
}

// DeleteAll is Delete for several entries of one document: neighbours that
// share their separators go together.
func (p *Pass) DeleteAll(vs []*Visit, title string, args ...any) *Fix {
	var nodes []ast.Node
	var all *Fix
	for _, v := range vs {
		fix := p.Delete(v, title, args...)
		if fix == nil || v.Entry == nil || v.Entry.Doc != vs[0].Entry.Doc {
			return nil
		}
		nodes = append(nodes, v.Entry.Node)
		if all == nil {
			all = fix
		} else {
			all.Within = append(all.Within, fix.Within...)
		}
	}
	edits, err := ast.DeleteEntries(nodes...)
	if err != nil || all == nil {
		return nil
	}
	all.Edits = nil
	for _, e := range edits {
		all.Edits = append(all.Edits, Edit{vs[0].Entry.Doc, e})
	}
	return all
}

// Rename returns the fix that gives an entry another key, nil if it cannot: a
// variable refers to it, or the key is there already.
func (p *Pass) Rename(v *Visit, key string, title string, args ...any) *Fix {
	if v.Entry == nil || v.Entry.Used || v.Entry.Doc.Env != "" {
		return nil
	}
	m := v.Server.Values
	if v.Parent != nil {
		m = v.Parent.Value.Map
	}
	if e := m.Get(key); e != nil {
		return nil
	}
	edits, err := ast.RenameKey(v.Entry.Node, key)
	if err != nil {
		return nil
	}
	fix := NewFix(v.Entry.Doc, edits, title, args...)
	if fix == nil {
		return nil
	}
	for _, u := range p.entryUses(v.Entry) {
		parent := strings.TrimSuffix(strings.TrimSuffix(u.Path, fleet.JoinKey("", v.Entry.Key)), ".")
		fix.Within = append(fix.Within, Within{u.Server, u.Path}, Within{u.Server, fleet.JoinKey(parent, key)})
	}
	return fix
}

// entryUses returns the places at which an entry takes effect.
func (p *Pass) entryUses(e *fleet.Entry) []fleet.Use {
	n := e.Value.Node
	if e.Value.Use.Valid() {
		n = e.Value.Use
	}
	return slices.DeleteFunc(slices.Clone(p.Fleet.Uses(n)), func(u fleet.Use) bool {
		return u.Entry == nil || u.Entry.Node != e.Node
	})
}

// Insert returns the fix that adds an entry to a block of a server: the value
// of a map, or nil for the top level. It is nil if the block cannot be edited
// or has the key. A shared block gains the entry for all who share it.
func (p *Pass) Insert(s *fleet.Server, block *fleet.Value, field ast.Field, where ast.Where, title string, args ...any) *Fix {
	doc, node, m := s.Root, TopBlock(s.Root), s.Values
	uses := []fleet.Use{{Server: s}}
	if block != nil {
		doc, node, m = block.Doc, block.Node, block.Map
		uses = p.Fleet.Uses(node)
	}
	if doc.Env != "" || m == nil || hasKey(m, uses, field.Key) {
		return nil
	}
	edits, err := ast.InsertEntry(node, field, where)
	if err != nil {
		return nil
	}
	fix := NewFix(doc, edits, title, args...)
	if fix == nil {
		return nil
	}
	for _, u := range uses {
		fix.Within = append(fix.Within, Within{u.Server, fleet.JoinKey(u.Path, field.Key)})
		if len(m.Entries) == 0 && u.Path != "" {
			fix.Within = append(fix.Within, Within{u.Server, u.Path})
		}
	}
	return fix
}

// hasKey reports whether a block has a key already: in any letter case, unless
// its keys are data, such as the names of accounts.
func hasKey(m *fleet.Map, uses []fleet.Use, key string) bool {
	for _, u := range uses {
		if f := schema.Root().Find(fleet.SplitPath(u.Path)...); f != nil && f.Block != nil && f.Block.Data != nil {
			return m.Get(key) != nil
		}
	}
	return m.Field(strings.ToLower(key)) != nil
}

func within(fix *Fix, uses []fleet.Use) *Fix {
	if fix == nil {
		return nil
	}
	for _, u := range uses {
		fix.Within = append(fix.Within, Within{u.Server, u.Path})
	}
	return fix
}
