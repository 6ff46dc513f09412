package golden

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

const differing = `The gateway takes the name of the cluster.
rule: gateway-cluster-name
-- in/nats.conf --
gateway { name: west, listen: "0.0.0.0:5421" }
cluster { name: east, listen: "0.0.0.0:4242" }
`

// What comes of a case, written into it, makes it pass, whichever way the case
// says it.
func TestAResultThatIsAcceptedPasses(t *testing.T) {
	runner := newRunner(t)
	for name, text := range map[string]string{
		"new":      differing,
		"findings": differing + "-- findings --\nother\n",
		"files":    differing + "-- out/nats.conf --\nother\n",
		"diff":     differing + "-- diff --\nother\n",
		"both":     differing + "-- diff --\nother\n-- out/nats.conf --\nother\n",
		"refused":  strings.Replace(differing, "west", "east", 1) + "-- refused --\nother\n",
	} {
		file := filepath.Join(t.TempDir(), name+Suffix)
		write(t, file, text)
		res := runner.Check(t.Context(), file)
		if res.Passed() || !res.Acceptable() || string(res.Before) != text {
			t.Errorf("%s: %+v", name, res)
			continue
		}
		write(t, file, string(res.After))
		if res := runner.Check(t.Context(), file); !res.Passed() {
			t.Errorf("%s: what was accepted does not pass: %v %q\n%s", name, res.Err, res.Broken, res.Differs)
		}
	}
}

func TestCheckAllKeepsTheOrderAndGoesOn(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"c", "missing", "a", "b"} {
		files = append(files, filepath.Join(dir, name+Suffix))
		if name != "missing" {
			write(t, files[len(files)-1], differing)
		}
	}
	runner := newRunner(t)
	results, err := runner.CheckAll(t.Context(), files, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, res := range results {
		if missing := i == 1; res.File != files[i] || res.Acceptable() == missing || errors.Is(res.Err, fs.ErrNotExist) != missing {
			t.Errorf("%d: %+v", i, res)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runner.CheckAll(ctx, files, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestFindTakesEveryCaseOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{
		"d/b.txtar", "d/a.txtar", "d/a.txtar.new", "d/gone.txtar.new", "d/other.txt", "d/.hidden/x.txtar",
		"d/node_modules/x.txtar", "d/sub/c.txtar", "named.case",
	} {
		write(t, name, "x\n")
	}
	if err := os.Symlink("d", "link"); err != nil {
		t.Skip(err)
	}
	found, err := Find([]string{"named.case", "d", "./d/a.txtar", "link", "d/b.txtar"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"d/a.txtar", "d/b.txtar", "d/sub/c.txtar", "named.case"}; !slices.Equal(found.Cases, want) {
		t.Errorf("got %q, want %q", found.Cases, want)
	}
	if want := []Pending{{Case: "d/a.txtar"}, {Case: "d/gone.txtar", Orphan: true}}; !slices.Equal(found.Pending, want) {
		t.Errorf("got %v, want %v", found.Pending, want)
	}
	if _, err := Find([]string{"d", "nowhere"}); err == nil || !strings.Contains(err.Error(), "nowhere: there is no such") {
		t.Errorf("got %v", err)
	}
}

func TestPendingIsKeptWithTheModeOfTheCase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.txtar")
	write(t, file, "x\n")
	p := Pending{Case: file}
	if _, err := p.Read(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for a result that is not there", err)
	}
	for _, text := range []string{"one\n", "two\n", "two\n"} {
		if err := p.Keep([]byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := p.Read()
		if err != nil || string(got) != text {
			t.Errorf("%v, got %q, want %q", err, got, text)
		}
	}
	info, err := os.Stat(p.File())
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	for range 2 {
		if err := p.Drop(); err != nil {
			t.Error(err)
		}
	}
}
