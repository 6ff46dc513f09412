package access

import (
	"github.com/nats-io/jwt/v2"

	"github.com/natsfix/natsfix/internal/fixes"
)

// InvalidJWT finds JWTs of operators and accounts that the server cannot take.
func InvalidJWT() *fixes.Rule {
	return refuses("invalid-jwt", "a JWT of an operator or account is damaged or of another kind, so the server refuses to start", fixes.Doc{
		Message: "error parsing operator JWT",
		What: `The JWT of an operator may stand in the file instead of its path; the server takes a text that begins with eyJ for one. It
must be whole, with the signature that was made for it, and an operator's ("error parsing operator JWT: expected 3 chunks", "claim failed
V2 signature verification", "not operator claim"). The values of resolver_preload must be JWTs of accounts ("invalid account JWT"): one of a
user or an operator does not do. A JWT that ran out decodes, and the server starts.

The rule looks at no file that the configuration names, and passes over texts that somebody crossed out or has yet to fill in.`,
		Fix:           "Nothing: a person writes the JWT anew, with nsc describe operator --raw or nsc describe account --raw.",
		Applicability: "Manual: a JWT cannot be guessed, nor signed without the operator's key.",
		Before:        "operator: eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ\nresolver: MEMORY\n",
		After:         "operator: operator.jwt\nresolver: MEMORY\n",
		References:    []string{"server/jwt.go: readOperatorJWT", "server/opts.go: processConfigFileLine"},
	}, checkInvalidJWT)
}

func checkInvalidJWT(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Block == nil || !v.Value.IsString() {
		return
	}
	text := v.Value.Text()
	if fixes.PlaceholderJWT(text) || fixes.CutShort(v.Value.Node) {
		return
	}
	switch {
	case v.Block.Path == "" && v.Field.Name == "operator":
		if !fixes.InlineJWT(text) || v.Entry == nil && v.Parent.Entry == nil {
			return // a path, or a list in a list
		}
		if _, err := p.Operator(text); err != nil {
			p.Report(manual(v.Finding("this is no JWT of an operator, but %s: the server refuses to start (\"error parsing operator JWT\")", kindOfJWT(text)),
				"write the operator's JWT anew (nsc describe operator --raw), or the path of its file"))
		}
	case v.Block.Path == "resolver_preload" && v.Entry != nil:
		if _, err := p.Account(text); err != nil {
			p.Report(manual(v.Finding("this is no JWT of an account, but %s: the server refuses to start (\"invalid account JWT\")", kindOfJWT(text)),
				"write the account's JWT anew (nsc describe account --raw)"))
		}
	}
}

// kindOfJWT says what a text is that is not the JWT it should be, without a
// byte of it.
func kindOfJWT(text string) string {
	claims, err := jwt.Decode(text)
	if err != nil {
		return "a text that is damaged or no JWT at all"
	}
	switch kind := claims.ClaimType(); kind {
	case jwt.AccountClaim, jwt.OperatorClaim:
		return "one of an " + string(kind)
	case jwt.UserClaim:
		return "one of a user"
	}
	return "one of another kind"
}
