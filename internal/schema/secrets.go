package schema

import "strings"

// A Span is the byte range [Start, End) of a text.
type Span struct{ Start, End int }

// Forms of secrets.
const (
	schemeSep = "://"
	jwtHead   = "eyJ" // `{"` in base64url
	// An encoded nkeys seed has 58 characters. A run that is a little shorter or longer is a seed that was mangled in copying.
	minSeed   = 52
	maxSeed   = 64
	seedKinds = "UAONCXP" // user, account, operator, server, cluster, curve, private
	minPart   = 8         // characters of a JWT's header and of its claims
	maxHeader = 1 << 10   // these two bound the work per byte of a hostile text
	maxURL    = 4 << 10
	minBcrypt = 20 // characters of salt and hash; a whole one has 53
)

// SecretSpans finds what is secret by its look, wherever in a text it stands: the password in the user information of a URL (or
// all of it if it has no colon: a token), nkey seeds, JWTs and bcrypt hashes. Spans are in order and do not overlap. It knows
// nothing about plain passwords; those are the fields marked [Field.Secret]. Public nkeys and paths are not secrets.
func SecretSpans(text string) []Span {
	if !MayHoldSecret(text) {
		return nil
	}
	var spans []Span
	for i := 0; i < len(text); {
		s, ok := secretAt(text, i)
		if !ok {
			i++
			continue
		}
		spans = append(spans, s)
		// A URL's span starts after its scheme; scanning goes on behind the secret in any case.
		i = s.End
	}
	return spans
}

// MayHoldSecret is the quick answer for the ordinary text: whether [SecretSpans] may find something in it. It has no false
// negatives.
func MayHoldSecret(text string) bool {
	urls := strings.IndexByte(text, '@') >= 0
	for i := 0; i < len(text)-1; i++ {
		switch next := text[i+1]; text[i] {
		case ':':
			if next == '/' && urls && strings.HasPrefix(text[i:], schemeSep) {
				return true
			}
		case 'S':
			if len(text)-i >= minSeed && strings.IndexByte(seedKinds, next) >= 0 {
				return true
			}
		case 'e':
			if next == 'y' && strings.HasPrefix(text[i:], jwtHead) {
				return true
			}
		case '$':
			if next == '2' {
				return true
			}
		}
	}
	return false
}

// secretAt returns the secret that starts at i, or that belongs to the URL whose "://" is at i.
func secretAt(text string, i int) (Span, bool) {
	rest := text[i:]
	switch rest[0] {
	case ':':
		if strings.HasPrefix(rest, schemeSep) {
			return userInfo(text, i+len(schemeSep))
		}
	case 'S':
		if n := seedLen(rest); n > 0 && !isWordByte(before(text, i)) {
			return Span{i, i + n}, true
		}
	case 'e':
		if n := jwtLen(rest); n > 0 && !isWordByte(before(text, i)) {
			return Span{i, i + n}, true
		}
	case '$':
		if n := bcryptLen(rest); n > 0 {
			return Span{i, i + n}, true
		}
	}
	return Span{}, false
}

// userInfo returns the secret part of the user information of the URL whose authority starts at i.
func userInfo(text string, i int) (Span, bool) {
	end := i // of the URL
	for end < len(text) && end-i < maxURL && isURLByte(text[end]) {
		end++
	}
	authority := text[i:end]
	if cut := strings.IndexAny(authority, "/?#"); cut >= 0 && !brokenPassword(authority, cut) {
		authority = authority[:cut]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return Span{}, false
	}
	start := 0
	if colon := strings.IndexByte(authority[:at], ':'); colon >= 0 {
		start = colon + 1
	}
	if start == at {
		return Span{}, false // nothing, or an empty password
	}
	return Span{i + start, i + at}, true
}

// brokenPassword reports whether what looks like the host and port before cut is rather user:password with a slash (or ? or #)
// that should have been escaped: no @ so far, a text after the colon that is no port, and an @ further on.
func brokenPassword(authority string, cut int) bool {
	if strings.HasPrefix(authority, "[") || strings.IndexByte(authority[:cut], '@') >= 0 || strings.IndexByte(authority[cut:], '@') < 0 {
		return false
	}
	_, port, _ := strings.Cut(authority[:cut], ":")
	isPort := func(c rune) bool { return '0' <= c && c <= '9' }
	// A comma starts the next URL of a list.
	return strings.TrimLeftFunc(port, isPort) != "" && !strings.Contains(port, ",")
}

// seedLen returns the length of the nkeys seed at the start of s, or 0.
func seedLen(s string) int {
	if len(s) < minSeed || strings.IndexByte(seedKinds, s[1]) < 0 {
		return 0
	}
	n := 0
	for n < len(s) && n <= maxSeed && ('A' <= s[n] && s[n] <= 'Z' || '2' <= s[n] && s[n] <= '7') {
		n++
	}
	if n < minSeed || n > maxSeed || n < len(s) && isWordByte(s[n]) {
		return 0
	}
	return n
}

// jwtLen returns the length of the JWT at the start of s (header and claims, and the signature if it is there), or 0.
func jwtLen(s string) int {
	if !strings.HasPrefix(s, jwtHead) {
		return 0
	}
	n := base64Len(s[:min(len(s), maxHeader)])
	if n < minPart || n == len(s) || s[n] != '.' {
		return 0
	}
	claims := base64Len(s[n+1:])
	if claims < minPart {
		return 0
	}
	n += 1 + claims
	if n < len(s) && s[n] == '.' {
		n += 1 + base64Len(s[n+1:])
	}
	return n
}

// bcryptLen returns the length of the bcrypt hash at the start of s, or 0. The server takes $2a$, $2b$, $2x$ and $2y$ (server/auth.go isBcrypt).
func bcryptLen(s string) int {
	const head = len("$2a$11$")
	if len(s) < head+minBcrypt || s[1] != '2' || strings.IndexByte("abxy", s[2]) < 0 || s[3] != '$' ||
		!isDigit(s[4]) || !isDigit(s[5]) || s[6] != '$' {
		return 0
	}
	n := head
	for n < len(s) && (isWordByte(s[n]) && s[n] != '_' || s[n] == '.' || s[n] == '/') {
		n++
	}
	if n < head+minBcrypt {
		return 0
	}
	return n
}

// base64Len returns the length of the base64url text at the start of s.
func base64Len(s string) int {
	n := 0
	for n < len(s) && (isWordByte(s[n]) || s[n] == '-') {
		n++
	}
	return n
}

// before returns the byte before i, or 0.
func before(text string, i int) byte {
	if i == 0 {
		return 0
	}
	return text[i-1]
}

// isURLByte reports whether a URL in a text goes on with c. Brackets may belong to an IPv6 host or to a password.
func isURLByte(c byte) bool {
	switch c {
	case '"', '\'', '`', '<', '>':
		return false
	}
	return c > ' '
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}
