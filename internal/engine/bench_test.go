package engine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes/suite"
)

// BenchmarkCheck runs the whole suite over a tree of 10,000 files in which
// nothing changes (the configurations of the nats-server module, again and
// again), read from disk; and beside it the official parser over the same
// texts in memory, one after the other.
func BenchmarkCheck(b *testing.B) {
	const files = 10_000
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	err = filepath.WalkDir(strings.TrimSpace(string(out)), func(path string, e os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".conf") {
			return err
		}
		text, err := os.ReadFile(path)
		if _, perr := conf.Parse(string(text)); perr == nil && len(text) > 0 {
			texts = append(texts, string(text))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	paths := make([]string, files)
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
	b.Run("natsfix", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := engine.Run(b.Context(), engine.Request{Targets: paths, Read: os.ReadFile, Rules: suite.All()})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("official-parser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := range files {
				if _, err := conf.Parse(texts[i%len(texts)]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
