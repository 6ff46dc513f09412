package engine

import (
	"bytes"
	"cmp"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/schema"
)

// isSecretPath reports whether the field table marks a path as a secret; of
// what the server does not know, whether its key sounds like one.
func isSecretPath(path string) bool {
	keys := fleet.SplitPath(path)
	if secret, known := schema.Root().FindSecret(keys...); known {
		return secret
	}
	return len(keys) > 0 && soundsSecret(keys[len(keys)-1])
}

// isSecret is isSecretPath for a value at hand.
func isSecret(v *fixes.Visit) bool {
	if v.Field != nil {
		return v.Field.Secret
	}
	if inSecret(v) {
		return true
	}
	for v.Entry == nil {
		v = v.Parent
	}
	return soundsSecret(v.Entry.Key)
}

// inSecret reports whether a value that the server does not know stands in a block
// that was given to a field for a secret.
func inSecret(v *fixes.Visit) bool {
	for v = v.Parent; v != nil; v = v.Parent {
		if v.Field != nil {
			return v.Field.Secret
		}
	}
	return false
}

// isSecretValue reports whether a value must not be shown.
func isSecretValue(v *fixes.Visit) bool {
	if v.Field != nil && !v.Field.Secret {
		return false // the ordinary value
	}
	return v.Value.Map == nil && !v.Value.Unknown() && isSecret(v)
}

// secretKeys are words in a key that tell a secret wherever it stands: in
// fragments, unknown fields, and variables that are used as one.
var secretKeys = newWords("pass", "token", "secret", "seed", "encryption_key", "nkey_seed", "prev_key", "credential_key")

// SecretSpans returns the bytes of a document that must not be shown: those
// that are known, values under keys that sound like secrets, text that looks
// like one (seeds, JWTs, bcrypt hashes, passwords in URLs), and every other
// place at which one of these secrets stands again, comments included.
func SecretSpans(d *ast.Document, marked []Span) []Span {
	spans := secretsOf(d, marked)
	if len(spans) == 0 {
		return nil
	}
	known := make(map[string]bool)
	for _, s := range spans {
		known[d.Text(ast.Span(s))] = true
	}
	return union(append(spans, repeats(d.Source(), known)...))
}

// secretsOf is SecretSpans without the places at which a secret stands again.
func secretsOf(d *ast.Document, marked []Span) []Span {
	all := d.Text(ast.Span{End: len(d.Source())})
	named, looks, broken := namesSecret(all), schema.MayHoldSecret(all), len(d.Errors()) > 0
	if len(marked) == 0 && !named && !looks {
		return nil
	}
	spans := slices.Clone(marked)
	keys := 0 // how often a word stands in a key
	if named {
		for n := range d.Root().Walk() {
			if n.Kind() != ast.KindEntry || !n.Value().Valid() || n.Value().Kind().IsContainer() {
				continue
			}
			keys += secretKeys.count(n.Key())
			if v := n.Value(); v.Kind() != ast.KindVariable && v.Kind() != ast.KindBool && soundsSecret(n.Key()) {
				spans = append(spans, Span(v.TextSpan()))
			}
		}
	}
	for i, s := range spans {
		spans[i] = whole(d.Source(), s)
	}
	if looks || broken || named && secretKeys.count(all) > keys {
		spans = append(spans, secretsInText(d, named, looks)...)
	}
	if broken {
		spans = append(spans, secretsBehindErrors(d)...)
	}
	return union(spans)
}

// secretsInText finds secrets by their look, and in comments.
func secretsInText(d *ast.Document, named, looks bool) []Span {
	var spans []Span
	for t := range d.Tokens() {
		if t.Kind != ast.TokenScalar && t.Kind != ast.TokenComment && t.Kind != ast.TokenJunk {
			continue
		}
		text := d.Text(ast.Span{Start: t.Start, End: t.End})
		if looks {
			for _, s := range schema.SecretSpans(text) {
				spans = append(spans, Span{t.Start + s.Start, t.Start + s.End})
			}
		}
		if named && t.Kind != ast.TokenScalar {
			for _, s := range commentedSecrets(text) {
				spans = append(spans, Span{t.Start + s.Start, t.Start + s.End})
			}
		}
	}
	return spans
}

// secretNames are parts of the keys under which a document that holds a secret
// has it: of every field that the field table marks, and of secretKeys.
var secretNames = newWords("pass", "token", "secret", "seed", "key", "ek", "sentinel", "preload")

// mayNameSecret is the quick answer for the ordinary document: whether a secret
// may stand in it under a key. It has no false negatives.
func mayNameSecret(text string) bool { return secretNames.in(text) }

// secretsBehindErrors finds the values of what looks like entries for secrets
// from the line of the first syntax error on: what the tree makes of the text
// there may not be what the person meant who wrote it.
func secretsBehindErrors(d *ast.Document) []Span {
	errs := d.Errors()
	if len(errs) == 0 {
		return nil
	}
	var out []Span
	for start := d.LineStart(errs[0].Span.Start); start < len(d.Source()); {
		end := len(d.Source())
		if i := bytes.IndexByte(d.Source()[start:], '\n'); i >= 0 {
			end = start + i
		}
		for _, s := range commentedSecrets(d.Text(ast.Span{Start: start, End: end})) {
			out = append(out, Span{start + s.Start, start + s.End})
		}
		start = end + 1
	}
	return out
}

// namesSecret reports whether one of the secretKeys stands anywhere in a text.
func namesSecret(text string) bool { return secretKeys.in(text) }

// words are looked for in texts, in any letter case.
type words struct {
	list []string
	// first and second have a bit for each word, by the bytes that it begins with.
	first, second [256]uint16
}

// newWords returns up to 16 words of two letters at least, which are in lower
// case.
func newWords(list ...string) *words {
	w := &words{list: list}
	for i, word := range list {
		for _, fold := range []byte{0, 0x20} {
			w.first[word[0]^fold] |= 1 << i
			w.second[word[1]^fold] |= 1 << i
		}
	}
	return w
}

// in reports whether one of the words stands in a text.
func (w *words) in(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		for may := w.first[text[i]] & w.second[text[i+1]]; may != 0; may &= may - 1 {
			word := w.list[bits.TrailingZeros16(may)]
			if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
				return true
			}
		}
	}
	return false
}

// count returns how often words stand in a text.
func (w *words) count(text string) int {
	n := 0
	for i := 0; i+1 < len(text); i++ {
		for may := w.first[text[i]] & w.second[text[i+1]]; may != 0; may &= may - 1 {
			word := w.list[bits.TrailingZeros16(may)]
			if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
				n++
			}
		}
	}
	return n
}

func soundsSecret(key string) bool {
	switch key {
	case "pass", "password", "token": // the ordinary ones
		return true
	}
	if !namesSecret(key) {
		return false
	}
	key = strings.ToLower(key)
	for _, known := range notSecret {
		key = strings.ReplaceAll(key, known, "")
	}
	return slices.ContainsFunc(secretKeys.list, func(word string) bool { return strings.Contains(key, word) })
}

// notSecret are the server's own fields that sound like secrets and are none.
var notSecret = []string{"max_subscription_tokens", "max_sub_tokens", "account_token_position", "token_cookie", "pass_cookie"}

// commentedEntry finds an entry that is commented out, wherever it stands in
// the comment: # user: a, password: foo. blankEntry finds one that has neither
// colon nor equals sign and is all that the comment holds: # password foo.
var (
	commentedEntry = regexp.MustCompile(`(?i)[\w.-]*(?:` + strings.Join(secretKeys.list, "|") + `)[\w.-]*["']?[ \t]*[:=][ \t]*("[^"\n]*|'[^'\n]*|[^\s"']\S*)`)
	blankEntry     = regexp.MustCompile(`(?i)^[#/ \t]*["']?[\w.-]*(?:password|passwd|` + strings.Join(secretKeys.list, "|") + `)["']?[ \t]+("[^"\n]*|'[^'\n]*|[^\s"']\S*)["']?[ \t\r]*$`)
)

// commentedSecrets finds the values of entries that are commented out.
func commentedSecrets(text string) []Span {
	if !soundsSecret(text) {
		return nil // the expressions cost more than all else
	}
	found := append(commentedEntry.FindAllStringSubmatchIndex(text, -1), blankEntry.FindAllStringSubmatchIndex(text, -1)...)
	var out []Span
	for _, at := range found {
		value := text[at[2]:at[3]]
		if bare := strings.TrimLeft(value, `"'`); len(bare) == len(value) {
			value = strings.TrimRight(value, ",;}])")
		}
		start := at[2] + len(value) - len(strings.TrimLeft(value, `"'`))
		out = append(out, Span{start, at[2] + len(value)})
	}
	return out
}

// whole extends the span of an unquoted secret over what follows it without a
// blank: a password with a comma or a bracket ends there for the server, and is
// longer for the person who wrote it.
func whole(src []byte, s Span) Span {
	if s.Start > 0 && (src[s.Start-1] == '"' || src[s.Start-1] == '\'' || src[s.Start-1] == '(') {
		return s
	}
	rest := src[s.End:]
	if i := bytes.IndexAny(rest, " \t\r\n"); i >= 0 {
		rest = rest[:i]
	}
	s.End += len(bytes.TrimRight(rest, ",;}]"))
	return s
}

// SyntaxMessage describes a syntax error. What was found is left out if it may
// be part of a secret: the line up to there, or the one before, speaks of one.
func SyntaxMessage(d *ast.Document, e *ast.SyntaxError) string {
	from := d.LineStart(e.Span.Start)
	if from > 0 {
		from = d.LineStart(from - 1)
	}
	found := d.Text(e.Span)
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	if len(commentedSecrets(found)) == 0 && (!strings.ContainsFunc(found, word) || !soundsSecret(string(d.Source()[from:e.Span.Start]))) {
		return e.Message()
	}
	return "found text that is not shown, as it may be part of a secret, expected " + e.Expected
}

// shortestRepeat is the length from which a secret is looked for elsewhere in a
// file. A shorter one would blacken half of it and tell no more.
const shortestRepeat = 5

// repeats finds the places at which secrets stand, in one pass whatever their
// number: a file may hold the passwords of very many users.
func repeats(src []byte, secrets map[string]bool) []Span {
	lengths := make(map[string][]int) // by the first bytes of secrets, the longest first
	for secret := range secrets {
		if len(secret) < shortestRepeat || isFieldName(secret) {
			continue
		}
		start := secret[:shortestRepeat]
		if !slices.Contains(lengths[start], len(secret)) {
			lengths[start] = append(lengths[start], len(secret))
		}
	}
	if len(lengths) == 0 {
		return nil
	}
	for _, list := range lengths {
		slices.SortFunc(list, func(a, b int) int { return b - a })
	}
	var out []Span
	for at := 0; at+shortestRepeat <= len(src); at++ {
		for _, n := range lengths[string(src[at:at+shortestRepeat])] {
			if at+n <= len(src) && secrets[string(src[at:at+n])] {
				out = append(out, Span{at, at + n})
				break
			}
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
