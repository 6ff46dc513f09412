package schema

import (
	"slices"
	"strings"
	"testing"
)

const (
	testSeed   = "SUAAVWRZG6M5FA5VRRGWSCIHKTOJC7EWNIT4JV3FTOIPO4OBFR5WA7X5TE"
	testPublic = "UDXB2WEW6BWTTTFJDYWQTLMOOEX6CVBTJRGBVZEBOKMDYEF45IK6HHBG"
	testJWT    = "eyJ0eXAiOiJqd3QiLCJhbGciOiJlZDI1NTE5In0.eyJqdGkiOiJUSU5TRUNSRVRDTEFJTVMifQ.c2lnbmF0dXJl-_AAA"
	testBcrypt = "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy"
)

func TestSecretSpans(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"nats://user:pass@host:4222", []string{"pass"}},
		{"nats-route://ruser:T0pS3cr3t@[::1]:6222/", []string{"T0pS3cr3t"}},
		{"nats://sometoken@host", []string{"sometoken"}},
		{"nats://user:p@ss@host", []string{"p@ss"}},
		{"nats://user:a:b@host", []string{"a:b"}},
		{"nats://user:p%40ss@host?x=y#z", []string{"p%40ss"}},
		{"nats://user:pa/ss@host:4222", []string{"pa/ss"}},
		{"nats://user:pa#ss@host", []string{"pa#ss"}},
		{"nats://a:b@h1:4222,nats://c:d@h2:4222", []string{"b", "d"}},
		{"[nats://a:b@h1, nats://h2, tls://tok@h3]", []string{"b", "tok"}},
		{`"nats://a:b@h1"`, []string{"b"}},
		{`URL("https://u:secret@jwt.example.com/accounts")`, []string{"secret"}},
		{"https://:secret@host", []string{"secret"}},
		{"://a:b@c", []string{"b"}},
		{testSeed, []string{testSeed}},
		{`nkey: "` + testSeed + `"`, []string{testSeed}},
		{"-----BEGIN USER NKEY SEED-----\n" + testSeed + "\n------END", []string{testSeed}},
		{testSeed[:56], []string{testSeed[:56]}}, // cut off in copying
		{"nats://" + testSeed + "@host", []string{testSeed}},
		{testJWT, []string{testJWT}},
		{"operator: " + testJWT + " # inline", []string{testJWT}},
		{testJWT[:strings.LastIndexByte(testJWT, '.')], []string{testJWT[:strings.LastIndexByte(testJWT, '.')]}},
		{testBcrypt, []string{testBcrypt}},
		{`{user: a, password: "` + testBcrypt + `"}`, []string{testBcrypt}},
		{strings.Replace(testBcrypt, "$2a", "$2y", 1) + ",", []string{strings.Replace(testBcrypt, "$2a", "$2y", 1)}},
		{"SSSS " + testSeed + " nats://a:b@c " + testJWT, []string{testSeed, "b", testJWT}},

		// Not secrets.
		{"", nil},
		{"nats://host:4222", nil},
		{"nats://user:@host", nil},
		{"nats://@host", nil},
		{"https://host/path/@scope/pkg", nil},
		{"https://host:8080/a@b", nil},
		{"https://host/?mail=a@b", nil},
		{"nats://h1:4222,nats://h2:4222/x@y", nil},
		{"nats://[::1]:4222/x@y", nil},
		{"nats://host:4222 admin@example.com", nil},
		{"admin@example.com", nil},
		{"a://", nil},
		{testPublic, nil},
		{strings.Replace(testPublic, "U", "A", 1), nil},
		{"SUBSCRIBE.TO.SOMETHING.THAT.IS.LONGER.THAN.A.SEED.EVER.IS.AND.MORE", nil},
		{strings.ToLower(testSeed), nil},
		{"X" + testSeed, nil},
		{testSeed + "_SUFFIX", nil},
		{testSeed + testSeed, nil},
		{"SB" + testSeed[2:], nil}, // no such kind of key
		{"eyJhbGciOiJub25lIn0", nil},
		{"eyJ.eyJ.eyJ", nil},
		{"keyJhbGciOiJub25lIn0.eyJhbGciOiJub25lIn0.x", nil},
		{"$2a$11$short", nil},
		{"$2c$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy", nil},
		{"$2a$1x$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy", nil},
		{"$20 and ${VAR} and $2a", nil},
		{"/etc/nats/keys/creds/SUPER.creds", nil},
	} {
		var got []string
		for _, s := range SecretSpans(tt.text) {
			got = append(got, tt.text[s.Start:s.End])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("SecretSpans(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestSecretSpansOfOrdinaryTextDoesNotAllocate(t *testing.T) {
	text := "server_name: S1, listen: 0.0.0.0:4222, routes: [nats://h1:6222, nats://h2:6222]"
	if n := testing.AllocsPerRun(100, func() { SecretSpans(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzSecretSpans(f *testing.F) {
	for _, s := range []string{"nats://u:p@h", "x://a:b/c@d", testSeed, testJWT, testBcrypt, "S", "://", "$2a$", "eyJ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, s := range SecretSpans(text) {
			if s.Start < end || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("span %v after %d in a text of %d bytes", s, end, len(text))
			}
			end = s.End
		}
		if MayHoldSecret(text) {
			return
		}
		for i := range len(text) {
			if s, ok := secretAt(text, i); ok {
				t.Fatalf("the pre-check missed %q", text[s.Start:s.End])
			}
		}
	})
}

func BenchmarkSecretSpans(b *testing.B) {
	for name, text := range map[string]string{
		"plain": "0.0.0.0:4222",
		"url":   "nats://user:secret@host.example.com:6222",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SecretSpans(text)
			}
		})
	}
}
