package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// numbered returns lines from first to last, each unlike the others.
func numbered(first, last int) []byte {
	var b []byte
	for i := first; i < last; i++ {
		b = fmt.Appendf(b, "    subject_%d: \"orders.%d.>\"\n", i, i)
	}
	return b
}

func shuffled(text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	rand.New(rand.NewPCG(7, 8)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return bytes.Join(lines, nil)
}

func repeated(seed uint64, n int, lines ...string) []byte {
	r := rand.New(rand.NewPCG(seed, 10))
	var b []byte
	for range n {
		b = append(b, lines[r.IntN(len(lines))]...)
	}
	return b
}

// hard returns pairs for which a naive comparison takes minutes or gives a result that helps nobody. The large ones
// have the given number of lines; 400,000 make 16 MB.
func hard(large int) map[string]Change {
	small := numbered(0, 60)
	big := numbered(0, large)
	middle, last := fmt.Appendf(nil, "_%d:", large/2), fmt.Appendf(nil, "_%d:", large-8)
	once := bytes.Replace(big, middle, []byte("_x:"), 1)
	twice := bytes.Replace(bytes.Replace(big, []byte("_7:"), []byte("_x:"), 1), last, []byte("_x:"), 1)
	three := []string{"{\n", "}\n", "a: 1\n"}
	return map[string]Change{
		"edit in 2 KB":            {Old: small, New: bytes.Replace(small, []byte("_30:"), []byte("_x:"), 1)},
		"one line in 16 MB":       {Old: big, New: once},
		"first and last of 16 MB": {Old: big, New: twice},
		"every line of 16 MB":     {Old: big, New: bytes.ReplaceAll(big, []byte("orders"), []byte("ORDERS"))},
		"10000 unlike lines":      {Old: numbered(0, 10_000), New: numbered(10_000, 20_000)},
		"2000 lines shuffled":     {Old: numbered(0, 2000), New: shuffled(numbered(0, 2000))},
		"10000 lines shuffled":    {Old: numbered(0, 10_000), New: shuffled(numbered(0, 10_000))},
		"2000 of 3 kinds":         {Old: repeated(1, 2000, three...), New: repeated(2, 2000, three...)},
		"100000 of 3 kinds":       {Old: repeated(1, large/4, three...), New: repeated(2, large/4, three...)},
		"3 lines among many":      {Old: []byte("{\n{\n}\n"), New: bytes.Repeat([]byte("}\n{\n"), large)},
		"many long lines": {
			Old: bytes.Repeat([]byte("1"+strings.Repeat(" a b", 99)+"\n"), large/20), New: bytes.Repeat([]byte("2"+strings.Repeat(" b a", 99)+"\n"), large/20)},
		"long lines of many words": {
			Old: append(bytes.Repeat([]byte("a b "), 100_000), '\n'), New: append(bytes.Repeat([]byte("b a "), 100_000), '\n')},
	}
}

func TestHardPairsAreQuickAndRight(t *testing.T) {
	for name, c := range hard(20_000) {
		start := time.Now()
		f := Compute(c, 3)
		f.Terminal(true)
		// Most take milliseconds. The limit is for a slow machine with the race detector; without the bounds on
		// the comparison some would take minutes.
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: %v", name, d)
		}
		if !bytes.Equal(apply(t, f, c.Old), c.New) {
			t.Errorf("%s: the hunks do not give the new text", name)
		}
	}
}

func TestDistantChangesInLargeFileStayApart(t *testing.T) {
	f := Compute(hard(20_000)["first and last of 16 MB"], 3)
	if added, deleted := f.Stat(); len(f.Hunks) != 2 || added != 2 || deleted != 2 {
		t.Errorf("%d hunks, %d added, %d deleted lines, want 2 of each", len(f.Hunks), added, deleted)
	}
}

func BenchmarkCompute(b *testing.B) {
	changes := hard(400_000)
	for _, name := range []string{
		"edit in 2 KB", "one line in 16 MB", "first and last of 16 MB", "every line of 16 MB", "10000 unlike lines",
		"2000 lines shuffled", "10000 lines shuffled", "2000 of 3 kinds", "100000 of 3 kinds", "3 lines among many", "long lines of many words",
	} {
		c := changes[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compute(c, 3)
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	f := Compute(hard(0)["edit in 2 KB"], 3)
	b.Run("unified", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Unified()
		}
	})
	b.Run("terminal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Terminal(true)
		}
	})
}
