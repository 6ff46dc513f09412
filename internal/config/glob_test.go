package config

import "testing"

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string // a name that ends in / is a directory
	}{
		{"*.conf", []string{"a.conf", "x/a.conf", "x/y/.conf", "a.conf/b"}, []string{"a.conf.bak", "a", "x/a.confs"}},
		{"vendor", []string{"vendor", "vendor/a.conf", "x/vendor/y/a.conf"}, []string{"vendors/a.conf", "xvendor/a.conf"}},
		{"vendor/", []string{"vendor/", "vendor/a.conf", "x/vendor/a.conf"}, []string{"vendor", "x/vendor"}},
		{"/a.conf", []string{"a.conf"}, []string{"x/a.conf"}},
		{"./a.conf", []string{"a.conf"}, []string{"x/a.conf"}},
		{"x/*.conf", []string{"x/a.conf"}, []string{"y/x/a.conf", "x/y/a.conf"}},
		{"x/**/a.conf", []string{"x/a.conf", "x/y/a.conf", "x/y/z/a.conf"}, []string{"a.conf", "xx/a.conf", "y/x/a.conf"}},
		{"**/x/a.conf", []string{"x/a.conf", "y/x/a.conf"}, []string{"x/y/a.conf"}},
		{"x/**", []string{"x/a", "x/y/z"}, []string{"x", "x/", "y/x/a"}},
		{"**", []string{"a", "a/b"}, nil},
		{"x/**/**/y", []string{"x/y", "x/a/y"}, []string{"x/a"}},
		{"**/a/**/b/**/c", []string{"a/b/c", "x/a/x/b/x/y/c/d"}, []string{"a/c/b", "b/a/c"}},
		{"a/b/**/a/b", []string{"a/b/a/b", "a/b/a/a/b"}, []string{"a/b", "a/b/b"}},
		{"[!a-c].conf", []string{"d.conf"}, []string{"a.conf", "dd.conf"}},
		{"[^a].conf", []string{"d.conf"}, []string{"a.conf"}},
		{`\!a`, []string{"!a"}, []string{"a"}},
		{`a\*`, []string{"a*"}, []string{"ab"}},
		{"?.conf", []string{"ä.conf"}, []string{"ab.conf"}},
		{"A.conf", nil, []string{"a.conf"}},
		{"caf\xe9.conf", []string{"caf\xe9.conf"}, []string{"café.conf"}},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil {
			t.Errorf("ParseGlob(%q): %v", c.pattern, err)
			continue
		}
		check := func(names []string, want bool) {
			for _, name := range names {
				dir := name[len(name)-1] == '/'
				rel := name
				if dir {
					rel = name[:len(name)-1]
				}
				if got := g.Match(rel, dir); got != want {
					t.Errorf("%q matches %q: %v, want %v", c.pattern, name, got, want)
				}
			}
		}
		check(c.yes, true)
		check(c.no, false)
	}
}

func TestGlobRefusesWhatItCannotMean(t *testing.T) {
	for _, p := range []string{"", "/", "./", "!a", "../a", "a/../b", "a//b", "a/./b", "[a", `a\`, "[[:alpha:]]", "a/[a[:digit:]].conf"} {
		if g, err := ParseGlob(p); err == nil {
			t.Errorf("ParseGlob(%q) = %+v, want an error", p, g)
		}
	}
}

// A pattern is matched in time that grows with the path, not with the number
// of ways to place its stars.
func BenchmarkGlobManyStars(b *testing.B) {
	g, err := ParseGlob("**/a/**/a/**/a/**/a/**/a/**/b")
	if err != nil {
		b.Fatal(err)
	}
	name := "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/c.conf"
	for b.Loop() {
		if g.Match(name, false) {
			b.Fatal("matched")
		}
	}
}
