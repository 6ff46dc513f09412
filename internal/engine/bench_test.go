package engine_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/safeio"
)

// BenchmarkCheck runs the rules that are on by default over a tree of 10,000
// files in which nothing changes (those of the nats-server module's
// configurations, again and again), read from disk; and beside it the official
// parser over the same texts one after the other, in memory and from disk.
// Garbage is collected as seldom as the command does it.
func BenchmarkCheck(b *testing.B) {
	const count = 10_000
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	rules := slices.DeleteFunc(suite.All(), func(r *fixes.Rule) bool { return r.Off })
	texts := unchangedTexts(b, rules)
	dir := b.TempDir()
	paths := make([]string, count)
	for i := range paths {
		folder := filepath.Join(dir, fmt.Sprint(i/len(texts)))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
		paths[i] = filepath.Join(folder, fmt.Sprintf("%03d.conf", i%len(texts)))
		if err := os.WriteFile(paths[i], []byte(texts[i%len(texts)]), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	read := func(path string) ([]byte, error) {
		f, err := safeio.Read(path, safeio.Limits{})
		return f.Data, err
	}
	b.Run("natsfix", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := engine.Run(b.Context(), engine.Request{Targets: paths, Read: read, Rules: rules})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("official-parser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := range count {
				if _, err := conf.Parse(texts[i%len(texts)]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("official-parser-from-disk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, path := range paths {
				if _, err := conf.ParseFile(path); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// unchangedTexts returns the configurations of the nats-server module that the
// official parser accepts and in which the rules change nothing.
func unchangedTexts(b *testing.B, rules []*fixes.Rule) []string {
	b.Helper()
	var texts []string
	all := folders(b, moduleDir(b), ".conf")
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		for _, path := range slices.Sorted(maps.Keys(all[dir])) {
			text := all[dir][path]
			if _, err := conf.Parse(text); err != nil || text == "" {
				continue
			}
			alone := files{path: text}
			req := alone.request()
			req.Rules = rules
			if res := run(b, req); res.Files[0].Status == engine.Unchanged {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) < 10 {
		b.Fatalf("nothing changes in %d files only", len(texts))
	}
	return texts
}
