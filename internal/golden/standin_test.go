package golden

import (
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/schema"
)

func TestStandinsAreReadAsWhatTheyReplace(t *testing.T) {
	for _, tt := range []struct {
		secret string
		kind   ast.Kind
		want   string
	}{
		{"hunter2", ast.KindString, "xxxxxxx"},
		{"Hunter-3!", ast.KindString, "xxxxxx-x!"},
		{"12345", ast.KindInt, "11111"},
		{"-17k", ast.KindInt, "-11k"},
		{"2020-01-31T00:00:00Z", ast.KindTime, "1111-11-11T11:11:11Z"},
		{"2.5", ast.KindFloat, "1.1"},
		{"4711", ast.KindString, "1111"},
		{"true", ast.KindBool, "true"},
		{`a\nb\x41\"`, ast.KindString, `x\nx\x78\"`},
		{`end\`, ast.KindString, `xxx\`},
		{"s%40p%zz", ast.KindString, "x%78x%xx"},
		{"größe", ast.KindString, "xxxxxxx"},
		{"$$!", ast.KindString, "xxx"},
		{"", ast.KindString, ""},
		{"$2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG", ast.KindString, "$2a$11$" + strings.Repeat("x", 46) + "." + "xxxxxx"},
		{"eyJ0eXAi.eyJqdGki.c2ln-_", ast.KindString, "eyJ0eXAi.xxxxxxxx.xxxxxx"},
	} {
		got := newStandins().replace(tt.secret, tt.kind)
		if got != tt.want {
			t.Errorf("%q became %q, want %q", tt.secret, got, tt.want)
		}
		if len(got) != len(tt.secret) {
			t.Errorf("%q became %q, which has another length", tt.secret, got)
		}
	}
}

// A rule may be about secrets that are equal, or that are not.
func TestStandinsKeepSecretsApart(t *testing.T) {
	s := newStandins()
	s.used["xxxy"] = true // somebody's real password
	seen := make(map[string]string)
	for _, secret := range []string{"aaaa", "bbbb", "cccc", "xxxx", "1234"} {
		got := s.replace(secret, ast.KindString)
		if other, ok := seen[got]; ok || got == "xxxy" || got == secret {
			t.Errorf("%q became %q, as %q did or was", secret, got, other)
		}
		seen[got] = secret
		if again := s.replace(secret, ast.KindString); again != got {
			t.Errorf("%q became %q and then %q", secret, got, again)
		}
	}
	// Of one character there are not enough for all.
	for c := 'a'; c <= 'z'; c++ {
		if got := s.replace(string(c)+"!", ast.KindString); len(got) != 2 || got[1] != '!' {
			t.Errorf("%c! became %q", c, got)
		}
	}
}

func TestASeedIsReplacedByASeed(t *testing.T) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	got := newStandins().replace(string(seed), ast.KindString)
	if got == string(seed) || got[:2] != "SU" {
		t.Errorf("the seed became %q", got)
	}
	if _, err := nkeys.FromSeed([]byte(got)); err != nil {
		t.Errorf("%q: %v", got, err)
	}
	mangled := string(seed[:57])
	got = newStandins().replace(mangled, ast.KindString)
	if got == mangled || len(schema.SecretSpans(got)) != 1 {
		t.Errorf("the mangled seed became %q", got)
	}
}

// A name of a field stays where it is no password, though it be somebody's.
func TestRecordLeavesKeysAlone(t *testing.T) {
	files := map[string][]byte{"a.conf": []byte("authorization { user: u, password: password, \"timeout\": 1 }\n# password timeout\n" +
		"accounts { passwords: { users: [{user: x, \"password\": \"timeout\"}] } }\n")}
	got, err := newRunner(t).Record(t.Context(), Recording{Roots: []string{"a.conf"}, Read: reader(files), Rules: []string{"plaintext-password"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "authorization { user: u, password: xxxxxxxx, \"timeout\": 1 }\n# password xxxxxxx\n" +
		"accounts { passwords: { users: [{user: x, \"password\": \"xxxxxxx\"}] } }\n"
	if !strings.Contains(string(got.Text), want) || len(got.Notes) > 0 || len(got.Masked) != 3 {
		t.Errorf("%v %v\n%s", got.Masked, got.Notes, got.Text)
	}
}
