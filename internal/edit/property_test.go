package edit

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/conf"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/oracle"
)

// sample is a deployment: files by name.
type sample struct {
	name  string
	files map[string]string
}

// samples returns the inputs of the golden cases, and single files below
// $NATSFIX_CORPUS if that is set.
func samples(t *testing.T) []sample {
	t.Helper()
	files, err := filepath.Glob("../../testdata/golden/edit/set-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var list []sample
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := sample{filepath.Base(file), map[string]string{}}
		for _, f := range a.Files {
			if name, ok := strings.CutPrefix(f.Name, "in/"); ok {
				s.files[name] = string(f.Data)
				if strings.Contains(string(a.Comment), "crlf: "+name) {
					s.files[name] = strings.ReplaceAll(s.files[name], "\n", "\r\n")
				}
			}
		}
		list = append(list, s)
	}
	dir := os.Getenv("NATSFIX_CORPUS")
	if dir == "" {
		return list
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".conf") {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && len(data) < 20_000 {
			list = append(list, sample{path, map[string]string{"nats.conf": string(data)}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s sample) fleet() *fleet.Fleet {
	return fleet.Build(fleet.NewSet(func(path string) ([]byte, error) {
		if text, ok := s.files[path]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}), slices.Sorted(maps.Keys(s.files)), fleet.Options{Jobs: 1})
}

// edited returns the sample after a script, with the fix; the same sample and
// nil if nothing changes.
func (s sample) edited(t *testing.T, commands ...string) (sample, *fixes.Fix) {
	t.Helper()
	r := NewRunner(s.fleet(), func(*fleet.Server) bool { return true })
	for _, text := range commands {
		c, err := ParseCommand(text)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		r.Do(c, nil)
	}
	after := sample{s.name, maps.Clone(s.files)}
	var fix *fixes.Fix
	for _, u := range r.Units() {
		if fix = u.Fix; fix == nil {
			return s, nil
		}
	}
	if fix == nil {
		return s, nil
	}
	edits := make(map[string][]ast.Edit)
	for _, e := range fix.Edits {
		edits[e.Doc.Path] = append(edits[e.Doc.Path], e.Edit)
	}
	for path, list := range edits {
		text, err := ast.Apply([]byte(s.files[path]), list)
		if err != nil {
			t.Fatalf("%s: %q: %v", s.name, commands, err)
		}
		after.files[path] = string(text)
	}
	return after, fix
}

// official returns what the official parser reads in the root file.
func (s sample) official(t *testing.T) (map[string]any, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range s.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return conf.ParseFile(filepath.Join(dir, "nats.conf"))
}

// randomCommand returns a command for a value of the sample.
func randomCommand(r *rand.Rand, f *fleet.Fleet) string {
	var paths, keys []string
	for _, s := range f.Servers {
		s.Each(func(path string, e *fleet.Entry, _ *fleet.Value) {
			paths = append(paths, path)
			if e != nil {
				keys = append(keys, path)
			}
		})
	}
	if len(keys) == 0 {
		return "set new 1"
	}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	path := pick(paths)
	if r.IntN(4) == 0 {
		path = strings.NewReplacer("[0]", "[*]", "[1]", "[-1]", "accounts.A.", "accounts.*.").Replace(path)
	}
	values := []string{"5", "2GB", "x", `"a b"`, "true", "[1, 2]", "{a: 1, b: {c: d}}", "'it is'", "nats://h:4222", "$NOWHERE", "{}", "[]", "2.5"}
	switch r.IntN(16) {
	case 0, 1:
		return "set " + path + " " + pick(values)
	case 2:
		return "set " + path + ".new " + pick(values)
	case 3:
		return "set-default " + path + ".new " + pick(values)
	case 4:
		return "add " + path + " " + pick(values)
	case 5, 6:
		return "remove " + path
	case 7:
		return "rename " + pick(keys) + " other"
	case 8:
		return "move " + path + " " + pick([]string{".", "moved", pick(keys)})
	case 9:
		return "copy " + path + " " + pick([]string{".", "copied", pick(keys)})
	case 10:
		return "replace ** [aeiou] u"
	case 11:
		return pick([]string{"quote ", "unquote "}) + path
	case 12:
		return pick([]string{"wrap " + path, "wrap " + path + " inner"})
	case 13:
		return "sort " + path
	case 14:
		return pick([]string{"inline " + path, "extract " + path + " EXTRACTED"})
	}
	return pick([]string{"new-block " + path + ".made", "comment " + path + " said", "new-block a.b.c {d: 1}"})
}

// TestRandomEditsDoWhatTheyDeclare carries out random commands and compares
// what the official parser reads before and after with what was declared, and
// the text of every value that is not part of that.
func TestRandomEditsDoWhatTheyDeclare(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	done := 0
	for _, s := range samples(t) {
		if len(s.fleet().Servers) != 1 {
			continue
		}
		before, err := s.official(t)
		if err != nil {
			continue
		}
		for range 60 {
			var commands []string
			for range 1 + r.IntN(3) {
				commands = append(commands, randomCommand(r, s.fleet()))
			}
			next, fix := s.edited(t, commands...)
			if fix == nil {
				continue
			}
			after, err := next.official(t)
			if err != nil {
				t.Fatalf("%s: %q makes\n%v\n%v", s.name, commands, next.files, err)
			}
			done++
			var want, got []string
			for _, c := range fix.Changes {
				want = append(want, fmt.Sprint(c.Path, c.Before, c.After))
			}
			for _, c := range oracle.Delta(before, after) {
				declared := fixes.NewChange(nil, c.Path, c.Before, c.After)
				got = append(got, fmt.Sprint(declared.Path, declared.Before, declared.After))
			}
			if !slices.Equal(want, got) {
				t.Fatalf("%s: %q declares %q, the official parser sees %q in\n%v", s.name, commands, want, got, next.files)
			}
			if single := len(commands) == 1 && strings.HasPrefix(commands[0], "set "); single {
				sameElsewhere(t, s, next, fix, commands[0])
			}
		}
	}
	if done < 100 {
		t.Errorf("only %d edits were made", done)
	}
}

// sameElsewhere checks that values whose paths are not among the changes are
// written as before.
func sameElsewhere(t *testing.T, before, after sample, fix *fixes.Fix, command string) {
	t.Helper()
	raw := make(map[string]string)
	before.fleet().Servers[0].Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		n, _ := v.Place()
		raw[path] = n.Raw()
	})
	after.fleet().Servers[0].Each(func(path string, _ *fleet.Entry, v *fleet.Value) {
		n, _ := v.Place()
		for _, c := range fix.Changes {
			if strings.HasPrefix(c.Path, path) || strings.HasPrefix(path, c.Path) {
				return
			}
		}
		if was, ok := raw[path]; ok && was != n.Raw() {
			t.Fatalf("%s: %q: %s was written %q and is written %q", before.name, command, path, was, n.Raw())
		}
	})
}

// TestEditsHaveInverses makes an edit and its inverse, where there is one, and
// compares the bytes.
func TestEditsHaveInverses(t *testing.T) {
	undone := make(map[string]int)
	for _, s := range samples(t) {
		f := s.fleet()
		if len(f.Servers) != 1 || hasSyntaxErrors(f.Servers[0]) {
			continue
		}
		f.Servers[0].Each(func(path string, e *fleet.Entry, v *fleet.Value) {
			for _, pair := range inverses(path, e, v) {
				there, fix := s.edited(t, pair[0])
				if fix == nil {
					continue
				}
				back, fix := there.edited(t, pair[1])
				if fix == nil && !maps.Equal(there.files, s.files) {
					continue // what stands around it does not allow the way back
				}
				verb, _, _ := strings.Cut(pair[0], " ")
				undone[verb]++
				for name, want := range s.files {
					if back.files[name] != want {
						t.Fatalf("%s: %q and %q make of %s\n%s\nfrom\n%s", s.name, pair[0], pair[1], name, back.files[name], want)
					}
				}
			}
		})
	}
	for _, verb := range []string{"set", "set-default", "add", "rename", "quote", "new-block"} {
		if undone[verb] == 0 {
			t.Errorf("no %s was undone", verb)
		}
	}
}

// inverses returns commands with those that take them back.
func inverses(path string, e *fleet.Entry, v *fleet.Value) [][2]string {
	var list [][2]string
	n := v.Node
	if e != nil && e.Shadowed == nil {
		parent := strings.TrimSuffix(strings.TrimSuffix(path, fleet.JoinKey("", e.Key)), ".")
		if e.Node.Quote() != ast.Bare || strings.Trim(e.Key, "abcdefghijklmnopqrstuvwxyz_") == "" {
			list = append(list, [2]string{"rename " + path + " zzz", "rename " + fleet.JoinKey(parent, "zzz") + " " + ast.QuoteString(e.Key, ast.Double)})
		}
	}
	switch {
	case v.IsMap() && len(v.Map.Entries) > 0:
		list = append(list,
			[2]string{"set " + path + ".zzz 5", "remove " + path + ".zzz"},
			[2]string{"set-default " + path + ".zzz {a: b}", "remove " + path + ".zzz"},
			[2]string{"new-block " + path + ".zzz", "remove " + path + ".zzz"})
	case v.IsList() && len(v.List) > 0:
		list = append(list, [2]string{"add " + path + " zzz", "remove " + path + "[-1]"})
	case v.Kind() == ast.KindInt && n.IntSuffix() == "":
		list = append(list, [2]string{"set " + path + " 77", "set " + path + " " + n.Raw()})
	case v.IsString() && n.Kind() == ast.KindString && n.Quote() == ast.Bare && ast.QuoteString(n.Text(), ast.Bare) == n.Raw():
		list = append(list, [2]string{"quote " + path, "unquote " + path}, [2]string{"set " + path + " zzz", "set " + path + " " + ast.QuoteString(n.Text(), ast.Double)})
	}
	return list
}
