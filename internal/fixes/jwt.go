package fixes

import (
	"strings"

	"github.com/nats-io/jwt/v2"
)

// InlineJWT reports whether the server takes the text of an operator for the
// JWT itself and not for the path of one (server/jwt.go, readOperatorJWT). It
// tries to open a file of that name first, which no JWT leads to unless it is
// a path after all.
func InlineJWT(text string) bool {
	return strings.HasPrefix(text, "eyJ") && !strings.ContainsAny(text, `/\`) && !strings.HasSuffix(text, ".jwt")
}

// DecodeOperator decodes the JWT of an operator that stands in a file, as the
// server does.
func DecodeOperator(text string) (*jwt.OperatorClaims, error) {
	token, err := jwt.ParseDecoratedJWT([]byte(text))
	if err != nil {
		return nil, err
	}
	return jwt.DecodeOperatorClaims(token)
}

// PlaceholderJWT reports whether a text stands for a JWT that somebody will fill
// in: a template, dots or <> in it, or a part that is crossed out with xxxx.
func PlaceholderJWT(text string) bool {
	if IsFormat(text) || strings.Contains(text, "..") || strings.ContainsAny(text, "<>{}…*") {
		return true
	}
	parts := strings.Split(text, ".")
	for _, part := range parts {
		if len(parts) > 1 && len(part) > 3 && strings.Trim(part, "xX") == "" {
			return true
		}
	}
	return false
}
