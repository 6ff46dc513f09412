package fixes

import (
	"bytes"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// Astray reports whether nobody wrote the entry's key as a key of that place:
// the parser has put a block under the name of another entry, because that has
// no value (empty-value, size-suffix), or the key is what is left of a value
// that a separator cuts short (unquoted-special).
func Astray(e *fleet.Entry) bool {
	if e == nil || !e.Node.Valid() {
		return false
	}
	if !e.Value.Use.Valid() && e.Value.Doc == e.Doc && e.Value.Node.Parent() != e.Node {
		return true
	}
	return leftOver(e.Node)
}

// CutShort reports whether a separator cuts a value without quotes short, so
// that the rest of it is taken for the next key (unquoted-special).
func CutShort(v ast.Node) bool {
	if !v.Parent().Valid() || v.Quote() != ast.Bare || v.Parent().Kind() != ast.KindEntry {
		return false
	}
	next := v.Parent().Next()
	return next.Valid() && next.Kind() == ast.KindEntry && leftOver(next)
}

// CutAddress reports whether a / ends a value without quotes, as in 10.0.0.0/8,
// of which cidr-unquoted speaks.
func CutAddress(v ast.Node) bool {
	if !v.Valid() || v.Kind() != ast.KindString || v.Quote() != ast.Bare {
		return false
	}
	src := v.Doc().Source()
	return v.End() < len(src) && src[v.End()] == '/'
}

// leftOver reports whether an entry's key is what a separator cut off the value
// in front of it, and has no value of its own.
func leftOver(entry ast.Node) bool {
	if entry.Quote() != ast.Bare || !Glued(entry).Valid() {
		return false
	}
	rest := entry.Doc().Source()[entry.KeySpan().End:]
	separated := len(rest) > 0 && (rest[0] == ':' || rest[0] == '=')
	return !separated || bytes.HasPrefix(rest, []byte("://"))
}

// Glued returns the value without quotes that an entry directly follows, with
// but a separator between them, none if there is a blank, the end of a line or
// no such value.
func Glued(entry ast.Node) ast.Node {
	prev := entry.Prev()
	if !prev.Valid() || prev.Kind() != ast.KindEntry || prev.End()+1 != entry.Start() {
		return ast.Node{}
	}
	if b := entry.Doc().Source()[prev.End()]; b == '\n' || b == '\r' {
		return ast.Node{}
	}
	if v := prev.Value(); v.Valid() && v.Kind() >= ast.KindString && v.Quote() == ast.Bare {
		return v
	}
	return ast.Node{}
}

// GluedComment reports whether a value without quotes has a comment glued to it
// that the field cannot take: 4222#clients for a port (comment-as-value).
func GluedComment(f *schema.Field, n ast.Node) bool {
	const plain = schema.Path | schema.URL | schema.Subject | schema.Account | schema.Cluster | schema.NKey | schema.Seed | schema.JWT
	if f == nil || f.Secret || f.Type&plain != 0 || n.Kind() != ast.KindString || n.Quote() != ast.Bare ||
		n.Parent().Kind() != ast.KindEntry || strings.IndexByte(n.Raw(), '#') <= 0 {
		return false
	}
	return !f.Takes(schema.String) || f.Type&(schema.Duration|schema.HostPort|schema.Enum|schema.Size) != 0
}
