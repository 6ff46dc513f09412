package startup

import (
	"github.com/nats-io/jwt/v2"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// DefaultSentinel finds sentinels that the server does not take.
func DefaultSentinel() *fixes.Rule {
	return &fixes.Rule{
		Name:     "default-sentinel",
		Severity: fixes.Error,
		Summary:  "default_sentinel stands without an operator, or is no user's JWT, so the server refuses to start",
		Doc: fixes.Doc{
			Stage:   "start (nats-server -t is silent)",
			Message: "default sentinel requires operators and accounts",
			Since:   "2.11.2",
			What: `default_sentinel is the JWT of a bearer user that clients without one are given, for authorization callouts of an
operator. Without an operator the server refuses to start, and so it does if the text is no user's JWT ("default
sentinel JWT not valid") or the user no bearer ("default sentinel must be a bearer token"; server/jwt.go,
validateTrustedOperators).`,
			Fix:           "Takes default_sentinel out where there is no operator.",
			Applicability: "Unsafe, as it changes behaviour: perhaps the operator is what is missing. Manual for a wrong JWT.",
			Effect:        "The server does not run.",
			Before: `port: 4222
default_sentinel: eyJ0eXAiOiJKV1QifQ
`,
			After: `port: 4222
`,
		},
		Needs:       []string{"default_sentinel"},
		CheckServer: checkDefaultSentinel,
	}
}

func checkDefaultSentinel(p *fixes.Pass, s *fleet.Server) {
	v := fixes.Top(s, "default_sentinel")
	if text(v) == "" || s.Broken() {
		return
	}
	operator := operators(s)
	if operator == nil {
		f := v.KeyFinding("default_sentinel needs an operator: the server refuses to start (\"default sentinel requires operators and accounts\"), though nats-server -t calls the file valid")
		f.With(p.Delete(v, "take default_sentinel out"), "take default_sentinel out, or configure the operator")
		p.Report(f.Because(fixes.ChangesBehaviour, "perhaps the operator is what is missing"))
		return
	}
	said := ""
	claims, err := jwt.DecodeUserClaims(text(v))
	switch {
	case err != nil:
		said = "default sentinel JWT not valid"
	case !claims.BearerToken && (claims.IssuerAccount == "" || !claims.HasEmptyPermissions()):
		said = "default sentinel must be a bearer token"
	default:
		return
	}
	f := v.KeyFinding("default_sentinel is no bearer user's JWT: the server refuses to start (%q), though nats-server -t calls the file valid", said)
	p.Report(f.Because(fixes.Manual, "write the JWT of a bearer user (nsc add user --bearer)"))
}
