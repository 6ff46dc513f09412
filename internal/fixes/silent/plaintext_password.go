package silent

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
)

// PlaintextPassword finds users' passwords that stand in the file as they are,
// and hashes them if it is asked to.
func PlaintextPassword() *fixes.Rule { return plaintextPassword(bcrypt.GenerateFromPassword) }

// plaintextPassword returns the rule with a function that hashes a password at
// a cost.
func plaintextPassword(hash func(password []byte, cost int) ([]byte, error)) *fixes.Rule {
	return &fixes.Rule{
		Name:     "plaintext-password",
		Severity: fixes.Info,
		Summary:  "passwords of users stand in the file in plain text",
		Params: []fixes.Param{{
			Name: "bcrypt", Default: "none: without it no edit is offered",
			Doc: fmt.Sprintf("hash the passwords with bcrypt at this cost, %d to %d; each step doubles the time of a login, and 11 is usual", bcrypt.MinCost, bcrypt.MaxCost),
		}},
		Doc:   plaintextPasswordDoc,
		Needs: []string{"authorization", "accounts"},
		CheckServer: func(p *fixes.Pass, s *fleet.Server) {
			if s.Garbled() {
				return
			}
			if list := plaintextPasswords(s); len(list) > 0 {
				reportPasswords(p, list, hash)
			}
		},
	}
}

// bcryptHash is what the server takes for a hash (server/auth.go, isBcrypt).
var bcryptHash = regexp.MustCompile(`^\$2[abxy]\$\d{2}\$.*`)

func isBcrypt(text string) bool { return strings.HasPrefix(text, "$2") && bcryptHash.MatchString(text) }

// plaintextPasswords returns the passwords of users that the server warns of
// (server/auth.go, checkAuthforWarnings). Those of cluster, gateway and
// leafnodes must stay: servers send them to each other.
func plaintextPasswords(s *fleet.Server) []*fixes.Visit {
	auth := fixes.Top(s, "authorization")
	users := append([]*fixes.Visit{auth}, items(fixes.Below(auth, "users"))...)
	for _, account := range accounts(s) {
		users = append(users, items(fixes.Below(account, "users"))...)
	}
	var out []*fixes.Visit
	for _, user := range users {
		v := fixes.Below(user, "password", "pass")
		if v != nil && v.Value.IsString() && v.Value.Text() != "" && !isBcrypt(v.Value.Text()) {
			out = append(out, v)
		}
	}
	return out
}

// reportPasswords reports the passwords of one server as one finding.
func reportPasswords(p *fixes.Pass, list []*fixes.Visit, hash func([]byte, int) ([]byte, error)) {
	f := list[0].KeyFinding("a password stands here in plain text (\"Plaintext passwords detected, use nkeys or bcrypt\")")
	if len(list) > 1 {
		f.Message = fmt.Sprintf("%d passwords stand in the file in plain text, the first here (\"Plaintext passwords detected, use nkeys or bcrypt\")", len(list))
	}
	const ask = "have them hashed with --set plaintext-password.bcrypt=11, or use nkeys"
	param, given := p.Param("bcrypt")
	cost, err := strconv.Atoi(param)
	if !given || err != nil || cost < bcrypt.MinCost || cost > bcrypt.MaxCost {
		p.Report(f.Because(fixes.Manual, ask))
		return
	}
	var fix *fixes.Fix
	done := make(map[ast.Node]bool)
	for _, v := range list {
		if done[v.Value.Node] {
			continue
		}
		done[v.Value.Node] = true
		hashed, err := hash([]byte(v.Value.Text()), cost)
		if err != nil { // longer than the 72 bytes that bcrypt takes
			p.Report(f.Because(fixes.Manual, "a password cannot be hashed: bcrypt takes 72 bytes at most"))
			return
		}
		one := p.Replace(v, ast.String(string(hashed)), "hash the passwords of users with bcrypt")
		if one == nil {
			p.Report(f.Because(fixes.Manual, "a password comes from a place that cannot be edited"))
			return
		}
		if fix == nil {
			fix = one
		} else {
			fix = fix.Join(one)
		}
	}
	p.Report(f.With(fix, ask))
}
