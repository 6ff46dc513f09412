package suggest

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"rules", "unsafe", "exclude", "gateway-cluster-name", "check", "fix"}
	for _, c := range []struct{ word, want string }{
		{"rule", "rules"},
		{"ruels", "rules"},
		{"Exclude", "exclude"},
		{"excludes", "exclude"},
		{"gateway-cluster-nmae", "gateway-cluster-name"},
		{"gatewayclustername", "gateway-cluster-name"},
		{"chekc", "check"},
		{"fxi", "fix"},
		{"deploy", ""},
		{"a.conf", ""},
		{"", ""},
	} {
		if got := Suggest(c.word, known); got != c.want {
			t.Errorf("Suggest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

func TestSuggestTakesTheFirstOfEquallyNearWords(t *testing.T) {
	if got := Suggest("cat", []string{"car", "cap"}); got != "car" {
		t.Errorf("got %q", got)
	}
}

func TestASwapIsOneSlip(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"ab", "ba", 1}, {"abcd", "acbd", 1}, {"kitten", "sitting", 3}, {"", "abc", 3}, {"größe", "grösse", 2}} {
		if got := new(slips).count([]rune(c.a), c.b); got != c.want {
			t.Errorf("the count for %q and %q is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
