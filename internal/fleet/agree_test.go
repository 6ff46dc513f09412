package fleet

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/conf"
)

// same compares deeply; two NaN are the same.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	}
	return a == b
}

// checkFile compares the effective values and the acceptance of one file with
// the official parser's.
func checkFile(tb testing.TB, path string) {
	tb.Helper()
	set := NewSet(os.ReadFile)
	d, err := set.Load(path)
	if err != nil {
		tb.Fatal(err)
	}
	ev := newEvaluation(set, os.LookupEnv)
	m := ev.document(d)
	for _, p := range ev.problems {
		if p.Kind == IncludeCycle {
			return // the official parser would crash
		}
	}
	official, err := conf.ParseFile(path)
	if (err != nil) != (len(ev.problems) > 0) {
		tb.Errorf("%s: official error %v, our problems %v\n%q", path, err, ev.problems, d.Tree.Source())
		return
	}
	if err != nil {
		return
	}
	if ours := m.Plain(); !same(official, ours) {
		tb.Errorf("%s: values differ\nofficial %v\nours     %v\n%q", path, official, ours, d.Tree.Source())
	}
}

func clearEnv(tb testing.TB) {
	saved := os.Environ()
	os.Clearenv()
	tb.Cleanup(func() {
		for _, kv := range saved {
			k, v, _ := strings.Cut(kv, "=")
			os.Setenv(k, v)
		}
	})
}

func serverConfigs(tb testing.TB) []string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nats-io/nats-server/v2").Output()
	if err != nil {
		tb.Fatal(err)
	}
	paths := walk(tb, strings.TrimSpace(string(out)), ".conf")
	if len(paths) < 100 {
		tb.Fatalf("found only %d configurations in the nats-server module", len(paths))
	}
	return paths
}

func walk(tb testing.TB, dir, suffix string) (paths []string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && strings.HasSuffix(path, suffix) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

func TestEffectiveValuesAgreeWithTheOfficialParser(t *testing.T) {
	paths := serverConfigs(t)
	if dir := os.Getenv("NATSFIX_CORPUS"); dir != "" {
		paths = append(paths, walk(t, dir, "")...)
	}
	clearEnv(t)
	for _, path := range paths {
		checkFile(t, path)
	}
}

var valueTexts = []string{
	"a: 5MBi\nb: 1", "m { a: 5MBi, b: 1 }", "m { a: 5MBi, b: 1 }\nc: 2", "a { foo: }\ny: 1", "x { m { a: } }\ny: 1", "x { m { a } , z: 1 }\ny: 1", "a: [{ foo: }, x]\nb: 1", "a: [{ foo }]",
	"m {\n name:\n port=5\n}", "debug\ntrace=true", "a: 1, b: 2; c: 3", "port: 1\nport: 2", "c { name: a\n port: 1 }\nc { port: 2 }", "Port: 1\nport: 2",
	"V: 5\na: $V", "a: $V\nV: 5", "V: 5\nm { a: $V }", "V: 5\nm { V: 6, a: $V }", "m { V: 6 }\na: $V", "V: 5\na: $V\nV: 6", "V { x: 1 }\na: $V", "V: [1 , 2 ]\na: $V\nb: $a", "A: 1\nB: $A\nC: $B", "a: [$V]\nV: 1", "V: x\na: [$V, $V]", "V: 1\na: [{ b: $V }]", "a { V: 1 }\nb { c: $V }", "V: 8MBi\na: $V",
	"a: $2a$11$PWIFAL8RsWyGI3jVZtO9Nu8", "a: $2b$11$x", "V: $2a$x\nb: $V", "a: $",
	"{ \"port\": 4222, \"cluster\": {\"name\": \"x\", \"port\": 1} }", "{ V: 1 }\na: $V", "{ a: 1 } { b: 2 } c: 3", "{{ a: 1 }, b: 2 }", "a: [ \"", "a: [1.5, [\"", "x: 1\n\"", "x: 1\n}", "x: 1\n}\x00rest: 2",
	"a: 1.5\nb: -1.5\nc: 2016-05-04T18:53:41Z\nd: yes\ne: OFF\nf: 1e\ng: 100e\nh: -3k\ni: 1KiB", "a: \"x\\ty\\x41\"", "a: 5\\x41\\x42", "a: 'x\\n'", "a: (\n x\n)\n", "a: (\n x\n)", "a: bar'\nb: 2", "a:", "a: ,b: 1",
}

func FuzzAgreeWithServer(f *testing.F) {
	for _, path := range serverConfigs(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range valueTexts {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, text []byte) {
		clearEnv(t) // not before: the processes that fuzz need theirs to start
		n++
		path := filepath.Join(dir, fmt.Sprintf("%d-%d.conf", os.Getpid(), n))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		checkFile(t, path)
	})
}

// FuzzAgreeAcrossIncludes compares two files, of which one may include the
// other, and a variable in the environment.
func FuzzAgreeAcrossIncludes(f *testing.F) {
	for _, s := range [][3]string{
		{"x: 1\ninclude b.conf\ny: $V", "V: 1\nx: 2", "1"},
		{"V: 1\nm { include b.conf, z: 1 }\nm2 { include b.conf }", "x: $V\ny: $E", "{ a: [1 , $V] }"},
		{"include 'b.conf'\ninclude \"./b.conf\"", "{ x: 1 }", "$E"},
		{"m {\n include b.conf }\na: 1", "a { foo: }\ny: 1", "5MBi"},
		{"m { a: 5MBi\n include b.conf\n b: 2 }", "m { a: 5MBi, b: 1 }", "1 2"},
		{"include none.conf", "include a.conf", "\"x y\""},
		{"a: [ include b.conf ]", "x: $E\nx: $x", "2m"},
		{"{ include b.conf }\nx: $y", "y: 1\ny: 2 }", "x\ny"},
		{"a: 1\nINCLUDE\tb.conf;b: $a", "a: (\n x\n)\n", "'a'"},
	} {
		f.Add([]byte(s[0]), []byte(s[1]), s[2])
	}
	dir := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, a, b []byte, e string) {
		if strings.ContainsRune(e, 0) {
			return // no environment holds it
		}
		clearEnv(t)
		n++
		sub := filepath.Join(dir, fmt.Sprintf("%d-%d", os.Getpid(), n))
		defer os.RemoveAll(sub)
		if err := os.Mkdir(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{"a.conf": a, "b.conf": b} {
			if err := os.WriteFile(filepath.Join(sub, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("E", e)
		checkFile(t, filepath.Join(sub, "a.conf"))
	})
}
