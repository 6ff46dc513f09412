package golden

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
)

// standins replaces secrets by texts of the same length that mean nothing: the
// same secret by the same text, different ones by different texts, a seed by a
// seed. What is no letter or digit stays, since it may be what a rule is about,
// and so do the letters of a number.
type standins struct {
	of   map[string]string // the stand-in of each secret
	used map[string]bool   // secrets and stand-ins: no other may be equal to one
}

func newStandins() *standins {
	return &standins{of: make(map[string]string), used: make(map[string]bool)}
}

// replace returns the stand-in of a secret. The kind is that of the value as
// the server reads it.
func (s *standins) replace(secret string, kind ast.Kind) string {
	if kind == ast.KindBool {
		return secret // the server takes it for no text
	}
	if text, ok := s.of[secret]; ok {
		return text
	}
	s.used[secret] = true
	text := s.seed(secret)
	if text == "" {
		number := kind == ast.KindInt || kind == ast.KindFloat || kind == ast.KindTime
		text = s.fill(secret, number)
	}
	s.of[secret], s.used[text] = text, true
	return text
}

// seed returns another nkeys seed of the same kind, "" if the text is none.
func (s *standins) seed(text string) string {
	kind, _, err := nkeys.DecodeSeed([]byte(text))
	if err != nil {
		return ""
	}
	raw := sha256.Sum256(fmt.Appendf(nil, "stand-in %d", len(s.of)))
	pair, err := nkeys.FromRawSeed(kind, raw[:])
	if err != nil {
		return ""
	}
	seed, err := pair.Seed()
	if err != nil {
		return ""
	}
	return string(seed)
}

// alphabets hold what a letter or digit is replaced by: the first one, and the
// others to tell stand-ins apart. No number begins with a zero; the letters in
// capitals are those of a seed.
const (
	letters  = "xyzabcdefghijklmnopqrstuvw"
	capitals = "XYZABCDEFGHIJKLMNOPQRSTUVW"
	digits   = "123456789"
)

// fill returns a text of the same length that no other secret has.
func (s *standins) fill(secret string, number bool) string {
	text, free := pattern(secret, number)
	if len(free) == 0 {
		return strings.Repeat("x", len(secret))
	}
	first := string(text)
	for s.used[string(text)] && count(text, free) {
	}
	if s.used[string(text)] {
		return first // there are no more texts of this shape
	}
	return string(text)
}

// free is a byte that may be any of an alphabet.
type free struct {
	at       int
	alphabet string
}

// pattern returns a secret with its letters and digits replaced, and the places
// of those. What tells a hash or a token from another text stays, and an escape
// becomes another one, so that the text is read in the same way.
func pattern(secret string, number bool) (text []byte, places []free) {
	text = []byte(secret)
	i, alphabet := keptHead(secret)
	hash := i > 0
	if number || strings.IndexFunc(secret, isLetter) < 0 {
		alphabet = digits
	}
	for i < len(secret) {
		r, size := utf8.DecodeRuneInString(secret[i:])
		switch {
		case r >= '0' && r <= '9', !number && isLetter(r), hash && r != '.':
			for k := range size {
				text[i+k] = alphabet[0]
			}
			places = append(places, free{i, alphabet})
		case r == '\\' && strings.HasPrefix(secret[i+1:], "x") && len(secret) >= i+4:
			copy(text[i:], `\x78`)
			size = 4
		case r == '\\':
			size = min(2, len(secret)-i)
		case r == '%' && len(secret) >= i+3 && isHex(secret[i+1]) && isHex(secret[i+2]):
			copy(text[i:], "%78")
			size = 3
		}
		i += size
	}
	return text, places
}

// isLetter reports whether a character is a letter, or none of ASCII.
func isLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf
}

// keptHead returns the length of what tells a bcrypt hash ($2a$11$), a JWT (its
// header) or a seed (SU) from another text, which is no secret, and the letters
// that the rest is made of.
func keptHead(secret string) (length int, alphabet string) {
	switch {
	case strings.HasPrefix(secret, "$2") && strings.Count(secret, "$") == 3:
		return strings.LastIndexByte(secret, '$') + 1, letters
	case strings.HasPrefix(secret, "eyJ"):
		return max(0, strings.IndexByte(secret, '.')+1), letters
	case len(secret) > 40 && secret[0] == 'S' && strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "":
		return 2, capitals // one that was mangled: a real one has another stand-in
	}
	return 0, letters
}

// count goes on to the next text, as an odometer does, and reports whether
// there is one.
func count(text []byte, places []free) bool {
	for _, p := range slices.Backward(places) {
		next := strings.IndexByte(p.alphabet, text[p.at]) + 1
		if next < len(p.alphabet) {
			text[p.at] = p.alphabet[next]
			return true
		}
		text[p.at] = p.alphabet[0]
	}
	return false
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
