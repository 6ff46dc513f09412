package types

import (
	"testing"
	"time"
)

func TestDurationOf(t *testing.T) {
	for text, want := range map[string]string{
		"1d": "24h", "1.5d": "36h", "2w": "336h", "1d12h": "36h", "1d30m": "24h30m", "30 seconds": "30s", "5min": "5m",
		"1 hour 30 min": "1h30m", "500msec": "500ms", "10S": "10s", "1H": "1h", "-1d": "-24h", "1h30m": "1h30m",
		"30": "", "": "", "often": "", "5M": "", "1y": "", "d": "", "PT30S": "", "1d!": "",
	} {
		got := durationOf(text)
		if got != want {
			t.Errorf("durationOf(%q) = %q, want %q", text, got, want)
		}
		if got == "" {
			continue
		}
		if _, err := time.ParseDuration(got); err != nil {
			t.Error(err)
		}
	}
}

func TestSizeLiteral(t *testing.T) {
	for _, tt := range []struct {
		number, letter string
		binary         bool
		want           string
	}{
		{"8", "M", true, "8MB"}, {"8", "M", false, "8M"}, {"1.5", "G", true, "1536MB"}, {"1.5", "G", false, "1500M"},
		{"10", "", true, "10"}, {"-1", "", false, "-1"}, {"0.5", "K", true, "512"}, {"0.5", "", true, ""}, {"0.3", "K", true, ""},
		{"99999999", "E", true, ""}, {"8", "E", true, ""}, {"7", "E", true, "7EB"},
	} {
		if got := sizeLiteral(tt.number, tt.letter, tt.binary); got != tt.want {
			t.Errorf("sizeLiteral(%q, %q, %v) = %q, want %q", tt.number, tt.letter, tt.binary, got, tt.want)
		}
	}
}

func TestBoolOf(t *testing.T) {
	for text, want := range map[string]string{
		"true": "true", " On ": "On", "NO": "NO", "1": "true", "0": "false", "Enabled": "true", "disable": "false", "2": "", "": "", "maybe": "",
	} {
		if got := boolOf(text); got != want {
			t.Errorf("boolOf(%q) = %q, want %q", text, got, want)
		}
	}
	if jsonBool("On") != "true" || jsonBool("NO") != "false" {
		t.Error("the words of JSON are true and false")
	}
}

func TestCurveNamed(t *testing.T) {
	for text, want := range map[string]string{
		"P256": "CurveP256", "p-384": "CurveP384", "secp521r1": "CurveP521", "x25519": "X25519", "curvep256": "CurveP256",
		"X25519_MLKEM768": "X25519MLKEM768", "brainpoolP256r1": "", "": "",
	} {
		if got := curveNamed(text); got != want {
			t.Errorf("curveNamed(%q) = %q, want %q", text, got, want)
		}
	}
}
