package engine

import "testing"

func TestKeysThatSoundLikeSecrets(t *testing.T) {
	for key, want := range map[string]bool{
		"password": true, "APP_PASS": true, "token": true, "js_secret": true,
		"max_subscription_tokens": false, "max_sub_tokens": false, "account_token_position": false, "token_cookie": false, "user": false,
	} {
		if got := soundsSecret(key); got != want {
			t.Errorf("soundsSecret(%q) = %v", key, got)
		}
	}
	if !isSecretPath("ss.password") || isSecretPath("gateway.name") || !isSecretPath("authorization.password") {
		t.Error("paths of secrets are not told from others")
	}
}
