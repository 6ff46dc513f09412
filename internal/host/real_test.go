package host_test

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/natsfix/natsfix/internal/host"
	"github.com/natsfix/natsfix/internal/repo"
)

// TestNoForeignFileIsTaken looks for false alarms. NATSFIX_FOREIGN is a list of
// directories, separated as in PATH, that hold no NATS configuration:
//
//	NATSFIX_FOREIGN=/etc:/usr/share go test -run Foreign ./internal/host
//
// Every file is judged by its content, whatever its name, and by its name as a
// walk does it.
func TestNoForeignFileIsTaken(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("NATSFIX_FOREIGN"))
	if len(dirs) == 0 {
		t.Skip("NATSFIX_FOREIGN names no directories")
	}
	files, wanted := 0, 0
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // what cannot be read is not judged
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			files++
			if v := host.Sniff("", text); v.Class == repo.Ours {
				t.Errorf("%s: taken by its content: %s", path, v.Why)
			}
			if n := host.Wanted(path); n > 0 {
				wanted++
				head := text[:min(n, len(text))]
				if v := host.Judge(path, head, len(head) == len(text)); v.Class == repo.Ours {
					t.Errorf("%s: taken: %s", path, v.Why)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files, %d of them opened in a walk", files, wanted)
}

// corpusFile is a line of the corpus' index.
type corpusFile struct{ path, kind, repo, source string }

// corpus returns the index of the directory that NATSFIX_CORPUS names: real
// configurations with the names that they had where they come from.
func corpus(t *testing.T) (dir string, files []corpusFile) {
	t.Helper()
	dir = os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		t.Skip("NATSFIX_CORPUS names no directory")
	}
	f, err := os.Open(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		files = append(files, corpusFile{row[0], row[1], row[2], row[3]})
	}
	return dir, files
}

// lay puts the files of a kind where they would be in checkouts of their
// repositories, each version under a name of its own.
func lay(t *testing.T, dir string, files []corpusFile, kind string) (top string, origin map[string]string) {
	t.Helper()
	top, origin = t.TempDir(), map[string]string{}
	for _, f := range files {
		if f.kind != kind {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.path))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(top, filepath.FromSlash(f.repo), filepath.FromSlash(f.source))
		for origin[name] != "" {
			name = filepath.Join(filepath.Dir(name), "x-"+filepath.Base(name))
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		origin[name] = f.path
	}
	return top, origin
}

// TestRecall walks the plain configurations of the corpus as they lie in their
// repositories, and lists what was not found. What is only a part, or another
// program's, is no miss.
func TestRecall(t *testing.T) {
	dir, files := corpus(t)
	top, origin := lay(t, dir, files, "conf")
	found, err := repo.Discover([]string{top}, repo.Options{Wanted: host.Wanted, Judge: host.Judge, Decisions: true})
	if err != nil {
		t.Fatal(err)
	}
	taken, parts, others, missed := 0, 0, 0, 0
	for _, d := range found.Decisions {
		switch {
		case d.Taken:
			taken++
		case strings.Contains(d.Why, "another file includes") || strings.Contains(d.Why, "for a file that includes it"):
			parts++
		case strings.Contains(d.Why, "the configuration of"):
			others++
		default:
			missed++
			t.Logf("missed: %s: %s", origin[d.Path], d.Why)
		}
	}
	if len(found.Decisions) != len(origin) {
		t.Errorf("%d of %d files were looked at", len(found.Decisions), len(origin))
	}
	recall := float64(taken) / float64(taken+missed)
	t.Logf("%d taken, %d parts, %d of other programs, %d missed: recall %.1f %%", taken, parts, others, missed, 100*recall)
	if recall < 0.98 {
		t.Errorf("recall %.1f %%, want 98 %%", 100*recall)
	}
}

// TestHostsOfTheCorpus lists the documents in the files of the corpus that are
// no plain configurations.
func TestHostsOfTheCorpus(t *testing.T) {
	dir, files := corpus(t)
	for _, kind := range []string{"k8s", "compose", "template", "helm-values"} {
		count, with, docs, locked := 0, 0, 0, 0
		for _, c := range files {
			if c.kind != kind {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, c.path))
			if err != nil {
				t.Fatal(err)
			}
			count++
			f := host.Find(filepath.Base(c.path), text)
			if len(f.Documents) > 0 {
				with++
			}
			for _, d := range f.Documents {
				docs++
				if d.ReadOnly != "" {
					locked++
				}
				t.Logf("%s: %s %d bytes %s", c.path, d.Name(), len(d.Text), d.ReadOnly)
			}
			if len(f.Documents) == 0 || len(f.Left) > 0 {
				t.Logf("%s: none: %s", c.path, f.Left)
			}
		}
		t.Logf("%s: %d documents (%d read only) in %d of %d files", kind, docs, locked, with, count)
	}
}
