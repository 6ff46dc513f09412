package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"

	"github.com/natsfix/natsfix/internal/engine"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/host"
)

// BenchmarkWholeCheck runs natsfix check as a whole, from finding the files to the
// report, over trees of 10,000 and 100,000 files in which nothing changes: those
// of the nats-server module's configurations, or of the folder that NATSFIX_CORPUS
// names, again and again. Beside it, the official parser takes the texts of the
// smaller tree, one after the other, in memory and from disk. Garbage is collected
// as seldom as the command does it.
func BenchmarkWholeCheck(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	texts := unchanged(b)
	for _, count := range []int{10_000, 100_000} {
		paths := plant(b, texts, count)
		b.Run(fmt.Sprintf("natsfix/%d", count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				app := App{Stdout: io.Discard, Stderr: io.Discard, Rules: suite.All(), Run: engine.Run, Wanted: host.Wanted, Judge: host.Judge}
				if code := app.Main([]string{"natsfix", "check", "--no-config", "-q", filepath.Dir(filepath.Dir(paths[0]))}); code > exitFindings {
					b.Fatalf("exit %d", code)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(count), "µs/file")
		})
		if count > 10_000 {
			continue
		}
		b.Run("official-parser/10000", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range count {
					if _, err := conf.Parse(texts[i%len(texts)]); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run("official-parser-from-disk/10000", func(b *testing.B) {
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
}

// plant writes texts again and again, in folders of a new directory, until there
// are count files.
func plant(b *testing.B, texts []string, count int) []string {
	b.Helper()
	dir := b.TempDir()
	paths := make([]string, count)
	for i := range paths {
		folder := filepath.Join(dir, fmt.Sprintf("site-%d", i/len(texts)))
		paths[i] = filepath.Join(folder, fmt.Sprintf("nats-%03d.conf", i%len(texts)))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(paths[i], []byte(texts[i%len(texts)]), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return paths
}

// unchanged returns configurations that the official parser accepts and in which
// the rules that are on by default change nothing.
func unchanged(b *testing.B) []string {
	b.Helper()
	dir := os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
		if err != nil {
			b.Fatal(err)
		}
		dir = strings.TrimSpace(string(out))
	}
	rules := slices.DeleteFunc(suite.All(), func(r *fixes.Rule) bool { return r.Off })
	var texts []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || filepath.Ext(path) != ".conf" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := conf.Parse(string(text)); err != nil || len(text) == 0 {
			return nil
		}
		read := func(name string) ([]byte, error) {
			if name == "a.conf" {
				return text, nil
			}
			return nil, fs.ErrNotExist
		}
		res, err := engine.Run(b.Context(), engine.Request{Targets: []string{"a.conf"}, Read: read, Rules: rules})
		if err == nil && res.Files[0].Status == engine.Unchanged {
			texts = append(texts, string(text))
		}
		return err
	})
	if err != nil || len(texts) < 10 {
		b.Fatalf("%d configurations in which nothing changes: %v", len(texts), err)
	}
	return texts
}
