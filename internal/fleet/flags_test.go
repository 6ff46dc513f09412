package fleet

import "testing"

func TestFlagClusterDecidesWhetherRoutesAreAccepted(t *testing.T) {
	for _, tt := range []struct {
		text, flag string
		want       bool
	}{
		{"port: 4222", "", false},
		{"cluster { name: c }", "", false},
		{"cluster { port: 6222 }", "", true},
		{"cluster { name: c }", "nats://0.0.0.0:6222", true},
		{"port: 4222", "nats://0.0.0.0:-1", true},
		{"cluster { port: 6222 }", "nats://0.0.0.0:0", false},
	} {
		s := files{"a.conf": tt.text}.build(Options{Args: Args{Cluster: tt.flag}}).Servers[0]
		if got := s.AcceptsRoutes(); got != tt.want {
			t.Errorf("%q with --cluster %q: accepts routes: %v", tt.text, tt.flag, got)
		}
	}
}
