package fixes

import (
	"slices"

	"github.com/natsfix/natsfix/internal/schema"
)

// Fields says at the values of which fields a rule looks ([Rule.Fields]). Of a
// list that is for its items, too. The field is nil for what the server does not
// know.
type Fields func(*schema.Block, *schema.Field) bool

// At is for fields of a block with that path in the field table ("" for the top
// level).
func At(block string, fields ...string) Fields {
	return func(b *schema.Block, f *schema.Field) bool {
		return f != nil && b != nil && b.Path == block && slices.Contains(fields, f.Name)
	}
}

// In is for all that stands in blocks with these paths, known to the server or
// not.
func In(blocks ...string) Fields {
	return func(b *schema.Block, _ *schema.Field) bool { return b != nil && slices.Contains(blocks, b.Path) }
}

// Named is for the fields of these names, in whatever block.
func Named(fields ...string) Fields {
	return func(_ *schema.Block, f *schema.Field) bool { return f != nil && slices.Contains(fields, f.Name) }
}

// Typed is for fields that take one of these types, or a list of them.
func Typed(t schema.Type) Fields {
	return func(_ *schema.Block, f *schema.Field) bool { return f != nil && (f.Type|f.Elem)&t != 0 }
}

// All is for all values there are.
func All(*schema.Block, *schema.Field) bool { return true }

// Known is for all that the server knows.
func Known(_ *schema.Block, f *schema.Field) bool { return f != nil }

// Unknown is for what it does not know.
func Unknown(_ *schema.Block, f *schema.Field) bool { return f == nil }

// Either is for what one of them is for.
func Either(list ...Fields) Fields {
	return func(b *schema.Block, f *schema.Field) bool {
		return slices.ContainsFunc(list, func(fields Fields) bool { return fields(b, f) })
	}
}
