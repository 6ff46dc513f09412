package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// secretText takes the secrets out of text, where they stand between « and », and returns their spans.
func secretText(text string) ([]byte, []Span) {
	var out []byte
	var spans []Span
	for {
		before, rest, found := strings.Cut(text, "«")
		out = append(out, before...)
		if !found {
			return out, spans
		}
		secret, after, _ := strings.Cut(rest, "»")
		spans = append(spans, Span{len(out), len(out) + len(secret)})
		out = append(out, secret...)
		text = after
	}
}

func secretChange(old, new string) Change {
	c := Change{Name: "x"}
	c.Old, c.OldSecrets = secretText(old)
	c.New, c.NewSecrets = secretText(new)
	return c
}

func TestMask(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		want     string // hunk headers left out
		masked   bool
	}{
		{"in context", "pass: «s3cret»\na\n", "pass: «s3cret»\nb\n", " pass: ********\n-a\n+b\n", true},
		{"in context, known on the old side only", "pass: «s3cret»\na\n", "pass: s3cret\nb\n", " pass: ********\n-a\n+b\n", true},
		{"in context, known on the new side only", "pass: s3cret\na\n", "pass: «s3cret»\nb\n", " pass: ********\n-a\n+b\n", true},
		{"in context, with different spans", "pass: «s3»cret\na\n", "pass: s«3cret»\nb\n", " pass: ********\n-a\n+b\n", true},
		{"another value", "pass: «s3cret»\n", "pass: «hunter2»\n", "-pass: ********\n+pass: ******** (changed)\n", true},
		{"the same value, quoted", "pass: «s3cret»\n", "pass: \"«s3cret»\"\n", "-pass: ********\n+pass: \"********\"\n", true},
		{"another value, quoted", "pass: «s3cret»\n", "pass: \"«hunter2»\"\n", "-pass: ********\n+pass: \"******** (changed)\"\n", true},
		{"one of two", "«al»:«s3cret»\n", "«al»:«hunter2»\n", "-********:********\n+********:******** (changed)\n", true},
		{"a new secret", "a\n", "a\npass: «s3cret»\n", " a\n+pass: ********\n", true},
		{"a secret that goes", "a\npass: «s3cret»\n", "a\n", " a\n-pass: ********\n", true},
		{"a secret beside another that changes", "pass: «s3cret»\n", "pass: «hunter2»\ntoken: «t0ken»\n",
			"-pass: ********\n+pass: ******** (changed)\n+token: ********\n", true},
		{"two values that change places", "{p: «s3cret», q: «hunter2»}\n", "{p: «hunter2», q: «s3cret»}\n",
			"-{p: ********, q: ********}\n+{p: ******** (changed), q: ******** (changed)}\n", true},
		{"asterisks become a secret", "pass: ********\n", "pass: «s3cret»\n", "-pass: ********\n+pass: ******** (changed)\n", true},
		{"a secret becomes asterisks", "pass: «s3cret»\n", "pass: ********\n", "-pass: ******** (changed)\n+pass: ********\n", true},
		{"over several lines", "«abc\n\n  def\n»x\n", "«abc\n\n  def\n»y\n",
			" ********\n ********\n ********\n-x\n+y\n", true},
		{"over several lines that change", "«abc\r\n\r\ndef»\r\n", "«abc\r\nghi»\r\n",
			" ********\r\n-********\r\n-********\r\n+******** (changed)\r\n", true},
		{"from the end of a line", "a«\nb»c\nd\n", "a«\nb»c\ne\n", " a\n ********c\n-d\n+e\n", true},
		{"without a final newline", "p: «s3cret»", "p: «hunter2»",
			"-p: ********\n\\ No newline at end of file\n+p: ******** (changed)\n\\ No newline at end of file\n", true},
		{"touching and overlapping", "p: «s3»«cret»!\nb\n", "p: «s3»«cret»!\nc\n", " p: ********!\n-b\n+c\n", true},
		{"out of sight", "«s3cret»\n1\n2\n3\n4\n5\nx\n", "«s3cret»\n1\n2\n3\n4\n5\ny\n", " 3\n 4\n 5\n-x\n+y\n", false},
		{"an empty value", "pass: \"«»\"\n", "pass: \"«s3cret»\"\n", "-pass: \"\"\n+pass: \"********\"\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Compute(secretChange(tt.old, tt.new), 3)
			var got []byte
			for _, l := range bytes.SplitAfter(f.Unified(), []byte("\n"))[3:] {
				if !bytes.HasPrefix(l, []byte("@@")) {
					got = append(got, l...)
				}
			}
			if string(got) != tt.want || f.Masked != tt.masked {
				t.Errorf("Masked %v, got\n%s\nwant\n%s", f.Masked, got, tt.want)
			}
		})
	}
}

func TestMaskIgnoresSpansOutsideTheText(t *testing.T) {
	c := Change{Old: []byte("a\n"), New: []byte("b\n")}
	c.OldSecrets = []Span{{-5, 0}, {2, 9}, {1, 0}, {-3, -1}}
	c.NewSecrets = []Span{{100, 200}}
	if f := Compute(c, 3); f.Masked {
		t.Errorf("masked:\n%s", f.Unified())
	}
	c.NewSecrets = []Span{{-5, 100}}
	if got := string(Compute(c, 3).Hunks[0].Lines[1].Text); got != Mask+"\n" {
		t.Errorf("a span beyond the text on both ends gives %q", got)
	}
}

func TestMaskLeavesTheCallersTextAlone(t *testing.T) {
	c := secretChange("pass: «s3cret»\n", "pass: «hunter2»\n")
	Compute(c, 3)
	if string(c.Old) != "pass: s3cret\n" || string(c.New) != "pass: hunter2\n" {
		t.Errorf("old %q, new %q", c.Old, c.New)
	}
}

// TestMaskShowsNoSecretByte puts secrets of characters that occur nowhere else into random texts and looks for those
// characters in everything that is printed, with the whole file as context.
func TestMaskShowsNoSecretByte(t *testing.T) {
	const alphabet = "XYZ\u20ac\x01"
	r := rand.New(rand.NewPCG(11, 12))
	secret := func() string {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString(strings.Repeat(string([]rune(alphabet)[r.IntN(5)]), 1+r.IntN(4)))
			b.WriteString([]string{"", "", "\n", "\r\n", "\n\n"}[r.IntN(5)])
		}
		return b.String()
	}
	text := func(secrets []string) string {
		var b strings.Builder
		for i := range 12 {
			fmt.Fprintf(&b, "user%d: a, pass: \"«%s»\"%s", r.IntN(14), secrets[min(i, r.IntN(12))], []string{"\n", " ", "\r\n"}[r.IntN(3)])
		}
		return b.String()
	}
	for range 800 {
		var secrets []string
		for range 12 {
			secrets = append(secrets, secret())
		}
		c := secretChange(text(secrets), text(secrets))
		context := []int{0, 1, 3, 1000}[r.IntN(4)]
		f := Compute(c, context)
		for _, out := range [][]byte{f.Unified(), f.Terminal(true), f.Terminal(false)} {
			if i := bytes.IndexAny(out, alphabet); i >= 0 {
				t.Fatalf("secret byte %q in\n%s\nold %q\nnew %q", out[i], out, c.Old, c.New)
			}
		}
		checkSameHunks(t, f, c, context)
		checkChangesShow(t, f)
	}
}

// checkSameHunks proves that masking alters neither hunks nor kinds nor line endings.
func checkSameHunks(t *testing.T, f *File, c Change, context int) {
	t.Helper()
	c.OldSecrets, c.NewSecrets = nil, nil
	plain := Compute(c, context)
	if len(f.Hunks) != len(plain.Hunks) {
		t.Fatalf("%d hunks, without masks %d", len(f.Hunks), len(plain.Hunks))
	}
	for i, h := range f.Hunks {
		p := plain.Hunks[i]
		if h.Header() != p.Header() || len(h.Lines) != len(p.Lines) {
			t.Fatalf("hunk %s, without masks %s", h.Header(), p.Header())
		}
		for n, l := range h.Lines {
			ending := p.Lines[n].Text[len(content(p.Lines[n].Text)):]
			if l.Kind != p.Lines[n].Kind || !bytes.HasSuffix(l.Text, ending) {
				t.Fatalf("line %c%q, without masks %c%q", l.Kind, l.Text, p.Lines[n].Kind, p.Lines[n].Text)
			}
		}
	}
}

// checkChangesShow proves that a run of changes never shows the same lines on both sides.
func checkChangesShow(t *testing.T, f *File) {
	t.Helper()
	for _, h := range f.Hunks {
		blocks(h.Lines, func(del, add, end int) {
			var old, new []byte
			for _, l := range h.Lines[del:add] {
				old = append(old, l.Text...)
			}
			for _, l := range h.Lines[add:end] {
				new = append(new, l.Text...)
			}
			if bytes.Equal(old, new) {
				t.Fatalf("both sides look alike:\n%s", f.Unified())
			}
		})
	}
}
