package fleet

import "testing"

func TestNeverHost(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "localhost": false, "nats-0.nats.svc": false, "under_score": false, "xn--e1afmkfd": false, "bücher.example": false,
		"0.0.0.0": false, "127.1": false, "0256.1.1.1": false, "::": false, "fe80::1%eth0": false, "10": false,
		"*": true, "[::]": true, "0.0.0.0:4222": true, "10.0.0.0/8": true, "a,b": true, "a b": true, "$HOST": true, "nats://a": true,
		"256.1.1.1": true, "1.2.3.4.5": true,
	} {
		if got := NeverHost(text); got != want {
			t.Errorf("NeverHost(%q) is %t", text, got)
		}
	}
}
