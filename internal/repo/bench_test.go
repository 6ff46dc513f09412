package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const benchFiles = 100_000

// tree makes a directory with 100,000 configurations in 1,000 directories.
func tree(b *testing.B) {
	isolate(b)
	for d := range benchFiles / 100 {
		dir := filepath.Join("fleet", fmt.Sprintf("site-%02d", d/100), fmt.Sprintf("leaf-%03d", d))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for i := range 100 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("server-%02d.conf", i)), nil, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHundredThousandFiles measures what a run costs before a file is
// opened. Peer: one lstat of every file.
func BenchmarkHundredThousandFiles(b *testing.B) {
	tree(b)
	targets := discover(b, "fleet").Targets
	perFile := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchFiles, "ns/file")
	}
	walk := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := Discover([]string{"fleet"}, options())
			if err != nil || len(f.Targets) != benchFiles {
				b.Fatal(len(f.Targets), err)
			}
		}
		perFile(b)
	}
	b.Run("Lstat", func(b *testing.B) {
		for b.Loop() {
			for _, name := range targets {
				if _, err := os.Lstat(name); err != nil {
					b.Fatal(err)
				}
			}
		}
		perFile(b)
	})
	b.Run("DiscoverPlain", walk)
	commit(b, ".")
	b.Run("DiscoverCheckout", walk)
	b.Run("Dirty", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dirty, err := realGit().Dirty(targets)
			if err != nil || len(dirty) != 0 {
				b.Fatal(len(dirty), err)
			}
		}
		perFile(b)
	})
}
