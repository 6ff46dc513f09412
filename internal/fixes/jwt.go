package fixes

import (
	"strings"
	"sync"

	"github.com/nats-io/jwt/v2"
)

// InlineJWT reports whether the server takes the text of an operator for the
// JWT itself and not for the path of one (server/jwt.go, readOperatorJWT). It
// tries to open a file of that name first, which no JWT leads to unless it is
// a path after all.
func InlineJWT(text string) bool {
	return strings.HasPrefix(text, "eyJ") && !strings.ContainsAny(text, `/\`) && !strings.HasSuffix(text, ".jwt")
}

// Operator decodes the JWT of an operator that stands in a file, as the server
// does.
func (p *Pass) Operator(text string) (*jwt.OperatorClaims, error) {
	return p.jwts.operators.decode(text, func(text string) (*jwt.OperatorClaims, error) {
		token, err := jwt.ParseDecoratedJWT([]byte(text))
		if err != nil {
			return nil, err
		}
		return jwt.DecodeOperatorClaims(token)
	})
}

// Account decodes the JWT of an account.
func (p *Pass) Account(text string) (*jwt.AccountClaims, error) {
	return p.jwts.accounts.decode(text, jwt.DecodeAccountClaims)
}

// jwts remembers decoded JWTs: to check a signature takes longer than all else
// that is done for a server, and all servers of an operator have the same ones.
type jwts struct {
	operators memory[*jwt.OperatorClaims]
	accounts  memory[*jwt.AccountClaims]
}

// memory remembers what texts decode to. It may be used by several goroutines.
type memory[T any] struct {
	mu    sync.Mutex
	known map[string]decoded[T]
}

type decoded[T any] struct {
	claims T
	err    error
}

// maxDecoded bounds how many texts are remembered.
const maxDecoded = 1000

func (m *memory[T]) decode(text string, decode func(string) (T, error)) (T, error) {
	m.mu.Lock()
	d, ok := m.known[text]
	m.mu.Unlock()
	if ok {
		return d.claims, d.err
	}
	d.claims, d.err = decode(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = make(map[string]decoded[T])
	}
	if len(m.known) < maxDecoded {
		m.known[strings.Clone(text)] = d
	}
	return d.claims, d.err
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
