package silent

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
)

// hashing runs the rule on a file with a hash that is no secret.
func hashing(t *testing.T, text, cost string, hash func([]byte, int) ([]byte, error)) (after string, findings []*engine.Finding) {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Request{
		Targets: []string{"nats.conf"},
		Read: func(path string) ([]byte, error) {
			if path != "nats.conf" {
				return nil, fs.ErrNotExist
			}
			return []byte(text), nil
		},
		Rules:  []*fixes.Rule{plaintextPassword(hash)},
		Params: map[string]string{"plaintext-password.bcrypt": cost},
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Files[0].After == nil {
		return text, res.Findings
	}
	return string(res.Files[0].After), res.Findings
}

func TestPasswordsAreHashedAtTheGivenCost(t *testing.T) {
	const text = `PW: "both" # shared
authorization {
  users: [
    {user: a, password: s3cret} # a
    {user: b, password: $PW}
    {user: c, password: $PW}
    {user: d, password: "$2a$04$abcdefghijklmnopqrstuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123"}
  ]
}
cluster { name: c, port: 6222, authorization { user: r, password: plain } }
`
	const want = `PW: "$2a$12$4" # shared
authorization {
  users: [
    {user: a, password: "$2a$12$6"} # a
    {user: b, password: $PW}
    {user: c, password: $PW}
    {user: d, password: "$2a$04$abcdefghijklmnopqrstuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123"}
  ]
}
cluster { name: c, port: 6222, authorization { user: r, password: plain } }
`
	got, _ := hashing(t, text, "12", func(password []byte, cost int) ([]byte, error) {
		return fmt.Appendf(nil, "$2a$%02d$%d", cost, len(password)), nil
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPasswordThatCannotBeHashedIsLeftAlone(t *testing.T) {
	const text = "authorization { user: a, password: s3cret }\n"
	for cost, hash := range map[string]func([]byte, int) ([]byte, error){
		"11": func([]byte, int) ([]byte, error) { return nil, bcrypt.ErrPasswordTooLong },
		"32": func([]byte, int) ([]byte, error) { return nil, errors.New("asked to hash at a cost that is too high") },
		"x":  func([]byte, int) ([]byte, error) { return nil, errors.New("asked to hash without a cost") },
	} {
		got, findings := hashing(t, text, cost, hash)
		if got != text || len(findings) != 1 || findings[0].Applicability != fixes.Manual {
			t.Errorf("cost %s: got %q with findings %+v", cost, got, findings)
		}
	}
}

func TestHashesOfBcryptAreTakenForHashes(t *testing.T) {
	got, _ := hashing(t, "authorization { user: a, password: s3cret }\n", "4", bcrypt.GenerateFromPassword)
	if again, findings := hashing(t, got, "4", bcrypt.GenerateFromPassword); again != got || len(findings) != 0 {
		t.Errorf("a hash was hashed again: %q", again)
	}
}
