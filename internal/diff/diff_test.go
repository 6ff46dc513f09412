package diff

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func unified(old, new string, context int) string {
	return string(Compute(Change{Name: "x", Old: []byte(old), New: []byte(new)}, context).Unified())
}

func TestUnified(t *testing.T) {
	const header = "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
	const numbers = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	tests := []struct {
		name     string
		old, new string
		context  int
		want     string
	}{
		{"equal texts give nothing", "a\n", "a\n", 3, ""},
		{"two empty texts give nothing", "", "", 3, ""},
		{"one line in the middle", numbers, "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", 3,
			header + "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"no context", numbers, "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", 0, header + "@@ -5 +5 @@\n-5\n+five\n"},
		{"a negative context is none", numbers, "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", -1, header + "@@ -5 +5 @@\n-5\n+five\n"},
		{"more context than lines", "a\nb\n", "a\nc\n", 1 << 62, header + "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"insertion without context names the line before", "a\nb\n", "a\nx\nb\n", 0, header + "@@ -1,0 +2 @@\n+x\n"},
		{"deletion without context names the line before", "a\nx\nb\n", "a\nb\n", 0, header + "@@ -2 +1,0 @@\n-x\n"},
		{"contexts that touch make one hunk", numbers, "one\n2\n3\nfour\n5\n6\n7\n8\n9\n", 1,
			header + "@@ -1,5 +1,5 @@\n-1\n+one\n 2\n 3\n-4\n+four\n 5\n"},
		{"contexts that leave a line make two", numbers, "one\n2\n3\n4\nfive\n6\n7\n8\n9\n", 1,
			header + "@@ -1,2 +1,2 @@\n-1\n+one\n 2\n@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n"},
		{"a file that was empty", "", "a\nb\n", 3, header + "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"a file that becomes empty", "a\nb\n", "", 3, header + "@@ -1,2 +0,0 @@\n-a\n-b\n"},
		{"final newline comes", "a\nb", "a\nb\n", 3,
			header + "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"final newline goes", "a\nb\n", "a\nb", 3,
			header + "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"},
		{"no final newline in context", "a\nb", "x\nb", 3,
			header + "@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n"},
		{"no final newline on either side", "a", "b", 3,
			header + "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"},
		{"CRLF stays", "a\r\nb\r\n", "a\r\nc\r\n", 3, header + "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"},
		{"from LF to CRLF", "a\n", "a\r\n", 3, header + "@@ -1 +1 @@\n-a\n+a\r\n"},
		{"a lone CR ends no line", "a\rb\n", "a\rc\n", 3, header + "@@ -1 +1 @@\n-a\rb\n+a\rc\n"},
		{"bytes that are not UTF-8", "caf\xe9\x00\n", "caf\xe8\x00\n", 3, header + "@@ -1 +1 @@\n-caf\xe9\x00\n+caf\xe8\x00\n"},
		{"a block inserted after its like", "a {\n  x\n}\n", "a {\n  x\n}\nb {\n  x\n}\n", 1,
			header + "@@ -3 +3,4 @@\n }\n+b {\n+  x\n+}\n"},
		{"lines that moved", "a\nb\nc\n", "b\nc\na\n", 3, header + "@@ -1,3 +1,3 @@\n-a\n b\n c\n+a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := unified(tt.old, tt.new, tt.context); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestHeaderOfCreatedAndDeletedFiles(t *testing.T) {
	tests := []struct {
		change Change
		want   string
	}{
		{Change{Name: "d/x y", Status: Created, New: []byte("a\n")},
			"diff --git a/d/x y b/d/x y\nnew file mode 100644\n--- /dev/null\n+++ b/d/x y\t\n@@ -0,0 +1 @@\n+a\n"},
		{Change{Name: "x", Status: Created}, "diff --git a/x b/x\nnew file mode 100644\n"},
		{Change{Name: "x", Status: Deleted, Old: []byte("a\n")},
			"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"},
		{Change{Name: "x", Status: Deleted}, "diff --git a/x b/x\ndeleted file mode 100644\n"},
	}
	for _, tt := range tests {
		if got := string(Compute(tt.change, 3).Unified()); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestQuoteName(t *testing.T) {
	for name, want := range map[string]string{
		"a/x.conf":       "a/x.conf",
		"a/my file":      "a/my file",
		"a/größe":        "a/größe",
		"a/it's":         "a/it's",
		"a/tab\there":    `"a/tab\there"`,
		"a/line\nfeed":   `"a/line\nfeed"`,
		`a/"quoted"`:     `"a/\"quoted\""`,
		`a/back\slash`:   `"a/back\\slash"`,
		"a/caf\xe9":      `"a/caf\351"`,
		"a/größe\x1b":    `"a/größe\033"`,
		"a/del\x7f":      `"a/del\177"`,
		"a/c1\u009b":     `"a/c1\302\233"`,
		"a/real \ufffd!": "\"a/real \\357\\277\\275!\"",
	} {
		if got := quoteName(name); got != want {
			t.Errorf("quoteName(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestStat(t *testing.T) {
	f := Compute(Change{Old: []byte("a\nb\nc\n"), New: []byte("a\nx\ny\nz\nc\n")}, 3)
	if added, deleted := f.Stat(); added != 3 || deleted != 1 {
		t.Errorf("Stat() = %d, %d, want 3, 1", added, deleted)
	}
}

// apply carries out the hunks of f on old and fails the test where they do not match it.
func apply(t *testing.T, f *File, old []byte) []byte {
	t.Helper()
	lines := bytes.SplitAfter(old, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	var out []byte
	next, written := 0, 0
	take := func() []byte {
		if next == len(lines) {
			t.Fatal("a hunk reaches beyond the old text")
		}
		next++
		return lines[next-1]
	}
	start := func(first, n int) int {
		if n == 0 {
			return first
		}
		return first - 1
	}
	for _, h := range f.Hunks {
		for next < start(h.OldStart, h.OldLines) {
			out = append(out, take()...)
			written++
		}
		if next != start(h.OldStart, h.OldLines) || written != start(h.NewStart, h.NewLines) {
			t.Fatalf("%s: hunk begins after old line %d, new line %d", h.Header(), next, written)
		}
		from, to := next, written
		for _, l := range h.Lines {
			if l.Kind != Add {
				if got := take(); !bytes.Equal(got, l.Text) {
					t.Fatalf("%s: line %q where the old text has %q", h.Header(), l.Text, got)
				}
			}
			if l.Kind != Delete {
				out = append(out, l.Text...)
				written++
			}
		}
		if next-from != h.OldLines || written-to != h.NewLines {
			t.Fatalf("%s: hunk has %d old and %d new lines", h.Header(), next-from, written-to)
		}
	}
	for next < len(lines) {
		out = append(out, take()...)
	}
	return out
}

// randomText returns up to n lines out of few, in one of several styles.
func randomText(r *rand.Rand, n int) []byte {
	ending := []string{"\n", "\r\n", "\r", "\r\r\n", "mixed"}[r.IntN(5)]
	var b []byte
	for range r.IntN(n + 1) {
		b = append(b, randomLine(r)...)
		if ending == "mixed" {
			b = append(b, []string{"\n", "\r\n", "\r"}[r.IntN(3)]...)
		} else {
			b = append(b, ending...)
		}
	}
	if r.IntN(3) == 0 {
		b = append(b, "last"...)
	}
	return b
}

func randomLine(r *rand.Rand) string {
	lines := []string{
		"", "}", "{", "port: 4222", "  name: \"größe\"", "caf\xe9", "nul\x00byte", "\xef\xbb\xbfbom", "\ttab ", "- a", "+ b",
		"--- a/x", "+++ b/x", "@@ -1 +1 @@", "\\ No newline at end of file", "diff --git a/x b/x", "\x1b[31mred", "trailing  ",
	}
	return lines[r.IntN(len(lines))]
}

// mutate returns text with some of its lines deleted, replaced, doubled or moved.
func mutate(r *rand.Rand, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	for range 1 + r.IntN(4) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(5) {
		case 0:
			lines[i] = nil
		case 1:
			lines[i] = []byte(randomLine(r) + "\n")
		case 2:
			lines[i] = bytes.Repeat(lines[i], 2)
		case 3:
			lines[i], lines[j] = lines[j], lines[i]
		case 4:
			lines[i] = bytes.TrimRight(lines[i], "\r\n")
		}
	}
	return bytes.Join(lines, nil)
}

func randomPair(r *rand.Rand) (old, new []byte) {
	old = randomText(r, 30)
	if r.IntN(4) == 0 {
		return old, randomText(r, 30)
	}
	return old, mutate(r, old)
}

func TestHunksGiveTheNewText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		old, new := randomPair(r)
		f := Compute(Change{Name: "x", Old: old, New: new}, r.IntN(6))
		if got := apply(t, f, old); !bytes.Equal(got, new) {
			t.Fatalf("old %q\nnew %q\ngot %q", old, new, got)
		}
	}
}

func TestResultIsTheSameEveryTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		old, new := randomPair(r)
		first := unified(string(old), string(new), 3)
		for range 3 {
			if unified(string(old), string(new), 3) != first {
				t.Fatalf("two results for\n%q\n%q", old, new)
			}
		}
	}
}

func FuzzUnified(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("a\nc"), 3, 0, 2)
	f.Add([]byte("a\r\nb\r\n\r\n"), []byte(""), 0, 1, 9)
	f.Add([]byte("caf\xe9\x00\rx"), []byte("\n\ncaf\xe9"), 1, -5, 100)
	f.Add([]byte(strings.Repeat("}\n", 9)), []byte(strings.Repeat("}\n", 7)+"x"), 2, 4, 4)
	f.Fuzz(func(t *testing.T, old, new []byte, context, start, end int) {
		c := Change{Name: string(old[:min(9, len(old))]), Old: old, New: new}
		file := Compute(c, context)
		if got := apply(t, file, old); !bytes.Equal(got, new) {
			t.Fatalf("old %q\nnew %q\ngot %q", old, new, got)
		}
		checkContext(t, file, old, max(context, 0))
		if (len(file.Hunks) == 0) != bytes.Equal(old, new) {
			t.Fatalf("%d hunks for\n%q\n%q", len(file.Hunks), old, new)
		}
		file.Unified()
		for _, b := range file.Terminal(false) {
			if b < ' ' && b != '\n' && b != '\t' {
				t.Fatalf("control character %q on the terminal", b)
			}
		}
		c.OldSecrets = []Span{{start, end}, {0, start}}
		c.NewSecrets = []Span{{end, start}, {start, end}}
		masked := Compute(c, context)
		masked.Terminal(true)
		if len(masked.Hunks) != len(file.Hunks) {
			t.Fatalf("%d hunks, masked %d", len(file.Hunks), len(masked.Hunks))
		}
		for i := range masked.Hunks {
			if len(masked.Hunks[i].Lines) != len(file.Hunks[i].Lines) || masked.Hunks[i].Header() != file.Hunks[i].Header() {
				t.Fatalf("masking changes hunk %d", i)
			}
		}
	})
}

// TestComparisonIsMinimal compares with the textbook's table of longest common subsequences.
func TestComparisonIsMinimal(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 1000 {
		old, new := randomPair(r)
		a, b := bytes.SplitAfter(old, []byte("\n")), bytes.SplitAfter(new, []byte("\n"))
		common := make([][]int, len(a)+1)
		common[0] = make([]int, len(b)+1)
		for i := range a {
			common[i+1] = make([]int, len(b)+1)
			for j := range b {
				common[i+1][j+1] = max(common[i][j+1], common[i+1][j])
				if bytes.Equal(a[i], b[j]) {
					common[i+1][j+1] = common[i][j] + 1
				}
			}
		}
		// An empty last element is no line.
		n := common[len(a)][len(b)]
		wantDeleted, wantAdded := len(a)-n, len(b)-n
		if len(a[len(a)-1]) == 0 && len(b[len(b)-1]) != 0 {
			wantDeleted--
		}
		if len(b[len(b)-1]) == 0 && len(a[len(a)-1]) != 0 {
			wantAdded--
		}
		f := Compute(Change{Old: old, New: new}, 3)
		if added, deleted := f.Stat(); added != wantAdded || deleted != wantDeleted {
			t.Fatalf("%d added and %d deleted lines, want %d and %d\n%s", added, deleted, wantAdded, wantDeleted, f.Unified())
		}
	}
}

func TestLinesThatMovedFarAreFewEvenBeyondTheExactComparison(t *testing.T) {
	old := numbered(0, 10_000)
	new := append(numbered(9000, 10_000), numbered(0, 9000)...)
	f := Compute(Change{Old: old, New: new}, 3)
	if added, deleted := f.Stat(); added != 1000 || deleted != 1000 {
		t.Errorf("%d added and %d deleted lines, want 1000 of each", added, deleted)
	}
}

func TestBlocksAreShownWhole(t *testing.T) {
	const header = "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
	less := "a {\n  x: 1\n}\nb {\n  x: 2\n}\nc {\n  x: 3\n}\n"
	more := "a {\n  x: 1\n}\nn {\n  x: 9\n}\nb {\n  x: 2\n}\nm {\n  x: 8\n}\nc {\n  x: 3\n}\nd {\n  x: 1\n}\n"
	want := header +
		"@@ -3,2 +3,5 @@\n }\n+n {\n+  x: 9\n+}\n b {\n" +
		"@@ -6,2 +9,5 @@\n }\n+m {\n+  x: 8\n+}\n c {\n" +
		"@@ -9 +15,4 @@\n }\n+d {\n+  x: 1\n+}\n"
	if got := unified(less, more, 1); got != want {
		t.Errorf("inserted: got\n%s\nwant\n%s", got, want)
	}
	want = header +
		"@@ -3,5 +3,2 @@\n }\n-n {\n-  x: 9\n-}\n b {\n" +
		"@@ -9,5 +6,2 @@\n }\n-m {\n-  x: 8\n-}\n c {\n" +
		"@@ -15,4 +9 @@\n }\n-d {\n-  x: 1\n-}\n"
	if got := unified(more, less, 1); got != want {
		t.Errorf("deleted: got\n%s\nwant\n%s", got, want)
	}
}

// checkContext proves that every hunk has all its context, as far as the text goes: git takes a hunk with less after
// its changes than before them for one at the end of the file.
func checkContext(t *testing.T, f *File, old []byte, context int) {
	t.Helper()
	total := countLines(old)
	for _, h := range f.Hunks {
		before := slices.IndexFunc(h.Lines, func(l Line) bool { return l.Kind != Context })
		after := 0
		for _, l := range slices.Backward(h.Lines) {
			if l.Kind != Context {
				break
			}
			after++
		}
		first := h.OldStart
		if h.OldLines == 0 {
			first++
		}
		last := first + h.OldLines - 1
		if before > context || after > context || before < context && first != 1 || after < context && last != total {
			t.Fatalf("%s of %d lines: %d lines of context before and %d after, want %d", h.Header(), total, before, after, context)
		}
	}
}

func TestHunksHaveAllTheirContext(t *testing.T) {
	old := "x\n" + strings.Repeat("}\n", 500)
	new := "y\n" + strings.Repeat("}\n", 501)
	checkContext(t, Compute(Change{Old: []byte(old), New: []byte(new)}, 3), []byte(old), 3)

	// Few kinds of lines give insertions room to move.
	r := rand.New(rand.NewPCG(15, 16))
	for range 500 {
		old := repeated(r.Uint64(), r.IntN(400), "a\n", "a\n", "a\n", "b\n")
		new := mutate(r, old)
		context := r.IntN(5)
		f := Compute(Change{Old: old, New: new}, context)
		checkContext(t, f, old, context)
		if got := apply(t, f, old); !bytes.Equal(got, new) {
			t.Fatalf("old %q\nnew %q\ngot %q", old, new, got)
		}
	}
}
