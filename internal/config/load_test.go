package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func load(t *testing.T, dir string) *Config {
	t.Helper()
	c, err := Load(dir, Known{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNearerFilesWinByKey(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{
		"a/" + Name: `
rules: {one: error, two: {severity: info, params: {p: 1, q: 1}}}
unsafe: [one]
target: "2.10"
env-file: a.env
exclude: [gen]
hosts: {h: h.conf, i: i.conf}
overrides: [{paths: [b/**], rules: {one: warning, three: warning}}]
`,
		"a/b/" + Name: `
rules: {one: off, two: {params: {q: 2}}}
unsafe: []
exclude: [/tmp]
hosts: {h: h.conf}
overrides: [{paths: [x.conf], rules: {two: error}}]
`,
		"a/b/c/x.conf": "",
	})
	b := filepath.Join(top, "a/b")
	c := load(t, filepath.Join(b, "c"))
	two := c.Rules["two"]
	if c.Rules["one"].Severity != Off || two.Severity != Info || two.Params["p"].Text != "1" || two.Params["q"].Text != "2" ||
		c.Unsafe == nil || len(c.Unsafe) != 0 || c.Target.Text != "2.10" || c.EnvFile.Text != filepath.Join(top, "a/a.env") ||
		c.Hosts["h"] != filepath.Join(b, "h.conf") || c.Hosts["i"] != filepath.Join(top, "a/i.conf") || c.Dir != b || len(c.Files) != 2 {
		t.Errorf("%+v", c)
	}
	s := c.ForPath(filepath.Join(b, "c/x.conf"))
	if s.Rules["one"].Severity != Off {
		t.Errorf("an override further up won over a nearer file: %+v", s)
	}
	if s.Rules["two"].Severity != Error || s.Rules["three"].Severity != Warning {
		t.Errorf("overrides do not hold: %+v", s)
	}
	if c.ForPath(filepath.Join(b, "y.conf")).Rules["two"].Severity != Info {
		t.Error("an override holds for a path that it does not name")
	}
	for name, want := range map[string]bool{"gen/x": true, "c/gen": true, "tmp/x": true, "c/tmp": false} {
		if got := c.Excluded(filepath.Join(b, name), false); got != want {
			t.Errorf("Excluded(%s) = %v", name, got)
		}
	}
	if s := c.With(Settings{Target: Value{Text: "2.12"}, Rules: map[string]Rule{"two": {Severity: Off}}}).ForPath(filepath.Join(b, "x.conf")); s.Target.Text != "2.12" || s.Rules["two"].Severity != Off {
		t.Errorf("flags did not win: %+v", s)
	}
	if c.Target.Text != "2.10" || c.Rules["two"].Severity != Info {
		t.Error("With changed the configuration it started from")
	}
}

func TestMergingEndsAtTheRepositoryAndAtRoot(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{
		Name:             "target: top",
		"repo/.git/HEAD": "",
		"repo/a/" + Name: "from: a",
		"bare/.git":      "gitdir: elsewhere",
		"own/" + Name:    "root: true\nfrom: own",
		"own/x/y.conf":   "",
		"sub/x/y.conf":   "",
	})
	for dir, want := range map[string]string{"repo/a": "/a", "repo": "/", "bare": "/", "own/x": "/own", "own": "/own", "sub/x": "top/", ".": "top/", "no/such": "top/"} {
		c := load(t, filepath.Join(top, dir))
		if got := c.Target.Text + "/" + c.From.Text; got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
}

func TestALoaderReadsAFileOnce(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{Name: "root: true\ntarget: x", "a/b/c/d": ""})
	l := NewLoader(Known{})
	first, err := l.Load(filepath.Join(top, "a/b/c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(top, Name)); err != nil {
		t.Fatal(err)
	}
	second, err := l.Load(filepath.Join(top, "a"))
	if err != nil || first != second {
		t.Errorf("%p %p %v", first, second, err)
	}
}

func TestRelativeNames(t *testing.T) {
	top := t.TempDir()
	t.Chdir(top)
	write(t, top, map[string]string{"a/" + Name: "root: true\noverrides: [{paths: [x], target: x}]\nexclude: [y]\n", "b/" + Name: "root: 1"})
	c := load(t, "a")
	if c.ForPath("a/x").Target.Text != "x" || c.ForPath("./a/../a/x").Target.Text != "x" || c.ForPath("x").Target.IsSet() || !c.Excluded("a/y", false) || c.Excluded("y", false) || c.Excluded("a", true) {
		t.Error("relative paths do not start at the current directory")
	}
	if _, err := Load("b", Known{}); err == nil || !strings.HasPrefix(err.Error(), "b/"+Name+":1:7: ") {
		t.Errorf("got %v", err)
	}
	if _, err := NewLoader(Known{}).File("b/" + Name); err == nil {
		t.Error("File took a wrong file")
	}
	if c, err := NewLoader(Known{}).File("a/" + Name); err != nil || c.ForPath("a/x").Target.Text != "x" {
		t.Errorf("File: %v", err)
	}
}

func TestTheZeroConfigSaysNothing(t *testing.T) {
	c := new(Config)
	if c.Excluded("a", false) || c.ForPath("a").Rules != nil || c.With(Settings{From: Value{Text: "x"}}).ForPath("a").From.Text != "x" {
		t.Error("it says something")
	}
}
