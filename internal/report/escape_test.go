package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What a terminal would obey is escaped, and the JSON says the same.
func TestEscapeLeavesJSONWhatItSays(t *testing.T) {
	for in, want := range map[string]string{
		"größe 漢字 \U0001F600": `"größe 漢字 😀"`,
		"a\u009b31m\u202eb":   `"a\u009b31m\u202eb"`,
		"\x1b[31m\x7f":        `"\u001b[31m\u007f"`,
		"\U000E0041":          `"\udb40\udc41"`,
		"":                    `""`,
	} {
		var b bytes.Buffer
		enc := json.NewEncoder(Escaping(&b))
		enc.SetEscapeHTML(false)
		if err := enc.Encode(in); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != want+"\n" {
			t.Errorf("%q is written as %s, want %s", in, got, want)
		}
		var back string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != in {
			t.Errorf("%q is read as %q, %v", in, back, err)
		}
	}
}

func TestLinesKeepsLinesAndTabs(t *testing.T) {
	for in, want := range map[string]string{
		"a\n\tb größe": "a\n\tb größe", "a\x1b[2J\r\n\t\u009bb\n": "a^[[2J^M\n\t<U+009B>b\n", "\xff\t\t\n": "<FF>\t\t\n",
	} {
		if got := Lines(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
