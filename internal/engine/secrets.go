package engine

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// mask takes the place of a secret in what is shown.
const mask = "********"

// secrets finds the bytes that must not be shown in the files that change.
func (r *run) secrets(p *plan, files map[string]*File) {
	for _, side := range []struct {
		fleet *fleet.Fleet
		put   func(*File, []Span)
	}{
		{r.first, func(f *File, s []Span) { f.SecretsBefore = s }},
		{p.fleet, func(f *File, s []Span) { f.SecretsAfter = s }},
	} {
		marked := make(map[string][]Span)
		for _, s := range side.fleet.Servers {
			if !slices.ContainsFunc(s.Docs, func(d *fleet.Doc) bool { return changes(files, d.Path) }) {
				continue
			}
			s.Each(func(path string, e *fleet.Entry, v *fleet.Value) {
				if changes(files, v.Doc.Path) && v.Map == nil && isSecretPath(path) {
					marked[v.Doc.Path] = append(marked[v.Doc.Path], Span(v.Node.TextSpan()))
				}
			})
		}
		for _, d := range side.fleet.Docs {
			if f := files[d.Path]; changes(files, d.Path) {
				side.put(f, SecretSpans(d.Tree, marked[d.Path]))
			}
		}
	}
}

func changes(files map[string]*File, path string) bool {
	f := files[path]
	return f != nil && f.After != nil
}

// isSecretPath reports whether the field table marks a path as a secret.
func isSecretPath(path string) bool {
	f := schema.Root().Find(fleet.SplitPath(path)...)
	return f != nil && f.Secret
}

// secretKeys are words in a key that tell a secret wherever it stands: in
// fragments, unknown fields, and variables that are used as one.
var secretKeys = []string{"pass", "token", "secret", "seed", "encryption_key", "nkey_seed", "prev_key", "credential_key"}

// SecretSpans returns the bytes of a document that must not be shown: those
// that are known, values under keys that sound like secrets, text that looks
// like one (seeds, JWTs, bcrypt hashes, passwords in URLs), and every other
// place at which one of these secrets stands again, comments included.
func SecretSpans(d *ast.Document, known []Span) []Span {
	src := d.Source()
	spans := slices.Clone(known)
	for n := range d.Root().Walk() {
		if n.Kind() != ast.KindEntry || !n.Value().Valid() || n.Value().Kind().IsContainer() {
			continue
		}
		if v := n.Value(); v.Kind() != ast.KindVariable && v.Kind() != ast.KindBool && soundsSecret(n.Key()) {
			spans = append(spans, Span(v.TextSpan()))
		}
	}
	for t := range d.Tokens() {
		if t.Kind != ast.TokenScalar && t.Kind != ast.TokenComment && t.Kind != ast.TokenJunk {
			continue
		}
		text := string(src[t.Start:t.End])
		for _, s := range schema.SecretSpans(text) {
			spans = append(spans, Span{t.Start + s.Start, t.Start + s.End})
		}
		if t.Kind != ast.TokenScalar {
			if s, ok := commentedSecret(text); ok {
				spans = append(spans, Span{t.Start + s.Start, t.Start + s.End})
			}
		}
	}
	spans = append(spans, repeats(src, spans)...)
	return union(spans)
}

func soundsSecret(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(secretKeys, func(word string) bool { return strings.Contains(key, word) })
}

// commentedSecret finds the value of an entry that is commented out, such as
// # password: foo.
func commentedSecret(text string) (Span, bool) {
	i := strings.IndexAny(text, ":=")
	if i < 0 || !soundsSecret(text[:i]) {
		return Span{}, false
	}
	start := i + 1 + len(text[i+1:]) - len(strings.TrimLeft(text[i+1:], " \t\"'"))
	end := start + strings.IndexAny(text[start:]+"\n", " \t\"',;}\r\n")
	return Span{start, end}, end > start
}

// repeats finds other places of the same secrets. Short ones are left out:
// they would blacken half a file and tell no more.
func repeats(src []byte, spans []Span) []Span {
	const shortest = 5
	var out []Span
	seen := make(map[string]bool)
	for _, s := range spans {
		secret := string(src[s.Start:s.End])
		if len(secret) < shortest || seen[secret] {
			continue
		}
		seen[secret] = true
		for at := 0; ; {
			i := bytes.Index(src[at:], []byte(secret))
			if i < 0 {
				break
			}
			out = append(out, Span{at + i, at + i + len(secret)})
			at += i + len(secret)
		}
	}
	return out
}

// union sorts spans and joins those that touch.
func union(spans []Span) []Span {
	spans = slices.DeleteFunc(spans, func(s Span) bool { return s.End <= s.Start })
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// maskChanges masks secrets in the effective changes and marks edits that hold
// them.
func maskChanges(res *Result) {
	changed := func(list []Change) {
		for i := range list {
			if isSecretPath(list[i].Path) {
				list[i].Before, list[i].After = maskText(list[i].Before), maskText(list[i].After)
				continue
			}
			list[i].Before, list[i].After = maskSpans(list[i].Before), maskSpans(list[i].After)
		}
	}
	for _, g := range res.Groups {
		changed(g.Changes)
	}
	for _, f := range res.Findings {
		f.Message = maskSpans(f.Message)
		if f.Fix == nil {
			continue
		}
		changed(f.Fix.Changes)
		for i, e := range f.Fix.Edits {
			secretPath := slices.ContainsFunc(f.Fix.Changes, func(c Change) bool { return isSecretPath(c.Path) })
			f.Fix.Edits[i].Secret = secretPath || len(schema.SecretSpans(e.New)) > 0
		}
	}
}

func maskText(s string) string {
	if s == "" {
		return ""
	}
	return `"` + mask + `"`
}

func maskSpans(s string) string {
	spans := schema.SecretSpans(s)
	for i := len(spans) - 1; i >= 0; i-- {
		s = s[:spans[i].Start] + mask + s[spans[i].End:]
	}
	return s
}
