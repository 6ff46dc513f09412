package host

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/repo"
	"github.com/natsfix/natsfix/internal/schema"
	"github.com/natsfix/natsfix/internal/suggest"
)

// weigher collects what speaks for and against a text.
type weigher struct {
	text     []byte
	plus     int
	minus    int
	telling  int      // ports and addresses that only NATS uses
	keys     []string // of the top level, in lower case
	known    []string // those that the server knows
	strange  []string // those it does not
	defines  int      // variables
	unlike   []string // known ones whose value has another shape
	includes int
	fields   int
	yaml     bool // a value is the header of a block scalar
}

// scales is memory that weigh uses again and again.
type scales struct {
	tree        ast.Workspace
	keys, known []string
}

var spareScales = sync.Pool{New: func() any { return new(scales) }}

// blockScalar matches the header of a block scalar.
var blockScalar = regexp.MustCompile(`^[|>][-+]?[1-9]?[-+]?$`)

// weigh parses a text and judges it.
func weigh(name string, text []byte) repo.Verdict {
	s := spareScales.Get().(*scales)
	defer spareScales.Put(s)
	tree := s.tree.Parse(name, text, ast.Latest)
	w := weigher{text: text, keys: s.keys[:0], known: s.known[:0]}
	defer func() { s.keys, s.known = w.keys, w.known }()
	w.topLevel(tree)
	if w.yaml {
		return repo.Verdict{Class: repo.Foreign, Why: "it is YAML"}
	}
	if why := otherProgram(w.keys); why != "" {
		return repo.Verdict{Class: repo.Foreign, Why: why}
	}
	v := w.verdict(tree, nameSpeaks(name))
	v.Includes = w.includes > 0
	return v
}

// topLevel weighs the entries of the whole text.
func (w *weigher) topLevel(tree *ast.Document) {
	for n := range tree.Root().Children() {
		switch n.Kind() {
		case ast.KindBraces:
			for c := range n.Children() {
				w.top(c)
			}
		default:
			w.top(n)
		}
	}
}

func (w *weigher) top(n ast.Node) {
	if n.Kind() == ast.KindInclude {
		if strings.Contains(n.Path(), "*") { // nats-server knows no patterns, many others do
			w.strange, w.minus = append(w.strange, "include of "+n.Path()), w.minus+3
			return
		}
		w.includes++
		return
	}
	if n.Kind() != ast.KindEntry {
		return
	}
	if v := n.Value(); v.Valid() && strings.IndexAny(v.Raw(), "|>") == 0 && blockScalar.MatchString(v.Raw()) {
		w.yaml = true
		return
	}
	key := strings.ToLower(n.Key())
	w.keys = append(w.keys, key)
	f, v := schema.Root().Field(key), n.Value()
	switch {
	case f != nil && !v.Valid():
		w.known = append(w.known, key)
	case f != nil && fits(f, v) && !isAddress(n):
		w.known = append(w.known, key)
		if common[key] {
			w.plus++
			w.block(key, f, v)
		} else {
			w.plus += enough
			w.value(f, v, 1)
		}
	case f != nil:
		w.unlike = append(w.unlike, key)
		w.minus += 3
	case w.isVariable(n.Key()) || isPartValue(v):
		w.defines++
	case isNear(key):
		w.strange = append(w.strange, key)
	default:
		w.strange = append(w.strange, key)
		w.minus += 3
	}
}

// block weighs the value of a common key. Three settings that only go together
// in nats-server speak for it; the files of a tls block alone do not.
func (w *weigher) block(key string, f *schema.Field, v ast.Node) {
	plus, minus, fields := w.plus, w.minus, w.fields
	w.value(f, v, 1)
	if v.Kind() != ast.KindMap || w.minus > minus {
		return
	}
	switch own, all := w.plus-plus, w.fields-fields; {
	case key == "tls":
		w.plus = min(w.plus, plus+3)
	case (key == "authorization" || key == "accounts") && all > 0 && (key == "authorization" || all > len(slices.Collect(v.Children()))):
		w.plus += enough - 1
	case (key == "mappings" || key == "maps") && all > 0 && strings.Contains(v.Raw(), "."):
		w.plus += enough - 1
	case own > 0 && all > 1:
		w.plus += 2
	}
}

// isPartValue reports whether a value is a block that stands inside others: an
// account, a user's permissions.
func isPartValue(v ast.Node) bool {
	return v.Valid() && v.Kind() == ast.KindMap && partOf(v) != ""
}

// isAddress reports whether an entry is an address that stands alone on a
// line, which reads like the key http and a value.
func isAddress(n ast.Node) bool {
	rest, ok := strings.CutPrefix(n.Raw(), n.Key())
	return ok && strings.HasPrefix(rest, "://")
}

// maxDepth bounds how deep blocks are looked into.
const maxDepth = 6

// value weighs what is in a value.
func (w *weigher) value(f *schema.Field, v ast.Node, depth int) {
	if !v.Valid() || depth > maxDepth {
		return
	}
	switch v.Kind() {
	case ast.KindMap:
		if f.Block == nil {
			return
		}
		for n := range v.Children() {
			if n.Kind() != ast.KindEntry {
				continue
			}
			w.fields++
			key := strings.ToLower(n.Key())
			inner := f.Block.Field(n.Key())
			switch {
			case inner == nil && !f.Block.Lenient && !w.isVariable(n.Key()) && schema.Root().Field(key) == nil:
				w.minus += 2
			case inner == nil: // or of the top level: a brace may be missing
			case f.Block.Data != nil:
				w.value(inner, n.Value(), depth+1)
			case !fits(inner, n.Value()):
				w.minus += 2
			default:
				if !common[key] && !commonInside[key] {
					w.plus++
				}
				w.value(inner, n.Value(), depth+1)
			}
		}
	case ast.KindArray:
		for n := range v.Children() {
			w.value(f, n, depth+1)
		}
	case ast.KindInt, ast.KindString:
		if isTelling(f, v) {
			w.telling++
		}
	}
}

// isTelling reports whether a value is a port or an address that only NATS
// uses.
func isTelling(f *schema.Field, v ast.Node) bool {
	raw := v.Raw()
	if strings.Contains(raw, "nats://") || strings.Contains(raw, "nats-route://") || strings.Contains(raw, "nats-leaf://") {
		return true
	}
	switch f.Name {
	case "resolver":
		return strings.EqualFold(raw, "MEMORY") || strings.HasPrefix(raw, "URL(")
	case "operator":
		return strings.Contains(raw, ".jwt") || strings.HasPrefix(strings.Trim(raw, `"'`), "eyJ")
	}
	if !f.Takes(schema.Port) && !f.Takes(schema.HostPort) {
		return false
	}
	text := strings.Trim(raw, `"'`)
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		text = text[i+1:]
	}
	switch text {
	case "-1", "4222", "4223", "6222", "7222", "7422", "8222":
		return true
	}
	return false
}

// fits reports whether a value has the shape that the server takes for a field.
// A scalar of another type does: that is what people get wrong.
func fits(f *schema.Field, v ast.Node) bool {
	if !v.Valid() {
		return false
	}
	scalar := f.Type&(schema.String|schema.Int|schema.Float|schema.Bool|schema.Ignored|schema.Unusable) != 0
	switch v.Kind() {
	case ast.KindMap:
		return f.Takes(schema.Map) || f.Takes(schema.Ignored)
	case ast.KindArray:
		return f.Takes(schema.List) || f.Takes(schema.Map) || f.Takes(schema.Ignored)
	case ast.KindVariable:
		return true
	case ast.KindError:
		return false
	}
	return scalar || f.Elem != 0 && v.Kind() == ast.KindString
}

// isVariable reports whether $name stands anywhere in the text.
func (w *weigher) isVariable(name string) bool {
	return name != "" && bytes.Contains(w.text, append([]byte{'$'}, name...))
}

// isNear reports whether a key is a misspelt one of the top level. Short keys
// are near to too much.
func isNear(key string) bool {
	return len(key) >= 6 && suggest.Suggest(key, rare) != ""
}

// verdict sums up; named says that the file's name speaks of NATS.
func (w *weigher) verdict(tree *ast.Document, named bool) repo.Verdict {
	plus, minus := w.plus+3*min(w.telling, 2), w.minus
	if named {
		plus += 2
	}
	if n := len(tree.Errors()); n > len(w.keys) {
		minus += 3 * (n - len(w.keys))
	}
	part := partOf(tree.Root())
	switch {
	case part != "" && len(w.known) < len(w.keys):
		return repo.Verdict{Class: repo.Part, Why: "it reads like a part of " + part + " that another file includes"}
	case len(w.keys)+len(w.strange) == 0 && w.includes == 0:
		return repo.Verdict{Class: repo.Nothing, Why: "it has no settings"}
	case len(w.known) > 0 && plus-minus >= enough && plus >= 2*minus:
		return repo.Verdict{Class: repo.Ours, Why: "settings of nats-server: " + list(w.known)}
	case len(w.known) == 0 && len(w.unlike)+len(w.strange) == 0 && w.defines > 0:
		return repo.Verdict{Class: repo.Part, Why: "it defines variables only, for a file that includes it"}
	case len(w.unlike) > 0:
		return repo.Verdict{Class: repo.Foreign, Why: "something else than nats-server takes there: " + list(w.unlike)}
	case len(w.strange) > 0 && minus > 0:
		return repo.Verdict{Class: repo.Foreign, Why: "nats-server knows no " + list(w.strange)}
	case minus > 0:
		return repo.Verdict{Class: repo.Unsure, Why: "nats-server does not know all that is in " + list(w.known)}
	case len(w.known) > 0:
		return repo.Verdict{Class: repo.Unsure, Why: "it has only " + list(w.known) + ", which other programs have, too"}
	case w.includes > 0:
		return repo.Verdict{Class: repo.Unsure, Why: "it includes files and has no setting of nats-server itself"}
	}
	return repo.Verdict{Class: repo.Foreign, Why: "it has no setting of nats-server"}
}

// partOf returns the block whose keys are those of a text or map, or "".
func partOf(entries ast.Node) string {
	for _, p := range parts {
		if p.fits(entries) {
			return p.name
		}
	}
	return ""
}

// fits reports whether all entries are fields of the block, and one of them is
// not found everywhere.
func (p part) fits(entries ast.Node) bool {
	telling := false
	for n := range entries.Children() {
		if n.Kind() != ast.KindEntry {
			continue
		}
		f := p.block.Field(n.Key())
		if f == nil || !fits(f, n.Value()) {
			return false
		}
		key := strings.ToLower(n.Key())
		telling = telling || p.own[key] || !common[key] && !commonInside[key]
	}
	return telling
}

// list names up to three things.
func list(names []string) string {
	names = slices.Clone(names)
	for i, n := range names {
		if len(n) > maxKey || strings.ContainsFunc(n, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			names[i] = fmt.Sprintf("%.40q", n)
		}
	}
	seen := names[:0]
	for _, n := range names {
		if !slices.Contains(seen, n) {
			seen = append(seen, n)
		}
	}
	if more := len(seen) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(seen[:3], ", "), more)
	}
	return strings.Join(seen, ", ")
}
