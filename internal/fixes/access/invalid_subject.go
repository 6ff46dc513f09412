package access

import (
	"slices"
	"strings"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/schema"
)

// InvalidSubject finds subjects that are none, in permissions, leaf remotes and
// trace destinations.
func InvalidSubject() *fixes.Rule {
	return refuses("invalid-subject", "a subject has an empty token, a blank, or a > that is not last, so the server refuses to start", fixes.Doc{
		Message: `subject "orders..new" is not a valid subject`,
		What: `The tokens of a subject are separated by dots; none is empty or holds blanks, and > stands for the rest and so comes last.
The server refuses other subjects in permissions ("is not a valid subject", without a line), in deny_imports and deny_exports of leaf
remotes, and as destination of traces, where wildcards are refused as well ("Trace destination is not valid"). In permissions to
subscribe a queue may follow the subject after a blank ("is not a valid queue").`,
		Fix:           "Nothing: a person writes the subject that is meant.",
		Applicability: "Manual: what is permitted must not be guessed.",
		Before:        "authorization {\n  users: [ { user: app, password: s3cret, permissions: { publish: \"orders..new\" } } ]\n}\n",
		After:         "authorization {\n  users: [ { user: app, password: s3cret, permissions: { publish: \"orders.new\" } } ]\n}\n",
		References:    []string{"server/opts.go: checkPermSubjectArray, parseAccountMsgTrace", "server/sublist.go: isValidSubject"},
	}, checkInvalidSubject)
}

func checkInvalidSubject(p *fixes.Pass, v *fixes.Visit) {
	if v.Field == nil || v.Block == nil || v.Value.Kind() != ast.KindString || !v.Field.Takes(schema.Subject) && v.Field.Elem&schema.Subject == 0 {
		return
	}
	if v.Entry == nil && (v.Parent.Entry == nil || !v.Field.Takes(schema.List)) {
		return // a list where none belongs is for wrap-in-list
	}
	subject := v.Value.Text()
	switch path, name := v.Block.Path, v.Field.Name; {
	case path == "permissions" || path == "permissions.publish":
		if isSubject(subject) || mayNameQueue(v) && isSubjectWithQueue(subject) {
			return
		}
	case path == "leafnodes.remotes[]" && strings.HasPrefix(name, "deny_"):
		if isSubject(subject) {
			return
		}
	case path == "accounts.<name>" && name == "msg_trace", path == "accounts.<name>.msg_trace":
		if isSubject(subject) && !hasWildcard(subject) {
			return
		}
		p.Report(manual(v.Finding("%q is no subject to publish to: the server refuses to start (\"Trace destination is not valid\")", subject), "name a subject without wildcards"))
		return
	default:
		return
	}
	p.Report(manual(v.Finding("%q is no subject: the server refuses to start (\"is not a valid subject\")", subject), "write the subject that is meant"))
}

// isSubject is IsValidSubject of server/sublist.go.
func isSubject(s string) bool {
	tokens := strings.Split(s, ".")
	return !slices.ContainsFunc(tokens, func(t string) bool { return t == "" || strings.ContainsAny(t, "\t\n\f\r ") }) &&
		!slices.Contains(tokens[:len(tokens)-1], ">")
}

func hasWildcard(s string) bool {
	return slices.ContainsFunc(strings.Split(s, "."), func(t string) bool { return t == "*" || t == ">" })
}

// isSubjectWithQueue reports whether a permission names a subject and a queue.
func isSubjectWithQueue(s string) bool {
	words := strings.Fields(s)
	return len(words) == 2 && isSubject(words[0]) && isSubject(words[1])
}

// mayNameQueue reports whether the permission is one to subscribe.
func mayNameQueue(v *fixes.Visit) bool {
	for ; v != nil; v = v.Parent {
		if v.Block != nil && v.Block.Path == "permissions" && v.Field != nil {
			inCluster := v.Parent != nil && v.Parent.Block != nil && v.Parent.Block.Path == "cluster"
			return v.Field.Name == "subscribe" && !inCluster
		}
	}
	return false
}
