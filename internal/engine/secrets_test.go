package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/meaning"
)

const (
	seed   = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
	bcrypt = "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy"
)

// masked returns a text with its secrets masked.
func masked(text string, spans []engine.Span) string {
	out := []byte(text)
	for _, s := range spans {
		for i := s.Start; i < s.End; i++ {
			out[i] = '*'
		}
	}
	return string(out)
}

// secretTexts hold S3 in every secret, and nowhere else.
var secretTexts = []string{
	"authorization { user: a, password: S3cretpw }",
	"authorization { user: a, pass: S3 }",
	"authorization {\n  token: \"S3 with blanks\"\n}",
	"password = 'S3\\'\nuser: x",
	"PassWord S3-blank",
	"{\"users\": [{\"user\": \"a\", \"password\": \"S3x\"}]}",
	"password: (\nS3 block\n)\n",
	"remotes: [ { url: \"nats://u:S3@h:7422\" } ]",
	"routes = [ nats-route://S3token@h:6222, nats-route://u:S3a@i:6222 ]",
	"# password: S3commented",
	"  # password: \"S3 with blanks\" # and more",
	"# user: a, password: S3later",
	"// authorization { user: a, password: 'S3x y', timeout: 1 }",
	"# token = S3t;",
	"# pass S3blank",
	"#password \"S3 quoted\"",
	"# url: nats://u:S3@h",
	"a: 1 # old password: S3end",
	"encryption_key: S3key",
	"prev_encryption_key: S3key\nx: 1",
	"DB_PASSWORD: S3variable\npassword: $DB_PASSWORD",
	"password: S3cr;S3et",
	"password: S3,S3\nuser: a",
	"{ password: S3}S3 }",
	"users = [ {user: b, password: S3a} {user: c, password: S3b} ]", // refused at the second item
}

func TestSecretsAreCovered(t *testing.T) {
	for _, text := range secretTexts {
		got := masked(text, engine.SecretSpans(ast.Parse("a.conf", []byte(text), ast.Latest), nil))
		if strings.Contains(got, "S3") || strings.Contains(got, "blanks") || strings.Contains(got, "quoted") {
			t.Errorf("%s\nshows   %s", text, got)
		}
	}
	for _, text := range []string{
		"nkey_seed: " + seed, "# " + seed + "\nx: 1", "seed: \"" + seed + "\"", "x: " + seed,
		"password: " + bcrypt, "password: \"" + bcrypt + "\"", "x: 1 # " + bcrypt,
	} {
		got := masked(text, engine.SecretSpans(ast.Parse("a.conf", []byte(text), ast.Latest), nil))
		if strings.Contains(got, seed[4:12]) || strings.Contains(got, bcrypt[10:20]) {
			t.Errorf("%s\nshows   %s", text, got)
		}
	}
}

func TestOrdinaryTextIsNotCovered(t *testing.T) {
	for _, text := range []string{
		"user: alice\nport: 4222 # the client port",
		"# passwords are kept elsewhere",
		"# the token and the password are needed",
		"routes: [ nats://h:6222 ]",
		"no_auth_user: guest",
		"authorization { users: [ { user: a, password: $PW } ] }",
		"tls { cert_file: \"/etc/cert.pem\" }",
	} {
		if spans := engine.SecretSpans(ast.Parse("a.conf", []byte(text), ast.Latest), nil); len(spans) > 0 {
			t.Errorf("%s\nshows   %s", text, masked(text, spans))
		}
	}
}

func TestSecretsOfARun(t *testing.T) {
	f := files{
		"a.conf": "X: S3-in-variable\nauthorization { user: a, password: $X }\n# it was S3-in-variable once\n" +
			"include keys.conf\na: x\nleafnodes { remotes: [ { url: \"nats://u:S3leaf@h\" } ] }\n",
		"keys.conf": "jetstream { key: S3-by-the-table }\nb: x\n",
	}
	res := run(t, withRules(f, setter("a", "a", "x", "y"), setter("b", "b", "x", "y"),
		setter("url", "leafnodes.remotes[0].url", "nats://u:S3leaf@h", "nats://u:S3leaf@h:7422"),
		setter("pw", "authorization.password", "S3-in-variable", "S3-new")))
	if len(res.Groups) != 1 || len(res.Groups[0].Changes) < 4 {
		t.Fatalf("groups %v: %s", res.Groups, states(res))
	}
	for _, file := range res.Files {
		if got := masked(string(file.Before), file.SecretsBefore); strings.Contains(got, "S3") {
			t.Errorf("before: %s", got)
		}
		if got := masked(string(file.After), file.SecretsAfter); strings.Contains(got, "S3") {
			t.Errorf("after: %s", got)
		}
	}
	for _, c := range res.Groups[0].Changes {
		if strings.Contains(c.Before+c.After, "S3") {
			t.Errorf("the change of %s shows %s -> %s", c.Path, c.Before, c.After)
		}
	}
	for _, finding := range res.Findings {
		if finding.Fix == nil {
			continue
		}
		for _, c := range finding.Fix.Changes {
			if strings.Contains(c.Before+c.After, "S3") {
				t.Errorf("the change of %s declared by %s shows %s -> %s", c.Path, finding.Rule, c.Before, c.After)
			}
		}
		for _, e := range finding.Fix.Edits {
			if strings.Contains(e.New, "S3") && !e.Secret {
				t.Errorf("an edit of %s is not marked as secret", finding.Rule)
			}
		}
	}
}

func TestABlockInThePlaceOfASecretIsCovered(t *testing.T) {
	f := files{"a.conf": "authorization { user: a, password: { x: S3one, y: [ S3two, { z: S3three } ] } }\na: x\n"}
	res := run(t, withRules(f, setter("a", "a", "x", "y"), setter("pw", "authorization.password.x", "S3one", "S3new")))
	for _, file := range res.Files {
		if got := masked(string(file.Before), file.SecretsBefore) + masked(string(file.After), file.SecretsAfter); strings.Contains(got, "S3") {
			t.Errorf("shows %s", got)
		}
	}
	if len(res.Groups) != 1 {
		t.Fatalf("groups %v: %s", res.Groups, states(res))
	}
	for _, c := range res.Groups[0].Changes {
		if strings.Contains(c.Before+c.After, "S3") {
			t.Errorf("the change of %s shows %s -> %s", c.Path, c.Before, c.After)
		}
	}
}

func TestAListInThePlaceOfASecretHidesNothingElse(t *testing.T) {
	res := run(t, withRules(files{"a.conf": "resolver_preload { AC: [S3a, \"S3b\"] }\na: x\n"}, setter("a", "a", "x", "y")))
	if len(res.Files) != 1 {
		t.Fatalf("%d files: %s", len(res.Files), states(res))
	}
	if got, want := masked(string(res.Files[0].Before), res.Files[0].SecretsBefore), "resolver_preload { AC: [***, \"***\"] }\na: x\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestMessagesShowNoSecret(t *testing.T) {
	for _, text := range []string{
		"password: S3cr't-S3\n", "password: 53 S3\n", "token: \"S3\n", "authorization { password: S3} S3: }}\n", "password: 5p3S3cret\n",
		"password: -S3x\n", "password: 1_S3\n", "password: 'S3'S3\n", "password: \"S3\\qS3\"\n", "password: [S3\n", "password = = S3\n",
	} {
		res := run(t, files{"a.conf": text}.request())
		for _, f := range res.Findings {
			if strings.Contains(f.Message, "S3") {
				t.Errorf("%q: finding %s", text, f.Message)
			}
		}
		for _, e := range res.Errors {
			if strings.Contains(e.Message, "S3") {
				t.Errorf("%q: error %s", text, e.Message)
			}
		}
	}
}

// With one pass for each secret this takes minutes instead of milliseconds.
func TestManySecretsAreCoveredAtOnce(t *testing.T) {
	var text, again strings.Builder
	text.WriteString("users: [\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "  { user: u%d, password: \"common-S3-%d\" }\n", i, i)
		fmt.Fprintf(&again, "# u%d: common-S3-%d\n", i, i)
	}
	text.WriteString("]\n" + again.String())
	got := masked(text.String(), engine.SecretSpans(ast.Parse("a.conf", []byte(text.String()), ast.Latest), nil))
	if i := strings.Index(got, "S3"); i >= 0 {
		t.Errorf("shows %s", got[max(0, i-20):i+20])
	}
	if !strings.Contains(got, "user: u19999, password: ") || !strings.Contains(got, "# u19999: ") {
		t.Error("hides text that is no secret")
	}
}

// A name may hold what is a password elsewhere: no part of a finding tells it.
func TestEveryTextOfAFindingIsMasked(t *testing.T) {
	res := run(t, files{"a.conf": "cluster { name: \"c-S3cretpw\", listen: \"0.0.0.0:6222\" }\n" +
		"gateway { name: \"g-S3cretpw\", listen: \"0.0.0.0:7222\", gateways: [ { name: \"g-S3cretpw\" } ] }\n" +
		"authorization { user: a, password: S3cretpw }\n"}.request())
	found := false
	for _, f := range res.Findings {
		texts := f.Message + f.Reason
		if f.Fix != nil {
			texts += f.Fix.Title
		}
		for _, p := range f.Related {
			texts += p.Message
		}
		found = found || f.Rule == "gateway-cluster-name"
		if strings.Contains(texts, "S3") {
			t.Errorf("%s shows %s", f.Rule, texts)
		}
	}
	if !found {
		t.Error("the mismatch of the names was not found")
	}
}

func TestAnEditThatWritesAPartOfASecretIsMarked(t *testing.T) {
	req := files{"a.conf": "authorization { user: a, password: s3cretpw\u00a0 }\n"}.request()
	req.Rules = []*fixes.Rule{meaning.HiddenBlank()}
	edits := 0
	for _, f := range run(t, req).Findings {
		for _, e := range f.Fix.Edits {
			edits++
			if !e.Secret {
				t.Errorf("%q is not marked as a secret", e.New)
			}
		}
	}
	if edits == 0 {
		t.Error("the rule changes nothing")
	}
}

// Texts that are about passwords can be read where the password is that very
// word, and say nothing of it.
func TestNamesOfFieldsAreNotBlackedOut(t *testing.T) {
	in := files{"a.conf": "authorization { user: u, password: password }\nping_interval: 30\n"}
	req := in.request()
	req.Unsafe = true
	res := run(t, req)
	said := false
	for _, f := range res.Findings {
		if f.Rule == "plaintext-password" {
			said = strings.HasPrefix(f.Message, "a password stands here in plain text") && strings.Contains(f.Reason, "--set plaintext-password.bcrypt=11")
		}
	}
	if !said {
		t.Errorf("%+v", res.Findings)
	}
	file := res.Files[0]
	if got := masked(string(file.Before), file.SecretsBefore); !strings.Contains(got, "password: ****") || strings.Count(got, "password") != 1 {
		t.Errorf("shown as %s", got)
	}
}
