package jetstream

import (
	"strings"

	"github.com/natsfix/natsfix/internal/fleet"
)

// covers reports whether every subject that matches inner matches outer, too
// (server/sublist.go, subjectIsSubsetMatch).
func covers(outer, inner string) bool {
	for {
		o, outerRest, outerMore := strings.Cut(outer, ".")
		if o == ">" {
			return true
		}
		i, innerRest, innerMore := strings.Cut(inner, ".")
		if i == ">" || o != "*" && o != i {
			return false
		}
		if !outerMore || !innerMore {
			return outerMore == innerMore
		}
		outer, inner = outerRest, innerRest
	}
}

// coveredBy reports whether one of the subjects covers inner.
func coveredBy(subjects []string, inner string) bool {
	for _, s := range subjects {
		if covers(s, inner) {
			return true
		}
	}
	return false
}

const apiPrefix = "$JS.API."

// isAPI reports whether a subject names the JetStream API without a domain.
func isAPI(subject string) bool { return strings.HasPrefix(subject, apiPrefix) }

// inDomain returns a subject of the JetStream API as it is reached in a domain.
func inDomain(subject, domain string) string {
	return "$JS." + domain + ".API." + strings.TrimPrefix(subject, apiPrefix)
}

// clamped returns what the server denies on every leaf link of an ordinary
// account by itself, both ways (server/leafnode.go, addLeafNodeConnection;
// server/jetstream_api.go, denyAllClientJs).
func clamped() []string { return []string{"$JS.API.>", "$KV.>", "$OBJ.>"} }

// isClamped reports whether that holds for a leaf link of a server with an
// account, nil for $G: not for the system account, whose links may make hub and
// leaf one JetStream; and not where default_js_domain has an empty domain for
// the account.
func isClamped(s *fleet.Server, account *fleet.Value) bool {
	name := globalAccount
	if account != nil {
		if !account.IsString() {
			return false
		}
		name = account.Text()
	}
	if name == s.SystemAccount() {
		return false
	}
	domains := s.Values.Value("default_js_domain")
	if domains == nil {
		return true
	}
	if domains.Map == nil {
		return false
	}
	e := domains.Map.Get(name)
	return e == nil || e.Value.IsString() && e.Value.Text() != ""
}
